"""Page hits of a search as documents: one hit per document, in the documents' order. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from customer360.archive.model import MatchedPage
from customer360.stores.ports import PageHit, Position

SHOWN_PAGES = 10  # of one document


Found = list[tuple[Position, tuple[MatchedPage, ...]]]


class Window:
    """The newest `size` page hits not after the instant of `after`, the last document already shown."""

    def __init__(self, hits: Sequence[PageHit], size: int, after: Position | None) -> None:
        self._hits = hits
        self._after = after
        self.full = len(hits) >= size

    def documents(self) -> Found:
        """(place of the document, its matching pages), newest first.

        A full window's last instant is left out: documents of it may be missing.
        """
        if not self.full:
            return self._grouped(self._hits)
        last = self._hits[-1].page.occurred_at
        return self._grouped([hit for hit in self._hits if hit.page.occurred_at != last])

    def everything(self) -> Found:
        """The last instant too, for when there is nothing else."""
        return self._grouped(self._hits)

    def _grouped(self, hits: Sequence[PageHit]) -> Found:
        grouped: dict[tuple[int, str], list[MatchedPage]] = {}
        for hit in hits:
            place = (hit.page.occurred_at, hit.page.body["document_id"])
            if self._after is None or place < (self._after.occurred_at, self._after.id):
                grouped.setdefault(place, []).append(MatchedPage(hit.page.body["number"], hit.snippet))
        return [(Position(*place), _shown(grouped[place])) for place in sorted(grouped, reverse=True)]


def _shown(pages: list[MatchedPage]) -> tuple[MatchedPage, ...]:
    return tuple(sorted(pages, key=lambda page: page.number)[:SHOWN_PAGES])
