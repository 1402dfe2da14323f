"""c360 rebuild, reconcile and failures, through the command, on a real database with a search store of its own."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from customer360.ids import Ids
from customer360.stores.postgres.engine import make_engine
from customer360.stores.postgres.locks import REBUILD
from customer360.stores.postgres.only_one import only_one
from tests.api.test_cli import Run, run
from tests.indexer.scenario import Scenario, event, interaction
from tests.indexer.test_delivery import Delivering

__all__ = ["run"]  # the fixture
CPF = "cpf:52998224725"


@pytest.fixture
def filled(engine: Engine) -> Scenario:
    """Thirty entries of one customer, projected and delivered."""
    scenario = Scenario(engine, Ids(b"test secret"))
    delivering = Delivering(scenario)
    scenario.given(event("profile.updated", {"name": "Ana"}), *(interaction() for _ in range(30)))
    delivering.deliver()
    return scenario


def generations(scenario: Scenario) -> list[tuple[Any, ...]]:
    return scenario.rows("SELECT name, state FROM search_generation")


def found(scenario: Scenario, generation: str) -> int:
    return int(scenario.rows(f"SELECT count(*) FROM search_{generation}.entry WHERE NOT deleted")[0][0])


def test_a_rebuild_moves_searches_to_a_new_store(run: Run, filled: Scenario) -> None:
    # given a store with a hole
    filled.rows(
        "DELETE FROM search_p0001.entry WHERE id IN (SELECT id FROM search_p0001.entry LIMIT 5) RETURNING 1"
    )
    # when
    answer = run("rebuild")
    # then the new one is whole, in use, and the old one gone
    assert answer.exit_code == 0, answer.output
    assert answer.stdout == "rebuilt: 31 documents; searches use the new store\n"
    assert generations(filled) == [("p0002", "live")]
    assert found(filled, "p0002") == 30
    assert filled.rows("SELECT generation FROM search_published") == [("p0002",)]
    assert filled.rows("SELECT to_regclass('search_p0001.entry') IS NULL") == [(True,)]


def test_two_rebuilds_at_once_are_refused(run: Run, filled: Scenario, database_url: str) -> None:
    other = make_engine(database_url, size=1)
    with only_one(other, REBUILD, "a rebuild"):
        answer = run("rebuild")
        assert (answer.exit_code, answer.stderr.splitlines()[-1]) == (
            1,
            "ALREADY_RUNNING: a rebuild is running already",
        )
        assert generations(filled) == [("p0001", "live")]
    other.dispose()
    assert run("rebuild").exit_code == 0


def test_read_models_come_out_as_the_ledger_has_them(run: Run, filled: Scenario) -> None:
    # given one entry that somebody changed by hand, and one that is lost
    (wrong,), (lost,) = filled.rows("SELECT id FROM timeline_entry ORDER BY id LIMIT 2")
    filled.rows("UPDATE timeline_entry SET title = 'outra coisa' WHERE id = %s RETURNING 1", wrong)
    filled.rows("DELETE FROM timeline_entry WHERE id = %s RETURNING 1", lost)
    # when
    answer = run("rebuild", "--read-models")
    # then both are right again and told of; nothing else changed
    assert answer.exit_code == 0, answer.output
    assert answer.stdout == "read models rebuilt: 2 documents came out otherwise\n"
    assert filled.rows("SELECT count(*), count(DISTINCT title) FROM timeline_entry") == [(30, 1)]
    told = filled.rows("SELECT doc_id FROM change_log ORDER BY seq DESC LIMIT 2")
    assert {doc_id for (doc_id,) in told} == {wrong, lost}
    again = run("rebuild", "--read-models")
    assert again.stdout == "read models rebuilt: 0 documents came out otherwise\n"


def test_reconcile_finds_and_heals_missing_stale_and_foreign(run: Run, filled: Scenario) -> None:
    # given one document of each kind of difference
    a, b, c = (row[0] for row in filled.rows("SELECT id FROM search_p0001.entry ORDER BY id LIMIT 3"))
    filled.rows("DELETE FROM search_p0001.entry WHERE id = %s RETURNING 1", a)
    filled.rows("UPDATE search_p0001.entry SET version = 0, channel = 'x' WHERE id = %s RETURNING 1", b)
    filled.rows(
        "INSERT INTO search_p0001.entry SELECT 'f' || substr(id, 2), 1, false, member_id, occurred_at, type, channel,"
        " direction, with_document, tsv, body FROM search_p0001.entry WHERE id = %s RETURNING 1",
        c,
    )

    # when it is only looked at, nothing changes
    looked = run("reconcile", "--dry-run")
    assert (looked.exit_code, looked.stdout.splitlines()) == (
        3,
        ["STORE  MISSING  STALE  FOREIGN", "p0001  1        1      1", "3 differ"],
    )
    assert found(filled, "p0001") == 30

    # when it is healed
    healed = run("reconcile")
    assert (healed.exit_code, healed.stdout.splitlines()[-1]) == (0, "3 healed")

    # then the store holds what the read models hold
    assert found(filled, "p0001") == 30
    assert filled.rows("SELECT DISTINCT channel FROM search_p0001.entry WHERE NOT deleted") == [("voice",)]
    assert run("reconcile", "--dry-run").stdout.splitlines()[-1] == "nothing differs"


def test_without_a_store_reconcile_says_what_to_do(run: Run) -> None:
    answer = run("reconcile")
    assert answer.exit_code == 1
    assert "`c360 rebuild` makes one" in answer.stderr


def test_a_parked_event_is_shown_and_projected_once_its_cause_is_gone(run: Run, filled: Scenario) -> None:
    # given an event that the database could not take into its read models
    filled.rows("ALTER TABLE timeline_entry ADD CONSTRAINT no_fax CHECK (title <> 'Fax'); SELECT 1")
    filled.send(interaction(title="Fax", id="parked"))
    filled.project()
    event_id = filled.ids.event("crm", "parked")

    # when it is listed, and replayed too early
    listed = run("failures", "list").stdout.splitlines()
    early = run("failures", "replay", "--all")

    # then it is named without its content, and stays parked
    assert listed[1].split()[:4] == [event_id, "c360.interaction.recorded.v1", "2", "CheckViolation"]
    assert (early.exit_code, early.stdout) == (3, "0 of 1 projected\n")
    assert filled.rows("SELECT count(*) FROM timeline_entry WHERE title = 'Fax'") == [(0,)]

    # when the cause is gone
    filled.rows("ALTER TABLE timeline_entry DROP CONSTRAINT no_fax; SELECT 1")
    replayed = run("failures", "replay", event_id)

    # then it is on the timeline and nothing is parked
    assert (replayed.exit_code, replayed.stdout) == (0, "1 of 1 projected\n")
    assert filled.rows("SELECT count(*) FROM timeline_entry WHERE title = 'Fax'") == [(1,)]
    assert len(run("failures", "list").stdout.splitlines()) == 1


def test_replaying_failures_wants_to_know_which(run: Run) -> None:
    assert run("failures", "replay").exit_code == 2
