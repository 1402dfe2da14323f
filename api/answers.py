"""JSON answers and how every error of the product looks over HTTP. The only place that turns errors into status codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.responses import Response

from customer360.errors import (
    Busy,
    C360Error,
    ConfigurationError,
    NotSignedIn,
    TooManyAttempts,
    Unavailable,
)

RETRY_AFTER_BUSY = 1  # seconds; a group commit takes far less
RETRY_AFTER_OUTAGE = 5
_CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}
_MESSAGES = {404: "there is nothing here", 405: "this path does not take this method"}


class JSON(Response):
    """`no-store`, because almost every answer is about somebody."""

    media_type = "application/json"

    def __init__(self, content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(orjson.dumps(content), status, {"cache-control": "no-store", **(headers or {})})


def refusal(error: C360Error) -> Response:
    """An error that may be told: {"error": {"code", "message", "field"?}} with its status."""
    return JSON({"error": error.as_dict()}, error.status, headers_of(error))


def internal(trace_id: str) -> Response:
    """Anything else: only the id under which the log holds it."""
    shown = {"code": "INTERNAL", "message": "internal error", "traceId": trace_id}
    return JSON({"error": shown}, 500)


def routing(error: HTTPException) -> Response:
    """No such path, or not by this method."""
    status = error.status_code
    shown = {
        "code": _CODES.get(status, "HTTP_ERROR"),
        "message": _MESSAGES.get(status, "the request cannot be answered"),
    }
    return JSON({"error": shown}, status, error.headers)


def is_secret(error: C360Error) -> bool:
    """Errors that speak of the installation, not of the request, are told to nobody outside."""
    return error.status >= 500 and (
        isinstance(error, ConfigurationError) or not isinstance(error, Unavailable)
    )


def headers_of(error: C360Error) -> dict[str, str]:
    """When to come back, how to sign in, or that the connection ends."""
    if isinstance(error, TooManyAttempts):
        return {"retry-after": str(error.retry_after)}
    if isinstance(error, Busy):
        return {"retry-after": str(RETRY_AFTER_BUSY)}
    if isinstance(error, Unavailable):
        return {"retry-after": str(RETRY_AFTER_OUTAGE)}
    if error.status == 408:
        return {"connection": "close"}  # the rest of the body is not waited for
    if isinstance(error, NotSignedIn):
        return {"www-authenticate": "Bearer"}
    return {}
