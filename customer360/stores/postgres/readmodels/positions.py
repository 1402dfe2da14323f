"""Reading the event log, and the cursors of whoever consumes a log: advanced by compare and set, leased to save work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple
from zlib import crc32

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values
from sqlalchemy import Engine

from customer360.errors import Conflict, LedgerUnavailable
from customer360.ids import ALL_PARTITIONS
from customer360.stores.postgres.engine import scalar, transaction

PROJECTION = "projection"


class LogRow(NamedTuple):
    seq: int
    partition: int
    event_id: str
    type: str
    occurred_at: int
    received_at: int
    data: bytes


class CursorMoved(Conflict):
    """Another consumer advanced the partition first: roll back and look again."""

    code = "CURSOR_MOVED"


def head(cursor: Cursor, log: str) -> int:
    """The newest seq of event_log or change_log, 0 when empty."""
    statement = {
        "event_log": "SELECT coalesce(max(seq), 0) FROM event_log",
        "change_log": "SELECT coalesce(max(seq), 0) FROM change_log",
    }[log]
    cursor.execute(statement)
    return int(scalar(cursor))


def read_log(cursor: Cursor, partitions: Sequence[int], after: int, limit: int) -> list[LogRow]:
    cursor.execute(
        "SELECT seq, partition, event_id, type, occurred_at, received_at, data FROM event_log"
        " WHERE seq > %s AND partition = ANY(%s) ORDER BY seq LIMIT %s",
        (after, list(partitions), limit),
    )
    return [LogRow(*row) for row in cursor.fetchall()]


def read_events(cursor: Cursor, event_ids: Iterable[str]) -> list[LogRow]:
    cursor.execute(
        "SELECT seq, partition, event_id, type, occurred_at, received_at, data FROM event_log"
        " WHERE event_id = ANY(%s) ORDER BY seq",
        (list(event_ids),),
    )
    return [LogRow(*row) for row in cursor.fetchall()]


def positions(cursor: Cursor, consumer: str) -> dict[int, int]:
    """Last handled seq per partition, of those that are not stalled."""
    cursor.execute(
        "SELECT partition, pos FROM consumer_cursor WHERE consumer = %s AND stalled IS NULL", (consumer,)
    )
    return dict(cursor.fetchall())


def unread(cursor: Cursor, log: str, consumer: str) -> dict[int, int]:
    """Of each partition that is not stalled: nothing between its position and this seq is left to handle."""
    assert log in ("event_log", "change_log")
    cursor.execute(
        f"SELECT c.partition, coalesce(l.seq - 1, greatest(c.pos, (SELECT max(seq) FROM {log})))"
        " FROM consumer_cursor c LEFT JOIN LATERAL ("
        f"SELECT seq FROM {log} WHERE partition = c.partition AND seq > c.pos ORDER BY seq LIMIT 1"
        ") l ON true WHERE c.consumer = %s AND c.stalled IS NULL",
        (consumer,),
    )
    return dict(cursor.fetchall())


def advance(cursor: Cursor, consumer: str, moves: Mapping[int, tuple[int, int]]) -> None:
    """{partition: (from, to)}; CursorMoved unless every one still stood at `from`."""
    if not moves:
        return
    moved = execute_values(
        cursor,
        "UPDATE consumer_cursor c SET pos = v.new FROM (VALUES %s) v (consumer, partition, old, new)"
        " WHERE c.consumer = v.consumer AND c.partition = v.partition AND c.pos = v.old AND v.new > v.old RETURNING 1",
        [(consumer, partition, old, new) for partition, (old, new) in sorted(moves.items())],
        template="(%s, %s, %s::bigint, %s::bigint)",
        fetch=True,
    )
    if len(moved) != len(moves):
        raise CursorMoved("another consumer advanced this partition")


def stall(engine: Engine, consumer: str, partition: int, reason: str) -> None:
    """Releases the partition: an event this worker does not know waits for one that does. Shown in /readyz."""
    with transaction(engine) as cursor:
        cursor.execute(
            "UPDATE consumer_cursor SET stalled = %s WHERE consumer = %s AND partition = %s",
            (reason, consumer, partition),
        )


def unstall(engine: Engine, consumer: str) -> None:
    """A worker that starts tries every partition again: it may know more types than the last one."""
    with transaction(engine) as cursor:
        cursor.execute(
            "UPDATE consumer_cursor SET stalled = NULL WHERE consumer = %s AND stalled IS NOT NULL",
            (consumer,),
        )


def lease(engine: Engine, consumer: str, holder: str, seconds: float) -> list[int]:
    """Renews what this holder has up to its fair share, takes what is free; returns its partitions, committed."""
    with transaction(engine) as cursor:
        _renew(cursor, consumer, holder, [_membership(holder)], seconds)
        cursor.execute(
            "SELECT count(DISTINCT holder) FROM consumer_lease WHERE consumer = %s AND leased_until > now()",
            (consumer,),
        )
        share = -(-len(ALL_PARTITIONS) // max(1, int(scalar(cursor))))
        cursor.execute(
            "SELECT partition FROM consumer_lease WHERE consumer = %s AND holder <> %s AND leased_until > now()"
            " AND partition >= 0",
            (consumer, holder),
        )
        taken = {row[0] for row in cursor.fetchall()}
        mine = [partition for partition in ALL_PARTITIONS if partition not in taken][:share]
        cursor.execute(
            "DELETE FROM consumer_lease WHERE consumer = %s AND holder = %s AND partition >= 0 AND partition <> ALL(%s)",
            (consumer, holder, mine),
        )
        return sorted(_renew(cursor, consumer, holder, mine, seconds))


def release(engine: Engine, consumer: str, holder: str) -> None:
    """So that others need not wait until the lease has run out, as it does anyhow when the database is gone."""
    with suppress(LedgerUnavailable), transaction(engine) as cursor:
        cursor.execute("DELETE FROM consumer_lease WHERE consumer = %s AND holder = %s", (consumer, holder))


def attended(cursor: Cursor, consumer: str, holder: str = "") -> bool:
    """Whether any process, or one whose holder name begins so, does this consumer's work at present."""
    cursor.execute(
        "SELECT EXISTS (SELECT FROM consumer_lease"
        " WHERE consumer = %s AND leased_until > now() AND starts_with(holder, %s))",
        (consumer, holder),
    )
    row = cursor.fetchone()
    return bool(row and row[0])


