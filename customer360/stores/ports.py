"""The seams between the product and its stores. Adapters implement these; nothing here knows which one is behind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

# ---------------------------------------------------------------- search: what is written

Kind = Literal["entry", "member", "document", "page"]


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One document of the search store. `version` is its last change seq; a tombstone keeps id, place and version only.

    `body` by kind:
      entry     type, channel, direction, title, summary, source, received_at (µs), with_document, detail, state
      member    name, key_type
      document  title, kind, media_type, channel, number, sha256, size, source, received_at
      page      document_id, number, text, and of its document: title, kind, media_type
    """

    kind: Kind
    id: str
    version: int
    member_id: str | None
    occurred_at: int
    deleted: bool = False
    body: Mapping[str, Any] = field(default_factory=dict)


class Fate(StrEnum):
    """What became of one document of a bulk write, and what delivery does next."""

    DONE = "done"
    STALE = "stale"  # the store has a newer version: as good as done
    RETRY = "retry"  # overload or outage: the same document again, later
    SPLIT = "split"  # the request was too large: halve it
    POISON = "poison"  # this document will never fit
    STOP = "stop"  # rights, missing index: a person must act


@dataclass(frozen=True, slots=True)
class WriteResult:
    id: str
    fate: Fate
    reason: str = ""


class SearchWriter(Protocol):
    """Blocking; used by the worker only. A generation is one complete set of indices behind the aliases."""

    def write(self, generation: str, documents: Sequence[SearchDocument]) -> list[WriteResult]:
        """One result per document, in order. Never raises for an item or for an outage: those are RETRY."""
        ...

    def refresh(self, generation: str) -> bool:
        """Makes everything written visible to searches; True only when no shard failed."""
        ...

    def create(self, generation: str) -> None:
        """Makes an empty generation, ready to be written, not yet searched. Repeatable."""
        ...

    def publish(self, generation: str) -> None:
        """Searches ask this generation from now on, in one atomic step."""
        ...

    def withdraw(self, generation: str) -> None:
        """Searches ask this generation no more; without another they fail until one is published. Repeatable."""
        ...

    def drop(self, generation: str) -> None:
        """Removes a generation; one that is not there is fine."""
        ...

    def marks(self, generation: str) -> dict[str, str] | None:
        """What identifies the stored indices (UUIDs); None when the store does not answer, {} when nothing is there."""
        ...

    def newest_version(self, generation: str) -> int | None:
        """The highest version stored, for the check against the change log; None when unknown."""
        ...

    def fingerprints(
        self, generation: str, kind: Kind, after: str, limit: int
    ) -> list[tuple[str, int, bool]]:
        """(id, version, deleted) in id order after `after`: what reconcile compares."""
        ...

    def places(self, generation: str, kind: Kind, ids: Sequence[str]) -> list[SearchDocument]:
        """Those of these documents that are stored, without their bodies: where a tombstone for each belongs."""
        ...


# ---------------------------------------------------------------- search: what is asked


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """All parts must hold; an empty part does not filter. Times in µs, from inclusive, to exclusive."""

    channels: frozenset[str] = frozenset()
    directions: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    since: int | None = None
    until: int | None = None
    text: str | None = None
    with_document: bool | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the total order (occurred_at, id)."""

    occurred_at: int
    id: str


@dataclass(frozen=True, slots=True)
class EntriesQuestion:
    """Entries of these members, newest first, strictly after `after`, without the excluded ids."""

    members: Sequence[str]
    where: EntryFilter
    size: int
    after: Position | None = None
    exclude: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FacetsQuestion:
    """Entries per channel matching the filter except its channel part, without the excluded ids."""

    members: Sequence[str]
    where: EntryFilter
    exclude: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class MembersQuestion:
    """Members by name: accents, case and one typo per word forgiven; best first. `offset` is at most 1,000."""

    name: str
    size: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class DocumentsQuestion:
    """Documents, newest first, without text search. `members` None = all customers."""

    members: Sequence[str] | None
    where: DocumentFilter
    size: int
    after: Position | None = None
    exclude: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PagesQuestion:
    """Pages that hold every word in text or title, newest document first (occurred_at, page id); snippets with « ».

    The page of a hit comes without its text.
    """

    text: str
    members: Sequence[str] | None
    where: DocumentFilter
    size: int
    after: Position | None = None
    exclude: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    kinds: frozenset[str] = frozenset()
    media_types: frozenset[str] = frozenset()
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class PageHit:
    page: SearchDocument
    snippet: str


@dataclass(frozen=True, slots=True)
class MemberHit:
    member_id: str
    name: str
    score: float


Question = EntriesQuestion | FacetsQuestion | MembersQuestion | DocumentsQuestion | PagesQuestion
# Answers, in the order asked: list[SearchDocument] | dict[channel, int] | list[MemberHit] | list[SearchDocument] | list[PageHit]
Answer = list[SearchDocument] | dict[str, int] | list[MemberHit] | list[PageHit]


class SearchReader(Protocol):
    """Used by the API; one call is one round trip (one _msearch) however many questions it holds."""

    async def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """Raises SearchUnavailable when the store does not answer, or answers only in part."""
        ...

    async def close(self) -> None: ...


# ---------------------------------------------------------------- document bytes


class BlobStore(Protocol):
    """Content-addressed bytes; keys are SHA-256 in hex. A key is never overwritten."""

    async def put(self, sha256: str, path: str) -> None:
        """Stores the file at `path`; durable when it returns; storing the same digest again is fine."""
        ...

    async def size(self, sha256: str) -> int | None: ...

    def read(self, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Bytes [start, end) in chunks; NotFound when absent."""
        ...

    async def delete(self, sha256: str) -> None: ...

    def list(self) -> Iterable[str]: ...
