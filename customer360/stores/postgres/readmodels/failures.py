"""Events that could not be projected: parked here, their customers marked incomplete, until a replay works."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from psycopg2.extensions import cursor as Cursor

from customer360.stores.postgres.readmodels.positions import LogRow


class Parked(NamedTuple):
    """`error` is the class of what happened, never its text; `at` in µs."""

    event_id: str
    type: str
    attempts: int
    error: str
    at: int


def page(cursor: Cursor, limit: int) -> list[Parked]:
    """Oldest first."""
    cursor.execute(
        "SELECT f.event_id, e.type, f.attempts, f.error, (extract(epoch FROM f.at) * 1000000)::bigint"
        " FROM failure f JOIN event_log e ON e.event_id = f.event_id ORDER BY f.seq LIMIT %s",
        (limit,),
    )
    return [Parked(*row) for row in cursor.fetchall()]


def park(cursor: Cursor, row: LogRow, error: str) -> None:
    cursor.execute(
        "INSERT INTO failure (event_id, seq, partition, member_id, attempts, error)"
        " SELECT event_id, seq, partition, member_id, 2, %s FROM event_log WHERE event_id = %s"
        " ON CONFLICT (event_id) DO UPDATE SET attempts = failure.attempts + 1, error = excluded.error,"
        " at = clock_timestamp()",
        (error, row.event_id),
    )


def parked(cursor: Cursor, event_ids: Sequence[str]) -> list[LogRow]:
    """The parked events among these ids, all of them when none is named."""
    cursor.execute(
        "SELECT e.seq, e.partition, e.event_id, e.type, e.occurred_at, e.received_at, e.data"
        " FROM failure f JOIN event_log e ON e.event_id = f.event_id"
        " WHERE cardinality(%s::text[]) = 0 OR f.event_id = ANY(%s) ORDER BY e.seq",
        (list(event_ids), list(event_ids)),
    )
    return [LogRow(*row) for row in cursor.fetchall()]


def forget(cursor: Cursor, event_id: str) -> None:
    cursor.execute("DELETE FROM failure WHERE event_id = %s", (event_id,))
