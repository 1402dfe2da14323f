"""What the reading of a timeline gives: entries, pages, offer history and live updates. Data only, times in µs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from customer360.stores.ports import Position


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """`type` is the event's name without prefix and version; `detail` and `state` are as projection made them."""

    id: str
    member_id: str | None
    occurred_at: int
    received_at: int
    type: str
    channel: str
    direction: str | None
    title: str = field(repr=False)
    summary: str | None = field(repr=False)
    source: str
    with_document: bool
    detail: Mapping[str, Any] = field(repr=False)
    state: Mapping[str, Any] = field(repr=False)
    version: int
    hidden: bool = False

    @property
    def position(self) -> Position:
        return Position(self.occurred_at, self.id)


@dataclass(frozen=True, slots=True)
class Freshness:
    """`as_of`: every event of the customer accepted before it is in the answer. `degraded`: without the search store."""

    as_of: int
    index_lag_ms: int
    degraded: bool


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """`facets` count per channel, None after the first page. `cursor_of` signs an entry's cursor when asked."""

    entries: tuple[TimelineEntry, ...]
    has_next: bool
    has_previous: bool
    facets: Mapping[str, int] | None
    freshness: Freshness
    live_cursor: str
    cursor_of: Callable[[TimelineEntry], str] = field(repr=False)
    end_cursor: str | None = None

    @property
    def start_cursor(self) -> str | None:
        return self.cursor_of(self.entries[0]) if self.entries else None


@dataclass(frozen=True, slots=True)
class Original:
    """What an entry's event was sent as: what a correction must name."""

    source: str
    source_id: str


@dataclass(frozen=True, slots=True)
class OfferContact:
    """One offer event of any channel. `name` is the offer's, or its code while it is not defined."""

    id: str
    member_id: str
    offer_id: str
    name: str
    kind: str
    channel: str
    occurred_at: int
    decision_id: str | None
    reason: str | None
    until: int | None


@dataclass(frozen=True, slots=True)
class OfferHistoryPage:
    contacts: tuple[OfferContact, ...]
    has_next: bool
    has_previous: bool
    cursor_of: Callable[[OfferContact], str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class EntryAdded:
    """New to the reader; one whose id the reader already shows replaces it."""

    cursor: str
    entry: TimelineEntry


@dataclass(frozen=True, slots=True)
class EntryChanged:
    cursor: str
    entry: TimelineEntry


@dataclass(frozen=True, slots=True)
class EntryRemoved:
    cursor: str
    id: str


@dataclass(frozen=True, slots=True)
class Resync:
    """Read the timeline again. `reason`: CURSOR_TOO_OLD, CURSOR_AHEAD, CUSTOMER_CHANGED, TOO_SLOW."""

    cursor: str
    reason: str


Update = EntryAdded | EntryChanged | EntryRemoved | Resync


@dataclass(frozen=True, slots=True)
class FeedUpdate:
    """`customer_id` is the id the subscriber asked with."""

    customer_id: str
    update: Update
