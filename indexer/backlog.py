"""How far projection and delivery are behind the logs: the brake of bulk loading, and waiting until both are done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from customer360 import clock
from customer360.stores.postgres.engine import Cursor, transaction
from customer360.stores.postgres.readmodels import positions
from customer360.stores.postgres.readmodels.positions import PROJECTION

PROJECTION_LAG = 50 * clock.SECOND // 1_000
DELIVERY_LAG = 500 * clock.SECOND // 1_000
_LOOK = 0.02  # seconds between looks
_START = 30.0  # seconds a worker may take to start


@dataclass(frozen=True, slots=True)
class Reached:
    """Of both logs: handled, and how many there are. `done`: nothing waits, and there is a search store to ask."""

    projected: int
    events: int
    delivered: int
    changes: int
    done: bool


class Backlog:
    """Nobody waits for a worker that is not there: what was appended is projected whenever one starts."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pause = threading.Event()

    def wait(self, stopping: threading.Event | None = None) -> None:
        """Returns when both lags are small, so that live events are not held up, when no worker runs, or at the end."""
        ended = stopping or self._pause
        while self._late() and not ended.wait(_LOOK):
            pass

    def attended(self) -> bool:
        """Whether a worker projects at present."""
        with transaction(self._engine) as cursor:
            return positions.attended(cursor, PROJECTION)

    def wait_for_worker(self) -> bool:
        """Gives one that is being started the time it takes; False when none came."""
        until = time.monotonic() + _START
        while not (attended := self.attended()) and time.monotonic() < until:
            self._pause.wait(_LOOK)
        return attended

    def wait_until_done(self, told: Callable[[Reached], None], stopping: threading.Event) -> bool:
        """Returns once everything is projected and delivered (True), when told to stop or without a worker (False)."""
        while not (reached := self.reached()).done:
            told(reached)
            if stopping.wait(0.2) or not self.attended():
                return False
        told(reached)
        return True

    def reached(self) -> Reached:
        with transaction(self._engine) as cursor:
            searches = _live(cursor)
            waits = [positions.oldest_waiting(cursor, "event_log", PROJECTION)]
            waits += [positions.oldest_waiting(cursor, "change_log", search) for search in searches]
            furthest = [max(positions.positions(cursor, name).values(), default=0) for name in searches]
            return Reached(
                projected=max(positions.positions(cursor, PROJECTION).values(), default=0),
                events=positions.head(cursor, "event_log"),
                delivered=min(furthest, default=0),
                changes=positions.head(cursor, "change_log"),
                done=bool(searches) and not any(waits),
            )

    def _late(self) -> bool:
        with transaction(self._engine) as cursor:
            if not positions.attended(cursor, PROJECTION):
                return False
            event = positions.oldest_waiting(cursor, "event_log", PROJECTION)
            changes = [positions.oldest_waiting(cursor, "change_log", search) for search in _live(cursor)]
        now = clock.now()
        late = event is not None and now - event > PROJECTION_LAG
        return late or any(at is not None and now - at > DELIVERY_LAG for at in changes)


def _live(cursor: Cursor) -> list[str]:
    cursor.execute("SELECT name FROM search_generation WHERE state = 'live'")
    return [f"search:{name}" for (name,) in cursor.fetchall()]
