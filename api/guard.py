"""The outermost layer: request id, host check, safe headers, errors to answers, time and log line of every request."""

from __future__ import annotations

import logging
import random
import secrets
import time
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import internal, is_secret, refusal, routing
from api.edge import Edge
from customer360.errors import C360Error

log = logging.getLogger("api.request")

# Asked by machines all day, or counted in the metrics already: a line for each would say nothing.
_QUIET = frozenset({"/events", "/healthz", "/readyz", "/metrics"})
_ANY_HOST = frozenset({"/healthz", "/readyz"})  # asked by address, and telling nothing
_METHODS = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
)  # as labels: a small, fixed set
_SAFE_HEADERS = (  # unless the answer says otherwise
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_GONE = 499  # the client left before its answer; for log and metrics only


@dataclass
class _Answering:
    """One request on its way; `status` is None until an answer begins."""

    send: Send
    request_id: str
    began: float = field(default_factory=time.perf_counter)
    status: int | None = None
    code: str | None = None

    async def pass_on(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers: list[tuple[bytes, bytes]] = list(message["headers"])
            present = {name for name, _ in headers}
            headers.extend(header for header in _SAFE_HEADERS if header[0] not in present)
            headers.append((b"x-request-id", self.request_id.encode()))
            message["headers"] = headers
        await self.send(message)


def _request_id() -> str:
    """No secret, and made for every request: the system's entropy would cost a system call, and with it the GIL."""
    return f"{random.getrandbits(64):016x}"


class Guard:
    """ASGI. Raises nothing: an error after the answer began ends the connection and is logged."""

    def __init__(self, app: ASGIApp, edge: Edge) -> None:
        self._app = app
        self._edge = edge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["c360.edge"] = self._edge
        scope["app"] = self  # so that the router raises what it cannot answer
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answering = _Answering(send, _request_id())
        try:
            refused = await self._pass(scope, receive, answering)
        except Exception as error:  # noqa: BLE001 - the last line: whatever it is, the caller learns only a trace id
            refused = self._unexpected(error, answering)
        if refused is not None and answering.status is None:
            await refused(scope, receive, answering.pass_on)
        self._note(scope, answering)

    async def _pass(self, scope: Scope, receive: Receive, answering: _Answering) -> Response | None:
        try:
            if scope["path"] not in _ANY_HOST:
                self._edge.authentication.origins.check_host(Headers(scope=scope))
            await self._app(scope, receive, answering.pass_on)
        except C360Error as error:
            if is_secret(error):
                raise
            answering.code = error.code
            return refusal(error)
        except HTTPException as error:
            return routing(error)
        except ClientDisconnect:
            answering.status = answering.status or _GONE
        return None

    def _unexpected(self, error: Exception, answering: _Answering) -> Response:
        trace_id = secrets.token_hex(16)
        answering.code = "INTERNAL"
        extra = {"request_id": answering.request_id, "trace_id": trace_id}
        log.error("request_failed", exc_info=error, extra=extra)
        return internal(trace_id)

    def _note(self, scope: Scope, answering: _Answering) -> None:
        seconds = time.perf_counter() - answering.began
        status = answering.status or _GONE
        route = getattr(scope.get("route"), "path", "console")
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self._edge.meters.answered(route, method, status, seconds)
        if status < 400 and route in _QUIET:
            return
        extra = {
            "request_id": answering.request_id,
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        if answering.code is not None:
            extra["code"] = answering.code
        log.info("request", extra=extra)
