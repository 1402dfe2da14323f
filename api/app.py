"""The ASGI application: every route, the guard around them, and the console for all other paths."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from api import documents, events, graphql, health, session
from api.edge import Edge
from api.guard import Guard


def build_app(edge: Edge) -> ASGIApp:
    """Everything the edge holds is ended with the application's lifespan."""
    router = Router(_routes(), redirect_slashes=False, default=_other_paths(edge), lifespan=_lifespan(edge))
    return Guard(router, edge)


def _routes() -> list[BaseRoute]:
    return [*events.ROUTES, *documents.ROUTES, *graphql.ROUTES, *session.ROUTES, *health.ROUTES]


def _other_paths(edge: Edge) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close"})  # there is nothing here for a socket
            return
        if edge.console is None or scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(404)
        response = edge.console.answer(scope["path"], Headers(scope=scope))
        if response is None:
            raise HTTPException(404)
        await response(scope, receive, send)

    return answer


def _lifespan(edge: Edge) -> Any:
    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await edge.close()

    return lifespan
