"""The timeline of a customer: search store and hot tail as one answer. Nothing here knows SQL or Elasticsearch."""

from __future__ import annotations

from customer360.customers.model import CustomerSnapshot
from customer360.history import paging
from customer360.history.batch import SearchBatch
from customer360.history.cursors import CursorCodec
from customer360.history.model import OfferHistoryPage, Original, TimelineEntry, TimelinePage
from customer360.history.ports import EntryStore, HotStore, OfferStore
from customer360.history.timeline import TimelineReading
from customer360.stores.ports import EntryFilter, Position
from customer360.threads import Threads


class History:
    def __init__(
        self, entries: EntryStore, hot: HotStore, offers: OfferStore, codec: CursorCodec, threads: Threads
    ) -> None:
        self._entries = entries
        self._hot = hot
        self._offers = offers
        self._codec = codec
        self._threads = threads

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
        paging.check_first(first)
        where = where or EntryFilter()
        pages = paging.begin(self._codec, "timeline", snapshot, after, paging.question_of(where))
        hot = snapshot.hot
        if set(pages.members) != set(snapshot.reading_ids):  # merged or parted since the first page
            hot = await self._threads.run(self._hot.hot, pages.members)
        reading = TimelineReading(self._entries, self._threads, snapshot, pages, hot, where, first)
        return await reading.read(batch)

    async def offer_history(
        self, snapshot: CustomerSnapshot, *, first: int, after: str | None = None
    ) -> OfferHistoryPage:
        """Offer events of all channels, newest first."""
        paging.check_first(first)
        pages = paging.begin(self._codec, "offers", snapshot, after)
        found = await self._threads.run(self._offers.page, pages.members, pages.after, first + 1)
        return OfferHistoryPage(
            contacts=tuple(found[:first]),
            has_next=len(found) > first,
            has_previous=after is not None,
            cursor_of=lambda contact: pages.cursor(Position(contact.occurred_at, contact.id)),
        )

    async def entry(self, entry_id: str) -> TimelineEntry | None:
        """None when there is none, or it is hidden, or it is on no timeline."""
        found = (await self._threads.run(self._entries.entries, [entry_id])).get(entry_id)
        return None if found is None or found.hidden else found

    async def original(self, entry_id: str) -> Original | None:
        """The source and id the entry's event was sent with."""
        return await self._threads.run(self._entries.original, entry_id)
