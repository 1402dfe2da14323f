"""Reads one event back from the ledger by its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Engine

from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.ledger import decode


class PostgresRecorded:
    """A RecordedStore over one pool."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def attributes(self, event_id: str) -> Mapping[str, Any] | None:
        with transaction(self._engine) as cursor:
            cursor.execute("SELECT data FROM event_log WHERE event_id = %s LIMIT 1", (event_id,))
            row = cursor.fetchone()
        if row is None:
            return None
        event: dict[str, Any] = orjson.loads(decode(row[0]))
        return event
