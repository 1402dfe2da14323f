"""Reads one event back from the ledger by its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from customer360.stores.postgres.ledger import decode
from customer360.stores.postgres.reading.session import ReadSession

_EVENT = "SELECT data FROM event_log WHERE event_id = %(id)s LIMIT 1"


class PostgresRecorded:
    """A RecordedStore."""

    def __init__(self, session: ReadSession) -> None:
        self._session = session

    def attributes(self, event_id: str) -> Mapping[str, Any] | None:
        for (data,) in self._session.rows(_EVENT, {"id": event_id}):
            event: dict[str, Any] = orjson.loads(decode(data))
            return event
        return None
