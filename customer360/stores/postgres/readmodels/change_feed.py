"""Reading the change log for delivery, trimming it, and the documents that could not be delivered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from customer360.stores.ports import SearchDocument


class ChangeRow(NamedTuple):
    seq: int
    partition: int
    kind: str
    doc_id: str


def read(cursor: Cursor, partitions: Sequence[int], after: int, limit: int) -> list[ChangeRow]:
    cursor.execute(
        "SELECT seq, partition, kind, doc_id FROM change_log WHERE seq > %s AND partition = ANY(%s) ORDER BY seq LIMIT %s",
        (after, list(partitions), limit),
    )
    return [ChangeRow(*row) for row in cursor.fetchall()]


def trim(cursor: Cursor, older_than_us: int, limit: int = 20_000) -> int:
    """Removes change rows that every generation has confirmed and that are older than the replay window."""
    cursor.execute(
        "WITH done AS (SELECT partition, min(pos) AS pos FROM consumer_cursor c"
        "   JOIN search_generation g ON c.consumer = 'search:' || g.name AND g.state IN ('live', 'filling')"
        "   GROUP BY partition),"
        " old AS (SELECT c.seq FROM change_log c JOIN done USING (partition)"
        "   WHERE c.seq <= done.pos AND c.at < %s ORDER BY c.seq LIMIT %s)"
        " DELETE FROM change_log USING old WHERE change_log.seq = old.seq",
        (older_than_us, limit),
    )
    return cursor.rowcount


def add_undelivered(cursor: Cursor, generation: str, rows: Iterable[tuple[SearchDocument, int, str]]) -> None:
    """(document, partition, reason): readers take these from PostgreSQL until a newer version is confirmed."""
    values = [
        (
            generation,
            document.id,
            document.kind,
            partition,
            document.member_id,
            document.version,
            reason[:500],
        )
        for document, partition, reason in rows
    ]
    if values:
        execute_values(
            cursor,
            "INSERT INTO undelivered (generation, doc_id, kind, partition, member_id, version, reason) VALUES %s"
            " ON CONFLICT (generation, doc_id) DO UPDATE SET version = excluded.version, reason = excluded.reason,"
            " at = clock_timestamp()",
            values,
        )


def undelivered(cursor: Cursor, generation: str) -> list[tuple[str, str]]:
    """(kind, id) of what this generation could not take."""
    cursor.execute("SELECT kind, doc_id FROM undelivered WHERE generation = %s", (generation,))
    return [(kind, doc_id) for kind, doc_id in cursor.fetchall()]


def delivered(cursor: Cursor, generation: str, doc_ids: Sequence[str]) -> None:
    cursor.execute(
        "DELETE FROM undelivered WHERE generation = %s AND doc_id = ANY(%s)", (generation, list(doc_ids))
    )
