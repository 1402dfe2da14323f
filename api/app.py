"""The ASGI application: every route, the guard around them, and the console for all other paths."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from api import documents, events, graphql, health, session
from api.edge import Edge, edge_of
from api.guard import Guard


def build_app(edge: Edge) -> ASGIApp:
    """Everything the edge holds is ended with the application's lifespan."""
    router = Router(_routes(), redirect_slashes=False, default=_other_path, lifespan=_lifespan(edge))
    return Guard(router, edge)


def _routes() -> list[BaseRoute]:
    # Documents are posted to the path under which the console shows them.
    shared = Route("/documents", page, methods=["GET"])
    return [*events.ROUTES, *documents.ROUTES, shared, *graphql.ROUTES, *session.ROUTES, *health.ROUTES]


async def page(request: Request) -> Response:
    """A file of the console, or its one page."""
    console = edge_of(request).console
    answer = console.answer(request.url.path, request.headers) if console is not None else None
    if answer is None:
        raise HTTPException(404)
    return answer


async def _other_path(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        await send({"type": "websocket.close"})  # there is nothing here for a socket
        return
    if scope["method"] not in ("GET", "HEAD"):
        raise HTTPException(404)
    answer = await page(Request(scope))
    await answer(scope, receive, send)


def _lifespan(edge: Edge) -> Any:
    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await edge.close()

    return lifespan
