"""What was received but could not be used: read, shown whole, dropped or marked as replayed. Intake writes it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Engine

from customer360 import clock
from customer360.errors import NotFound
from customer360.stores.postgres import audit
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.ledger import decode

State = Literal["open", "replayed", "dropped"]
_COLUMNS = "id, state, code, field, reason, event_id, key_id, body, repeats, first_at, last_at"


@dataclasses.dataclass(frozen=True, slots=True)
class Quarantined:
    """One refused event; `body` is what was sent, times in µs."""

    id: int
    state: State
    code: str
    field: str | None
    reason: str
    event_id: str | None
    key_id: str | None
    body: bytes
    repeats: int
    first_at: int
    last_at: int

    def __repr__(self) -> str:  # reason and body may quote what was sent
        return f"Quarantined({self.id}, {self.code})"


class Quarantine:
    """Blocking; call it from a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, state: State = "open", *, after: int = 0, limit: int = 100) -> list[Quarantined]:
        """Oldest first, ids above `after`."""
        with transaction(self._engine) as cursor:
            cursor.execute(
                f"SELECT {_COLUMNS} FROM quarantine WHERE state = %s AND id > %s ORDER BY id LIMIT %s",
                (state, after, limit),
            )
            return [_read(row) for row in cursor.fetchall()]

    def get(self, quarantine_id: int) -> Quarantined:
        with transaction(self._engine) as cursor:
            cursor.execute(f"SELECT {_COLUMNS} FROM quarantine WHERE id = %s", (quarantine_id,))
            row = cursor.fetchone()
        if row is None:
            raise NotFound("there is nothing of this number in quarantine", field="id")
        return _read(row)

    def close(self, ids: Sequence[int], state: Literal["replayed", "dropped"]) -> int:
        """How many open ones changed to `state`; their bytes stay."""
        with transaction(self._engine) as cursor:
            cursor.execute(
                "UPDATE quarantine SET state = %s WHERE id = ANY(%s) AND state = 'open' RETURNING id",
                (state, list(ids)),
            )
            closed = [str(row[0]) for row in cursor.fetchall()]
            for quarantine_id in closed:
                audit.record(cursor, f"quarantine.{state}", by=None, object_id=quarantine_id)
        return len(closed)


def _read(row: tuple[Any, ...]) -> Quarantined:
    number, state, code, place, reason, event_id, key_id, body, repeats, first_at, last_at = row
    return Quarantined(
        id=number,
        state=state,
        code=code,
        field=place,
        reason=reason,
        event_id=event_id,
        key_id=key_id,
        body=decode(body),
        repeats=repeats,
        first_at=clock.from_datetime(first_at),
        last_at=clock.from_datetime(last_at),
    )
