"""Rebuilding the search store beside the live one: new generation, backfill, verify, one swap. Resumable."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from customer360 import clock
from customer360.ids import partition_of
from customer360.stores.ports import SearchWriter
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.readmodels import change_feed, documents, generations, positions
from customer360.stores.postgres.readmodels.documents import KINDS
from customer360.stores.postgres.readmodels.generations import Generation
from indexer.delivery.consumer import DeliveryConsumer
from indexer.delivery.manager import next_name
from indexer.delivery.writing import Stopped, write_all
from indexer.reconcile import compare, heal

_PAGE = 2_000
_LIVE_LAG = 500 * clock.SECOND // 1_000  # when live delivery is this late the backfill waits
_DONE = "~"  # sorts after every id
_RETRY = 0.5  # seconds until a store that did not refresh is asked again
GRACE = 5.0  # seconds: longer than a search may take


@dataclass(frozen=True, slots=True)
class Progress:
    """What the command shows: the stage in words, documents done and about how many there are."""

    stage: str
    done: int
    total: int


Report = Callable[[Progress], None]


class SearchRebuild:
    """One run, or the rest of one that was interrupted."""

    def __init__(
        self,
        engine: Engine,
        writer: SearchWriter,
        store: str,
        holder: str,
        stopping: threading.Event,
        report: Report,
        *,
        grace: float = GRACE,
    ) -> None:
        """`grace`: seconds that searches already under way have to end in what they ask."""
        self._grace = grace
        self._engine = engine
        self._writer = writer
        self._store = store
        self._holder = holder
        self._stopping = stopping
        self._report = report

    def run(self) -> int:
        """Returns how many documents were copied. Searches go on meanwhile and never see an empty store.

        Stopped when it was ended; the next run goes on from there.
        """
        generation = self._begin()
        copied = self._backfill(generation)
        self._report(Progress("deliver", copied, copied))
        self._catch_up(generation)
        self._report(Progress("verify", 0, copied))
        self._show(generation)
        drift = compare(self._engine, self._writer, generation.name)
        if drift.total:
            heal(self._engine, self._writer, generation.name, drift, self._stopping)
            self._show(generation)
        self._report(Progress("swap", copied, copied))
        self._swap(generation)
        return copied

    def _begin(self) -> Generation:
        with transaction(self._engine) as cursor:
            held = generations.all_of(cursor, self._store)
        for generation in held:
            if generation.state == "filling" and self._writer.marks(generation.name):
                return generation
        name = next_name(held, self._store)
        self._writer.create(name)
        with transaction(self._engine) as cursor:
            generations.add(cursor, name, self._store, "filling", positions.head(cursor, "change_log"))
        return Generation(name, self._store, "filling", {}, {})

    def _backfill(self, generation: Generation) -> int:
        progress = dict(generation.backfill)
        with transaction(self._engine) as cursor:
            total = documents.count(cursor)
        copied = 0
        for kind in KINDS:
            after = progress.get(kind, "")
            while after != _DONE:
                self._yield_to_live(generation)
                with transaction(self._engine) as cursor:
                    page = documents.scan(cursor, kind, after, _PAGE)
                poison = write_all(self._writer, generation.name, page, self._stopping)
                after = page[-1].id if len(page) == _PAGE else _DONE
                progress[kind] = after
                with transaction(self._engine) as cursor:
                    bad = {result.id: result.reason for result in poison}
                    partitions = {d.id: partition_of(d.member_id) for d in page if d.id in bad}
                    change_feed.add_undelivered(
                        cursor,
                        generation.name,
                        [(d, partitions[d.id], bad[d.id]) for d in page if d.id in bad],
                    )
                    generations.set_backfill(cursor, generation.name, progress)
                copied += len(page)
                self._report(Progress(kind, copied, total))
        return copied

    def _yield_to_live(self, generation: Generation) -> None:
        while True:
            with transaction(self._engine) as cursor:
                live = [g for g in generations.all_of(cursor, self._store) if g.state == "live"]
                waits = [positions.oldest_waiting(cursor, "change_log", g.consumer) for g in live]
            if all(at is None or clock.now() - at < _LIVE_LAG for at in waits):
                return
            self._rest(0.05)

    def _catch_up(self, generation: Generation) -> None:
        """The worker delivers live changes to it too; what it does not lease is delivered here."""
        consumer = DeliveryConsumer(
            self._engine, self._writer, generation.name, self._holder, self._stopping, 0
        )
        try:
            while True:
                consumer.take_leases()
                while consumer.run_once():
                    pass
                consumer.confirm(now=True)
                with transaction(self._engine) as cursor:
                    if positions.oldest_waiting(cursor, "change_log", generation.consumer) is None:
                        return
                self._rest(0.1)
        finally:
            consumer.release()

    def _show(self, generation: Generation) -> None:
        """Searches see everything that was written."""
        while not self._writer.refresh(generation.name):
            self._rest(_RETRY)

    def _rest(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise Stopped

    def _swap(self, generation: Generation) -> None:
        """First both count as live, so that readers take the smaller confirmed position; then searches move.

        A reader that looked just before that relies on the old one's position: the new one reaches it first.
        """
        marks = self._writer.marks(generation.name) or {}
        with transaction(self._engine) as cursor:
            generations.set_marks(cursor, generation.name, marks)
            generations.set_state(cursor, generation.name, "live")
            old = [g for g in generations.all_of(cursor, self._store) if g.name != generation.name]
        self._catch_up(generation)
        self._writer.publish(generation.name)
        with transaction(self._engine) as cursor:
            for retired in old:
                generations.set_state(cursor, retired.name, "retired")
        self._rest(self._grace)
        for retired in old:
            self._writer.drop(retired.name)
            with transaction(self._engine) as cursor:
                generations.forget(cursor, retired.name)
