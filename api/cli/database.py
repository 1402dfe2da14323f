"""An engine for a command: on the running service's PostgreSQL, or on one started for the moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from api.database import reachable_database
from customer360.config import Settings
from customer360.stores.postgres.engine import make_engine


@contextmanager
def ledger(settings: Settings) -> Iterator[Engine]:
    """At most two connections; what was started is stopped at the end."""
    with reachable_database(settings) as url:
        engine = make_engine(url, size=2)
        try:
            yield engine
        finally:
            engine.dispose()
