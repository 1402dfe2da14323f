"""Page hits as documents: however small the window, paging shows every matching document exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from customer360.archive.listing import Documents
from customer360.archive.model import Document
from customer360.history.batch import SearchBatch
from customer360.stores.ports import (
    Answer,
    DocumentFilter,
    PageHit,
    PagesQuestion,
    Position,
    Question,
    SearchDocument,
)
from tests.history.model import CODEC, IDS, Inline


class Pages:
    """A search store and a document store in memory: (document, instant, how many pages match)."""

    def __init__(self, documents: list[tuple[int, int]]) -> None:
        self.rows = {
            (id := IDS.make("document", str(number))): Document(
                id,
                None,
                at,
                at,
                str(number),
                "contract",
                "application/pdf",
                "branch",
                None,
                None,
                None,
                "crm",
                1,
            )
            for number, (at, _) in enumerate(documents)
        }
        self.hits = [
            PageHit(
                SearchDocument(
                    "page",
                    IDS.make("page", id, str(n)),
                    1,
                    None,
                    row.occurred_at,
                    body={"document_id": id, "number": n},
                ),
                "",
            )
            for (id, row), (_, pages) in zip(self.rows.items(), documents, strict=True)
            for n in range(1, pages + 1)
        ]

    async def ask(self, questions: Sequence[Question]) -> list[Answer]:
        [question] = questions
        assert isinstance(question, PagesQuestion)
        place = question.after
        found = [
            hit
            for hit in self.hits
            if place is None or (hit.page.occurred_at, hit.page.id) < (place.occurred_at, place.id)
        ]
        found.sort(key=lambda hit: (hit.page.occurred_at, hit.page.id), reverse=True)
        return [found[: question.size]]

    async def close(self) -> None: ...

    def page(
        self, members: Sequence[str] | None, where: DocumentFilter, after: Position | None, size: int
    ) -> list[Document]:
        raise NotImplementedError

    def documents(self, ids: Sequence[str]) -> dict[str, Document]:
        return {id: self.rows[id] for id in ids}


async def search_all(pages: Pages, first: int) -> list[tuple[str, list[int]]]:
    documents, seen, after = Documents(pages, CODEC, Inline(1)), list[tuple[str, list[int]]](), None
    while True:
        page = await documents.search(SearchBatch(pages), text="x", first=first, after=after)
        seen += [(hit.document.id, [matched.number for matched in hit.pages]) for hit in page.hits]
        assert len(seen) <= len(pages.rows)
        if not page.has_next:
            return seen
        assert page.end_cursor is not None
        after = page.end_cursor


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=12),
    st.integers(1, 4),
    st.integers(2, 8),
)
def test_every_matching_document_comes_once_newest_first(
    documents: list[tuple[int, int]], first: int, window: int
) -> None:
    pages = Pages(documents)
    with patch("customer360.archive.listing._WINDOW", window):
        seen = asyncio.run(search_all(pages, first))
    expected = [row for row, (_, count) in zip(pages.rows.values(), documents, strict=True) if count]
    expected.sort(key=lambda row: (row.occurred_at, row.id), reverse=True)
    assert [id for id, _ in seen] == [row.id for row in expected]
