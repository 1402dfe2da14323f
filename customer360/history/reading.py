"""The timeline of a customer: search store and hot tail as one answer. Nothing here knows SQL or Elasticsearch."""

from __future__ import annotations

from customer360.customers.model import CustomerSnapshot
from customer360.history.batch import SearchBatch
from customer360.history.model import OfferHistoryPage, Original, TimelineEntry, TimelinePage
from customer360.stores.ports import EntryFilter


class History:
    async def timeline(
        self,
        snapshot: CustomerSnapshot,
        batch: SearchBatch,
        *,
        first: int,
        after: str | None = None,
        where: EntryFilter | None = None,
    ) -> TimelinePage:
        """Newest first. CursorInvalid for a cursor that is not ours; SearchUnavailable for text without the store."""
        raise NotImplementedError

    async def offer_history(
        self, snapshot: CustomerSnapshot, *, first: int, after: str | None = None
    ) -> OfferHistoryPage:
        raise NotImplementedError

    async def entry(self, entry_id: str) -> TimelineEntry | None:
        """None when there is none, or it is hidden, or it is on no timeline."""
        raise NotImplementedError

    async def original(self, entry_id: str) -> Original | None:
        """The source and id the entry's event was sent with."""
        raise NotImplementedError
