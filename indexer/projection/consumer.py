"""Driving projection: read the log, project a batch in one transaction, advance its cursors; find and park the guilty."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from sqlalchemy import Engine

from customer360 import failpoints
from customer360.errors import LedgerUnavailable
from customer360.events import Event
from customer360.ids import Ids
from customer360.stores.postgres.engine import CONFLICTS, transaction
from customer360.stores.postgres.readmodels import failures, positions
from customer360.stores.postgres.readmodels.positions import PROJECTION, CursorMoved, LogRow
from indexer.projection.decode import decode, known
from indexer.projection.project import Projector

log = logging.getLogger(__name__)

BATCH = 200  # events of one transaction: about 30 ms of work
_LEASE_SECONDS = 10.0


class ProjectionConsumer:
    """One consumer of the event log, for the partitions it holds. One thread only."""

    def __init__(
        self, engine: Engine, ids: Ids, projector: Projector, holder: str, consumer: str = PROJECTION
    ) -> None:
        self._consumer = consumer
        self._engine = engine
        self._ids = ids
        self._projector = projector
        self._holder = holder
        self._at: dict[int, int] = {}  # cursor as committed, per partition that is ours and not stalled
        self._scanned: dict[int, int] = {}  # nothing of the partition is left up to here

    def take_leases(self) -> None:
        """Call every few seconds: renews, takes what others left, gives up what is above the fair share."""
        mine = set(positions.lease(self._engine, self._consumer, self._holder, _LEASE_SECONDS))
        if mine != set(self._at):
            self._reload(mine)

    def release(self) -> None:
        positions.release(self._engine, self._consumer, self._holder)

    def run_once(self) -> int:
        """Projects one batch; returns how many events were read, 0 when there is nothing to do."""
        if not self._at:
            return 0
        after = min(self._scanned.values())
        with transaction(self._engine) as cursor:
            newest = positions.head(cursor, "event_log")
            rows = positions.read_log(cursor, list(self._at), after, BATCH) if newest > after else []
        ready = self._without_unknown([row for row in rows if row.seq > self._handled(row.partition)])
        try:
            self._project(ready)
        except CursorMoved:
            self._reload(set(self._at))
            return len(rows)
        reached = rows[-1].seq if len(rows) >= BATCH else newest
        for partition in self._at:
            self._scanned[partition] = max(self._scanned[partition], reached)
        return len(rows)

    def _handled(self, partition: int) -> int:
        """An outage between two halves of a batch leaves the first half committed but not yet counted as scanned."""
        return max(self._at[partition], self._scanned[partition])

    def _reload(self, mine: set[int]) -> None:
        with transaction(self._engine) as cursor:
            held = positions.positions(cursor, self._consumer)
            unread = positions.unread(cursor, "event_log", self._consumer)
        self._at = {partition: held[partition] for partition in mine if partition in held}
        self._scanned = {partition: unread[partition] for partition in self._at}

    def _without_unknown(self, rows: Sequence[LogRow]) -> list[LogRow]:
        """Drops, and stalls, each partition from the first event on whose type this worker does not know."""
        stalled: set[int] = set()
        ready = []
        for row in rows:
            if row.partition not in stalled and not known(row.type):
                stalled.add(row.partition)
                positions.stall(self._engine, self._consumer, row.partition, row.type)
                log.error("partition_stalled", extra={"partition": row.partition, "type": row.type})
            if row.partition not in stalled:
                ready.append(row)
        for partition in stalled:
            self._at.pop(partition, None)
            self._scanned.pop(partition, None)
        return ready

    def _project(self, rows: Sequence[LogRow]) -> None:
        """One transaction; on an error that is not an outage it is halved until the guilty event is alone."""
        if not rows:
            return
        try:
            self._commit(rows)
        except (CursorMoved, LedgerUnavailable):
            raise
        except Exception as error:  # noqa: BLE001 - any error of one event must not hold up the others
            if len(rows) > 1:
                middle = len(rows) // 2
                self._project(rows[:middle])
                self._project(rows[middle:])
            elif isinstance(error, CONFLICTS):
                self._commit(rows)
            else:
                self._second_try(rows[0])

    def _second_try(self, row: LogRow) -> None:
        try:
            self._commit([row])
        except (CursorMoved, LedgerUnavailable):
            raise
        except Exception as error:  # noqa: BLE001 - failed twice for a reason of its own: parked, shown, replayable
            self._park(row, error)

    def _park(self, row: LogRow, error: Exception) -> None:
        moves = self._moves([row])
        with transaction(self._engine) as cursor:
            failures.park(cursor, row, type(error).__name__)
            positions.advance(cursor, self._consumer, moves)
        self._moved(moves)
        log.error("event_parked", extra={"event_id": row.event_id, "error": type(error).__name__})

    def _commit(self, rows: Sequence[LogRow]) -> None:
        events: list[Event] = [decode(row, self._ids) for row in rows]
        moves = self._moves(rows)
        with transaction(self._engine) as cursor:
            self._projector.project(cursor, events)
            failpoints.reach("after_projection")
            positions.advance(cursor, self._consumer, moves)
        failpoints.reach("after_projection_commit")
        self._moved(moves)

    def _moves(self, rows: Sequence[LogRow]) -> dict[int, tuple[int, int]]:
        newest = {row.partition: row.seq for row in rows}
        return {partition: (self._at[partition], seq) for partition, seq in newest.items()}

    def _moved(self, moves: Mapping[int, tuple[int, int]]) -> None:
        for partition, (_, seq) in moves.items():
            self._at[partition] = seq


def replay_parked(engine: Engine, ids: Ids, projector: Projector, event_ids: Sequence[str]) -> list[str]:
    """Projects parked events, each in its own transaction; returns the ids that worked. The error of another is kept."""
    done = []
    with transaction(engine) as cursor:
        rows = failures.parked(cursor, event_ids)
    for row in rows:
        try:
            with transaction(engine) as cursor:
                projector.project(cursor, [decode(row, ids)])
                failures.forget(cursor, row.event_id)
        except LedgerUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - still not projectable: it stays parked
            log.error("event_still_parked", extra={"event_id": row.event_id, "error": type(error).__name__})
            continue
        done.append(row.event_id)
    return done
