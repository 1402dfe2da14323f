"""What is recorded of document bytes, of what was read out of them, and of who read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg2.extras import execute_values
from sqlalchemy import Engine

from customer360 import clock
from customer360.archive.content import Stored
from customer360.archive.digests import Digests
from customer360.archive.extraction.reader import Extracted
from customer360.ids import Ids
from customer360.stores.postgres.engine import Cursor, transaction
from customer360.stores.postgres.readmodels.changes import Change, publish

VIEWING = 5 * clock.MINUTE  # repeated reads within it are one viewing, logged once


@dataclass(frozen=True, slots=True)
class Unpaged:
    """A document whose pages are not in the search yet."""

    id: str
    sha256: str
    media_type: str
    size: int
    blocks: bytes
    state: str | None  # of the extraction of its bytes: done, failed, or None when nobody has tried


class ArchiveRows:
    """Blocking; call it from a thread."""

    def __init__(self, engine: Engine, ids: Ids) -> None:
        self._engine = engine
        self._ids = ids

    @property
    def ids(self) -> Ids:
        return self._ids

    @property
    def engine(self) -> Engine:
        return self._engine

    def record_blob(self, digests: Digests, media_type: str) -> None:
        """Repeatable. Before the event that names the bytes."""
        with transaction(self._engine) as cursor:
            cursor.execute(
                "INSERT INTO blob (sha256, size, media_type, block_digests) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (sha256) DO NOTHING",
                (digests.sha256, digests.size, media_type, digests.blocks),
            )

    def stored(self, document_id: str) -> tuple[Stored, str, str | None] | None:
        """The bytes behind a visible document, its title and member; None without document or bytes."""
        with transaction(self._engine) as cursor:
            cursor.execute(
                "SELECT b.sha256, b.size, b.media_type, b.block_digests, d.title, d.member_id"
                " FROM document d JOIN blob b ON b.sha256 = d.sha256 WHERE d.id = %s AND NOT d.hidden",
                (document_id,),
            )
            row = cursor.fetchone()
        if row is None:
            return None
        return Stored(row[0], row[1], row[2], bytes(row[3])), row[4], row[5]

    def log_read(self, document_id: str, member_id: str | None, principal_id: str) -> None:
        """Commits one entry per viewing (principal, document, five minutes); before the first byte leaves."""
        with transaction(self._engine) as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"{principal_id}/{document_id}",)
            )
            cursor.execute(
                "INSERT INTO audit_entry (principal_id, action, object_id, member_id)"
                " SELECT %s, 'document.read', %s, %s WHERE NOT EXISTS (SELECT FROM audit_entry"
                " WHERE object_id = %s AND principal_id = %s AND action = 'document.read' AND at > %s)",
                (principal_id, document_id, member_id, document_id, principal_id, clock.now() - VIEWING),
            )

    def unpaged(self, partitions: Sequence[int], limit: int) -> list[Unpaged]:
        with transaction(self._engine) as cursor:
            cursor.execute(
                "SELECT d.id, d.sha256, b.media_type, b.size, b.block_digests, x.state FROM document d JOIN blob b ON b.sha256 = d.sha256"
                " LEFT JOIN extraction x ON x.sha256 = d.sha256"
                " WHERE NOT d.paged AND d.partition = ANY(%s) AND coalesce(x.state, '') <> 'failed' LIMIT %s",
                (list(partitions), limit),
            )
            return [
                Unpaged(row[0], row[1], row[2], row[3], bytes(row[4]), row[5]) for row in cursor.fetchall()
            ]

    def record_text(self, sha256: str, extracted: Extracted) -> None:
        """The text by digest, or why there is none; never derived again from events."""
        state = "done" if extracted.code is None else "failed"
        with transaction(self._engine) as cursor:
            cursor.execute(
                "INSERT INTO extraction (sha256, state, pages, reason, attempts) VALUES (%s, %s, %s, %s, 1)"
                " ON CONFLICT (sha256) DO UPDATE SET state = excluded.state, pages = excluded.pages,"
                " reason = excluded.reason, attempts = extraction.attempts + 1, at = clock_timestamp()",
                (sha256, state, extracted.pages, extracted.code),
            )
            if extracted.text:
                execute_values(
                    cursor,
                    "INSERT INTO page_text (sha256, number, text) VALUES %s ON CONFLICT DO NOTHING",
                    [(sha256, number, text) for number, text in enumerate(extracted.text, start=1)],
                    page_size=100,
                )

    def write_pages(self, document_ids: Sequence[str]) -> int:
        """The page rows of documents whose text is there, published for delivery; returns how many documents."""
        with transaction(self._engine) as cursor:
            cursor.execute(
                "UPDATE document SET paged = true WHERE id = ANY(%s) AND NOT paged"
                " RETURNING id, sha256, member_id, partition, occurred_at, hidden",
                (sorted(document_ids),),
            )
            changed = cursor.fetchall()
            changes = [change for row in changed for change in self._pages_of(cursor, *row)]
            changes += [Change(row[3], row[2], "document", "put", row[0]) for row in changed if not row[5]]
            publish(cursor, changes)
        return len(changed)

    def _pages_of(
        self,
        cursor: Cursor,
        document_id: str,
        sha256: str,
        member_id: str | None,
        partition: int,
        occurred_at: int,
        hidden: bool,
    ) -> list[Change]:
        cursor.execute("SELECT number FROM page_text WHERE sha256 = %s ORDER BY number", (sha256,))
        rows = [
            (self._ids.make("page", document_id, str(number)), document_id, member_id, partition, occurred_at, number,
             sha256, hidden)
            for (number,) in cursor.fetchall()
        ]  # fmt: skip
        if rows:
            execute_values(
                cursor,
                "INSERT INTO page (id, document_id, member_id, partition, occurred_at, number, sha256, hidden) VALUES %s"
                " ON CONFLICT DO NOTHING",
                rows,
                page_size=500,
            )
        return [] if hidden else [Change(partition, member_id, "page", "put", row[0]) for row in rows]
