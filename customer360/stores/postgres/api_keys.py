"""Rows of API keys: scopes and the hashes of at most two active secrets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import Json
from sqlalchemy import Engine

from customer360 import clock
from customer360.errors import NotFound
from customer360.privacy.credentials import KeyText, fingerprint
from customer360.privacy.roles import Scope
from customer360.stores.postgres import audit
from customer360.stores.postgres.engine import transaction

ACTIVE = 2  # secrets of one key, so that a sender can change over without a gap


@dataclass(frozen=True, slots=True)
class ApiKey:
    """`hashes` are SHA-256 of the active secrets, oldest first; `last_used` is exact to about a minute (µs)."""

    id: str
    name: str
    scopes: frozenset[str]
    hashes: tuple[bytes, ...] = field(repr=False)
    revoked: bool
    created_at: int
    last_used: int | None


class ApiKeys:
    """Blocking; call it from a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, name: str, scopes: Iterable[Scope], *, by: str | None = None) -> KeyText:
        """The text of the key, which is stored nowhere."""
        made = KeyText.make()
        held = sorted(scope.value for scope in scopes)
        with transaction(self._engine) as cursor:
            cursor.execute(
                "INSERT INTO api_key (id, name, scopes, secrets) VALUES (%s, %s, %s, %s)",
                (made.id, name, held, Json([_secret(made)])),
            )
            audit.record(cursor, "key.created", by=by, object_id=made.id, detail={"scopes": held})
        return made

    def rotate(self, key_id: str, *, by: str | None = None) -> KeyText:
        """Adds a secret; of more than two the oldest stops working. NotFound for an unknown or revoked key."""
        made = KeyText.make(key_id)
        with transaction(self._engine) as cursor:
            held = _locked(cursor, key_id)
            kept = [*held, _secret(made)][-ACTIVE:]
            cursor.execute("UPDATE api_key SET secrets = %s WHERE id = %s", (Json(kept), key_id))
            audit.record(cursor, "key.rotated", by=by, object_id=key_id)
        return made

    def revoke(self, key_id: str, *, old_only: bool = False, by: str | None = None) -> None:
        """Ends the key, or with `old_only` every secret but the newest. NotFound for an unknown or revoked key."""
        with transaction(self._engine) as cursor:
            held = _locked(cursor, key_id)
            kept = held[-1:] if old_only else []
            cursor.execute(
                "UPDATE api_key SET secrets = %s, revoked = %s WHERE id = %s",
                (Json(kept), not old_only, key_id),
            )
            action = "key.old_secret_revoked" if old_only else "key.revoked"
            audit.record(cursor, action, by=by, object_id=key_id)

    def find(self, key_id: str) -> ApiKey | None:
        """A key that is not revoked; notes that it was used."""
        with transaction(self._engine) as cursor:
            cursor.execute(
                "UPDATE api_key SET last_used = clock_timestamp() WHERE id = %s AND NOT revoked"
                " AND (last_used IS NULL OR last_used < clock_timestamp() - interval '1 minute')",
                (key_id,),
            )
            cursor.execute(f"{_SELECT} WHERE id = %s AND NOT revoked", (key_id,))
            row = cursor.fetchone()
        return _key(row) if row else None

    def all(self) -> list[ApiKey]:
        """Ordered by creation, revoked ones included."""
        with transaction(self._engine) as cursor:
            cursor.execute(f"{_SELECT} ORDER BY created_at, id")
            return [_key(row) for row in cursor.fetchall()]


_SELECT = "SELECT id, name, scopes, secrets, revoked, created_at, last_used FROM api_key"


def _key(row: tuple[Any, ...]) -> ApiKey:
    key_id, name, scopes, held, revoked, created_at, last_used = row
    hashes = tuple(bytes.fromhex(secret["hash"]) for secret in held)
    used = None if last_used is None else clock.from_datetime(last_used)
    return ApiKey(key_id, name, frozenset(scopes), hashes, revoked, clock.from_datetime(created_at), used)


def _secret(made: KeyText) -> dict[str, str]:
    return {"hash": fingerprint(made.secret).hex(), "since": clock.isoformat(clock.now())}


def _locked(cursor: Cursor, key_id: str) -> list[dict[str, str]]:
    cursor.execute("SELECT secrets FROM api_key WHERE id = %s AND NOT revoked FOR UPDATE", (key_id,))
    row = cursor.fetchone()
    if row is None:
        raise NotFound("there is no active key of this id", field="id")
    held: list[dict[str, str]] = row[0]
    return held
