"""One page of a timeline: which side answers it, and how the sides become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from customer360.customers.model import CustomerSnapshot, HotTail
from customer360.errors import SearchUnavailable
from customer360.history import matching, merging
from customer360.history.batch import SearchBatch
from customer360.history.model import Freshness, TimelineEntry, TimelinePage
from customer360.history.paging import Paging
from customer360.history.ports import EntryStore
from customer360.stores.ports import (
    EntriesQuestion,
    EntryFilter,
    FacetsQuestion,
    Position,
    Question,
    SearchDocument,
)
from customer360.threads import Threads

SCAN_STEP = 500  # entries read at once where only our own matcher can judge the text
SCAN_STEPS = 10  # and how often for one page: what is left is for the next page


@dataclass(frozen=True, slots=True)
class _Found:
    """`end` is where the next page goes on, when that is not the last entry."""

    entries: Sequence[TimelineEntry]
    has_next: bool
    end: Position | None = None


@dataclass(frozen=True, slots=True)
class TimelineReading:
    """`hot` is the hot tail of the paging's members."""

    store: EntryStore
    threads: Threads
    snapshot: CustomerSnapshot
    paging: Paging
    hot: HotTail
    where: EntryFilter
    first: int

    async def read(self, batch: SearchBatch) -> TimelinePage:
        if self.snapshot.confirmed is None:
            return await self._without_search(
                SearchUnavailable("text search is being rebuilt; try again later")
            )
        if self.hot.overflow:
            return await self._from_ledger()
        try:
            return await self._from_search(batch)
        except SearchUnavailable as error:
            return await self._without_search(error)

    # ------------------------------------------------------------ search store and hot tail

    async def _from_search(self, batch: SearchBatch) -> TimelinePage:
        answers = await batch.ask(self._questions())
        documents = cast("list[SearchDocument]", answers[0])
        matches = matching.Matcher(self.where)
        entries, has_next = merging.page(
            merging.from_search(documents), filter(matches, self.hot.entries), self.paging.after, self.first
        )
        counted = cast("dict[str, int]", answers[1]) if len(answers) > 1 else None
        return self._page(_Found(entries, has_next), self._facets(counted), degraded=False)

    def _questions(self) -> list[Question]:
        members, exclude = self.paging.members, [entry.id for entry in self.hot.entries]
        questions: list[Question] = [
            EntriesQuestion(members, self.where, self.first + 1, self.paging.after, exclude)
        ]
        if self._is_first and not matching.only_channels(self.where):
            questions.append(FacetsQuestion(members, self.where, exclude))
        return questions

    def _facets(self, counted: Mapping[str, int] | None) -> Mapping[str, int] | None:
        if not self._is_first:
            return None
        if counted is None:
            return self.snapshot.counts
        return dict(Counter(counted) + matching.facets(self.hot.entries, self.where))

    # ------------------------------------------------------------ PostgreSQL alone

    async def _without_search(self, error: SearchUnavailable) -> TimelinePage:
        if self.where.text is not None:
            raise error
        return await self._from_ledger()

    async def _from_ledger(self) -> TimelinePage:
        found = await (self._plain() if self.where.text is None else self._scan())
        return self._page(found, await self._ledger_facets(), degraded=True)

    async def _plain(self) -> _Found:
        entries = await self._more(self.paging.after, self.first + 1)
        return _Found(entries[: self.first], len(entries) > self.first)

    async def _scan(self) -> _Found:
        """Text without an index, a bounded stretch of the timeline: a page may be short, and still not be the last."""
        matches, place, found = matching.Matcher(self.where), self.paging.after, list[TimelineEntry]()
        for _ in range(SCAN_STEPS):
            read = await self._more(place, SCAN_STEP)
            found += filter(matches, read)
            if len(found) > self.first or len(read) < SCAN_STEP:
                return _Found(found[: self.first], len(found) > self.first)
            place = read[-1].position
        return _Found(found, True, place)

    async def _more(self, after: Position | None, size: int) -> list[TimelineEntry]:
        return await self.threads.run(self.store.page, self.paging.members, self.where, after, size)

    async def _ledger_facets(self) -> Mapping[str, int] | None:
        """None with text: counting would be reading everything."""
        if not self._is_first or self.where.text is not None:
            return None
        if matching.only_channels(self.where):
            return self.snapshot.counts
        return await self.threads.run(self.store.facets, self.paging.members, self.where)

    # ------------------------------------------------------------ both

    @property
    def _is_first(self) -> bool:
        return self.paging.after is None

    def _page(self, found: _Found, facets: Mapping[str, int] | None, *, degraded: bool) -> TimelinePage:
        paging, snapshot = self.paging, self.snapshot
        end = found.end or (found.entries[-1].position if found.entries else None)
        return TimelinePage(
            entries=tuple(found.entries),
            has_next=found.has_next,
            has_previous=not self._is_first,
            facets=facets,
            freshness=Freshness(snapshot.as_of, snapshot.index_lag_ms, degraded),
            live_cursor=paging.codec.encode(paging.began),
            cursor_of=lambda entry: paging.cursor(entry.position),
            end_cursor=None if end is None else paging.cursor(end),
        )
