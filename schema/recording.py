"""How every mutation records its facts: event first, once per idempotency key, then a short wait for the projection.

The first event's id is made of principal and idempotency key, and it carries a keyed digest of the input: the same
key with the same input answers as before, with another input it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from customer360.customers.model import CustomerSnapshot
from customer360.errors import EventRejected
from customer360.events import own_source, parse
from customer360.events.envelope import PREFIX, VERSION
from schema.context import RequestContext
from schema.nodes import CUSTOMER, internal_id
from schema.refusals import Refused

PATIENCE = 2.0  # seconds that a mutation waits for its projection
LONGEST_KEY = 200
DIGEST = "inputdigest"  # CloudEvents extension attribute


@dataclass(frozen=True, slots=True)
class Fact:
    """One event to record: `name` without prefix and version, `subject` as `type:value`, `time` as ISO text."""

    name: str
    data: Mapping[str, Any]
    subject: str | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """`id` is that of the first event. `repeated`: the facts were there before, nothing was recorded now."""

    id: str
    projected: bool
    repeated: bool


Prepare = Callable[[], Awaitable[Sequence[Fact]]]


async def record(
    context: RequestContext, mutation: str, input: Mapping[str, Any], prepare: Prepare
) -> Recorded:
    """Records what `prepare` makes of the input, unless this idempotency key did so before. Raises Refused.

    Nothing prepared means that all of it is known already.
    """
    key = str(input["idempotency_key"])
    if not 0 < len(key.strip()) <= LONGEST_KEY:
        raise Refused("INVALID_IDEMPOTENCY_KEY", f"1 to {LONGEST_KEY} characters", "idempotencyKey")
    source = source_of(context)
    first_id = context.services.ids.event(source, key)
    digest = input_digest(context, mutation, input)
    if await _recorded_before(context, first_id, digest):
        return Recorded(first_id, await context.projected([first_id], PATIENCE), repeated=True)
    events = [
        _event(fact, source, key if place == 0 else f"{key}#{place}", digest)
        for place, fact in enumerate(await prepare())
    ]
    if not events:
        return Recorded(first_id, projected=True, repeated=True)
    _check(context, events)
    verdicts = await context.record(events)
    for verdict in verdicts:
        if verdict.outcome == "conflict" and await _recorded_before(context, first_id, digest):
            continue  # a twin of this request was faster
        if verdict.outcome not in ("accepted", "duplicate"):
            raise Refused(verdict.code or "REJECTED", verdict.reason or "not accepted", verdict.field)
    ids = [verdict.id or first_id for verdict in verdicts]
    return Recorded(first_id, await context.projected(ids, PATIENCE), repeated=False)


def _check(context: RequestContext, events: Sequence[Mapping[str, Any]]) -> None:
    """What a person typed wrongly is told to them; it is nothing for the quarantine. Refused with the input's field."""
    for event in events:
        try:
            parse(event, context.services.ids, context.now(), own=True)
        except EventRejected as error:
            field = None if error.field is None else error.field.removeprefix("data.")
            raise Refused(error.code, error.reason, field) from None


def source_of(context: RequestContext) -> str:
    return own_source(context.principal.id)


def input_digest(context: RequestContext, mutation: str, input: Mapping[str, Any]) -> str:
    """Keyed, so that it tells nothing of the input; the same for equal inputs, null being the same as left out."""
    given = {name: value for name, value in input.items() if value is not None}
    text = json.dumps({**given, "mutation": mutation}, sort_keys=True, default=_plain)
    return context.services.ids.make("input", text)


def _plain(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"not JSON: {type(value).__name__}")


async def _recorded_before(context: RequestContext, event_id: str, digest: str) -> bool:
    known = await context.services.recorded.attributes(event_id)
    if known is None:
        return False
    if known.get(DIGEST) != digest:
        raise Refused("IDEMPOTENCY_CONFLICT", "this key was used before with another input", "idempotencyKey")
    return True


def _event(fact: Fact, source: str, id: str, digest: str) -> dict[str, Any]:
    """Without a time the event occurs at receipt."""
    event = {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": f"{PREFIX}{fact.name}{VERSION}",
        DIGEST: digest,
        "data": {name: value for name, value in fact.data.items() if value is not None},
    }
    if fact.subject is not None:
        event["subject"] = fact.subject
    if fact.time is not None:
        event["time"] = fact.time
    return event


# ---- what several mutations need of their input ----


async def customer_of(context: RequestContext, id: str, field: str = "customerId") -> CustomerSnapshot:
    """Refused (CUSTOMER_NOT_FOUND) when nothing has this id."""
    internal = internal_id(id, CUSTOMER)
    snapshot = None if internal is None else await context.customer(internal)
    if snapshot is None:
        raise Refused("CUSTOMER_NOT_FOUND", "there is no such customer", field)
    return snapshot


def subject_of(snapshot: CustomerSnapshot) -> str:
    """The customer's own key, so that what is recorded now stays with the member that gives the customer its id."""
    for key in snapshot.keys:
        if key.id == snapshot.id:
            return f"{key.type}:{key.value}"
    key = snapshot.keys[0]
    return f"{key.type}:{key.value}"


def reason_of(input: Mapping[str, Any]) -> str:
    """Corrections, merges and reveals need to say why."""
    reason = str(input["reason"]).strip()
    if not reason:
        raise Refused("REASON_REQUIRED", "say why", "reason")
    return reason


def text_of(choice: Any) -> str | None:
    """The product's word for a chosen enum value."""
    return None if choice is None else str(choice.value)
