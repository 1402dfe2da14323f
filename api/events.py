"""POST /events and what tells senders about it: CloudEvents in, a verdict per event out, only after COMMIT."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.answers import JSON
from api.bodies import read_body
from api.edge import EVENT_BYTES, EVENT_ITEMS, Edge, edge_of
from customer360.errors import BadInput, TooLarge
from customer360.events import DEFINITIONS, json_schema
from customer360.events.envelope import PREFIX, VERSION
from customer360.privacy.principal import Principal
from customer360.privacy.roles import Scope
from indexer.batch import as_json
from indexer.intake import Verdict
from indexer.sources.cloudevents import Mode, envelope

_STATUS = {"accepted": 202, "duplicate": 200, "rejected": 400, "conflict": 409}
_OUTCOMES = ("accepted", "duplicate", "rejected", "conflict")


async def post_events(request: Request) -> Response:
    """One event or a batch. Refusals of the whole request are errors; of single events, verdicts."""
    edge = edge_of(request)
    principal = await edge.authentication.principal(request)
    principal.require(Scope.EVENTS_WRITE)
    headers = envelope(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw
    )
    if headers.mode is Mode.BATCH:
        body = await read_body(request, edge.batch_body, gzip=True)
        events = headers.events(body)
        _check_items(events, len(body))
        return await _batch(edge, principal, events, atomic=_atomic(request))
    body = await read_body(request, edge.event_body, gzip=True)
    (verdict,) = await _submit(edge, principal, headers.events(body), atomic=False)
    return JSON(_told(verdict), _STATUS[verdict.outcome])


async def _batch(edge: Edge, principal: Principal, events: list[Any], *, atomic: bool) -> Response:
    verdicts = await _submit(edge, principal, events, atomic=atomic) if events else []
    counts = Counter(verdict.outcome for verdict in verdicts)
    answer = {outcome: counts[outcome] for outcome in _OUTCOMES}
    results = [_result(index, verdict) for index, verdict in enumerate(verdicts)]
    return JSON({**answer, "results": results}, _batch_status(counts, atomic=atomic))


def _batch_status(counts: Counter[str], *, atomic: bool) -> int:
    """202 when something was accepted; an atomic batch that was refused says so by its status."""
    if atomic and (counts["rejected"] or counts["conflict"]):
        return 409 if counts["conflict"] else 400
    return 202 if counts["accepted"] else 200


async def _submit(edge: Edge, principal: Principal, events: Sequence[Any], *, atomic: bool) -> list[Verdict]:
    verdicts = await edge.intake.submit(events, key_id=principal.id, atomic=atomic)
    for outcome, count in Counter(verdict.outcome for verdict in verdicts).items():
        edge.meters.received(outcome, count)
    return verdicts


def _check_items(events: list[Any], size: int) -> None:
    """TooLarge names the first event over its own limit; nothing of the request is taken then."""
    if len(events) > EVENT_ITEMS:
        raise TooLarge(f"a batch has at most {EVENT_ITEMS} events", code="TOO_MANY_EVENTS")
    if size <= EVENT_BYTES:
        return
    for index, event in enumerate(events):
        if len(as_json(event)) > EVENT_BYTES:
            raise TooLarge(f"an event has at most {EVENT_BYTES} bytes", field=f"[{index}]")


def _atomic(request: Request) -> bool:
    sent = request.query_params.get("atomic", "false").lower()
    if sent not in ("true", "false", "1", "0"):
        raise BadInput("atomic is true or false", field="atomic")
    return sent in ("true", "1")


def _told(verdict: Verdict) -> dict[str, Any]:
    told: dict[str, Any] = {"outcome": verdict.outcome}
    if verdict.id is not None:
        told["id"] = verdict.id
    if verdict.code is not None:
        error = {"code": verdict.code, "field": verdict.field, "message": verdict.reason}
        told["error"] = {name: value for name, value in error.items() if value is not None}
    return told


def _result(index: int, verdict: Verdict) -> dict[str, Any]:
    result: dict[str, Any] = {"index": index, "outcome": verdict.outcome}
    if verdict.code is not None:
        result["code"] = verdict.code
        if verdict.field is not None:
            result["field"] = verdict.field
        if verdict.reason is not None:
            result["reason"] = verdict.reason
    return result


async def handshake(request: Request) -> Response:
    """OPTIONS of the CloudEvents webhook profile: any sender may ask; it still needs a credential to post."""
    headers = {"allow": "OPTIONS, POST"}
    origin = request.headers.get("webhook-request-origin")
    if origin is not None:
        headers |= {"webhook-allowed-origin": origin, "webhook-allowed-rate": "*"}
    return Response(status_code=200, headers=headers)


async def event_types(_: Request) -> Response:
    types = [f"{PREFIX}{name}{VERSION}" for name in DEFINITIONS]
    return JSON({"types": [{"type": name, "schema": f"/events/schemas/{name}"} for name in types]})


async def event_schema(request: Request) -> Response:
    """JSON Schema of the whole event as it is sent; 404 for an unknown type."""
    return Response(
        orjson.dumps(json_schema(request.path_params["type"])),
        headers={"content-type": "application/schema+json", "cache-control": "public, max-age=3600"},
    )


ROUTES = [
    Route("/events", post_events, methods=["POST"]),
    Route("/events", handshake, methods=["OPTIONS"]),
    Route("/events/types", event_types),
    Route("/events/schemas/{type}", event_schema),
]
