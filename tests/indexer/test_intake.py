"""What a batch of events becomes in the ledger and in quarantine."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import Any

import pytest

from customer360.errors import Busy
from indexer.batch import commit_atomic
from indexer.intake import Intake
from tests.indexer.scenario import Scenario, event, interaction


def outcomes(verdicts: list[Any]) -> list[str]:
    return [verdict.outcome for verdict in verdicts]


def test_an_accepted_event_is_in_the_ledger_once(scenario: Scenario) -> None:
    # given an event
    raw = interaction(id="a1", source="crm")
    # when it is sent, and sent again
    first, second = scenario.send(raw), scenario.send(raw)
    # then it is stored once and the second is a duplicate
    assert outcomes(first) == ["accepted"]
    assert outcomes(second) == ["duplicate"]
    assert scenario.rows("SELECT event_id, type FROM event_log") == [
        (first[0].id, "c360.interaction.recorded.v1")
    ]


def test_the_same_id_with_other_content_is_a_conflict_and_kept_in_quarantine(scenario: Scenario) -> None:
    # given an accepted event
    scenario.send(interaction(id="a1", title="primeiro", time="2026-03-01T12:00:00Z"))
    # when another with its id is sent twice
    for _ in range(2):
        verdicts = scenario.send(interaction(id="a1", title="segundo", time="2026-03-01T12:00:00Z"))
    # then it is refused, quarantined once and counted
    assert outcomes(verdicts) == ["conflict"]
    assert scenario.rows("SELECT code, repeats, state FROM quarantine") == [("ID_CONFLICT", 2, "open")]
    assert scenario.rows("SELECT count(*) FROM event_log") == [(1,)]


def test_received_is_stored_plus_duplicate_plus_quarantined(scenario: Scenario) -> None:
    # given a batch of good, repeated, contradicting and impossible items
    good = interaction(id="g")
    contradicting = {**good, "data": {"channel": "chat"}}
    bad = interaction(id="b", channel="telepathy")
    # when it is sent together
    verdicts = scenario.send(good, good, contradicting, bad, "not an object")
    # then each has its own answer and nothing is dropped
    assert outcomes(verdicts) == ["accepted", "duplicate", "conflict", "rejected", "rejected"]
    assert [(v.code, v.field) for v in verdicts[2:]] == [
        ("ID_CONFLICT", "id"),
        ("INVALID_DATA", "data.channel"),
        ("NOT_AN_OBJECT", None),
    ]
    assert scenario.rows(
        "SELECT (SELECT count(*) FROM event_log), (SELECT sum(repeats) FROM quarantine)"
    ) == [(1, 3)]


def test_an_event_that_postgresql_refuses_is_found_and_its_neighbours_are_stored(scenario: Scenario) -> None:
    # given a database that refuses one event for its content
    scenario.rows(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF position('guilty' IN encode(NEW.data, 'escape')) > 0 THEN RAISE EXCEPTION 'refused'; END IF;"
        " RETURN NEW; END $$; CREATE TRIGGER refuse BEFORE INSERT ON event_log FOR EACH ROW EXECUTE FUNCTION refuse();"
        " SELECT 1"
    )
    raws = [interaction(id=f"n{number}", title="guilty" if number == 5 else "good") for number in range(8)]
    # when all are sent in one commit
    verdicts = scenario.send(*raws)
    # then only the guilty one is refused, and can be sent again later
    assert outcomes(verdicts) == ["accepted"] * 5 + ["rejected"] + ["accepted"] * 2
    assert verdicts[5].code == "DATA_REFUSED"
    assert scenario.rows("SELECT count(*) FROM event_log") == [(7,)]
    assert scenario.rows("SELECT count(*) FROM event_key WHERE event_id = %s", verdicts[5].id) == [(0,)]


def test_text_with_nul_is_refused_with_its_code(scenario: Scenario) -> None:
    verdicts = scenario.send(interaction(id="n", title="a\x00b"), interaction(id="ok"))
    assert [(v.outcome, v.code) for v in verdicts] == [("rejected", "INVALID_TEXT"), ("accepted", None)]


def test_senders_may_not_use_the_reserved_source(scenario: Scenario) -> None:
    raw = event("note.added", {"text": "x"}, source="c360:console:1")
    assert [v.code for v in scenario.send(raw)] == ["RESERVED_SOURCE"]
    assert outcomes(scenario.send(raw, own=True)) == ["accepted"]


async def test_atomic_requests_fill_the_queue_too(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an intake of three events, and an atomic request of two whose commit stands still
    going = Event()

    def standing(*arguments: Any) -> Any:
        assert going.wait(timeout=30)
        return commit_atomic(*arguments)

    monkeypatch.setattr("indexer.intake.commit_atomic", standing)
    taking = Intake(scenario.engine, scenario.ids, queue_limit=3)
    first = asyncio.create_task(taking.submit([interaction(), interaction()], key_id=None, atomic=True))
    await asyncio.sleep(0)  # lets it begin
    # when more comes than the queue holds, then it is told to wait, whatever way it comes
    for atomic in (True, False):
        with pytest.raises(Busy):
            await taking.submit([interaction(), interaction()], key_id=None, atomic=atomic)
    # and once the first is done there is room again
    going.set()
    assert outcomes(await first) == ["accepted", "accepted"]
    assert taking.waiting == 0
    assert outcomes(await taking.submit([interaction()], key_id=None, atomic=True)) == ["accepted"]
    await taking.stop()
