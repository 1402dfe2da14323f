"""What waits for one slow reader of live updates: bounded, and what does not fit becomes a Resync."""

from __future__ import annotations

import asyncio
from collections import deque

from customer360.history.model import FeedUpdate, Resync

MAX_WAITING = 1_000


class Outbox:
    """One stream's updates, of one or several customers."""

    def __init__(self) -> None:
        self._waiting: deque[FeedUpdate] = deque()
        self._filled = asyncio.Event()
        self._broken: BaseException | None = None

    def put(self, update: FeedUpdate) -> None:
        """When too much waits, the customer's updates are replaced by one Resync from here on."""
        if len(self._waiting) >= MAX_WAITING:
            kept = [waiting for waiting in self._waiting if waiting.customer_id != update.customer_id]
            self._waiting = deque(kept)
            update = FeedUpdate(update.customer_id, Resync(update.update.cursor, "TOO_SLOW"))
        self._waiting.append(update)
        self._filled.set()

    def fail(self, error: BaseException) -> None:
        """Nothing more will come: the reader gets this error after what waits."""
        self._broken = error
        self._filled.set()

    async def take(self) -> FeedUpdate:
        while not self._waiting:
            if self._broken is not None:
                raise self._broken
            self._filled.clear()
            await self._filled.wait()
        return self._waiting.popleft()
