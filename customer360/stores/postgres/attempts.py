"""Counting sign-in attempts per login and address together, per login and per address, all only as keyed hashes."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg2.extensions import cursor as Cursor
from sqlalchemy import Engine

from customer360.errors import TooManyAttempts
from customer360.stores.postgres.engine import transaction

REASON = "too many attempts to sign in; try again later"


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many failed attempts within the window, in seconds.

    Few from one address for one login; many more for a login from everywhere, so that a stranger who tries it does
    not lock its owner out at once.
    """

    of_pair: int = 10
    of_login: int = 100
    of_address: int = 100
    window: int = 900


@dataclass(frozen=True, slots=True)
class Tried:
    """Keyed hashes of what an attempt counts for."""

    pair: bytes
    login: bytes
    address: bytes


class Attempts:
    """Blocking; call it from a thread. An attempt counts before it is tried, so that parallel ones cannot slip by."""

    def __init__(self, engine: Engine, allowance: Allowance | None = None) -> None:
        self._engine = engine
        self._allowance = allowance or Allowance()

    def begin(self, tried: Tried) -> None:
        """Counts one; TooManyAttempts (nothing counted) when any is used up, with the seconds to wait."""
        limits = (
            (tried.pair, self._allowance.of_pair),
            (tried.login, self._allowance.of_login),
            (tried.address, self._allowance.of_address),
        )
        with transaction(self._engine) as cursor:
            for digest, limit in sorted(limits):
                self._count(cursor, digest, limit)
            cursor.execute(
                "DELETE FROM sign_in_attempt WHERE at < clock_timestamp() - make_interval(secs => %s)",
                (self._allowance.window,),
            )

    def succeeded(self, tried: Tried) -> None:
        """Those of the login from this address are forgiven; login and address get back the one that was right."""
        with transaction(self._engine) as cursor:
            cursor.execute("DELETE FROM sign_in_attempt WHERE login_hash = %s", (tried.pair,))
            for digest in sorted((tried.login, tried.address)):
                cursor.execute(
                    "DELETE FROM sign_in_attempt WHERE ctid = (SELECT ctid FROM sign_in_attempt"
                    " WHERE login_hash = %s ORDER BY at DESC LIMIT 1)",
                    (digest,),
                )

    def _count(self, cursor: Cursor, digest: bytes, limit: int) -> None:
        lock = int.from_bytes(digest[:8], "big", signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (lock,))
        cursor.execute(
            "SELECT ceil(extract(epoch FROM at + make_interval(secs => %s) - clock_timestamp()))::int"
            "  FROM sign_in_attempt WHERE login_hash = %s AND at > clock_timestamp() - make_interval(secs => %s)"
            " ORDER BY at DESC OFFSET %s LIMIT 1",
            (self._allowance.window, digest, self._allowance.window, limit - 1),
        )
        row = cursor.fetchone()
        if row is not None:
            raise TooManyAttempts(REASON, retry_after=max(1, row[0]))
        cursor.execute("INSERT INTO sign_in_attempt (login_hash) VALUES (%s)", (digest,))
