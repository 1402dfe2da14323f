"""Work that two processes must not do at the same time, such as a rebuild: held by one session until it is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from customer360.errors import Conflict
from customer360.stores.postgres.engine import connected


class AlreadyRunning(Conflict):
    """Another process does this very work."""

    code = "ALREADY_RUNNING"


@contextmanager
def only_one(engine: Engine, lock: int, what: str) -> Iterator[None]:
    """AlreadyRunning instead of waiting. A process that is killed holds nothing any more."""
    with connected(engine) as connection:
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", (lock,))
                row = cursor.fetchone()
                if not (row and row[0]):
                    raise AlreadyRunning(f"{what} is running already")
                yield
                cursor.execute("SELECT pg_advisory_unlock(%s)", (lock,))
        finally:
            connection.autocommit = False
