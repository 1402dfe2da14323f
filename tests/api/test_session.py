from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from api.access.authentication import COOKIE
from api.access.origins import Origins
from api.app import build_app
from api.edge import Edge
from customer360.privacy.roles import Role
from customer360.stores.postgres.accounts import Accounts
from customer360.stores.postgres.engine import transaction
from tests.api.conftest import CHEAP, ORIGIN, PASSWORD


def sign_in(client: TestClient, login: str = "ana", password: str = PASSWORD, **headers: str) -> Any:
    return client.post("/session", json={"login": login, "password": password}, headers=headers)


def audited(engine: Engine) -> list[str]:
    with transaction(engine) as cursor:
        cursor.execute("SELECT action FROM audit_entry ORDER BY seq")
        return [row[0] for row in cursor.fetchall()]


def test_signing_in_gives_a_cookie_and_never_shows_its_token(
    client: TestClient, account: Callable[..., str], engine: Engine
) -> None:
    # given an account
    account("ana", Role.SUPERVISOR)

    # when she signs in, in another spelling of her login
    answer = sign_in(client, " ANA ")

    # then
    assert answer.status_code == 200
    assert answer.json()["viewer"]["name"] == "Ana"
    assert answer.json()["viewer"]["role"] == "SUPERVISOR"
    token = client.cookies[COOKIE]
    assert token not in answer.text
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Secure" not in cookie
    assert audited(engine) == ["account.added", "session.opened"]


def test_behind_https_the_cookie_is_secure(
    edge: Edge, client: TestClient, account: Callable[..., str]
) -> None:
    # given an installation known by an https address
    account()
    edge.authentication.origins = Origins(replace(edge.settings, public_url="https://c360.example"))

    # then
    assert "Secure" in sign_in(client).headers["set-cookie"]


def test_an_unknown_login_and_a_wrong_password_look_the_same(
    client: TestClient, account: Callable[..., str]
) -> None:
    # given an account, a disabled one, and one without password
    account("ana")

    # when
    wrong = sign_in(client, password="outra senha qualquer")
    unknown = sign_in(client, "bia")

    # then
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.json()["error"]["code"] == "SIGN_IN_REFUSED"
    assert "set-cookie" not in wrong.headers


@pytest.mark.parametrize(
    "body",
    [
        '{"login": "a\\u0000", "password": "uma senha bem comprida"}',
        '{"login": "ana", "password": "uma senha\\u0000bem comprida"}',
    ],
)
def test_a_nul_is_refused_in_words(client: TestClient, engine: Engine, body: str) -> None:
    answer = client.post("/session", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_TEXT")
    assert audited(engine) == []


def test_an_unknown_login_costs_a_verification_too(
    edge: Edge, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a count of verifications
    seen: list[str | None] = []
    verify = CHEAP.verify

    def counted(stored: str | None, sent: str) -> bool:
        seen.append(stored)
        return verify(stored, sent)

    monkeypatch.setattr(CHEAP, "verify", counted)

    # when
    sign_in(client, "nobody")

    # then
    assert seen == [None]


def test_a_disabled_account_cannot_sign_in(
    client: TestClient, account: Callable[..., str], engine: Engine
) -> None:
    account()
    Accounts(engine).disable("ana")
    assert sign_in(client).status_code == 401


def test_after_three_failures_even_the_right_password_waits(
    client: TestClient, account: Callable[..., str]
) -> None:
    # given three failures of one login
    account("ana")
    account("bia")
    for _ in range(3):
        assert sign_in(client, password="errada demais").status_code == 401

    # when
    answer = sign_in(client)

    # then it is refused with the time to wait, and other logins are not
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "TOO_MANY_ATTEMPTS")
    assert 0 < int(answer.headers["retry-after"]) <= 900
    assert sign_in(client, "bia").status_code == 200


def test_a_stranger_does_not_lock_the_owner_out_until_it_is_tried_from_everywhere(
    edge: Edge, account: Callable[..., str]
) -> None:
    # given a login that a stranger has used up
    account("ana")

    app, here = build_app(edge), ["192.0.2.1"]

    async def moved(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "client": (here[0], 50_000)}, receive, send)

    def from_address(address: str, password: str) -> int:
        here[0] = address
        return int(sign_in(client, password=password).status_code)

    wrong = "errada demais"
    with TestClient(moved, base_url=ORIGIN) as client:
        assert [from_address("192.0.2.1", wrong) for _ in range(4)] == [401, 401, 401, 429]
        # then its owner signs in from elsewhere, and the stranger still waits
        assert from_address("192.0.2.2", PASSWORD) == 200
        assert from_address("192.0.2.1", PASSWORD) == 429
        # and when five attempts failed from anywhere, everybody waits
        assert [from_address(f"192.0.2.{number}", wrong) for number in (3, 4)] == [401, 401]
        assert from_address("192.0.2.2", PASSWORD) == 429


