"""What the database tells of the service's state, for metrics and readiness. Counts and ages only, nothing about whom."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg2.extensions import cursor as Cursor
from sqlalchemy import Engine

from customer360.stores.postgres.engine import transaction

_PROJECTION_LAG = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp()) - pending.received_at / 1e6), 0)
  FROM consumer_cursor c
 CROSS JOIN LATERAL (SELECT received_at FROM event_log e
                      WHERE e.partition = c.partition AND e.seq > c.pos ORDER BY e.seq LIMIT 1) pending
 WHERE c.consumer = 'projection'
"""
_DELIVERY_LAG = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp()) - pending.at / 1e6), 0)
  FROM consumer_cursor c
  JOIN search_generation g ON c.consumer = 'search:' || g.name AND g.state = 'live'
 CROSS JOIN LATERAL (SELECT at FROM change_log l
                      WHERE l.partition = c.partition AND l.seq > c.pos ORDER BY l.seq LIMIT 1) pending
"""
_COUNTS = """
SELECT (SELECT count(*) FROM quarantine WHERE state = 'open'),
       (SELECT count(*) FROM failure),
       (SELECT count(*) FROM undelivered),
       (SELECT count(*) FROM consumer_cursor WHERE stalled IS NOT NULL),
       (SELECT coalesce(sum(drift), 0)::bigint FROM search_generation WHERE state = 'live')
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Lags in seconds: the age of the oldest event not projected, and of the oldest change not delivered."""

    projection_lag: float
    delivery_lag: float
    quarantine_open: int
    failures: int
    undelivered: int
    stalled: int
    drift: int


class Measures:
    """Blocking; call it from a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self) -> Measured:
        """LedgerUnavailable when the database does not answer."""
        with transaction(self._engine) as cursor:
            lags = _seconds(cursor, _PROJECTION_LAG), _seconds(cursor, _DELIVERY_LAG)
            cursor.execute(_COUNTS)
            counts = cursor.fetchone()
        assert counts is not None  # one row by construction
        return Measured(*lags, *counts)

    def loading(self) -> bool:
        """True while a first load runs: it holds the row `loading` in table installation."""
        with transaction(self._engine) as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM installation WHERE name = 'loading')")
            return _one(cursor)

    def mark_loading(self, *, loading: bool) -> None:
        """For whoever loads: the service is not ready from `True` until `False`, also across a restart."""
        with transaction(self._engine) as cursor:
            if loading:
                cursor.execute("INSERT INTO installation VALUES ('loading', 'true') ON CONFLICT DO NOTHING")
            else:
                cursor.execute("DELETE FROM installation WHERE name = 'loading'")

    def fingerprint(self) -> str | None:
        """Of the installation secret that the database was made with."""
        with transaction(self._engine) as cursor:
            cursor.execute("SELECT value FROM installation WHERE name = 'secret_fingerprint'")
            row = cursor.fetchone()
        return None if row is None else str(row[0])

    def revision(self) -> str | None:
        """The schema's revision; None in a database without any."""
        with transaction(self._engine) as cursor:
            cursor.execute("SELECT to_regclass('public.alembic_version') IS NOT NULL")
            if not _one(cursor):
                return None
            cursor.execute("SELECT version_num FROM public.alembic_version")
            row = cursor.fetchone()
        return None if row is None else str(row[0])


def _seconds(cursor: Cursor, query: str) -> float:
    cursor.execute(query)
    row = cursor.fetchone()
    return max(0.0, float(row[0])) if row else 0.0


def _one(cursor: Cursor) -> bool:
    row = cursor.fetchone()
    return bool(row and row[0])
