"""Where a page begins and what it reads: fixed by the first page, carried on by its cursors. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from customer360.customers.model import CustomerSnapshot
from customer360.errors import BadInput, CursorInvalid
from customer360.history.cursors import MAX_MEMBERS, CursorCodec, LiveCursor, PagingCursor, digest
from customer360.stores.ports import EntryFilter, Position

MAX_FIRST = 100


@dataclass(frozen=True, slots=True)
class Paging:
    """`members` and `began` are those of the first page, however the customer changed meanwhile."""

    codec: CursorCodec
    kind: str
    members: tuple[str, ...]
    question: bytes
    began: LiveCursor
    after: Position | None

    def cursor(self, position: Position) -> str:
        small = len(self.members) <= MAX_MEMBERS
        return self.codec.encode(
            PagingCursor(
                self.kind,
                self.members if small else (),
                digest(self.members),
                self.question,
                self.began,
                position.occurred_at,
                position.id,
            )
        )


def begin(
    codec: CursorCodec, kind: str, snapshot: CustomerSnapshot | None, after: str | None, question: bytes = b""
) -> Paging:
    """Without a snapshot the list is of all customers. CursorInvalid for a cursor of another list or customer."""
    ids = () if snapshot is None else snapshot.reading_ids
    if after is None:
        if snapshot is None:
            return Paging(codec, kind, (), question, LiveCursor(0, 0), None)
        began = LiveCursor(snapshot.live_cursor, snapshot.read_at)
        return Paging(codec, kind, ids, question, began, None)
    cursor = codec.paging(after)
    if cursor.kind != kind or cursor.question != question:
        raise CursorInvalid("this cursor belongs to another list or filter", field="after")
    if cursor.members and set(cursor.members).isdisjoint(ids):
        raise CursorInvalid("this cursor belongs to another customer", field="after")
    members = cursor.members or ids
    if digest(members) != cursor.digest:
        raise CursorInvalid("the customer has changed; begin again without a cursor", field="after")
    return Paging(codec, kind, members, question, cursor.began, cursor.position)


def check_first(first: int) -> None:
    if not 1 <= first <= MAX_FIRST:
        raise BadInput(f"first must be between 1 and {MAX_FIRST}", field="first")


def question_of(where: EntryFilter) -> bytes:
    """A digest that is equal exactly for filters that ask the same."""
    return digest(
        [
            *_named("channel", sorted(where.channels)),
            *_named("direction", sorted(where.directions)),
            *_named("type", sorted(where.types)),
            *_named("period", [str(where.since), str(where.until)]),
            *_named("text", [] if where.text is None else [where.text]),
            *_named("document", [str(where.with_document)]),
        ]
    )


def _named(name: str, values: Sequence[str]) -> list[str]:
    return [name, str(len(values)), *values]
