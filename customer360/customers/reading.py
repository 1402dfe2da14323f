"""Finds customers: by id, by key, by name."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from customer360.customers.finding import Finder
from customer360.customers.model import CustomerHit, CustomerPage, CustomerSnapshot
from customer360.customers.ports import MemberStore, SnapshotStore
from customer360.customers.profile import fold
from customer360.errors import BadInput, CursorInvalid
from customer360.history.batch import SearchBatch
from customer360.history.cursors import CursorCodec, OffsetCursor, digest
from customer360.history.paging import check_first
from customer360.ids import Ids
from customer360.keys import Key
from customer360.threads import Threads

MAX_RANK = 1_000  # hits of a search that can be paged to
MAX_TEXT = 200  # characters
_ID_LENGTH = 32
_HEX = frozenset("0123456789abcdef")


class Customers:
    def __init__(
        self,
        snapshots: SnapshotStore,
        members: MemberStore,
        ids: Ids,
        codec: CursorCodec,
        threads: Threads,
        zone: ZoneInfo,
    ) -> None:
        self._snapshots = snapshots
        self._finder = Finder(members, ids, threads)
        self._ids = ids
        self._codec = codec
        self._threads = threads
        self._zone = zone

    async def snapshot(self, customer_id: str) -> CustomerSnapshot | None:
        """Any member's, protocol's or former public id finds its customer; None when nothing has this id."""
        return (await self.snapshots([customer_id]))[0]

    async def by_key(self, key: Key) -> CustomerSnapshot | None:
        return await self.snapshot(self._ids.member(key.type, key.value))

    async def snapshots(self, customer_ids: Sequence[str]) -> list[CustomerSnapshot | None]:
        """In the order asked, one statement."""
        asked = [id for id in dict.fromkeys(customer_ids) if len(id) == _ID_LENGTH and _HEX.issuperset(id)]
        found = await self._threads.run(self._snapshots.customers, asked) if asked else {}
        folded = {id: fold(raw, self._zone) for id, raw in found.items()}
        return [folded.get(id) for id in customer_ids]

    async def search(
        self, batch: SearchBatch, *, text: str, first: int, after: str | None = None
    ) -> CustomerPage:
        """By key when the text is one, then by name: accents, case and a typo per word forgiven.

        One hit per customer; at most 1,000 can be paged to. BadInput for a text that is empty or too long.
        """
        check_first(first)
        text = _checked(text)
        question = digest([text])
        offset = self._offset(after, question)
        ranking = await self._finder.rank(batch, text, min(offset + first + 1, MAX_RANK))
        shown = ranking.found[offset : offset + first]
        snapshots = await self.snapshots([id for id, _ in shown])
        hits = tuple(
            CustomerHit(snapshot, matched_on, self._cursor(question, offset + place + 1))
            for place, ((_, matched_on), snapshot) in enumerate(zip(shown, snapshots, strict=True))
            if snapshot is not None
        )
        return CustomerPage(hits, len(ranking.found) > offset + first, offset > 0, ranking.degraded)

    def _offset(self, after: str | None, question: bytes) -> int:
        if after is None:
            return 0
        cursor = self._codec.offset(after)
        if cursor.kind != "customers" or cursor.question != question:
            raise CursorInvalid("this cursor belongs to another search", field="after")
        return cursor.offset

    def _cursor(self, question: bytes, offset: int) -> str:
        return self._codec.encode(OffsetCursor("customers", question, offset))


def _checked(text: str) -> str:
    text = text.strip()
    if not text or len(text) > MAX_TEXT:
        raise BadInput(f"search needs 1 to {MAX_TEXT} characters", field="search")
    return text
