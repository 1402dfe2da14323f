"""Finds customers: by id, by key, by name."""

from __future__ import annotations

from collections.abc import Sequence

from customer360.customers.model import CustomerPage, CustomerSnapshot
from customer360.history.batch import SearchBatch
from customer360.keys import Key


class Customers:
    async def snapshot(self, customer_id: str) -> CustomerSnapshot | None:
        """Any member's, protocol's or former public id finds its customer; None when nothing has this id."""
        raise NotImplementedError

    async def by_key(self, key: Key) -> CustomerSnapshot | None:
        raise NotImplementedError

    async def snapshots(self, customer_ids: Sequence[str]) -> list[CustomerSnapshot | None]:
        """In the order asked, one statement."""
        raise NotImplementedError

    async def search(
        self, batch: SearchBatch, *, text: str, first: int, after: str | None = None
    ) -> CustomerPage:
        """By key when the text is one, then by name: accents, case and a typo per word forgiven."""
        raise NotImplementedError
