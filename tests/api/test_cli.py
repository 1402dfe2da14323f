from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.cli import main
from customer360.privacy.passwords import Passwords
from customer360.stores.postgres.accounts import Accounts
from customer360.stores.postgres.api_keys import ApiKeys
from customer360.stores.postgres.engine import transaction
from tests.api.conftest import PASSWORD
from tests.api.events import STRUCTURED, event
from tests.api.test_access import post
from tests.api.test_session import sign_in

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command with the same settings as the edge of the tests."""
    for name, value in {
        "DATABASE_URL": database_url,
        "C360_SECRET": "test secret",
        "C360_DATA_DIR": str(tmp_path),
        "C360_PORT": "0",
        "C360_CONSOLE_REQUIRED": "false",
    }.items():
        monkeypatch.setenv(name, value)

    def invoke(*arguments: str, stdin: str = "") -> Result:
        return CliRunner().invoke(main, arguments, input=stdin)

    return invoke


def last(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()[-1]


def test_an_added_account_can_sign_in(run: Run, client: TestClient) -> None:
    assert (
        run("user", "add", "Ana", "--role", "agent", "--password-stdin", stdin=PASSWORD + "\n").exit_code == 0
    )
    assert sign_in(client).status_code == 200


def test_a_generated_password_works(run: Run, client: TestClient) -> None:
    made = last(run("user", "add", "ana", "--role", "agent", "--generate"))
    assert sign_in(client, password=made).status_code == 200
    again = last(run("user", "password", "ana", "--generate"))
    assert sign_in(client, password=made).status_code == 401
    assert sign_in(client, password=again).status_code == 200


def test_a_short_password_and_a_taken_login_are_refused(run: Run, engine: Engine) -> None:
    short = run("user", "add", "ana", "--role", "agent", "--password-stdin", stdin="curta\n")
    assert (short.exit_code, short.stderr) == (
        1,
        "PASSWORD_TOO_SHORT: a password has at least 10 characters\n",
    )
    assert Accounts(engine).all() == []
    run("user", "add", "ana", "--role", "agent", "--generate")
    taken = run("user", "add", "ANA", "--role", "administrator", "--generate")
    assert (taken.exit_code, taken.stderr) == (1, "LOGIN_TAKEN: there is an account of this login\n")
    assert [account.role for account in Accounts(engine).all()] == ["agent"]


@pytest.mark.parametrize(
    ("login", "name", "field"),
    [
        ("a\nb", "Ana", "login"),
        ("ana", "Ana\x1b[2J", "name"),
        ("ana", "\u2028", "name"),
        (" ", "Ana", "login"),
    ],
)
def test_control_characters_are_refused(run: Run, engine: Engine, login: str, name: str, field: str) -> None:
    answer = run("user", "add", login, "--name", name, "--role", "agent", "--generate")
    said = f"INVALID_TEXT: a {field} has 1 to 200 characters, without control characters\n"
    assert (answer.exit_code, answer.stderr) == (1, said)
    assert Accounts(engine).all() == []


def test_disabling_shows_in_the_list(run: Run) -> None:
    run("user", "add", "ana", "--role", "agent", "--generate")
    assert run("user", "disable", "ana").exit_code == 0
    assert run("user", "list").stdout.splitlines() == [
        "LOGIN  ROLE   NAME  STATE",
        "ana    agent  ana   disabled",
    ]
    unknown = run("user", "disable", "bia")
    assert (unknown.exit_code, unknown.stderr) == (1, "NOT_FOUND: there is no account of this login\n")


def test_a_token_stands_alone_on_the_last_line_and_works(run: Run, client: TestClient) -> None:
    token = last(run("token", "--role", "integrator"))
    assert post(client, {"Authorization": f"Bearer {token}"}) == 202


def test_a_key_is_made_rotated_and_revoked(run: Run, client: TestClient) -> None:
    made = last(run("key", "create", "--scope", "events:write", "--name", "crm"))
    key_id = made.split("_")[1]
    rotated = last(run("key", "rotate", key_id))
    assert [post(client, {"X-API-Key": text}) for text in (made, rotated)] == [202, 200]
    listed = run("key", "list").stdout
    assert "events:write" in listed
    assert "2 active" in listed
    assert made not in listed
    assert run("key", "revoke", key_id).exit_code == 0
    assert "revoked" in run("key", "list").stdout
    assert run("key", "rotate", key_id).exit_code == 1


def test_an_unknown_scope_is_refused_by_name(run: Run) -> None:
    answer = run("key", "create", "--scope", "everything")
    assert answer.exit_code == 2
    assert "everything" in answer.stderr


def test_quarantine_lists_without_and_shows_with_what_was_sent(
    run: Run, client: TestClient, sender: dict[str, str]
) -> None:
    # given a refused event
    sent = event(data={"channel": "voice", "title": 5})
    client.post("/events", content=orjson.dumps(sent), headers=STRUCTURED | sender)

    # when
    listed = run("quarantine", "list").stdout
    number = listed.splitlines()[1].split()[0]
    shown = orjson.loads(run("quarantine", "show", number).stdout)

    # then
    assert "INVALID_DATA" in listed
    assert "52998224725" not in listed
    assert shown["sent"] == sent
    assert shown["field"] == "data.title"
    assert (shown["state"], shown["times"]) == ("open", 1)


def test_replay_takes_what_fits_now_and_leaves_the_rest(
    run: Run, client: TestClient, sender: dict[str, str], engine: Engine
) -> None:
    # given two refused events, one of which fits meanwhile
    for number in ("1", "2"):
        sent = event(number, data={"channel": "fax"})
        client.post("/events", content=orjson.dumps(sent), headers=STRUCTURED | sender)
    fits = b"\x00" + orjson.dumps(event("1"))
    with transaction(engine) as cursor:
        cursor.execute("SELECT min(id) FROM quarantine")
        (first,) = cursor.fetchone() or (0,)
        cursor.execute("UPDATE quarantine SET body = %s WHERE id = %s", (fits, first))

    # when
    answer = run("quarantine", "replay", "--all")

    # then
    assert answer.stdout.splitlines()[-1] == "1 of 2 replayed"
    with transaction(engine) as cursor:
        cursor.execute("SELECT state, count(*) FROM quarantine GROUP BY state ORDER BY state")
        assert cursor.fetchall() == [("open", 1), ("replayed", 1)]
        cursor.execute("SELECT key_id FROM event_log")
        assert cursor.fetchall() == [(sender["Authorization"].split("_")[1],)]


def test_drop_keeps_the_bytes(run: Run, client: TestClient, sender: dict[str, str], engine: Engine) -> None:
    client.post("/events", content=b"5", headers=STRUCTURED | sender)
    number = run("quarantine", "list").stdout.splitlines()[1].split()[0]
    assert run("quarantine", "drop", number).stdout == "1 dropped\n"
    assert run("quarantine", "drop", number).stdout == "0 dropped\n"
    with transaction(engine) as cursor:
        cursor.execute("SELECT state, body FROM quarantine")
        assert [(state, bytes(body)) for state, body in cursor.fetchall()] == [("dropped", b"\x005")]


def test_replay_wants_to_know_what(run: Run) -> None:
    assert run("quarantine", "replay").exit_code == 2


def test_the_doctor_finds_nothing_wrong(run: Run) -> None:
    answer = run("doctor")
    assert answer.exit_code == 0, answer.output
    assert "ok       migrations: at " in answer.stdout or "wrong" not in answer.stdout


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("C360_TIME_ZONE", "Mars/Base", "settings: C360_TIME_ZONE is not a known time zone"),
        ("C360_PORT", "99999", "settings: C360_PORT must be a whole number from 0 to 65535"),
        ("DATABASE_URL", "nonsense", "database: DATABASE_URL must look like postgresql://"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing", "database: the database does not answer"),
        ("ELASTICSEARCH_URL", "http://127.0.0.1:1", "search: ELASTICSEARCH_URL does not answer"),
        ("BROKER_URL", "redis://127.0.0.1:1", "broker: BROKER_URL takes no connections"),
        ("C360_FREE_SPACE_FLOOR_MB", "999999999", "below C360_FREE_SPACE_FLOOR_MB"),
        ("C360_CONSOLE_REQUIRED", "true", "console: not built"),
    ],
)
def test_the_doctor_says_what_is_wrong(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, value: str, said: str
) -> None:
    # given one wrong setting, and no console
    monkeypatch.setattr("api.console.FOLDER", tmp_path / "dist")
    monkeypatch.setenv(variable, value)

    # when
    answer = run("doctor")

    # then
    assert answer.exit_code == 1
    assert any(line.startswith("wrong") and said in line for line in answer.stdout.splitlines()), (
        answer.stdout
    )


def test_the_doctor_tells_of_a_misspelt_variable(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("C360_PROT", "8361")
    answer = run("doctor")
    assert answer.exit_code == 0, answer.output
    said = "note     settings: C360_PROT is not a setting and does nothing; is it misspelt?"
    assert said in answer.stdout.splitlines()


def test_the_doctor_says_how_undelivered_documents_are_healed(run: Run, engine: Engine) -> None:
    with transaction(engine) as cursor:
        cursor.execute(
            "INSERT INTO undelivered (generation, doc_id, kind, partition, member_id, version, reason)"
            " VALUES ('g1', 'd1', 'entry', 0, 'm1', 1, 'refused')"
        )
    answer = run("doctor")
    said = "note     delivery: 1 documents were refused by the search store; `c360 rebuild` writes them anew"
    assert said in answer.stdout.splitlines()


def test_a_wrong_port_is_one_line_for_the_service_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("C360_PORT", "99999")
    answer = run("serve")
    said = "CONFIGURATION: C360_PORT must be a whole number from 0 to 65535\n"
    assert (answer.exit_code, answer.stderr) == (1, said)


def test_a_database_that_is_not_there_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:hidden@127.0.0.1:1/nothing")
    # when
    answer = run("serve")
    # then it says what to look at, and no password
    assert answer.exit_code == 1
    lines = [line for line in answer.stderr.splitlines() if not line.startswith("{")]
    assert lines == [
        (
            "LEDGER_UNAVAILABLE: PostgreSQL cannot be reached or lets nobody in;"
            " check the address, account and password in DATABASE_URL"
        )
    ]
    assert "hidden" not in answer.output


def test_a_key_that_is_not_there_cannot_be_revoked(run: Run, engine: Engine) -> None:
    # given a key, and one revoked already
    run("key", "create", "--scope", "events:write")
    (held,) = ApiKeys(engine).all()
    run("key", "revoke", held.id)
    before = audited(engine)
    # when an unknown key and the revoked one are revoked
    for name in ("TYPO", held.id):
        answer = run("key", "revoke", name)
        # then it is said so, and nothing is written
        assert (answer.exit_code, answer.stderr) == (1, "NOT_FOUND: there is no active key of this id\n")
    assert audited(engine) == before


def audited(engine: Engine) -> list[tuple[str, str]]:
    with transaction(engine) as cursor:
        cursor.execute("SELECT action, object_id FROM audit_entry ORDER BY seq")
        return cursor.fetchall()


def test_a_worker_alone_needs_a_database(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    answer = run("work")
    assert answer.exit_code == 1
    assert answer.stderr.startswith("CONFIGURATION: a worker alone needs DATABASE_URL")


@pytest.mark.parametrize("command", [[], ["user"], ["key"], ["quarantine"], ["serve"], ["token"], ["doctor"]])
def test_every_command_explains_itself(run: Run, command: list[str]) -> None:
    answer = run(*command, "--help")
    assert answer.exit_code == 0
    assert answer.stdout.startswith("Usage: ")


def test_a_password_is_stored_as_argon2(run: Run, engine: Engine) -> None:
    run("user", "add", "ana", "--role", "agent", "--password-stdin", stdin=PASSWORD + "\n")
    (held,) = Accounts(engine).all()
    assert held.password_hash is not None
    assert held.password_hash.startswith("$argon2id$")
    assert Passwords().verify(held.password_hash, PASSWORD)
    assert held.password_hash not in repr(held)
