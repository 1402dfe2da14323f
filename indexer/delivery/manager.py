"""Which generations this worker delivers to: makes the first one, follows rebuilds, and notices a store that changed
behind our back."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace

from sqlalchemy import Engine

from customer360.stores.ports import SearchWriter
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.readmodels import generations, positions
from customer360.stores.postgres.readmodels.generations import Generation
from indexer.delivery.consumer import DeliveryConsumer
from indexer.loop import SWEEP, Loop

log = logging.getLogger(__name__)

_LEASES = 3.0  # seconds between renewals
_CHECK = 2.0  # seconds between looks at the store's own marks


class DeliveryManager:
    """A loop of its own per generation that is filling or live; `look` is called every second."""

    def __init__(
        self,
        engine: Engine,
        writer: SearchWriter,
        store: str,
        holder: str,
        stopping: threading.Event,
        pause_ms: int,
    ) -> None:
        self._engine = engine
        self._writer = writer
        self._store = store
        self._holder = holder
        self._stopping = stopping
        self._pause_ms = pause_ms
        self._running: dict[str, tuple[Loop, threading.Event, DeliveryConsumer]] = {}
        self._checked = 0.0

    def look(self) -> None:
        with transaction(self._engine) as cursor:
            held = generations.all_of(cursor, self._store)
        if not held:
            held = [self._first()]
        if time.monotonic() - self._checked >= _CHECK:
            held = [self._checked_marks(generation) for generation in held]
            self._checked = time.monotonic()
        wanted = {generation.name for generation in held if generation.state in ("filling", "live")}
        for name in wanted - set(self._running):
            self._start(name)
        for name in set(self._running) - wanted:
            self._end(name)

    def wake(self) -> None:
        for loop, _, _ in self._running.values():
            loop.wake()

    def stop(self) -> None:
        for name in list(self._running):
            self._end(name)

    def _first(self) -> Generation:
        """Live from the start when every change there ever was can still be delivered to it; else filled by a rebuild.

        What already holds documents under our name belongs to another database, or to this one as it was.
        """
        name = first_name(self._store)
        strange = bool(self._writer.newest_version(name))
        self._writer.create(name)
        with transaction(self._engine) as cursor:
            complete = generations.log_is_complete(cursor)
            newest = positions.newest_given(cursor)
        state = "lost" if strange else "live" if complete else "filling"
        if state == "live":
            self._writer.publish(name)
        with transaction(self._engine) as cursor:
            generations.add(cursor, name, self._store, state, 0 if state == "live" else newest)
            (held, *_) = generations.all_of(cursor, self._store)  # another worker may have been faster
        if held.state != "live":
            log.warning("rebuild_demanded", extra={"reason": "this search store is new"})
        return held

    def _checked_marks(self, generation: Generation) -> Generation:
        """Marks the generation lost when an index is gone or is another one, or knows changes that we do not."""
        if generation.state == "lost":
            self._writer.withdraw(generation.name)  # it may still answer, but wrongly
        if generation.state not in ("live", "filling"):
            return generation
        marks = self._writer.marks(generation.name)
        if marks is None:
            return generation
        reason = self._strange(generation, marks)
        with transaction(self._engine) as cursor:
            if reason is not None:
                generations.set_state(cursor, generation.name, "lost")
            elif marks != generation.marks:
                generations.set_marks(cursor, generation.name, marks)
        if reason is None:
            return replace(generation, marks=marks)
        self._writer.withdraw(generation.name)
        log.error("search_store_lost", extra={"generation": generation.name, "reason": reason})
        return replace(generation, state="lost")

    def _strange(self, generation: Generation, marks: dict[str, str]) -> str | None:
        if not marks:
            return "all of it is gone"
        if any(marks.get(name) != mark for name, mark in generation.marks.items()):
            return "an index is missing or was made again"
        if generation.name in self._running:
            return None
        newest = self._writer.newest_version(generation.name)
        with transaction(self._engine) as cursor:
            newest_change = positions.head(cursor, "change_log")
            used = positions.newest_given(cursor)
        if newest is not None and newest > max(newest_change, used):
            return "it holds changes that the database does not know"
        return None

    def _start(self, name: str) -> None:
        stopping = threading.Event()
        consumer = DeliveryConsumer(self._engine, self._writer, name, self._holder, stopping, self._pause_ms)
        leased = 0.0

        def step() -> float | None:
            nonlocal leased
            if time.monotonic() - leased >= _LEASES:
                consumer.take_leases()
                leased = time.monotonic()
            if consumer.run_once():
                return 0
            return min(SWEEP, self._pause_ms / 1_000) if consumer.waiting else None

        self._running[name] = (Loop(f"delivery-{name}", step, stopping).start(), stopping, consumer)

    def _end(self, name: str) -> None:
        loop, stopping, consumer = self._running.pop(name)
        stopping.set()
        loop.wake()
        loop.thread.join(timeout=10)
        consumer.release()


def first_name(store: str) -> str:
    return f"{store[0]}0001"


def next_name(held: list[Generation], store: str) -> str:
    """Generation names count up and are never used again while one of them is known."""
    newest = max((int(generation.name[1:]) for generation in held), default=0)
    return f"{store[0]}{newest + 1:04d}"
