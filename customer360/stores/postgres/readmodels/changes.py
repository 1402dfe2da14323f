"""The end of a projection transaction: change rows under the append lock, each document stamped with its own seq."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from customer360.stores.postgres.locks import CHANGE_LOG, append_lock


class Change(NamedTuple):
    """kind: entry, member, document, page or group; op: put or remove."""

    partition: int
    member_id: str | None
    kind: str
    op: str
    doc_id: str


_PUBLISH = """
WITH changed AS (
  INSERT INTO change_log (partition, member_id, kind, op, doc_id) VALUES %s RETURNING seq, kind, doc_id
), entries AS (
  UPDATE timeline_entry t SET version = c.seq FROM changed c WHERE c.kind = 'entry' AND t.id = c.doc_id
), members AS (
  UPDATE member t SET version = c.seq FROM changed c WHERE c.kind = 'member' AND t.id = c.doc_id
), documents AS (
  UPDATE document t SET version = c.seq FROM changed c WHERE c.kind = 'document' AND t.id = c.doc_id
), pages AS (
  UPDATE page t SET version = c.seq FROM changed c WHERE c.kind = 'page' AND t.id = c.doc_id
)
SELECT seq FROM changed
"""


def publish(cursor: Cursor, changes: Iterable[Change]) -> int:
    """Appends one row per changed document and stamps it; returns how many. Nothing else may follow but the cursor."""
    latest = {(change.kind, change.doc_id): change for change in changes}
    if not latest:
        return 0
    append_lock(cursor, CHANGE_LOG)
    execute_values(cursor, _PUBLISH, list(latest.values()), page_size=len(latest))
    return len(latest)