def test_an_unknown_login_is_throttled_like_a_known_one(client: TestClient) -> None:
    assert [sign_in(client, "nobody").status_code for _ in range(4)] == [401, 401, 401, 429]


def test_one_address_cannot_try_many_logins(client: TestClient) -> None:
    answers = [sign_in(client, f"login {number}").status_code for number in range(7)]
    assert answers == [401] * 6 + [429]


def test_success_forgives_the_failures_before(client: TestClient, account: Callable[..., str]) -> None:
    # given two failures, then the right password
    account()
    for _ in range(2):
        sign_in(client, password="errada demais")
    assert sign_in(client).status_code == 200

    # then there are three attempts again
    assert [sign_in(client, password="errada demais").status_code for _ in range(3)] == [401, 401, 401]


def test_attempts_are_stored_as_hashes_only(client: TestClient, engine: Engine) -> None:
    sign_in(client, "maria.da.silva")
    with transaction(engine) as cursor:
        cursor.execute("SELECT login_hash FROM sign_in_attempt")
        held = [bytes(row[0]) for row in cursor.fetchall()]
    assert len(held) == 3
    assert all(len(digest) == 32 and b"maria" not in digest for digest in held)


def test_a_page_gets_its_token_back_after_a_reload(client: TestClient, account: Callable[..., str]) -> None:
    account()
    opened = sign_in(client)
    assert client.get("/session").json() == opened.json()


def test_nobody_has_no_session(client: TestClient) -> None:
    answer = client.get("/session")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_signing_out_ends_the_session_at_once(
    client: TestClient, account: Callable[..., str], engine: Engine
) -> None:
    # given a session
    account()
    csrf = sign_in(client).json()["csrfToken"]
    token = client.cookies[COOKIE]

    # when
    answer = client.delete("/session", headers={"X-CSRF-Token": csrf})

    # then the cookie is gone, and so is what it stood for
    assert answer.status_code == 204
    assert COOKIE not in client.cookies
    assert client.get("/session", headers={"Cookie": f"{COOKIE}={token}"}).status_code == 401
    assert audited(engine)[-1] == "session.closed"


@pytest.mark.parametrize("header", [{}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": "é".encode()}])
def test_a_cookie_alone_changes_nothing(
    client: TestClient, account: Callable[..., str], header: dict[str, Any]
) -> None:
    # given a session
    account()
    sign_in(client)

    # when something is changed without its token
    answer = client.delete("/session", headers=header)

    # then it is refused and the session lives
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "CSRF")
    assert client.get("/session").status_code == 200


@pytest.mark.parametrize(
    "header", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_another_site_cannot_use_the_cookie(
    client: TestClient, account: Callable[..., str], header: dict[str, str]
) -> None:
    # given a session, and even its token
    account()
    csrf = sign_in(client).json()["csrfToken"]

    # when another site makes the browser ask
    answer = client.delete("/session", headers={"X-CSRF-Token": csrf, **header})

    # then
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "ORIGIN_NOT_ALLOWED")
    assert client.get("/session").status_code == 200


def test_another_site_cannot_sign_somebody_in(client: TestClient, account: Callable[..., str]) -> None:
    account()
    assert sign_in(client, Origin="https://evil.example").status_code == 403
    assert COOKIE not in client.cookies


def test_our_own_page_may(client: TestClient, account: Callable[..., str]) -> None:
    account()
    assert sign_in(client, Origin=ORIGIN).status_code == 200


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"login=ana&password=x", "application/x-www-form-urlencoded", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"login":1,"password":"x"}', "application/json", 400),
        (b'{"login":"' + b"x" * 9_000 + b'","password":"x"}', "application/json", 413),
    ],
)
def test_a_sign_in_that_cannot_be_read_is_refused(
    client: TestClient, content: bytes, content_type: str, status: int
) -> None:
    assert (
        client.post("/session", content=content, headers={"Content-Type": content_type}).status_code == status
    )


@pytest.mark.parametrize("end", ["disable", "password"])
def test_disabling_and_a_new_password_end_every_session(
    edge: Edge, client: TestClient, account: Callable[..., str], engine: Engine, end: str
) -> None:
    # given a session that was just used
    account()
    sign_in(client)
    assert client.get("/session").status_code == 200

    # when the account changes, and what is remembered has run out
    if end == "disable":
        Accounts(engine).disable("ana")
    else:
        Accounts(engine).set_password("ana", CHEAP.hash("uma senha bem diferente"))
    edge.authentication.lookups.expire()

    # then
    assert client.get("/session").status_code == 401
