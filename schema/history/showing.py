"""From an entry of the product to the source of its GraphQL type, free text masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from customer360.history.corrections import RETRACTABLE
from customer360.history.model import TimelineEntry
from schema.nodes import DECISION, DOCUMENT, ENTRY, to_global
from schema.privacy.masked_text import masked, masked_source
from schema.scalars import shown_time

Shown = dict[str, Any]
STATES = frozenset({"queued", "sent", "delivered", "opened", "clicked", "bounced", "failed", "returned"})


def shown_entry(entry: TimelineEntry) -> Shown:
    """Every field of the entry's concrete type; the executor reads those that were asked for."""
    family = FAMILIES.get(entry.type.partition(".")[0], _fact)
    shown: Shown = {
        "id": to_global(ENTRY, entry.id),
        "occurred_at": entry.occurred_at,
        "received_at": entry.received_at,
        "channel": entry.channel,
        "direction": entry.direction,
        "title": masked(entry.title),
        "summary": masked(entry.summary),
        "source": masked_source(entry.source),
        "event_type": entry.type,
        "time_flag": entry.detail.get("timeFlag"),
        "retractable": entry.type in RETRACTABLE,
    }
    family(entry, shown)
    return shown


def _interaction(entry: TimelineEntry, shown: Shown) -> None:
    detail = entry.detail
    shown["__typename"] = "InteractionEntry"
    shown["started_at"] = shown_time(detail.get("startedAt"))
    shown["ended_at"] = shown_time(detail.get("endedAt"))
    shown["protocol"] = detail.get("protocol")  # the consumer's own number; masking could spoil it
    for name in ("agent", "queue", "reason", "disposition"):
        shown[name] = masked(detail.get(name))


def _offer(entry: TimelineEntry, shown: Shown) -> None:
    """A presentation shows what came of it; a response shows itself."""
    decision = entry.detail.get("decisionId")
    kind = entry.type.removeprefix("offer.")
    told = entry.state if kind == "presented" else {"response": kind, **entry.detail}
    shown["__typename"] = "OfferEntry"
    shown["offer_id"] = entry.detail.get("offer", "")
    shown["decision_id"] = None if decision is None else to_global(DECISION, decision)
    shown["response"] = told.get("response")
    shown["response_reason"] = masked(told.get("reason"))
    shown["responded_at"] = told.get("at") if kind == "presented" else entry.occurred_at


def _message(entry: TimelineEntry, shown: Shown) -> None:
    """The sent message shows its newest state; a bounce or failure is a line that shows itself."""
    kind = entry.type.removeprefix("message.")
    sent = kind == "sent"
    told: Mapping[str, Any] = entry.state if sent else {"state": kind, **entry.detail}
    state = told.get("state", "sent")
    shown["__typename"] = "MessageEntry"
    shown["message_id"] = entry.detail.get("messageId", "")
    shown["campaign"] = entry.detail.get("campaign")
    shown["delivery_state"] = state if state in STATES else None
    shown["state_at"] = told.get("at", entry.occurred_at)
    shown["state_reason"] = masked(told.get("reason"))


def _document(entry: TimelineEntry, shown: Shown) -> None:
    shown["__typename"] = "DocumentEntry"
    shown["document_id"] = to_global(DOCUMENT, entry.id)


def _note(entry: TimelineEntry, shown: Shown) -> None:
    shown["__typename"] = "NoteEntry"
    shown["agent"] = masked(entry.detail.get("agent"))


def _fact(entry: TimelineEntry, shown: Shown) -> None:
    shown["__typename"] = "FactEntry"
    shown["details"] = [
        {"name": name, "value": masked(value if isinstance(value, str) else orjson.dumps(value).decode())}
        for name, value in entry.detail.items()
        if name != "timeFlag"
    ]


FAMILIES: Mapping[str, Callable[[TimelineEntry, Shown], None]] = {
    "interaction": _interaction,
    "offer": _offer,
    "message": _message,
    "document": _document,
    "note": _note,
}
