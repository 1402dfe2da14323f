"""GraphQL over HTTP as pure functions: reading a request, choosing the media type and the status, writing the answer.

No server library here; the api layer hands over strings and bytes. Follows the GraphQL-over-HTTP draft, all audits of
the npm package graphql-http. Bodies other than one JSON object (batches, forms) are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from customer360.errors import BadInput, C360Error

from .errors import masked, shown_error
from .request import Request, Response

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
MUTATION_NOT_ALLOWED = "MUTATION_NOT_ALLOWED"


class RequestRefused(BadInput):
    """An HTTP request that is not a GraphQL request: 400, 406 or 415."""

    def __init__(self, reason: str, *, code: str, status: int = 400, field: str | None = None) -> None:
        super().__init__(reason, field=field, code=code)
        self.status = status


def from_query(parameters: Mapping[str, str]) -> Request:
    """The request of a GET: `variables` and `extensions` are JSON text. Raises RequestRefused."""
    given: dict[str, Any] = dict(parameters)
    for name in ("variables", "extensions"):
        if name in given:
            given[name] = loaded(given[name].encode(), name) if given[name] else None
    return from_parameters(given)


def from_body(content_type: str | None, body: bytes) -> Request:
    """The request of a POST; the body must be declared as JSON in UTF-8. Raises RequestRefused."""
    check_content_type(content_type)
    given = loaded(body, None)
    if isinstance(given, list):
        raise RequestRefused("batches are not supported", code="BATCH_NOT_SUPPORTED")
    if not isinstance(given, dict):
        raise RequestRefused("the body must be a JSON object", code="BAD_REQUEST")
    return from_parameters(given)


def check_content_type(content_type: str | None) -> None:
    """415 for anything but application/json in UTF-8, which also keeps out what a foreign form can send."""
    kind, _, rest = (content_type or "").partition(";")
    if kind.strip().lower() != JSON:
        raise RequestRefused(f"Content-Type must be {JSON}", code="UNSUPPORTED_MEDIA_TYPE", status=415)
    for parameter in rest.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "charset" and value.strip('" ').lower() not in ("utf-8", "utf8"):
            raise RequestRefused("the charset must be utf-8", code="UNSUPPORTED_MEDIA_TYPE", status=415)


def loaded(text: bytes, field: str | None) -> Any:
    """Parsed JSON; the message never quotes it."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise RequestRefused(
            f"{field or 'the body'} is not valid JSON", code="BAD_REQUEST", field=field
        ) from None


def from_parameters(given: Mapping[str, Any]) -> Request:
    """Checks the four parameters of the specification; unknown ones are ignored."""
    query = given.get("query")
    if not isinstance(query, str):
        raise RequestRefused("query must be a string", code="BAD_REQUEST", field="query")
    return Request(
        query,
        optional(given, "variables", dict),
        optional(given, "operationName", str),
        optional(given, "extensions", dict),
    )


def optional(given: Mapping[str, Any], name: str, kind: type) -> Any:
    """A parameter of the given type, or None when it is absent or null."""
    value = given.get(name)
    if value is None or isinstance(value, kind):
        return value
    wanted = "a string" if kind is str else "an object"
    raise RequestRefused(f"{name} must be {wanted} or null", code="BAD_REQUEST", field=name)


def negotiated(accept: str | None) -> str:
    """The media type of the answer: the preferred of the two, JSON where only a wildcard matches. Raises 406."""
    if accept is None or not accept.strip():
        return JSON
    ranges = dict(media_range(part) for part in accept.split(",") if part.strip())
    best = max((GRAPHQL_RESPONSE, JSON), key=lambda kind: preference(kind, ranges))
    if preference(best, ranges)[0] <= 0:
        raise RequestRefused(
            f"Accept must allow {GRAPHQL_RESPONSE} or {JSON}", code="NOT_ACCEPTABLE", status=406
        )
    return best


def media_range(part: str) -> tuple[str, float]:
    """One entry of an Accept header with its quality; an unreadable quality counts as 0."""
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
    try:
        return kind, float(quality)
    except ValueError:
        return kind, 0.0


def preference(kind: str, ranges: Mapping[str, float]) -> tuple[float, bool, bool]:
    """Quality by the most specific range, then named before wildcard, then the newer type if named, else JSON."""
    named = kind in ranges
    quality = ranges.get(kind, ranges.get("application/*", ranges.get("*/*", 0.0)))
    return quality, named, (kind == GRAPHQL_RESPONSE) is named


def status_of(response: Response, media_type: str) -> int:
    """405 for a mutation by GET; 400 when nothing was executed, except that plain JSON always says 200."""
    if not response.request_error:
        return 200
    codes = {error.get("extensions", {}).get("code") for error in response.errors}
    if MUTATION_NOT_ALLOWED in codes:
        return 405
    return 400 if media_type == GRAPHQL_RESPONSE else 200


def encoded(response: Response) -> bytes:
    """The body in UTF-8. A value that JSON cannot hold becomes a masked internal error."""
    try:
        return orjson.dumps(response.payload())
    except orjson.JSONEncodeError as error:
        return orjson.dumps({"errors": [masked(error, where=None)], "data": None})


def encoded_error(error: C360Error) -> bytes:
    """The body for a request that was refused before it reached the executor."""
    return orjson.dumps({"errors": [shown_error(error)]})
