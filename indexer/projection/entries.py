"""Pure: the rows one event puts on a timeline. Later states and corrections are folded elsewhere."""

from __future__ import annotations

from typing import Any

import msgspec

from customer360.events import Event
from customer360.events.definitions import (
    DocumentArchived,
    EntryRetracted,
    MessageSent,
    MessageState,
    OfferEvent,
)
from customer360.events.envelope import instant
from customer360.ids import Ids, partition_of
from customer360.stores.postgres.readmodels.rows import Bundle, ContactRow, DocumentRow, EntryRow
from indexer.projection.titles import TITLES, title_of

# Event types that have a row but no line of their own: their word shows on another entry, or only a correction meets it.
SILENT = frozenset({"offer.seen", "offer.ignored"})
# Shown by the entry itself or kept elsewhere; everything else of `data` is the entry's detail.
_NOT_DETAIL = frozenset({"channel", "via", "direction", "title", "summary", "text"})


def bundle_of(
    event: Event, ids: Ids, *, as_id: str | None = None, member_id: str | None = None
) -> Bundle | None:
    """None when the event makes no row. `as_id` and `member_id` re-record it for a reassignment."""
    if event.name not in TITLES and event.name not in SILENT and event.name != "document.archived":
        return None
    row_id = as_id or event.id
    member = member_id if as_id else event.member_id
    entry = _entry(event, ids, row_id, member, event.id if as_id else None)
    return Bundle(entry, _contact(event, row_id, member), _document(event, entry))


def target_of(event: Event, ids: Ids) -> str | None:
    """Under which id the later states of this event's message or presentation are folded."""
    data = event.data
    if isinstance(data, MessageSent | MessageState):
        return ids.message(data.message_id)
    if isinstance(data, OfferEvent):
        if data.decision_id is not None:
            return ids.make("presentation", data.decision_id, data.offer)
        if data.presentation is not None:
            return ids.event(event.source, data.presentation)
        return event.id if event.name == "offer.presented" else None
    return None


def correction_target(event: Event, ids: Ids) -> str | None:
    data = event.data
    return ids.event(data.source, data.id) if isinstance(data, EntryRetracted) else None


def _entry(event: Event, ids: Ids, row_id: str, member_id: str | None, origin_id: str | None) -> EntryRow:
    fields: dict[str, Any] = msgspec.to_builtins(event.data)
    channel = fields.get("channel") or fields.get("via") or "system"
    return EntryRow(
        id=row_id,
        member_id=member_id,
        partition=partition_of(member_id),
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        type=event.name,
        channel=channel,
        direction=fields.get("direction") or _direction(event.name),
        title="" if event.name in SILENT else (fields.get("title") or title_of(event.name, channel, fields)),
        summary=fields.get("summary") or fields.get("text"),
        source=event.source,
        with_document=isinstance(event.data, DocumentArchived),
        detail=_detail(event, fields),
        target_id=_shown_states(event, ids),
        origin_id=origin_id,
    )


def _direction(name: str) -> str | None:
    if name == "message.sent" or name == "offer.presented":
        return "outbound"
    return "inbound" if name in ("link.visited", "account.queried", "payment.received") else None


def _shown_states(event: Event, ids: Ids) -> str | None:
    """Only the message and the presentation show what came of them; a response is a line of its own as well."""
    return target_of(event, ids) if event.name in ("message.sent", "offer.presented") else None


def _detail(event: Event, fields: dict[str, Any]) -> dict[str, Any]:
    detail = {
        name: value
        for name, value in fields.items()
        if name not in _NOT_DETAIL and value not in (None, [], {}, False)
    }
    if event.future:
        detail["timeFlag"] = "FUTURE"
    elif getattr(event.data, "approximate", False):
        detail["timeFlag"] = "APPROXIMATE"
    detail.pop("approximate", None)
    return detail


def _contact(event: Event, row_id: str, member_id: str | None) -> ContactRow | None:
    data = event.data
    if not isinstance(data, OfferEvent) or member_id is None:
        return None
    return ContactRow(
        event_id=row_id,
        member_id=member_id,
        offer_id=data.offer,
        kind=event.name.removeprefix("offer."),
        channel=data.channel,
        occurred_at=event.occurred_at,
        decision_id=data.decision_id,
        reason=data.reason,
        until=None if data.until is None else instant(data.until, "data.until"),
    )


def _document(event: Event, entry: EntryRow) -> DocumentRow | None:
    data = event.data
    if not isinstance(data, DocumentArchived):
        return None
    return DocumentRow(
        id=entry.id,
        member_id=entry.member_id,
        partition=entry.partition,
        occurred_at=entry.occurred_at,
        received_at=entry.received_at,
        title=data.title,
        kind=data.kind,
        media_type=data.media_type,
        channel=entry.channel,
        number=data.number,
        sha256=data.sha256,
        size=data.size,
        source=entry.source,
    )
