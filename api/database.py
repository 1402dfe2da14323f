"""Where the PostgreSQL of an installation is found: DATABASE_URL, the one a running service holds, or one of our own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from customer360.config import Settings, installation_secret
from customer360.errors import DataFolderInUse, LedgerUnavailable
from customer360.ids import Ids
from customer360.stores.embedded import EmbeddedPostgres, running_url
from customer360.stores.postgres.engine import make_engine, transaction
from customer360.stores.postgres.migrate import upgrade

_PATIENCE = 15.0  # seconds; a command beside us may hold the folder for a moment


@dataclass(frozen=True, slots=True)
class Database:
    """`supervisor` is None when PostgreSQL is somebody else's to run."""

    url: str
    supervisor: EmbeddedPostgres | None


@contextmanager
def own_database(settings: Settings) -> Iterator[Database]:
    """For the service itself: starts the embedded PostgreSQL when there is no DATABASE_URL; migrated on entry.

    From the main thread. DataFolderInUse when another service runs on the folder.
    """
    if settings.database_url is not None:
        yield _migrated(settings, Database(settings.database_url, None))
        return
    supervisor = _supervisor(settings)
    url = _start(supervisor)
    try:
        yield _migrated(settings, Database(url, supervisor))
    finally:
        supervisor.stop()


@contextmanager
def reachable_database(settings: Settings) -> Iterator[str]:
    """For a command: the URL of the service's PostgreSQL if it runs, else one started for the moment; migrated."""
    url = settings.database_url or running_url(settings.data_dir)
    if url is not None:
        yield _migrated(settings, Database(url, None)).url
        return
    with own_database(settings) as database:
        yield database.url


def _supervisor(settings: Settings) -> EmbeddedPostgres:
    return EmbeddedPostgres(settings.data_dir, floor_mb=settings.free_space_floor_mb)


def _start(supervisor: EmbeddedPostgres) -> str:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return supervisor.start()
        except DataFolderInUse:
            if time.monotonic() > until:
                raise
            time.sleep(0.25)  # the other process says nothing when it lets go


def _migrated(settings: Settings, database: Database) -> Database:
    if settings.database_url is not None:
        _check_answers(settings.database_url)
    upgrade(database.url, fingerprint=Ids(installation_secret(settings)).fingerprint)
    return database


def _check_answers(url: str) -> None:
    """LedgerUnavailable in words for an operator, before anything else meets a database that is not there."""
    engine = make_engine(url, size=1)
    try:
        with transaction(engine) as cursor:
            cursor.execute("SELECT 1")
    except LedgerUnavailable:
        raise LedgerUnavailable(
            "PostgreSQL cannot be reached or lets nobody in; check the address, account and password in DATABASE_URL"
        ) from None
    finally:
        engine.dispose()
