"""How far the stages are behind, read from the cursors by a connection beside the service."""

from __future__ import annotations

import time
from collections.abc import Callable

from psycopg2.extensions import connection as Connection

# Age (s) of the oldest event not projected and of the oldest change not confirmed; one index probe per partition.
_AGES = """
SELECT (SELECT coalesce(max(extract(epoch FROM clock_timestamp()) - p.received_at / 1e6), 0)
          FROM consumer_cursor c CROSS JOIN LATERAL (
            SELECT received_at FROM event_log e WHERE e.partition = c.partition AND e.seq > c.pos
             ORDER BY e.seq LIMIT 1) p
         WHERE c.consumer = 'projection')::float,
       (SELECT coalesce(max(extract(epoch FROM clock_timestamp()) - p.at / 1e6), 0)
          FROM consumer_cursor c CROSS JOIN LATERAL (
            SELECT at FROM change_log l WHERE l.partition = c.partition AND l.seq > c.pos
             ORDER BY l.seq LIMIT 1) p
         WHERE c.consumer LIKE 'search:%')::float
"""
_READY = "SELECT count(*) > 0 FROM consumer_cursor WHERE consumer LIKE 'search:%'"


class Backlog:
    """`ages` are (projection, delivery) in seconds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ages(self) -> tuple[float, float]:
        with self._connection.cursor() as cursor:
            cursor.execute(_AGES)
            row = cursor.fetchone()
        assert row is not None
        return row[0], row[1]

    def worst(self) -> float:
        """Of an event on its way to the index: both waits, one after the other."""
        return sum(self.ages())

    def delivering(self) -> bool:
        """A search generation is there: from now on what is projected is delivered."""
        with self._connection.cursor() as cursor:
            cursor.execute(_READY)
            row = cursor.fetchone()
        return bool(row and row[0])

    def drain(self, seconds: float) -> float:
        """Waits until nothing is left and returns how long that took; RuntimeError when it takes longer."""
        try:
            return polled(lambda: self.worst() == 0, seconds, "the backlog is gone")
        except RuntimeError as error:
            raise RuntimeError(f"{error}; oldest event and change: {self.ages()} s") from None


def polled(found: Callable[[], bool], seconds: float, what: str) -> float:
    """Polls until `found`; the seconds it took. RuntimeError after `seconds`."""
    began = time.monotonic()
    while not found():
        if time.monotonic() - began > seconds:
            raise RuntimeError(f"not within {seconds:g} s: {what}")
        time.sleep(0.05)  # polled
    return time.monotonic() - began
