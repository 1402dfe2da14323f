"""Many senders share one commit and one projection batch: what is wrong with one event must not touch the others."""

from __future__ import annotations

from typing import Any

import pytest

from customer360.stores.postgres.ledger import Ledger
from customer360.stores.postgres.search import PostgresSearchWriter
from indexer.batch import Submission, commit
from indexer.delivery.consumer import DeliveryConsumer
from tests.faults.ledger_check import check
from tests.faults.senders import interaction
from tests.indexer.scenario import Scenario
from tests.indexer.test_delivery import Delivering

CPF = "cpf:52998224725"
BAD: dict[str, dict[str, Any]] = {
    "a character U+0000": {"summary": "a\x00b"},
    "U+0000 in its id": {"id": "a\x00b"},
    "U+0000 in its subject": {"subject": "email:a\x00b@example.com"},
    "half a character": {"summary": "\ud800"},
    "half a character in its source": {"source": "\udfff"},
    "a year that no clock has": {"time": "9999999-01-01T00:00:00Z"},
    "a time before all time": {"time": "0000-01-01T00:00:00Z"},
    "an unknown field of the wrong kind": {"data": {"channel": 7}},
}


def bad(changes: dict[str, Any]) -> dict[str, Any]:
    raw = interaction("bad", 1, "phone:+5511987654321")
    data = {**raw["data"], **({"summary": changes["summary"]} if "summary" in changes else {})}
    return {**raw, "data": data, **{name: value for name, value in changes.items() if name != "summary"}}


@pytest.mark.parametrize("problem", BAD)
def test_a_data_error_stays_with_its_event(problem: str, scenario: Scenario) -> None:
    # given one bad event between good ones of other senders
    good = [interaction(f"good-{n}", n, CPF) for n in range(1, 7)]
    raws = [*good[:3], bad(BAD[problem]), *good[3:]]
    # when they share a commit
    answers = commit(
        Ledger(scenario.engine), scenario.ids, [Submission([raw], "key", own=False) for raw in raws]
    )
    # then only it is refused, with a code, and kept whole in quarantine
    outcomes = [verdict.outcome for (verdict,) in answers]
    assert outcomes == ["accepted"] * 3 + ["rejected"] + ["accepted"] * 3
    assert answers[3][0].code
    assert scenario.rows("SELECT code, state FROM quarantine") == [(answers[3][0].code, "open")]
    # and the good ones are everywhere
    delivered(scenario)
    check(
        scenario.engine,
        PostgresSearchWriter(scenario.engine),
        [verdict.id or "" for verdict in accepted(answers)],
    )


def test_a_poisonous_event_is_parked_and_the_others_of_its_batch_are_projected(
    scenario: Scenario,
) -> None:
    # given an event whose projection fails for a reason of its own, in the middle of a batch
    raws = [interaction(f"e-{n}", n, CPF) for n in range(1, 8)]
    poison = scenario.ids.event(raws[3]["source"], raws[3]["id"])
    scenario.rows(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;"
        " CREATE TRIGGER refuse BEFORE INSERT ON timeline_entry FOR EACH ROW"
        f" WHEN (NEW.id = '{poison}') EXECUTE FUNCTION refuse(); SELECT 1"
    )
    # when
    verdicts = scenario.send(*raws)
    delivered(scenario)
    # then it alone is parked, and the cursor has passed it
    check(
        scenario.engine,
        PostgresSearchWriter(scenario.engine),
        [verdict.id or "" for verdict in verdicts],
        parked=[poison],
    )


def test_a_hundred_replays_of_a_batch_change_nothing(scenario: Scenario) -> None:
    # given a delivered batch of several customers
    raws = [
        interaction(f"{subject}-{n}", n, subject)
        for subject in (CPF, "phone:+5511987654321", "email:maria@example.com")
        for n in range(1, 34)
    ]
    ids = [verdict.id or "" for verdict in scenario.send(*raws)]
    delivered(scenario)
    before = scenario.rows("SELECT id, version FROM timeline_entry ORDER BY id")
    # when it is sent a hundred times more, whole and in parts
    for turn in range(100):
        verdicts = scenario.send(*raws[turn % 2 :])
        assert {verdict.outcome for verdict in verdicts} == {"duplicate"}
    delivered(scenario)
    # then nothing was written anywhere
    assert scenario.rows("SELECT id, version FROM timeline_entry ORDER BY id") == before
    assert scenario.rows("SELECT count(*) FROM quarantine") == [(0,)]
    check(scenario.engine, PostgresSearchWriter(scenario.engine), ids)


def accepted(answers: list[list[Any]]) -> list[Any]:
    return [verdict for (verdict,) in answers if verdict.stored]


def delivered(scenario: Scenario) -> None:
    """Projects and delivers all that is in the ledger."""
    delivering = Delivering(scenario)
    scenario.project()
    consumer = DeliveryConsumer(
        scenario.engine, delivering.writer, delivering.generation.name, "test", delivering.stopping, 0
    )
    consumer.take_leases()
    while consumer.run_once():
        pass
    consumer.release()
