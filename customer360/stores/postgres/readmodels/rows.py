"""Rows of the read models as projection hands them over; field names are column names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class EntryRow:
    id: str
    member_id: str | None
    partition: int
    occurred_at: int
    received_at: int
    type: str
    channel: str
    direction: str | None
    title: str
    summary: str | None
    source: str
    with_document: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)
    target_id: str | None = None
    origin_id: str | None = None


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One offer event of a customer."""

    event_id: str
    member_id: str
    offer_id: str
    kind: str
    channel: str
    occurred_at: int
    decision_id: str | None
    reason: str | None
    until: int | None


@dataclass(frozen=True, slots=True)
class DocumentRow:
    id: str
    member_id: str | None
    partition: int
    occurred_at: int
    received_at: int
    title: str
    kind: str
    media_type: str
    channel: str
    number: str | None
    sha256: str | None
    size: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """The rows one event puts on a timeline; hidden and shown together."""

    entry: EntryRow
    contact: ContactRow | None = None
    document: DocumentRow | None = None

    @property
    def visible(self) -> bool:
        """An event that makes no line of its own still has a row, where corrections of it meet it."""
        return bool(self.entry.title)


@dataclass(frozen=True, slots=True)
class Correction:
    """What an entry.retracted or entry.reassigned says of the event `target_id`."""

    target_id: str
    at: int
    id: str
    reassign_to: str | None  # member id, for a reassignment
    received_at: int
    reason: str

    @property
    def order(self) -> tuple[int, str]:
        return self.at, self.id


@dataclass(frozen=True, slots=True)
class StateFact:
    """What a later event says of a message or a presentation, under the target's id."""

    target_id: str
    event_id: str
    kind: str
    at: int
    channel: str | None
    reason: str | None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class JsonValue:
    """A value for a jsonb column."""

    value: Any


@dataclass(frozen=True, slots=True)
class Latest:
    """One row of a table where the latest (occurred_at, event_id) holds; `key` and `values` by column name."""

    table: str
    key: Mapping[str, Any]
    values: Mapping[str, Any]
    occurred_at: int
    event_id: str

    @property
    def order(self) -> tuple[int, str]:
        return self.occurred_at, self.event_id
