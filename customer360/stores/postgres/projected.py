"""Whether events have reached the read models: what a mutation waits for before it answers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine

from customer360.stores.postgres.engine import transaction

_SHOWN = """
SELECT count(DISTINCT e.event_id)
  FROM event_log e
  JOIN consumer_cursor c ON c.consumer = 'projection' AND c.partition = e.partition AND c.pos >= e.seq
 WHERE e.event_id = ANY(%s)
   AND NOT EXISTS (SELECT FROM failure f WHERE f.event_id = e.event_id)
"""


class Projections:
    """Blocking; call it from a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def show(self, event_ids: Sequence[str]) -> bool:
        """True when every one of these events is projected; a parked one is not."""
        with transaction(self._engine) as cursor:
            cursor.execute(_SHOWN, (list(event_ids),))
            row = cursor.fetchone()
        return row is not None and row[0] == len(set(event_ids))
