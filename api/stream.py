"""Server-sent events of one subscription: next, complete, comments while it is silent; ends with its session or client.

Nothing is buffered here: the source is asked for more only after the last event has been taken by the connection.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from api.edge import Edge, edge_of
from customer360.errors import AccessError, Busy, Unavailable
from customer360.privacy.principal import Principal
from schema.execution import Response, http

log = logging.getLogger("api.stream")

KEEP_ALIVE = 10.0  # seconds of silence until a comment; a client may call 15 late
CHECK = 2.0  # how often the session is asked for; with the cache of lookups a revoked one ends within 5 s
SEND = 30.0  # how long a client may leave an event untaken
PER_PRINCIPAL, ALL = 50, 2_000
_HEADERS = {
    "cache-control": "no-store",
    "content-type": "text/event-stream; charset=utf-8",
    "x-accel-buffering": "no",
}
_SILENCE = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"


def accepts_stream(headers: Headers) -> None:
    """RequestRefused (406) unless the client takes an event stream."""
    kinds = [part.partition(";")[0].strip().lower() for part in headers.get("accept", "*/*").split(",")]
    if not {"text/event-stream", "text/*", "*/*"} & set(kinds):
        raise http.RequestRefused("Accept must allow text/event-stream", code="NOT_ACCEPTABLE", status=406)


class Streams:
    """How many are open, for everybody and for each principal."""

    def __init__(self, *, per_principal: int = PER_PRINCIPAL, all_together: int = ALL) -> None:
        self.open: Counter[str] = Counter()
        self._per_principal = per_principal
        self._all = all_together

    def enter(self, principal: Principal) -> None:
        """Busy when there are too many."""
        if self.open[principal.id] >= self._per_principal or self.open.total() >= self._all:
            raise Busy("too many open streams; close one and try again")
        self.open[principal.id] += 1

    def leave(self, principal: Principal) -> None:
        self.open[principal.id] -= 1
        if not self.open[principal.id]:
            del self.open[principal.id]


class EventStream(HttpResponse):
    """Counted from its making: `Busy` is told before anything is sent."""

    def __init__(
        self, request: HttpRequest, principal: Principal, responses: AsyncIterator[Response]
    ) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._request = request
        self._principal = principal
        self._responses = responses
        self._edge: Edge = edge_of(request)
        self._edge.streams.enter(principal)

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        self._edge.meters.streams.inc()
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await self._pump(receive, send)
            await self._send(send, b"", more=False)
        except TimeoutError:
            log.info("stream_untaken")
        finally:
            self._edge.streams.leave(self._principal)
            self._edge.meters.streams.dec()

    async def _pump(self, receive: Receive, send: Send) -> None:
        ends = {_task(_disconnected(receive)), _task(self._edge.stopping.wait())}
        following = _task(anext(self._responses))  # type: ignore[arg-type]  # an async generator's is a coroutine
        try:
            await self._relay(send, following, ends)
        finally:
            await _cancelled(*ends)
            close = getattr(self._responses, "aclose", None)
            if close is not None:
                await close()

    async def _relay(self, send: Send, following: asyncio.Task[Any], ends: set[asyncio.Task[Any]]) -> None:
        sent_at = checked_at = time.monotonic()
        try:
            while True:
                await asyncio.wait({following, *ends}, timeout=CHECK, return_when=asyncio.FIRST_COMPLETED)
                if any(end.done() for end in ends):
                    return
                if time.monotonic() - checked_at >= CHECK:
                    checked_at = time.monotonic()
                    if not await self._still_welcome(send):
                        return
                if following.done():
                    try:
                        response = following.result()
                    except StopAsyncIteration:
                        await self._send(send, _COMPLETE)
                        return
                    await self._send(send, event(response))
                    sent_at = time.monotonic()
                    following = _task(anext(self._responses))  # type: ignore[arg-type]  # as above
                elif time.monotonic() - sent_at >= KEEP_ALIVE:
                    await self._send(send, _SILENCE)
                    sent_at = time.monotonic()
        finally:
            await _cancelled(following)

    async def _still_welcome(self, send: Send) -> bool:
        """Told as a last event when not. While the database is down nothing new can come, so it may wait."""
        try:
            await self._edge.authentication.principal(self._request, csrf=False)
        except AccessError as error:
            await self._send(send, b"event: next\ndata: " + http.encoded_error(error) + b"\n\n" + _COMPLETE)
            return False
        except Unavailable:
            return True
        return True

    async def _send(self, send: Send, body: bytes, *, more: bool = True) -> None:
        async with asyncio.timeout(SEND):
            await send({"type": "http.response.body", "body": body, "more_body": more})


def event(response: Response) -> bytes:
    """One `next`; the JSON of a response holds no line break."""
    return b"event: next\ndata: " + http.encoded(response) + b"\n\n"


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _task(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return asyncio.get_running_loop().create_task(work)


async def _cancelled(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        # What a cancelled task still raises is nobody's any more; a source's own errors were told as responses.
        with suppress(asyncio.CancelledError, Exception):
            await task
