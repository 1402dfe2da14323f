"""Delivering changed documents to one generation, and confirming what searches can see of it."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Engine

from customer360 import failpoints
from customer360.stores.ports import Kind, SearchDocument, SearchWriter
from customer360.stores.postgres.engine import Cursor, transaction
from customer360.stores.postgres.readmodels import change_feed, documents, positions
from customer360.stores.postgres.readmodels.change_feed import ChangeRow
from customer360.stores.postgres.readmodels.documents import KINDS
from customer360.stores.postgres.readmodels.positions import CursorMoved
from indexer.delivery.writing import write_all

log = logging.getLogger(__name__)

BATCH = 2_000  # change rows of one round
_LEASE_SECONDS = 10.0
_SHARE = 4  # while a backlog is worked off, at most one part in so many of the time goes into refreshing


class DeliveryConsumer:
    """One consumer of the change log for one generation. The stored cursor is what is confirmed, not what is sent."""

    def __init__(
        self,
        engine: Engine,
        writer: SearchWriter,
        generation: str,
        holder: str,
        stopping: threading.Event,
        pause_ms: int,
    ) -> None:
        self.generation = generation
        self._engine = engine
        self._writer = writer
        self._consumer = f"search:{generation}"
        self._holder = holder
        self._stopping = stopping
        self._pause = pause_ms / 1_000
        self._confirmed: dict[int, int] = {}
        self._sent: dict[int, int] = {}
        self._touched: set[int] = (
            set()
        )  # partitions with changes sent but not confirmed; the others have none
        self._refreshed = self._took = 0.0  # when the last refresh began, and its seconds
        self._behind = False  # the last batch was a full one
        with transaction(engine) as cursor:
            self._undelivered = {doc_id for _, doc_id in change_feed.undelivered(cursor, generation)}

    def take_leases(self) -> None:
        mine = set(positions.lease(self._engine, self._consumer, self._holder, _LEASE_SECONDS))
        if mine != set(self._confirmed):
            self._reload(mine)

    def release(self) -> None:
        positions.release(self._engine, self._consumer, self._holder)

    def run_once(self) -> int:
        """Writes one batch of changes and confirms when it is time; returns how many change rows were read."""
        if not self._confirmed:
            return 0
        after = min(self._sent.values())
        with transaction(self._engine) as cursor:
            newest = positions.head(cursor, "change_log")
            rows = change_feed.read(cursor, list(self._sent), after, BATCH) if newest > after else []
            fresh = [row for row in rows if row.seq > self._sent[row.partition]]
            found = _latest(cursor, fresh)
        if found:
            self._write(found, fresh)
        self._touched |= {row.partition for row in fresh}
        self._behind = len(rows) >= BATCH
        reached = rows[-1].seq if self._behind else newest
        for partition in self._sent:
            self._sent[partition] = max(self._sent[partition], reached)
        self.confirm()
        return len(fresh)

    @property
    def waiting(self) -> bool:
        """Something was sent that is not confirmed yet."""
        return bool(self._touched)

    def confirm(self, *, now: bool = False) -> bool:
        """Refreshes at most once per pause, less often while behind, and moves the cursors to what was sent before it."""
        if not self.waiting or not (now or self._refresh_is_due()):
            return False
        moves = {p: (self._confirmed[p], self._sent[p]) for p in self._touched}
        failpoints.reach("after_bulk")
        self._refreshed = time.monotonic()
        refreshed = self._writer.refresh(self.generation)
        self._took = time.monotonic() - self._refreshed
        if not refreshed:
            return False
        try:
            with transaction(self._engine) as cursor:
                positions.advance(cursor, self._consumer, moves)
        except CursorMoved:
            self._reload(set(self._confirmed))
            return False
        self._confirmed |= {partition: new for partition, (_, new) in moves.items()}
        self._touched = set()
        return True

    def _refresh_is_due(self) -> bool:
        pause = max(self._pause, _SHARE * self._took) if self._behind else self._pause
        return time.monotonic() - self._refreshed >= pause

    def _reload(self, mine: set[int]) -> None:
        with transaction(self._engine) as cursor:
            held = positions.positions(cursor, self._consumer)
            unread = positions.unread(cursor, "change_log", self._consumer)
        self._confirmed = {partition: held[partition] for partition in mine if partition in held}
        self._sent = {partition: unread[partition] for partition in self._confirmed}
        self._touched = set()

    def _write(self, found: Sequence[SearchDocument], rows: Sequence[ChangeRow]) -> None:
        poison = write_all(self._writer, self.generation, found, self._stopping)
        bad = {result.id: result.reason for result in poison}
        healed = [
            document.id for document in found if document.id in self._undelivered and document.id not in bad
        ]
        if not bad and not healed:
            return
        partitions = {row.doc_id: row.partition for row in rows}
        with transaction(self._engine) as cursor:
            change_feed.add_undelivered(
                cursor,
                self.generation,
                [
                    (document, partitions[document.id], bad[document.id])
                    for document in found
                    if document.id in bad
                ],
            )
            change_feed.delivered(cursor, self.generation, healed)
        self._undelivered = (self._undelivered | set(bad)) - set(healed)
        if bad:
            log.error("documents_undelivered", extra={"documents": len(bad)})


def _latest(cursor: Cursor, rows: Sequence[ChangeRow]) -> list[SearchDocument]:
    """The newest row of each changed document: several changes of one make one write."""
    wanted: dict[Kind, set[str]] = defaultdict(set)
    for row in rows:
        for kind in KINDS:
            if row.kind == kind:
                wanted[kind].add(row.doc_id)
    return [
        document for kind in KINDS if wanted[kind] for document in documents.load(cursor, kind, wanted[kind])
    ]
