"""What the reading of archived documents gives. Data only; bytes are elsewhere. Times in µs."""

from __future__ import annotations

from dataclasses import dataclass, field

from customer360.stores.ports import Position


@dataclass(frozen=True, slots=True)
class Document:
    """`sha256` None: only the metadata is held. `text_state` is PENDING, DONE, FAILED or NONE."""

    id: str
    member_id: str | None
    occurred_at: int
    received_at: int
    title: str = field(repr=False)
    kind: str
    media_type: str
    channel: str
    number: str | None
    sha256: str | None
    size: int | None
    source: str
    version: int
    hidden: bool = False
    text_state: str = "NONE"
    page_count: int | None = None

    @property
    def position(self) -> Position:
        return Position(self.occurred_at, self.id)


@dataclass(frozen=True, slots=True)
class MatchedPage:
    """`snippet` is plain text with the match between « and »."""

    number: int
    snippet: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DocumentHit:
    document: Document
    pages: tuple[MatchedPage, ...]
    cursor: str


@dataclass(frozen=True, slots=True)
class DocumentPage:
    hits: tuple[DocumentHit, ...]
    has_next: bool
    has_previous: bool
    degraded: bool
    end_cursor: str | None = None
