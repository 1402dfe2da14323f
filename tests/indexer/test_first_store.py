"""What a worker makes of a search store it sees for the first time."""

from __future__ import annotations

import threading

from customer360.stores.ports import SearchDocument
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.readmodels import generations
from customer360.stores.postgres.search import PostgresSearchWriter
from indexer.delivery.manager import DeliveryManager, first_name
from tests.indexer.scenario import Scenario, interaction
from tests.indexer.test_delivery import Delivering

BODY: dict[str, object] = {
    "type": "note.added", "channel": "web", "direction": None, "title": "x", "summary": None, "source": "s",
    "received_at": 1, "with_document": False, "detail": {}, "state": {},
}  # fmt: skip


def states(scenario: Scenario) -> list[tuple[str, str]]:
    return scenario.rows("SELECT name, state FROM search_generation ORDER BY created_at")


def test_changes_made_before_it_are_delivered_to_it(scenario: Scenario) -> None:
    # given projected events, and no search store yet
    ids = scenario.given(interaction(), interaction())
    # when a worker sees one for the first time
    delivering = Delivering(scenario)
    delivering.deliver()
    # then it is in use at once, and has them
    assert states(scenario) == [("p0001", "live")]
    assert [doc_id for doc_id, _, _ in delivering.held()] == sorted(ids)


def test_one_that_follows_another_is_filled_by_a_rebuild_also_when_the_change_log_was_trimmed(
    scenario: Scenario,
) -> None:
    # given an installation that used another store, whose changes have all been delivered and trimmed
    scenario.given(interaction())
    with transaction(scenario.engine) as cursor:
        generations.add(cursor, "e0001", "elasticsearch", "live", 1)
    scenario.rows("DELETE FROM change_log RETURNING 1")
    # when
    Delivering(scenario)
    # then it is not in use before a rebuild has filled it
    assert states(scenario) == [("e0001", "live"), ("p0001", "filling")]


def test_one_that_holds_documents_of_another_database_is_not_believed(scenario: Scenario) -> None:
    # given a store that has a document under the name we would take
    writer = PostgresSearchWriter(scenario.engine)
    writer.create(first_name("postgres"))
    writer.write(first_name("postgres"), [SearchDocument("entry", "e" * 32, 7, None, 1, body=BODY)])
    # when
    DeliveryManager(scenario.engine, writer, "postgres", "m", threading.Event(), 0).look()
    # then
    assert states(scenario) == [("p0001", "lost")]


def test_a_database_that_moved_trusts_only_the_store_inside_it(scenario: Scenario) -> None:
    # given stores in use, and the place where this database was dumped
    with transaction(scenario.engine) as cursor:
        generations.distrust_after_a_move(cursor)  # it is a copy of a template itself
        generations.add(cursor, "e0001", "elasticsearch", "live", 0)
        generations.add(cursor, "p0001", "postgres", "live", 0)
        assert generations.distrust_after_a_move(cursor) is False
    assert states(scenario) == [("e0001", "live"), ("p0001", "live")]
    scenario.rows("UPDATE installation SET value = 'elsewhere' WHERE name = 'place' RETURNING 1")
    # when it is looked at here
    with transaction(scenario.engine) as cursor:
        assert generations.distrust_after_a_move(cursor) is True
    # then
    assert dict(states(scenario)) == {"e0001": "lost", "p0001": "live"}
