"""The only place adapters are chosen: one `Services` per process, used by api, schema and indexer.

Readers are asyncio; everything blocking runs in `run`, a small thread pool as wide as the connection pool.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from customer360.archive.listing import Documents
from customer360.config import Settings
from customer360.customers.linking import Linking
from customer360.customers.reading import Customers
from customer360.history.batch import SearchBatch
from customer360.history.live import LiveFeed
from customer360.history.reading import History
from customer360.history.recorded import RecordedFacts
from customer360.ids import Ids
from customer360.offers.desk import OfferDesk
from customer360.privacy.reveals import Reveals
from customer360.stores.ports import BlobStore, SearchReader, SearchWriter

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Services:
    """`engine` is for transactions (mutations, worker); reads have their own pool behind the readers."""

    settings: Settings
    ids: Ids
    zone: ZoneInfo
    engine: Engine
    search: SearchReader
    writer: SearchWriter
    blobs: BlobStore | None
    customers: Customers
    history: History
    documents: Documents
    live: LiveFeed
    pool: ThreadPoolExecutor
    offers: OfferDesk  # OfferDesk(PostgresOffers(session, engine), ids, threads.run)
    linking: Linking  # Linking(PostgresLinks(session, engine), threads)
    recorded: RecordedFacts  # RecordedFacts(PostgresRecorded(session), threads)
    reveals: Reveals  # Reveals(PostgresReveals(engine), threads)

    def batch(self) -> SearchBatch:
        """One per request: collects the questions of sibling resolvers into one ask."""
        raise NotImplementedError

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs blocking work in the readers' threads."""
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError


def build(settings: Settings, database_url: str | None = None) -> Services:
    """Chooses the adapters. `database_url` is where the embedded PostgreSQL listens; else settings.database_url."""
    raise NotImplementedError
