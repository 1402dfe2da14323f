"""Lists and searches of archived documents; their bytes and reads are elsewhere.

The search store only finds documents: what is shown comes from PostgreSQL, so a hidden one never shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from customer360.archive.model import Document, DocumentHit, DocumentPage, MatchedPage
from customer360.archive.pages import Window
from customer360.archive.ports import DocumentStore
from customer360.customers.model import CustomerSnapshot
from customer360.errors import SearchUnavailable
from customer360.history import paging
from customer360.history.batch import SearchBatch
from customer360.history.cursors import CursorCodec, digest
from customer360.history.paging import Paging
from customer360.stores.ports import (
    DocumentFilter,
    DocumentsQuestion,
    PageHit,
    PagesQuestion,
    Position,
    SearchDocument,
)
from customer360.threads import Threads

_WINDOW = 400  # page hits looked at for one page of documents
_LARGE_WINDOW = 5_000  # when all of those are of one instant: a document has at most 2,000 pages


class Documents:
    def __init__(self, store: DocumentStore, codec: CursorCodec, threads: Threads) -> None:
        self._store = store
        self._codec = codec
        self._threads = threads

    async def of_customer(
        self, snapshot: CustomerSnapshot, batch: SearchBatch, *, first: int, after: str | None = None
    ) -> DocumentPage:
        """The customer's documents, newest first; always from PostgreSQL, so `batch` is asked nothing."""
        paging.check_first(first)
        pages = paging.begin(self._codec, "documents", snapshot, after)
        return await self._from_ledger(pages, DocumentFilter(), first, degraded=False)

    async def search(
        self,
        batch: SearchBatch,
        *,
        text: str | None,
        where: DocumentFilter | None = None,
        snapshot: CustomerSnapshot | None = None,
        first: int,
        after: str | None = None,
    ) -> DocumentPage:
        """Over all customers, or one; with text one hit per document with its matching pages.

        SearchUnavailable for text without the search store; without text PostgreSQL stands in (degraded).
        """
        paging.check_first(first)
        where = where or DocumentFilter()
        kind = "documents" if text is None else "pages"
        pages = paging.begin(self._codec, kind, snapshot, after, _question(text, where))
        if text is not None:
            return await self._by_text(batch, pages, text, where, first)
        if pages.members:
            return await self._from_ledger(pages, where, first, degraded=False)
        try:
            return await self._of_everybody(batch, pages, where, first)
        except SearchUnavailable:
            return await self._from_ledger(pages, where, first, degraded=True)

    async def get(self, document_id: str) -> Document | None:
        return (await self.get_many([document_id])).get(document_id)

    async def get_many(self, document_ids: Sequence[str]) -> dict[str, Document]:
        """Those that exist and are not hidden."""
        return await self._threads.run(self._store.documents, document_ids)

    # ------------------------------------------------------------ the three ways

    async def _from_ledger(
        self, pages: Paging, where: DocumentFilter, first: int, *, degraded: bool
    ) -> DocumentPage:
        found = await self._threads.run(self._store.page, _members(pages), where, pages.after, first + 1)
        hits = [_hit(pages, document) for document in found[:first]]
        return _page(pages, hits, has_next=len(found) > first, degraded=degraded)

    async def _of_everybody(
        self, batch: SearchBatch, pages: Paging, where: DocumentFilter, first: int
    ) -> DocumentPage:
        [answer] = await batch.ask([DocumentsQuestion(None, where, first + 1, pages.after)])
        found = cast("list[SearchDocument]", answer)
        shown = await self.get_many([document.id for document in found[:first]])
        hits = [_hit(pages, shown[document.id]) for document in found[:first] if document.id in shown]
        end = Position(found[first - 1].occurred_at, found[first - 1].id) if len(found) > first else None
        return _page(pages, hits, has_next=len(found) > first, end=end)

    async def _by_text(
        self, batch: SearchBatch, pages: Paging, text: str, where: DocumentFilter, first: int
    ) -> DocumentPage:
        window = await self._window(batch, pages, text, where, _WINDOW)
        found = window.documents()
        if not found and window.full:
            window = await self._window(batch, pages, text, where, _LARGE_WINDOW)
            found = window.documents() or window.everything()
        has_next = len(found) > first or (window.full and bool(found))
        found = found[:first]
        shown = await self.get_many([place.id for place, _ in found])
        hits = [_hit(pages, shown[place.id], matched) for place, matched in found if place.id in shown]
        end = found[-1][0] if found else None
        return _page(pages, hits, has_next=has_next, end=end)

    async def _window(
        self, batch: SearchBatch, pages: Paging, text: str, where: DocumentFilter, size: int
    ) -> Window:
        # Pages are ordered by their own ids, documents by theirs: so the instant of the last document is read again.
        after = None if pages.after is None else Position(pages.after.occurred_at + 1, "")
        [answer] = await batch.ask([PagesQuestion(text, _members(pages), where, size, after)])
        return Window(cast("list[PageHit]", answer), size, pages.after)


def _members(pages: Paging) -> Sequence[str] | None:
    return pages.members or None


def _hit(pages: Paging, document: Document, matched: tuple[MatchedPage, ...] = ()) -> DocumentHit:
    return DocumentHit(document, matched, pages.cursor(document.position))


def _page(
    pages: Paging,
    hits: list[DocumentHit],
    *,
    has_next: bool,
    degraded: bool = False,
    end: Position | None = None,
) -> DocumentPage:
    last = pages.cursor(end) if end else (hits[-1].cursor if hits else None)
    return DocumentPage(tuple(hits), has_next, pages.after is not None, degraded, last)


def _question(text: str | None, where: DocumentFilter) -> bytes:
    if text is None and where == DocumentFilter():
        return b""
    kinds, types = sorted(where.kinds), sorted(where.media_types)
    period = [str(where.since), str(where.until)]
    return digest([text or "", str(len(kinds)), *kinds, str(len(types)), *types, *period])
