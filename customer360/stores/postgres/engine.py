"""The connection pool every PostgreSQL adapter uses, with the session settings that keep locks and readers safe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import orjson
import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import register_default_json, register_default_jsonb
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from customer360.errors import ConfigurationError, LedgerUnavailable

__all__ = [
    "CONFLICTS",
    "Connection",
    "Cursor",
    "connected",
    "driver_url",
    "make_engine",
    "scalar",
    "snapshot",
    "transaction",
]

# What is read as JSON was written from what orjson read; the standard library takes several times as long.
register_default_json(globally=True, loads=orjson.loads)
register_default_jsonb(globally=True, loads=orjson.loads)

# What two transactions can do to each other: the same work, tried again, passes.
CONFLICTS = (
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.LockNotAvailable,
)

# What a statement says when its session is gone: the server is down, or has ended a session that stood still too long.
LOST = (
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    psycopg2.errors.IdleInTransactionSessionTimeout,
)

# A holder of an append lock that stops must free it: five idle seconds inside a transaction end the session.
_SESSION = {
    "search_path": "model,public",
    "idle_in_transaction_session_timeout": "5000",
    "statement_timeout": "30000",
    "lock_timeout": "15000",
    "timezone": "UTC",
    "jit": "off",
}


def make_engine(database_url: str, *, size: int = 8, **session: str) -> Engine:
    """A pool of at most `size` connections; `session` overrides PostgreSQL session settings by name."""
    options = " ".join(f"-c {name}={value}" for name, value in {**_SESSION, **session}.items())
    return create_engine(
        driver_url(database_url),
        pool_size=size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=False,
        pool_reset_on_return="rollback",
        connect_args={"options": options, "connect_timeout": 5},
    )


def driver_url(database_url: str) -> URL:
    """`postgresql://` as everybody writes it, with our driver named: SQLAlchemy would choose another one."""
    try:
        return make_url(database_url).set(drivername="postgresql+psycopg2")
    except (ArgumentError, ValueError):
        raise ConfigurationError(
            "DATABASE_URL must look like postgresql://account:password@host:5432/database",
            field="DATABASE_URL",
        ) from None


@contextmanager
def transaction(engine: Engine) -> Iterator[Cursor]:
    """One READ COMMITTED transaction: commits at the end, rolls back on any error. LedgerUnavailable when it is down."""
    with connected(engine) as connection:
        with connection, connection.cursor() as cursor:
            yield cursor


@contextmanager
def snapshot(engine: Engine) -> Iterator[Cursor]:
    """A read-only REPEATABLE READ transaction: every statement in it sees the same instant."""
    with connected(engine) as connection:
        with connection, connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield cursor


def scalar(cursor: Cursor) -> Any:
    """The one value of a statement that always gives a row."""
    row = cursor.fetchone()
    assert row is not None, "the statement gives a row"
    return row[0]


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """A pooled psycopg2 connection; one that broke is thrown away, not returned."""
    try:
        proxy = engine.raw_connection()
    except (psycopg2.OperationalError, PoolTimeout) as error:
        raise LedgerUnavailable("the database does not answer") from error
    try:
        yield cast("Connection", proxy.driver_connection)
    except LOST as error:
        if isinstance(error, (psycopg2.errors.QueryCanceled, *CONFLICTS)):
            raise
        proxy.invalidate()
        raise LedgerUnavailable("the database does not answer") from error
    finally:
        proxy.close()
