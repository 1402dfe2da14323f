"""One customer followed by one stream: which changes are its own, and what each becomes. Pure, but for its memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from customer360.history.changes import Change
from customer360.history.cursors import CursorCodec, LiveCursor
from customer360.history.model import (
    EntryAdded,
    EntryChanged,
    EntryRemoved,
    FeedUpdate,
    Resync,
    TimelineEntry,
    Update,
)
from customer360.history.outbox import Outbox


@dataclass(slots=True, eq=False)
class Subscription:
    """`after` is the last change seq that was told; `members` what the customer was made of then."""

    customer_id: str
    members: frozenset[str]
    after: int
    outbox: Outbox
    codec: CursorCodec
    stale: bool = False  # told to resync; its members are to be read again

    def wants(self, change: Change) -> bool:
        return not self.stale and change.seq > self.after and change.member_id in self.members

    def tell(self, change: Change, entry: TimelineEntry | None, *, known: bool) -> None:
        """`entry` is what the read model holds now; `known`: the log told of it before."""
        if change.kind == "group":
            self.resync(change.seq, change.at, "CUSTOMER_CHANGED")
        elif change.kind == "entry":
            self._send(self._update(change, entry, known=known))
        self.after = max(self.after, change.seq)

    def resync(self, seq: int, at: int, reason: str) -> None:
        """Its reader begins again, later than now: what is in the log already need not be told."""
        self._send(Resync(self._cursor(seq, at), reason))
        self.stale = True

    def _update(self, change: Change, entry: TimelineEntry | None, *, known: bool) -> Update:
        cursor = self._cursor(change.seq, change.at)
        if entry is None or entry.hidden or change.op == "remove":
            return EntryRemoved(cursor, change.doc_id)
        return EntryChanged(cursor, entry) if known else EntryAdded(cursor, entry)

    def _send(self, update: Update) -> None:
        self.outbox.put(FeedUpdate(self.customer_id, update))

    def _cursor(self, seq: int, at: int) -> str:
        return self.codec.encode(LiveCursor(seq, at))


def once_each(changes: Sequence[Change]) -> list[Change]:
    """Several changes of one document tell once, at the place of the last; in order."""
    last = {(change.kind, change.member_id, change.doc_id): change for change in changes}
    return sorted(last.values(), key=lambda change: change.seq)


def first_of_each(changes: Sequence[Change]) -> list[Change]:
    """The first change of each entry: what the log told of it before that, the reader has seen."""
    first = {change.doc_id: change for change in reversed(changes) if change.kind == "entry"}
    return list(first.values())
