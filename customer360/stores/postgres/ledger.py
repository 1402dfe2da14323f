"""Appending to the event log: keys first, then the append lock, then the log, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO

import psycopg2
from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values
from sqlalchemy import Engine

from customer360 import failpoints
from customer360.errors import BadInput, LedgerUnavailable
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.locks import EVENT_LOG, append_lock

_PAGE = 500
_COPY = "COPY event_log (partition, member_id, event_id, type, occurred_at, key_id, data) FROM STDIN"
_COPY_BYTES = 1 << 16
_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_PLAIN = b"\x00"  # first byte of event_log.data: the codec. 0 = the canonical JSON itself.

# What PostgreSQL says when a row of the batch can never fit, as against an outage.
DATA_ERRORS = (psycopg2.DataError, psycopg2.IntegrityError, psycopg2.errors.RaiseException)


class DataRefused(BadInput):
    """PostgreSQL refused a row of the batch for its content; which one is found by splitting."""

    code = "DATA_REFUSED"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    event_id: str
    body_hash: bytes
    partition: int
    member_id: str | None
    type: str
    occurred_at: int
    key_id: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """What goes to quarantine: kept whole, counted when it repeats (same digest)."""

    digest: bytes
    code: str
    field: str | None
    reason: str
    event_id: str | None
    key_id: str | None
    body: bytes


def encode(body: bytes) -> bytes:
    return _PLAIN + body


def decode(data: bytes | memoryview) -> bytes:
    raw = bytes(data)
    if raw[:1] != _PLAIN:
        raise BadInput("the ledger holds a codec this version does not know", code="UNKNOWN_CODEC")
    return raw[1:]


class Ledger:
    """The event log of one database. Blocking; call it from a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(
        self,
        rows: Sequence[LedgerRow],
        refused: Sequence[Refused] = (),
        conflicting: Callable[[str], Refused] | None = None,
    ) -> dict[str, str]:
        """Commits rows with distinct event ids; returns {event id: accepted | duplicate | conflict}.

        `conflicting` tells what to quarantine, in the same commit, for an event id held with other content;
        without it a conflict commits nothing at all.
        Raises DataRefused when a row's content is impossible (nothing is committed), LedgerUnavailable when the
        database does not answer.
        """
        try:
            with transaction(self._engine) as cursor:
                outcomes = _claim_keys(cursor, rows)
                conflicts = [event_id for event_id, outcome in outcomes.items() if outcome == "conflict"]
                if conflicts and conflicting is None:
                    cursor.connection.rollback()
                    return outcomes
                _quarantine(
                    cursor, [*refused, *(conflicting(event_id) for event_id in conflicts if conflicting)]
                )
                _insert(cursor, [row for row in rows if outcomes[row.event_id] == "accepted"])
                failpoints.reach("before_commit")
        except DATA_ERRORS as error:
            raise DataRefused(_first_line(error)) from error
        except psycopg2.errors.OperationalError as error:
            raise LedgerUnavailable("the database could not take the events") from error
        failpoints.reach("after_commit")
        return outcomes

    def quarantine(self, refused: Sequence[Refused]) -> None:
        with transaction(self._engine) as cursor:
            _quarantine(cursor, refused)


def _claim_keys(cursor: Cursor, rows: Sequence[LedgerRow]) -> dict[str, str]:
    if not rows:
        return {}
    ordered = sorted(rows, key=_event_id)
    # Both lists travel as one literal each: ids and hexadecimal digits need no quoting, and PostgreSQL no long plan.
    cursor.execute(
        "INSERT INTO event_key (event_id, body_hash)"
        " SELECT id, decode(hash, 'hex') FROM unnest(%s::text[], %s::text[]) AS sent (id, hash)"
        " ON CONFLICT DO NOTHING RETURNING event_id",
        (_array([row.event_id for row in ordered]), _array([row.body_hash.hex() for row in ordered])),
    )
    fresh = {event_id for (event_id,) in cursor.fetchall()}
    if len(fresh) == len(ordered):
        return dict.fromkeys(fresh, "accepted")
    cursor.execute(
        "SELECT event_id, body_hash FROM event_key WHERE event_id = ANY(%s)",
        ([row.event_id for row in ordered if row.event_id not in fresh],),
    )
    held = {event_id: bytes(body_hash) for event_id, body_hash in cursor.fetchall()}
    return {
        row.event_id: "accepted"
        if row.event_id in fresh
        else ("duplicate" if held[row.event_id] == row.body_hash else "conflict")
        for row in ordered
    }


def _event_id(row: LedgerRow) -> str:
    return row.event_id


def _array(words: list[str]) -> str:
    """An array literal of words that need no quoting."""
    return "{" + ",".join(words) + "}"


def _insert(cursor: Cursor, rows: Sequence[LedgerRow]) -> None:
    """By COPY: half of PostgreSQL's work of a long VALUES list, and it is done under the append lock."""
    if not rows:
        return
    lines = "".join(map(_line, rows))
    append_lock(cursor, EVENT_LOG)
    cursor.copy_expert(_COPY, StringIO(lines), size=_COPY_BYTES)


def _line(row: LedgerRow) -> str:
    """One row in COPY's text format."""
    return (
        f"{row.partition}\t{row.member_id or _NULL}\t{row.event_id}\t{row.type}\t{row.occurred_at}\t"
        f"{_NULL if row.key_id is None else _escaped(row.key_id)}\t\\\\x{encode(row.body).hex()}\n"
    )


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _quarantine(cursor: Cursor, refused: Sequence[Refused]) -> None:
    distinct = {item.digest: item for item in sorted(refused, key=lambda item: item.digest)}
    if not distinct:
        return
    repeats: dict[bytes, int] = {}
    for item in refused:
        repeats[item.digest] = repeats.get(item.digest, 0) + 1
    execute_values(
        cursor,
        "INSERT INTO quarantine (digest, code, field, reason, event_id, key_id, body, repeats) VALUES %s"
        " ON CONFLICT (digest) DO UPDATE SET repeats = quarantine.repeats + excluded.repeats,"
        " last_at = clock_timestamp()",
        [
            (
                item.digest,
                item.code,
                item.field,
                item.reason,
                item.event_id,
                item.key_id,
                encode(item.body),
                repeats[key],
            )
            for key, item in distinct.items()
        ],
        page_size=_PAGE,
    )


def _first_line(error: BaseException) -> str:
    """PostgreSQL's own words without its DETAIL lines, which quote values."""
    return str(error).strip().split("\n", 1)[0][:200]
