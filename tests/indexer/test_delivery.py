"""From change rows to the search store and back again: delivery, rebuild, reconcile, on the PostgreSQL adapter."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import pytest

from customer360.stores.ports import Fate, SearchDocument, WriteResult
from customer360.stores.postgres.readmodels.generations import Generation
from customer360.stores.postgres.search import PostgresSearchWriter
from indexer.delivery.consumer import DeliveryConsumer
from indexer.delivery.manager import DeliveryManager
from indexer.rebuild import SearchRebuild
from indexer.rebuild_models import rebuild_models
from indexer.reconcile import compare, reconcile
from tests.indexer.scenario import ZONE, Scenario, event, interaction


class Delivering:
    """One generation and its consumer, driven by hand."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.writer = PostgresSearchWriter(scenario.engine)
        self.stopping = threading.Event()
        self.manager = DeliveryManager(scenario.engine, self.writer, "postgres", "m", self.stopping, 0)
        self.generation: Generation = self.manager._first()

    def deliver(self, writer: PostgresSearchWriter | None = None) -> None:
        consumer = DeliveryConsumer(
            self.scenario.engine, writer or self.writer, self.generation.name, "test", self.stopping, 0
        )
        consumer.take_leases()
        while consumer.run_once():
            pass
        consumer.release()

    def held(self, name: str | None = None) -> list[tuple[str, int, bool]]:
        return self.writer.fingerprints(name or self.generation.name, "entry", "", 1_000)


@pytest.fixture
def delivering(scenario: Scenario) -> Iterator[Delivering]:
    delivering = Delivering(scenario)
    yield delivering
    delivering.stopping.set()


def test_projected_entries_are_delivered_with_their_version_and_confirmed(
    scenario: Scenario, delivering: Delivering
) -> None:
    # given two entries
    ids = scenario.given(interaction(), interaction())
    # when they are delivered
    delivering.deliver()
    # then the store has them at their change seq and nothing waits to be confirmed
    versions = dict(scenario.rows("SELECT id, version FROM timeline_entry"))
    assert delivering.held() == [(entry_id, versions[entry_id], False) for entry_id in sorted(ids)]
    assert scenario.rows(
        "SELECT count(*) FROM change_log l JOIN consumer_cursor c USING (partition)"
        " WHERE c.consumer = 'search:p0001' AND l.seq > c.pos"
    ) == [(0,)]


def test_a_retracted_entry_becomes_a_tombstone(scenario: Scenario, delivering: Delivering) -> None:
    raw = interaction(id="i1")
    (entry_id,) = scenario.given(raw)
    delivering.deliver()
    scenario.given(event("entry.retracted", {"source": "crm", "id": "i1", "reason": "engano"}, subject=None))
    delivering.deliver()
    assert [(doc_id, deleted) for doc_id, _, deleted in delivering.held()] == [(entry_id, True)]


class Poisoned(PostgresSearchWriter):
    """Refuses the documents of one title, as a store would refuse a field that does not fit."""

    def write(self, generation: str, documents: Sequence[SearchDocument]) -> list[WriteResult]:
        results = super().write(generation, [d for d in documents if d.body.get("title") != "veneno"])
        done = iter(results)
        return [
            WriteResult(d.id, Fate.POISON, "does not fit") if d.body.get("title") == "veneno" else next(done)
            for d in documents
        ]


def test_a_poison_document_is_set_aside_and_healed_by_a_newer_version(
    scenario: Scenario, delivering: Delivering
) -> None:
    # given a poisonous entry among good ones
    bad, *good = scenario.given(interaction(title="veneno", id="bad"), interaction(), interaction())
    delivering.deliver(Poisoned(scenario.engine))
    # then the good ones are there and the bad one is named
    assert [doc_id for doc_id, _, _ in delivering.held()] == sorted(good)
    assert scenario.rows("SELECT doc_id, reason FROM undelivered") == [(bad, "does not fit")]
    # when a newer version of it fits
    scenario.given(event("entry.retracted", {"source": "crm", "id": "bad", "reason": "engano"}, subject=None))
    delivering.deliver(Poisoned(scenario.engine))
    # then it is delivered and no longer set aside
    assert scenario.rows("SELECT count(*) FROM undelivered") == [(0,)]


