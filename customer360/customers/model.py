"""What one reading of a customer holds: folded over all members, from one PostgreSQL snapshot. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from customer360.history.model import TimelineEntry


@dataclass(frozen=True, slots=True)
class CustomerKey:
    """`id` is the member's id; `value` is unmasked: masking is the reader's duty."""

    id: str
    type: str
    value: str = field(repr=False)
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    name: str
    value: Any = field(repr=False)
    updated_at: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    id: str
    name: str
    since: int


@dataclass(frozen=True, slots=True)
class Score:
    name: str
    value: float
    updated_at: int
    valid_until: int | None


@dataclass(frozen=True, slots=True)
class Consent:
    """`channel` None: every channel."""

    purpose: str
    channel: str | None
    granted: bool
    at: int
    source: str


@dataclass(frozen=True, slots=True)
class ChannelUse:
    """`preference` is PREFERRED, USED, RARE or REFUSED; `best_hour` 0-23 in the installation's zone."""

    channel: str
    interactions: int
    last_at: int | None
    preference: str
    best_hour: int | None
    sample_size: int


@dataclass(frozen=True, slots=True)
class Merge:
    """A live merge inside the customer; `by` is the principal's id or name as told by the event."""

    id: str
    at: int
    reason: str
    by: str
    survivor: str
    merged: str


@dataclass(frozen=True, slots=True)
class HotTail:
    """Entries the search store has not confirmed, hidden ones included; `overflow`: more than 500, not all are here."""

    entries: tuple[TimelineEntry, ...] = ()
    overflow: bool = False


@dataclass(frozen=True, slots=True)
class CustomerSnapshot:
    """`id` is the public id. `member_ids` are the members, `reading_ids` those and the protocols with rows of their own.

    `counts` are visible entries per channel. `confirmed` is the last change seq the search store shows per partition,
    None when there is no live generation. `live_cursor` is the highest change seq in this snapshot, taken at
    `read_at` (µs, database clock).
    """

    id: str
    member_ids: tuple[str, ...]
    reading_ids: tuple[str, ...]
    shared: bool
    incomplete: bool
    name: str | None = field(repr=False)
    keys: tuple[CustomerKey, ...] = field(repr=False)
    attributes: tuple[Attribute, ...] = field(repr=False)
    segments: tuple[Segment, ...]
    scores: tuple[Score, ...]
    consents: tuple[Consent, ...]
    products: tuple[str, ...]
    channels: tuple[ChannelUse, ...]
    merges: tuple[Merge, ...]
    counts: Mapping[str, int]
    confirmed: Mapping[int, int] | None
    live_cursor: int
    read_at: int
    as_of: int
    index_lag_ms: int
    hot: HotTail = field(repr=False)


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """`matched_on` is 'name' or the type of the key."""

    customer: CustomerSnapshot
    matched_on: str
    cursor: str


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """`degraded`: only keys and exact names were searched, because the search store is absent."""

    hits: tuple[CustomerHit, ...]
    has_next: bool
    has_previous: bool
    degraded: bool
