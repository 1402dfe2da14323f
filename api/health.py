"""GET /healthz, /readyz and /metrics: for whoever runs the service. Codes and counts only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.access.origins import is_loopback
from api.answers import JSON
from api.edge import Edge, edge_of
from api.meters import CONTENT_TYPE
from api.readiness import Check, problems
from customer360.privacy.roles import Scope
from customer360.stores.postgres.measures import Measures
from customer360.stores.postgres.migrate import newest_revision


async def healthz(_: Request) -> Response:
    """200 as long as this process answers at all."""
    return JSON({"status": "ok"})


async def readyz(request: Request) -> Response:
    """200 {"ready": true}, or 503 with the checks that failed."""
    found = await problems(edge_of(request).readiness)
    return JSON({"ready": not found, "problems": found}, 503 if found else 200)


async def metrics(request: Request) -> Response:
    """Prometheus text; from this machine, or with the scope metrics:read. Behind a proxy always with the scope."""
    edge = edge_of(request)
    if not _from_this_machine(edge, request):
        principal = await edge.authentication.principal(request)
        principal.require(Scope.METRICS_READ)
    return Response(await edge.run(edge.meters.exposition), headers={"content-type": CONTENT_TYPE})


def _from_this_machine(edge: Edge, request: Request) -> bool:
    """A credential is always looked at: it spares the check of the Host header, so it must not open this door too."""
    peer = request.client.host if request.client else ""
    brings_credential = "authorization" in request.headers or "x-api-key" in request.headers
    return edge.settings.public_url is None and is_loopback(peer) and not brings_credential


LATE_SECONDS = 60.0  # how long an accepted event may wait before the service is not ready

ROUTES = [
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/metrics", metrics),
]


def database_checks(edge: Edge, measures: Measures) -> list[Check]:
    """What the tables tell: migrated, loaded, nothing stalled, nothing parked."""
    newest = newest_revision()

    def migrated() -> str | None:
        return None if measures.revision() == newest else "MIGRATION_MISSING"

    def loaded() -> str | None:
        return "LOADING" if measures.loading() else None

    def projecting() -> str | None:
        measured = measures.read()
        if measured.stalled:
            return "PARTITION_STALLED"
        if measured.projection_lag > LATE_SECONDS:
            return "PROJECTION_LATE"  # no worker runs, or it is stuck
        return "EVENTS_PARKED" if measured.failures else None

    asked = {"database": migrated, "loading": loaded, "projection": projecting}
    return [Check(name, _in_thread(edge, ask)) for name, ask in asked.items()]


def _in_thread(edge: Edge, ask: Callable[[], str | None]) -> Callable[[], Awaitable[str | None]]:
    async def answer() -> str | None:
        return await edge.run(ask)

    return answer
