"""The brake of bulk loading: it waits while projection or delivery is behind, so that live events are not."""

from __future__ import annotations

import threading
import time

from sqlalchemy import Engine

from customer360 import clock
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.readmodels import positions
from customer360.stores.postgres.readmodels.positions import PROJECTION

PROJECTION_LAG = 50 * clock.SECOND // 1_000
DELIVERY_LAG = 500 * clock.SECOND // 1_000
_LOOK = 0.01  # seconds between looks
_NO_WORKER = 5.0  # seconds without any progress: nobody projects, so there is nothing to spare


class Backlog:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pause = threading.Event()
        self._workers = True

    def wait(self) -> None:
        """Returns when both lags are small; without a running worker it waits no more than a few seconds, once."""
        until = time.monotonic() + _NO_WORKER
        seen: tuple[int | None, ...] = ()
        while self._workers and (lagging := self._lagging()):
            if lagging != seen:
                seen, until = lagging, time.monotonic() + _NO_WORKER
            if time.monotonic() > until:
                self._workers = False
            self._pause.wait(_LOOK)

    def _lagging(self) -> tuple[int | None, ...]:
        """The oldest waiting moments, when one of them is too old."""
        with transaction(self._engine) as cursor:
            cursor.execute("SELECT name FROM search_generation WHERE state = 'live'")
            consumers = [f"search:{name}" for (name,) in cursor.fetchall()]
            oldest = positions.oldest_waiting(cursor, "event_log", PROJECTION)
            changes = [positions.oldest_waiting(cursor, "change_log", consumer) for consumer in consumers]
        now = clock.now()
        late = [oldest is not None and now - oldest > PROJECTION_LAG]
        late += [at is not None and now - at > DELIVERY_LAG for at in changes]
        return (oldest, *changes) if any(late) else ()
