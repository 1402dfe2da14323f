"""An engine for a command: on the running service's PostgreSQL, or on one started for the moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from api.database import reachable_database
from customer360.config import Settings
from customer360.stores.postgres.engine import make_engine

if TYPE_CHECKING:
    from customer360.services import Services


@contextmanager
def ledger(settings: Settings) -> Iterator[Engine]:
    """At most two connections; what was started is stopped at the end."""
    with reachable_database(settings) as url:
        engine = make_engine(url, size=2)
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def attended_ledger(settings: Settings) -> Iterator[Engine]:
    """As `ledger`, for commands that load much: a PostgreSQL started for the moment gets a worker beside it."""
    from customer360.stores.embedded import running_url

    alone = settings.embedded and running_url(settings.data_dir) is None
    with reachable_database(settings) as url:
        engine = make_engine(url, size=2)
        try:
            with _worker(settings, url, engine) if alone else nullcontext():
                yield engine
        finally:
            engine.dispose()


@contextmanager
def services_of(settings: Settings) -> Iterator[Services]:
    """Every adapter that the service would have, for a command that works on the search store."""
    from customer360.services import build

    with reachable_database(settings) as url:
        services = build(settings, url)
        try:
            yield services
        finally:
            services.shut()


@contextmanager
def _worker(settings: Settings, url: str, engine: Engine) -> Iterator[None]:
    from api.serve import child_environment
    from indexer.backlog import Backlog
    from indexer.supervise import WorkerProcess

    child = WorkerProcess(child_environment(settings, url))
    child.start()
    try:
        Backlog(engine).wait_for_worker()
        yield
    finally:
        child.stop()