def test_rebuild_makes_an_equal_generation_and_forgets_the_old(
    scenario: Scenario, delivering: Delivering
) -> None:
    # given a delivered store
    scenario.given(interaction(), interaction(), event("profile.updated", {"name": "Maria"}))
    delivering.deliver()
    before = delivering.held()
    # when it is rebuilt
    stages: list[str] = []
    rebuild = SearchRebuild(
        scenario.engine,
        delivering.writer,
        "postgres",
        "cli",
        delivering.stopping,
        lambda p: stages.append(p.stage),
        grace=0,
    )
    assert rebuild.run() == 3
    # then the new one holds the same and is the only one
    assert delivering.held("p0002") == before
    assert scenario.rows("SELECT name, state FROM search_generation") == [("p0002", "live")]
    assert delivering.writer.marks("p0001") == {}
    assert stages[-3:] == ["deliver", "verify", "swap"]


def test_reconcile_finds_and_heals_missing_stale_and_foreign(
    scenario: Scenario, delivering: Delivering
) -> None:
    # given a store that lost one document, kept an old version of one and has a stranger
    ids = sorted(scenario.given(*(interaction(id=f"i{n}") for n in range(4))))
    delivering.deliver()
    name = delivering.generation.name
    scenario.rows(f"DELETE FROM search_{name}.entry WHERE id = %s RETURNING 1", ids[0])
    scenario.rows(f"UPDATE search_{name}.entry SET version = 0 WHERE id = %s RETURNING 1", ids[1])
    stranger = SearchDocument("entry", "f" * 32, 3, None, 1, body=_body())
    delivering.writer.write(name, [stranger])
    # when it is compared and healed
    drift = reconcile(scenario.engine, delivering.writer, "postgres", delivering.stopping)[name]
    assert (drift.missing, drift.stale, drift.foreign) == (
        [("entry", ids[0])],
        [("entry", ids[1])],
        [("entry", "f" * 32, 3)],
    )
    # then the metrics know of it, and nothing differs any more
    assert scenario.rows("SELECT drift FROM search_generation") == [(3,)]
    assert compare(scenario.engine, delivering.writer, name).total == 0
    assert ("f" * 32, 4, True) in delivering.held()


def _body() -> dict[str, object]:
    return {
        "type": "note.added", "channel": "web", "direction": None, "title": "x", "summary": None, "source": "s",
        "received_at": 1, "with_document": False, "detail": {}, "state": {},
    }  # fmt: skip


def test_read_models_rebuilt_from_the_ledger_are_the_same_and_publish_only_what_differs(
    scenario: Scenario, delivering: Delivering
) -> None:
    # given read models of which one row was damaged and one row has no event
    kept, damaged = scenario.given(interaction(id="a"), interaction(id="b", title="certo"))
    scenario.given(event("profile.updated", {"name": "Maria"}))
    delivering.deliver()
    versions = dict(scenario.rows("SELECT id, version FROM timeline_entry"))
    scenario.rows("UPDATE timeline_entry SET title = 'errado' WHERE id = %s RETURNING 1", damaged)
    scenario.rows(
        "INSERT INTO timeline_entry (id, partition, occurred_at, received_at, type, channel, title, source, version)"
        " VALUES ('stranger', 64, 1, 1, 'note.added', 'web', 'x', 's', 1) RETURNING 1"
    )
    # when they are rebuilt from the ledger
    changed = rebuild_models(scenario.engine, scenario.ids, ZONE, "cli", delivering.stopping, lambda _: None)
    # then the damage is mended and published, the stranger hidden, the rest keeps its version
    assert changed == 2
    rows = {row[0]: row[1:] for row in scenario.rows("SELECT id, title, hidden, version FROM timeline_entry")}
    assert rows[kept] == ("Dúvida sobre fatura", False, versions[kept])
    assert rows[damaged][:2] == ("certo", False)
    assert rows[damaged][2] > max(versions.values())
    assert rows["stranger"][1] is True
    # and projection goes on where it was
    scenario.given(interaction(id="c"))
    assert scenario.rows("SELECT count(*) FROM timeline_entry WHERE NOT hidden") == [(3,)]


def test_a_store_with_newer_versions_than_the_database_counts_as_lost(
    scenario: Scenario, delivering: Delivering
) -> None:
    # given a search store that knows a change this database never made, as after restoring an old dump
    scenario.given(interaction())
    delivering.deliver()
    stranger = SearchDocument("entry", "e" * 32, 1_000_000, None, 1, body=_body())
    delivering.writer.write(delivering.generation.name, [stranger])
    # when a worker starts and looks
    delivering.manager.look()
    # then the generation is lost: PostgreSQL answers until a rebuild
    assert scenario.rows("SELECT state FROM search_generation") == [("lost",)]
