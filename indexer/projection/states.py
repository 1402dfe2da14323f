"""Pure: folding what later events say of a message or a presentation. Commutative, so any order gives the same state.

A folded state is {"facts": {key: [at, event id, kind, channel, reason, until]}, "dropped": [event ids]}. Of a message
the earliest fact of each kind is kept; of a presentation every response, as a retraction may take one back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from customer360 import clock
from customer360.stores.postgres.readmodels.rows import StateFact

State = dict[str, Any]

# A later step of delivery outranks an earlier one; a failure outranks the steps it can follow, and reading beats it.
DELIVERY_RANK: Mapping[str, int] = {
    "message.sent": 1,
    "message.delivered": 2,
    "message.failed": 3,
    "message.bounced": 4,
    "message.returned": 5,
    "message.opened": 6,
    "message.clicked": 7,
}
ANSWERS = ("offer.accepted", "offer.declined", "offer.deferred")


def fold(state: Mapping[str, Any], facts: Iterable[StateFact]) -> State:
    """The state with these facts in it; folding a fact twice changes nothing."""
    held: dict[str, list[Any]] = dict(state.get("facts", {}))
    for fact in facts:
        row = [fact.at, fact.event_id, fact.kind, fact.channel, fact.reason, fact.until]
        key = fact.kind if fact.kind.startswith("message.") else fact.event_id
        if key not in held or row[:2] < held[key][:2]:
            held[key] = row
    return {"facts": held, "dropped": list(state.get("dropped", ()))}


def drop(state: Mapping[str, Any], event_id: str, *, gone: bool) -> State:
    """The state without (or again with) what one event told; the event may come before or after."""
    dropped = {*state.get("dropped", ())} - {event_id}
    return {
        "facts": dict(state.get("facts", {})),
        "dropped": sorted({*dropped, event_id} if gone else dropped),
    }


def shown(state: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry shows of it: {"state" | "response", "at", "reason", ...}; empty when nothing was told."""
    dropped = set(state.get("dropped", ()))
    facts = [row for row in state.get("facts", {}).values() if row[1] not in dropped]
    delivery = [row for row in facts if row[2] in DELIVERY_RANK]
    if delivery:
        best = max(delivery, key=lambda row: (DELIVERY_RANK[row[2]], row[0], row[1]))
        return _told("state", best)
    answers = [row for row in facts if row[2] in ANSWERS]
    if answers:
        return _told("response", max(answers, key=lambda row: (row[0], row[1])))
    others = [row for row in facts if row[2].startswith("offer.")]
    if others:
        return _told("response", max(others, key=lambda row: (row[0], row[1])))
    return {}


def _told(name: str, row: list[Any]) -> dict[str, Any]:
    at, _, kind, channel, reason, until = row
    told = {name: kind.split(".")[1], "at": clock.isoformat(at)}
    optional = {
        "channel": channel,
        "reason": reason,
        "until": None if until is None else clock.isoformat(until),
    }
    return told | {key: value for key, value in optional.items() if value is not None}
