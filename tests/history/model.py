"""A ledger and a search store in memory, simple enough to be right at a glance: what paging is compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

from customer360.customers.model import CustomerSnapshot, HotTail
from customer360.errors import SearchUnavailable
from customer360.history.batch import SearchBatch
from customer360.history.cursors import CursorCodec
from customer360.history.model import OfferContact, Original, TimelineEntry
from customer360.history.reading import History
from customer360.ids import Ids
from customer360.stores.ports import (
    Answer,
    EntriesQuestion,
    EntryFilter,
    FacetsQuestion,
    Position,
    Question,
    SearchDocument,
)
from customer360.threads import Threads

P = ParamSpec("P")
T = TypeVar("T")
IDS = Ids(b"a secret of tests")
CODEC = CursorCodec(IDS.digest)


class Inline(Threads):
    """Runs at once, in the caller's thread."""

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return work(*args, **kwargs)


def an_entry(name: str, member_id: str, at: int, **fields: Any) -> TimelineEntry:
    made = TimelineEntry(
        IDS.make("entry", name),
        member_id,
        at,
        at,
        "note.added",
        "voice",
        None,
        name,
        None,
        "crm",
        False,
        {},
        {},
        1,
    )
    return replace(made, **fields)


def a_snapshot(members: Sequence[str] = ("a" * 32,), **fields: Any) -> CustomerSnapshot:
    """A customer of these members, all of whose entries are confirmed; its id is the first member's."""
    made = CustomerSnapshot(
        id=members[0], member_ids=tuple(members), reading_ids=tuple(sorted(members)), shared=False, incomplete=False,
        name=None, keys=(), attributes=(), segments=(), scores=(), consents=(), products=(), channels=(), merges=(),
        counts={}, confirmed={}, live_cursor=0, read_at=0, as_of=0, index_lag_ms=0, hot=HotTail(),
    )  # fmt: skip
    return replace(made, **fields)


class NoOffers:
    def page(self, members: Sequence[str], after: Position | None, size: int) -> list[OfferContact]:
        return []


class Model:
    """Stores of `History`. `rows` is the read model, `index` what the search store shows, `seq` the last change."""

    def __init__(self, customers: Sequence[str]) -> None:
        self.rows: dict[str, TimelineEntry] = {}
        self.index: dict[str, TimelineEntry] = {}
        self.groups = {member: member for member in customers}
        self.seq = 0
        self.confirmed = 0
        self.down = False
        self.history = History(self, self, NoOffers(), CODEC, Inline(1))

    # -------------------------------------------------------- what happens

    def put(self, entry: TimelineEntry) -> None:
        self.seq += 1
        self.rows[entry.id] = replace(entry, version=self.seq)

    def deliver(self) -> None:
        """Everything so far is written and confirmed; tombstones leave nothing to be found."""
        self.index = {entry.id: entry for entry in self.rows.values() if not entry.hidden}
        self.confirmed = self.seq

    def write_ahead(self) -> None:
        """Everything so far is in the index, but not confirmed yet: a refresh of the store's own accord."""
        confirmed = self.confirmed
        self.deliver()
        self.confirmed = confirmed

    def snapshot(self, customer_id: str) -> CustomerSnapshot:
        group = self.groups[customer_id]
        members = [member for member, held in self.groups.items() if held == group]
        own = [entry for entry in self.rows.values() if entry.member_id in members and not entry.hidden]
        snapshot = a_snapshot(members, counts=Counter(entry.channel for entry in own), hot=self.hot(members))
        return replace(snapshot, id=group)

    def batch(self) -> SearchBatch:
        return SearchBatch(self)

    # -------------------------------------------------------- EntryStore, HotStore

    def page(
        self, members: Sequence[str], where: EntryFilter, after: Position | None, size: int
    ) -> list[TimelineEntry]:
        return self._newest(self.rows.values(), members, after)[:size]

    def facets(self, members: Sequence[str], where: EntryFilter) -> dict[str, int]:
        return dict(Counter(entry.channel for entry in self._newest(self.rows.values(), members, None)))

    def entries(self, ids: Sequence[str]) -> dict[str, TimelineEntry]:
        return {id: self.rows[id] for id in ids if id in self.rows}

    def original(self, entry_id: str) -> Original | None:
        raise NotImplementedError

    def hot(self, member_ids: Sequence[str]) -> HotTail:
        rows = self.rows.values()
        return HotTail(tuple(e for e in rows if e.member_id in member_ids and e.version > self.confirmed))

    # -------------------------------------------------------- SearchReader

    async def ask(self, questions: Sequence[Question]) -> list[Answer]:
        if self.down:
            raise SearchUnavailable("it is down")
        return [self._answer(question) for question in questions]

    async def close(self) -> None: ...

    def _answer(self, question: Question) -> Answer:
        assert isinstance(question, EntriesQuestion | FacetsQuestion)
        known = [entry for entry in self.index.values() if entry.id not in question.exclude]
        if isinstance(question, FacetsQuestion):
            return dict(Counter(entry.channel for entry in self._newest(known, question.members, None)))
        return [_document(e) for e in self._newest(known, question.members, question.after)[: question.size]]

    @staticmethod
    def _newest(entries: Any, members: Sequence[str], after: Position | None) -> list[TimelineEntry]:
        found = [entry for entry in entries if entry.member_id in members and not entry.hidden]
        if after is not None:
            found = [
                entry for entry in found if (entry.occurred_at, entry.id) < (after.occurred_at, after.id)
            ]
        return sorted(found, key=lambda entry: (entry.occurred_at, entry.id), reverse=True)


def _document(entry: TimelineEntry) -> SearchDocument:
    body: dict[str, Any] = {
        "type": entry.type, "channel": entry.channel, "direction": entry.direction, "title": entry.title,
        "summary": entry.summary, "source": entry.source, "received_at": entry.received_at,
        "with_document": entry.with_document, "detail": {}, "state": {},
    }  # fmt: skip
    return SearchDocument("entry", entry.id, entry.version, entry.member_id, entry.occurred_at, False, body)
