"""The change log as live updates read it, and the connection that is woken when it grows."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from psycopg2.extensions import connection as Connection

from customer360.errors import LedgerUnavailable
from customer360.history.changes import Change, Extent
from customer360.stores.postgres.notify import CHANNEL
from customer360.stores.postgres.reading.session import ReadSession

# What was trimmed had been confirmed, so a cursor of delivery stands at it or above.
_EXTENT = """
SELECT coalesce((SELECT min(seq) FROM change_log), 0), coalesce((SELECT max(seq) FROM change_log), 0),
  greatest((SELECT max(seq) FROM change_log),
           (SELECT max(pos) FROM consumer_cursor WHERE consumer LIKE 'search:%%'), 0),
  (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"""
_AFTER = """
SELECT seq, at, member_id, kind, op, doc_id FROM change_log
WHERE seq > %(after)s ORDER BY seq LIMIT %(size)s"""
_OF_MEMBERS = """
SELECT seq, at, member_id, kind, op, doc_id FROM change_log
WHERE member_id = ANY (%(members)s) AND seq > %(after)s AND seq <= %(upto)s AND kind IN ('entry', 'group')
ORDER BY seq LIMIT %(size)s"""
# Was the entry already there? Looks back over the member's last 200 changes only: a wrong "no" is harmless.
_KNOWN = """
SELECT asked.id FROM unnest(%(ids)s::text[], %(members)s::text[], %(seqs)s::bigint[]) AS asked(id, member_id, seq)
WHERE asked.id IN (
  SELECT before.doc_id FROM change_log before
  WHERE before.member_id = asked.member_id AND before.seq < asked.seq ORDER BY before.seq DESC LIMIT 200)"""


class ChangeRows:
    def __init__(self, session: ReadSession) -> None:
        self._session = session

    def extent(self) -> Extent:
        """How far the log reaches, at this moment."""
        return Extent(*self._session.rows(_EXTENT, {})[0])

    def after(self, seq: int, size: int) -> list[Change]:
        """Every change after `seq`, in order."""
        return [Change(*row) for row in self._session.rows(_AFTER, {"after": seq, "size": size})]

    def of_members(self, members: Sequence[str], after: int, upto: int, size: int) -> list[Change]:
        """Changes of entries and groups of these members in (after, upto], in order."""
        values = {"members": list(members), "after": after, "upto": upto, "size": size}
        return [Change(*row) for row in self._session.rows(_OF_MEMBERS, values)]

    def known_before(self, changes: Sequence[Change]) -> set[str]:
        """Ids of those documents that an earlier row of the log already told of."""
        if not changes:
            return set()
        values = {
            "ids": [change.doc_id for change in changes],
            "members": [change.member_id for change in changes],
            "seqs": [change.seq for change in changes],
        }
        return {row[0] for row in self._session.rows(_KNOWN, values)}


class ChangeSignal:
    """One LISTEN connection; `fileno` becomes readable when the log grew. Blocking to open, never to drain."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._connection: Connection | None = None

    def open(self) -> int:
        """Listens anew and returns the descriptor to watch; LedgerUnavailable when the database is down."""
        self.close()
        try:
            connection = psycopg2.connect(self._url, connect_timeout=5)
            connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
        except psycopg2.Error as error:
            raise LedgerUnavailable("the database does not answer") from error
        self._connection = connection
        return connection.fileno()

    def drain(self) -> bool:
        """Takes what arrived; False when the connection is gone."""
        if self._connection is None:
            return False
        try:
            self._connection.poll()
        except psycopg2.Error:
            return False
        self._connection.notifies.clear()
        return True

    def close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg2.Error):
                self._connection.close()
            self._connection = None
