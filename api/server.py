"""uvicorn as this service runs it: fast parser and loop, no access log, bounded shutdown, limits on slow and huge heads."""

from __future__ import annotations

import asyncio
from asyncio.events import TimerHandle
from collections.abc import Callable, Coroutine
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.edge import Edge

HEAD_SECONDS = 15.0  # from the first byte, or the connection, to the end of the headers
HEAD_BYTES = 64 * 1024
SHUTDOWN_SECONDS = 4  # for requests in flight; intake, worker and database need the rest of the promised ten


class BoundedHead(HttpToolsProtocol):
    """uvicorn's protocol bounds neither the size of a request's head nor the time it may take."""

    _timer: TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_done()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._head = 0
        if self._timer is None:
            self._expect_head()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head_done()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _head_done(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > HEAD_BYTES:
            self.transport.abort()
            raise ValueError("head too large")  # stops the parser; the connection is gone already


class Server(uvicorn.Server):
    """Streams have no end of their own: they are told to stop before the requests in flight are waited for."""

    def __init__(self, config: uvicorn.Config, edge: Edge) -> None:
        super().__init__(config)
        self._edge = edge
        self._ready: Callable[[], None] = lambda: None
        self._beside: list[Coroutine[Any, Any, None]] = []

    def whenever_started(self, ready: Callable[[], None]) -> None:
        """Called once, as soon as requests are taken."""
        self._ready = ready

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs in the same event loop; cancelled at the end."""
        self._beside.append(work)

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        self._tasks = [asyncio.get_running_loop().create_task(work) for work in self._beside]
        self._ready()

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        self._edge.stopping.set()
        for task in self._tasks:
            task.cancel()
        await super().shutdown(sockets)


def server_config(edge: Edge, app: ASGIApp, **more: Any) -> uvicorn.Config:
    """Forwarded addresses are believed from this machine only, and only behind a proxy that C360_PUBLIC_URL speaks of."""
    return uvicorn.Config(
        app,
        host=edge.settings.host,
        port=edge.settings.port,
        http=BoundedHead,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=edge.settings.public_url is not None,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        **more,
    )
