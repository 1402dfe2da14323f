"""POST and GET /graphql, and the stream of subscriptions: who may ask what. Reading, status and media types are the schema's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.routing import Route

from api.answers import headers_of, is_secret
from api.bodies import read_body
from api.edge import Edge, edge_of
from api.stream import EventStream, accepts_stream
from customer360.errors import C360Error, Forbidden, Unavailable
from customer360.privacy.principal import Principal
from customer360.privacy.roles import Scope
from schema.execution import Executor, Request, http

SIGNED_IN = "signed-in"  # one visibility class: who sees which field is decided by its resolver
NO_STORE = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class GraphQL:
    """`context` makes what the resolvers get, once per request or stream."""

    executor: Executor
    context: Callable[[Principal], object]

    def check(self, request: Request, principal: Principal) -> None:
        """Forbidden without the scope that the operation needs."""
        principal.require(Scope.GRAPHQL_READ)
        if principal.may(Scope.GRAPHQL_WRITE):
            return
        kind = self.executor.operation_kind(
            request, visibility=SIGNED_IN, allow_introspection=principal.may(Scope.EXPLORE)
        )
        if kind == "mutation":
            raise Forbidden(f"this needs the scope {Scope.GRAPHQL_WRITE}")


async def graphql(request: HttpRequest) -> HttpResponse:
    """One operation. Mutations by POST only; a cookie needs the CSRF header by either method."""
    edge = edge_of(request)
    try:
        principal = await edge.authentication.principal(request, csrf=True)
        media_type = http.negotiated(request.headers.get("accept"))
        sent = await _read(edge, request)
        served = _served(edge)
        served.check(sent, principal)
    except C360Error as error:
        return _refused(error)
    response = await served.executor.execute(
        sent,
        served.context(principal),
        visibility=SIGNED_IN,
        allow_introspection=principal.may(Scope.EXPLORE),
        allow_mutation=request.method == "POST",
    )
    status = http.status_of(response, media_type)
    headers = {**NO_STORE, "allow": "POST"} if status == 405 else NO_STORE
    return HttpResponse(http.encoded(response), status, headers, media_type=f"{media_type}; charset=utf-8")


async def stream(request: HttpRequest) -> HttpResponse:
    """A subscription as server-sent events, in the distinct connections mode of graphql-sse."""
    edge = edge_of(request)
    try:
        principal = await edge.authentication.principal(request)
        accepts_stream(request.headers)
        sent = await _read(edge, request)
        served = _served(edge)
        served.check(sent, principal)
        responses = served.executor.subscribe(
            sent,
            served.context(principal),
            visibility=SIGNED_IN,
            allow_introspection=principal.may(Scope.EXPLORE),
        )
        return EventStream(request, principal, responses)
    except C360Error as error:
        return _refused(error)


async def _read(edge: Edge, request: HttpRequest) -> Request:
    if request.method != "POST":
        return http.from_query(request.query_params)
    http.check_content_type(request.headers.get("content-type"))
    body = await read_body(request, edge.json_body)
    return http.from_body(request.headers.get("content-type"), body)


def _served(edge: Edge) -> GraphQL:
    if edge.graphql is None:
        raise Unavailable("GraphQL is not served here")
    return edge.graphql


def _refused(error: C360Error) -> HttpResponse:
    """In the shape of GraphQL, with the status and headers the error has everywhere."""
    if is_secret(error):
        raise error
    headers = {**NO_STORE, **headers_of(error)}
    return HttpResponse(http.encoded_error(error), error.status, headers, media_type=http.JSON)


ROUTES = [
    Route("/graphql", graphql, methods=["GET", "POST"]),
    Route("/graphql/stream", stream, methods=["POST"]),
]
