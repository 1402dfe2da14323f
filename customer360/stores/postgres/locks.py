"""The advisory locks of the product, all numbers in one place."""

from __future__ import annotations

from psycopg2.extensions import cursor as Cursor

EVENT_LOG = 360_000_010
CHANGE_LOG = 360_000_011
IDENTITY = 360_000_012
MOVE = 360_000_020
REBUILD = 360_000_013


def append_lock(cursor: Cursor, log: int) -> None:
    """Held to the end of the transaction; taken last, so that seq order is commit order."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", (log,))
