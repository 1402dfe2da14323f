"""What people need to see before they merge, part or tell apart customers: previews, claimants, the review queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from customer360.customers.merges import Merge
from customer360.customers.previews import Graph
from customer360.threads import Threads


@dataclass(frozen=True, slots=True)
class Claimant:
    """A stronger key tied to another key by a holding claim, and the public id of the customer it belongs to."""

    member_id: str
    key_type: str
    key_value: str = field(repr=False)
    customer_id: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of the review queue; `reason` is SHARED or GROUP_FULL, `customers` those it lies between, 20 at most."""

    member_id: str
    key_type: str
    key_value: str = field(repr=False)
    shared: bool
    reason: str
    customers: tuple[str, ...]
    since: int


class LinkStore(Protocol):
    """Blocking; every method is one statement unless it says otherwise."""

    def graph(self, member_ids: Sequence[str]) -> Graph:
        """Everything around the customers of these members, of one instant; a fixed number of statements."""
        ...

    def merge(self, merge_id: str) -> Merge | None: ...

    def claimants(self, member_id: str, limit: int) -> list[Claimant]: ...

    def waiting(self, after: tuple[int, str] | None, limit: int) -> list[Waiting]:
        """Oldest first by (since, member id), strictly after."""
        ...


class Linking:
    def __init__(self, store: LinkStore, threads: Threads) -> None:
        self._store = store
        self._threads = threads

    async def graph(self, member_ids: Sequence[str]) -> Graph:
        return await self._threads.run(self._store.graph, member_ids)

    async def merge(self, merge_id: str) -> Merge | None:
        """None for one that was never made; `live` tells whether it still holds."""
        return await self._threads.run(self._store.merge, merge_id)

    async def claimants(self, member_id: str, limit: int) -> list[Claimant]:
        return await self._threads.run(self._store.claimants, member_id, limit)

    async def waiting(self, after: tuple[int, str] | None, limit: int) -> list[Waiting]:
        return await self._threads.run(self._store.waiting, after, limit)
