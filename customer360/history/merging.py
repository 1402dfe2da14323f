"""One page out of what the search store found and the hot tail. Pure.

The store was asked without the ids of the hot tail, so each entry comes from one side only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from customer360.history.model import TimelineEntry
from customer360.stores.ports import Position, SearchDocument


def order(entry: TimelineEntry) -> tuple[int, str]:
    """The total order of a timeline: (occurred_at, id); ids are ASCII, so text order is byte order."""
    return entry.occurred_at, entry.id


def is_after(entry: TimelineEntry, position: Position | None) -> bool:
    """Strictly further down a timeline that shows the newest first."""
    return position is None or order(entry) < (position.occurred_at, position.id)


def page(
    found: Iterable[TimelineEntry], hot: Iterable[TimelineEntry], after: Position | None, first: int
) -> tuple[list[TimelineEntry], bool]:
    """The newest `first` after the position, and whether more follow. `found` holds up to first + 1 entries."""
    fresh = [entry for entry in hot if is_after(entry, after)]
    merged = sorted([*found, *fresh], key=order, reverse=True)
    return merged[:first], len(merged) > first


def from_search(documents: Sequence[SearchDocument]) -> list[TimelineEntry]:
    return [_entry(document) for document in documents]


def _entry(document: SearchDocument) -> TimelineEntry:
    body = document.body
    return TimelineEntry(
        id=document.id,
        member_id=document.member_id,
        occurred_at=document.occurred_at,
        received_at=body["received_at"],
        type=body["type"],
        channel=body["channel"],
        direction=body.get("direction"),
        title=body["title"],
        summary=body.get("summary"),
        source=body["source"],
        with_document=bool(body.get("with_document")),
        detail=body.get("detail") or {},
        state=body.get("state") or {},
        version=document.version,
    )