def _renew(
    cursor: Cursor, consumer: str, holder: str, partitions: Sequence[int], seconds: float
) -> list[int]:
    if not partitions:
        return []
    rows = execute_values(
        cursor,
        "INSERT INTO consumer_lease (consumer, partition, holder, leased_until) VALUES %s"
        " ON CONFLICT (consumer, partition) DO UPDATE SET holder = excluded.holder, leased_until = excluded.leased_until"
        " WHERE consumer_lease.holder = excluded.holder OR consumer_lease.leased_until < now() RETURNING partition",
        [(consumer, partition, holder) for partition in partitions],
        template=f"(%s, %s, %s, now() + interval '{seconds} seconds')",
        fetch=True,
    )
    return [row[0] for row in rows if row[0] >= 0]


def _membership(holder: str) -> int:
    """The lease row by which a consumer says that it is there: a negative number, so that idle ones count for shares."""
    return -1 - crc32(holder.encode()) % 30_000


def newest_given(cursor: Cursor) -> int:
    """The highest change seq ever given, also when its row was trimmed since."""
    cursor.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM change_log_seq_seq")
    return int(scalar(cursor))


def oldest_waiting(cursor: Cursor, log: str, consumer: str) -> int | None:
    """When the oldest row that the consumer has not handled was written (µs); None when it is up to date.

    One index probe per partition; those that are stalled wait for another worker, not for this one.
    """
    column = {"event_log": "received_at", "change_log": "at"}[log]
    cursor.execute(
        f"SELECT min(l.{column}) FROM consumer_cursor c CROSS JOIN LATERAL ("
        f"SELECT {column} FROM {log} WHERE partition = c.partition AND seq > c.pos ORDER BY seq LIMIT 1"
        ") l WHERE c.consumer = %s AND c.stalled IS NULL",
        (consumer,),
    )
    row = cursor.fetchone()
    return None if row is None or row[0] is None else int(row[0])
