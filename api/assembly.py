"""Putting one API process together from its settings and a database. The only place that makes an Edge."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import Engine

from api.access.authentication import Authentication
from api.access.lookups import Lookups
from api.access.origins import Origins
from api.access.sign_in import SignIn
from api.console import Console
from api.edge import ArchiveParts, Edge
from api.graphql import GraphQL
from api.health import database_checks
from api.meters import Meters
from api.recording import Recording
from api.stream import Streams
from customer360.archive.extraction.reader import FileReader
from customer360.config import Settings, installation_secret
from customer360.ids import Ids
from customer360.privacy.passwords import Passwords
from customer360.privacy.principal import Principal
from customer360.stores.postgres.accounts import Accounts
from customer360.stores.postgres.api_keys import ApiKeys
from customer360.stores.postgres.archive import ArchiveRows
from customer360.stores.postgres.attempts import Allowance, Attempts
from customer360.stores.postgres.engine import make_engine
from customer360.stores.postgres.ledger import Ledger
from customer360.stores.postgres.measures import Measures
from customer360.stores.postgres.projected import Projections
from customer360.stores.postgres.sessions import Sessions
from indexer.intake import Intake
from indexer.space import FreeSpace
from schema.execution import Executor

_THREADS = 4  # for sign-in, lookups, readiness and metrics: none of it may take a connection from intake
_COMMITTERS = 2


@dataclass(frozen=True, slots=True)
class _Engines:
    """Closed last."""

    engines: tuple[Engine, ...]

    async def close(self) -> None:
        for engine in self.engines:
            engine.dispose()


def make_edge(
    settings: Settings,
    database_url: str,
    *,
    passwords: Passwords | None = None,
    allowance: Allowance | None = None,
    console: Console | None = None,
    committed: Callable[[], None] = lambda: None,
) -> Edge:
    """The edge alone, without GraphQL. `committed` is called from a thread after each commit of intake."""
    ids = Ids(installation_secret(settings))
    small, wide = make_engine(database_url, size=_THREADS), make_engine(database_url, size=_COMMITTERS)
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="edge")
    sessions, keys, measures = Sessions(small), ApiKeys(small), Measures(small)
    intake = Intake(
        wide,
        ids,
        queue_limit=settings.intake_queue,
        batch=settings.intake_batch,
        space=_space(settings),
        committed=committed,
    )
    edge = Edge(
        settings=settings,
        intake=intake,
        authentication=Authentication(Lookups(sessions, keys, threads), Origins(settings)),
        sign_in=SignIn(
            Accounts(small),
            sessions,
            Attempts(small, allowance),
            ids,
            threads,
            session_hours=settings.session_hours,
            passwords=passwords,
        ),
        meters=Meters(lambda: intake.waiting, measures.read),
        threads=threads,
        streams=Streams(),
        console=console,
        closing=[_Engines((small, wide))],
    )
    edge.readiness.extend(database_checks(edge, measures))
    return edge


def add_graphql(edge: Edge, settings: Settings, database_url: str) -> None:
    """The services behind the resolvers, and the executor; closed with the edge."""
    from customer360.services import build
    from schema.context import RequestContext
    from schema.root import build_schema

    services = build(settings, database_url)
    projections = Projections(services.engine)

    def context(principal: Principal) -> RequestContext:
        recording = Recording(edge, principal, projections)
        return RequestContext(principal, services, recording.record, recording.projected)

    edge.services = services
    edge.archive_parts = ArchiveParts(
        rows=ArchiveRows(services.engine, services.ids),
        blobs=services.blobs,
        reader=FileReader(settings.max_pages),
        quarantine=lambda refused: Ledger(services.engine).quarantine([refused]),
    )
    edge.closing.append(services)
    edge.graphql = GraphQL(Executor(build_schema()), context)


def _space(settings: Settings) -> FreeSpace | None:
    """The floor is that of the disk the embedded database lies on; another server's disk cannot be seen from here."""
    return FreeSpace(settings.data_dir, settings.free_space_floor_mb) if settings.embedded else None
