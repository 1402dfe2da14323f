"""Finds out whether a fact was recorded before: what makes a repeated mutation answer as the first time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from customer360.threads import Threads


class RecordedStore(Protocol):
    """Blocking."""

    def attributes(self, event_id: str) -> Mapping[str, Any] | None:
        """The event as it was sent, from the ledger; None when it is not there. One statement."""
        ...


class RecordedFacts:
    def __init__(self, store: RecordedStore, threads: Threads) -> None:
        self._store = store
        self._threads = threads

    async def attributes(self, event_id: str) -> Mapping[str, Any] | None:
        return await self._threads.run(self._store.attributes, event_id)
