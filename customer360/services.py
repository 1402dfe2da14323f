"""The only place adapters are chosen: one `Services` per process, used by api, schema and indexer.

Readers are asyncio; everything blocking runs in `run`, a small thread pool as wide as the readers' connection pool.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from customer360.archive.listing import Documents
from customer360.clock import MINUTE
from customer360.config import Settings, installation_secret
from customer360.customers.linking import Linking
from customer360.customers.reading import Customers
from customer360.errors import LedgerUnavailable
from customer360.history.batch import SearchBatch
from customer360.history.cursors import CursorCodec
from customer360.history.hub import Hub
from customer360.history.live import LiveFeed
from customer360.history.reading import History
from customer360.history.recorded import RecordedFacts
from customer360.history.wakeup import Wakeup
from customer360.ids import Ids
from customer360.offers.desk import OfferDesk
from customer360.privacy.reveals import Reveals
from customer360.stores.blobs import FolderBlobs, S3Blobs, s3_store
from customer360.stores.elasticsearch.reader import ElasticsearchReader
from customer360.stores.elasticsearch.writer import ElasticsearchWriter
from customer360.stores.embedded import running_url
from customer360.stores.ports import BlobStore, SearchReader, SearchWriter
from customer360.stores.postgres.engine import make_engine
from customer360.stores.postgres.linking import PostgresLinks
from customer360.stores.postgres.offers import PostgresOffers
from customer360.stores.postgres.reading.changes import ChangeRows, ChangeSignal
from customer360.stores.postgres.reading.documents import DocumentRows
from customer360.stores.postgres.reading.entries import EntryRows
from customer360.stores.postgres.reading.members import MemberRows
from customer360.stores.postgres.reading.offers import OfferRows
from customer360.stores.postgres.reading.session import ReadSession
from customer360.stores.postgres.reading.snapshot import SnapshotRows
from customer360.stores.postgres.recorded import PostgresRecorded
from customer360.stores.postgres.reveals import PostgresReveals
from customer360.stores.postgres.search.reader import PostgresSearchReader
from customer360.stores.postgres.search.writer import PostgresSearchWriter
from customer360.threads import Threads

P = ParamSpec("P")
T = TypeVar("T")

READERS = 6  # threads and connections of the readers
SEARCHERS = 4  # of search, where PostgreSQL is the search store too
WRITERS = 8  # connections for transactions


@dataclass
class Services:
    """`engine` is for transactions (mutations, worker); the readers have pools of their own.

    `search_store` names the adapter behind `search` and `writer`: postgres or elasticsearch.
    """

    settings: Settings
    ids: Ids
    zone: ZoneInfo
    engine: Engine
    session: ReadSession
    search_store: str
    search: SearchReader
    writer: SearchWriter
    blobs: BlobStore
    customers: Customers
    history: History
    documents: Documents
    live: LiveFeed
    offers: OfferDesk
    linking: Linking
    recorded: RecordedFacts
    reveals: Reveals
    threads: Threads
    engines: tuple[Engine, ...]

    def batch(self) -> SearchBatch:
        """One per request: collects the questions of sibling resolvers into one ask."""
        return SearchBatch(self.search)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs blocking work in the readers' threads."""
        return await self.threads.run(work, *args, **kwargs)

    async def close(self) -> None:
        """Ends live streams first, then waits for reads that are running."""
        await self.live.close()
        await self.search.close()
        await asyncio.to_thread(self.shut)

    def shut(self) -> None:
        """For a process without an event loop: it has asked no search and followed no customer."""
        self.threads.close()
        for engine in self.engines:
            engine.dispose()


def build(settings: Settings, database_url: str | None = None) -> Services:
    """Chooses the adapters. The database is `database_url`, else the setting, else the running embedded one.

    Nothing is connected yet; what cannot be reached shows when it is used.
    """
    url = database_url or settings.database_url or _embedded_url(settings)
    ids = Ids(installation_secret(settings))
    codec = CursorCodec(ids.digest)
    threads = Threads(READERS)
    engine, reading = make_engine(url, size=WRITERS), _reading_engine(url)
    store, search, writer, searching = _search(settings, url, engine)
    session = ReadSession(reading)
    snapshots, entries = SnapshotRows(session, store), EntryRows(session)
    hub = Hub(
        ChangeRows(session),
        entries,
        snapshots.reading_ids,
        Wakeup(ChangeSignal(url), threads),
        codec,
        threads,
        settings.replay_window_minutes * MINUTE,
    )
    return Services(
        settings=settings,
        ids=ids,
        zone=settings.zone,
        engine=engine,
        session=session,
        search_store=store,
        search=search,
        writer=writer,
        blobs=_blobs(settings),
        customers=Customers(snapshots, MemberRows(session), ids, codec, threads, settings.zone),
        history=History(entries, snapshots, OfferRows(session), codec, threads),
        documents=Documents(DocumentRows(session), codec, threads),
        live=LiveFeed(hub, codec),
        offers=OfferDesk(PostgresOffers(session, engine), ids, threads.run, settings.zone),
        linking=Linking(PostgresLinks(session, engine), threads),
        recorded=RecordedFacts(PostgresRecorded(session), threads),
        reveals=Reveals(PostgresReveals(engine), threads),
        threads=threads,
        engines=(engine, reading, *searching),
    )


def _blobs(settings: Settings) -> BlobStore:
    if settings.blob_url:
        return S3Blobs(s3_store(settings))
    return FolderBlobs(settings.data_dir / "documents")


def _reading_engine(url: str) -> Engine:
    """Statements that are prepared are planned once, whatever their values are."""
    return make_engine(url, size=READERS, plan_cache_mode="force_generic_plan")


def _search(
    settings: Settings, url: str, engine: Engine
) -> tuple[str, SearchReader, SearchWriter, tuple[Engine, ...]]:
    """The store's name, its two sides, and the pools they were given."""
    if settings.elasticsearch_url:
        reader = ElasticsearchReader(settings.elasticsearch_url, settings.index_prefix)
        writer = ElasticsearchWriter(settings.elasticsearch_url, settings.index_prefix)
        return "elasticsearch", reader, writer, ()
    searching = make_engine(url, size=SEARCHERS, statement_timeout="2000")
    return (
        "postgres",
        PostgresSearchReader(searching, threads=SEARCHERS),
        PostgresSearchWriter(engine),
        (searching,),
    )


def _embedded_url(settings: Settings) -> str:
    url = running_url(settings.data_dir)
    if url is None:
        raise LedgerUnavailable(
            "no PostgreSQL runs on this data folder; start the service, or set DATABASE_URL"
        )
    return url
