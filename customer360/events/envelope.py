"""From a received CloudEvent to an Event, or a refusal with code and field; and back from the ledger's bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import orjson
from msgspec.structs import fields

from customer360 import clock
from customer360.errors import EventRejected
from customer360.events.definitions import (
    DEFINITIONS,
    EntryRetracted,
    EventData,
    IdentityLinked,
    IdentityUnlinked,
    ProfileUpdated,
)
from customer360.events.refusals import of_data
from customer360.ids import Ids
from customer360.keys import Key, normalise

OWN_SOURCE = "c360:"  # events this service makes itself; senders may not use it
PREFIX, VERSION = "c360.", ".v1"


def own_source(principal_id: str) -> str:
    """The source of the facts that a principal records through GraphQL."""
    return f"{OWN_SOURCE}graphql:{principal_id}"


MAX_DEPTH = 32
FUTURE_TOLERANCE = clock.DAY
_EARLIEST = clock.from_datetime(datetime.fromisoformat("1900-01-01T00:00:00+00:00"))
_CANONICAL = orjson.OPT_SORT_KEYS
_TIME_FIELDS = ("started_at", "ended_at", "valid_from", "valid_to", "until", "valid_until")
_TIMES = {  # each with its name in `data`
    kind: tuple((field.name, field.encode_name) for field in fields(kind) if field.name in _TIME_FIELDS)
    for kind in DEFINITIONS.values()
}
_RFC_3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:)([0-5][0-9]|60)(\.[0-9]+)?"
    r"(Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. `name` is the type without prefix and version; `occurred_at` is what it sorts by."""

    id: str
    source: str
    source_id: str
    name: str
    subject: Key | None
    member_id: str | None
    occurred_at: int
    received_at: int
    future: bool
    data: EventData
    body: bytes  # canonical JSON of the whole event as sent

    @property
    def type(self) -> str:
        return f"{PREFIX}{self.name}{VERSION}"

    @property
    def own(self) -> bool:
        """Made by this service for one of its people, so it may speak as a person."""
        return self.source.startswith(OWN_SOURCE)


def parse(raw: object, ids: Ids, received_at: int, *, own: bool = False) -> Event:
    """Validates one CloudEvent given as decoded JSON.

    Raises EventRejected with a stable code and the field. `own` allows the reserved source. A missing time
    means receipt; a time more than 24 h ahead sorts at receipt and is flagged.
    """
    if not isinstance(raw, dict):
        raise EventRejected("an event is a JSON object", code="NOT_AN_OBJECT")
    _check_shape(raw)
    if raw.get("specversion") != "1.0":
        raise EventRejected("specversion must be 1.0", field="specversion", code="UNSUPPORTED_SPECVERSION")
    source, source_id = _text(raw, "source"), _text(raw, "id")
    if not own and _is_reserved(source):
        raise EventRejected(
            "this source is reserved for the service itself", field="source", code="RESERVED_SOURCE"
        )
    if "data" in raw and "data_base64" in raw:
        raise EventRejected("send either data or data_base64", field="data_base64", code="DATA_TWICE")
    body = _canonical(raw)
    sent = received_at if raw.get("time") is None else instant(_text(raw, "time"), "time")
    future = sent > received_at + FUTURE_TOLERANCE
    occurred_at = received_at if future else sent
    event = _build(raw, body, ids.event(source, source_id), ids, received_at, occurred_at, future=future)
    _check_keys(event)
    if not own:
        _check_reserved(event.data)
    return event


def restore(body: bytes, ids: Ids, *, event_id: str, occurred_at: int, received_at: int) -> Event:
    """The Event again, from the ledger's bytes and columns."""
    raw = orjson.loads(body)
    future = raw.get("time") is not None and instant(raw["time"], "time") != occurred_at
    return _build(raw, body, event_id, ids, received_at, occurred_at, future=future)


def _build(
    raw: Mapping[str, Any],
    body: bytes,
    event_id: str,
    ids: Ids,
    received_at: int,
    occurred_at: int,
    *,
    future: bool,
) -> Event:
    name = _name(raw)
    subject = None if raw.get("subject") is None else Key.parse(_text(raw, "subject"))
    return Event(
        id=event_id,
        source=raw["source"],
        source_id=raw["id"],
        name=name,
        subject=subject,
        member_id=None if subject is None else ids.member(subject.type, subject.value),
        occurred_at=occurred_at,
        received_at=received_at,
        future=future,
        data=_data(name, raw.get("data")),
        body=body,
    )


def _name(raw: Mapping[str, Any]) -> str:
    sent = _text(raw, "type")
    name = sent.removeprefix(PREFIX).removesuffix(VERSION)
    if name not in DEFINITIONS or sent != f"{PREFIX}{name}{VERSION}":
        raise EventRejected(
            "this event type is not known; see GET /events/types", field="type", code="UNKNOWN_TYPE"
        )
    return name


def _data(name: str, data: object) -> EventData:
    try:
        parsed = msgspec.convert(data, DEFINITIONS[name])
    except msgspec.ValidationError as error:
        raise of_data(DEFINITIONS[name], error) from None
    _check_times(parsed)
    return parsed


def _check_times(data: EventData) -> None:
    for attribute, name in _TIMES[type(data)]:
        value = getattr(data, attribute)
        if value is not None:
            instant(value, f"data.{name}")


def _is_reserved(source: str) -> bool:
    """Look-alikes too: nobody shall take a stranger's event for one of ours."""
    return source.strip().lower().startswith(OWN_SOURCE)


def _check_keys(event: Event) -> None:
    """Keys inside `data` are refused here, with their place, so that projection can rely on them."""
    data = event.data
    if isinstance(data, ProfileUpdated):
        for place, ref in enumerate(data.keys):
            normalise(ref.type, ref.value, field=f"data.keys[{place}].value")
    elif isinstance(data, IdentityLinked | IdentityUnlinked):
        _check_link(event, data)


def _check_link(event: Event, data: IdentityLinked | IdentityUnlinked) -> None:
    if data.key is not None:
        normalise(data.key.type, data.key.value, field="data.key.value")
        if event.subject is None:
            raise EventRejected(
                "name the customer that the key belongs to", field="subject", code="SUBJECT_REQUIRED"
            )
    elif (data.merge if isinstance(data, IdentityLinked) else data.merge_id) is None:
        raise EventRejected("name the key", field="data.key", code="KEY_REQUIRED")


def _check_reserved(data: EventData) -> None:
    """Merges, and corrections of what people recorded here, are made through this service's mutations."""
    if isinstance(data, EntryRetracted) and _is_reserved(data.source):
        raise EventRejected("reserved for the service itself", field="data.source", code="RESERVED_DATA")
    for attribute, name in (("merge", "merge"), ("merge_id", "mergeId")):
        if isinstance(data, IdentityLinked | IdentityUnlinked) and getattr(data, attribute, None) is not None:
            raise EventRejected("reserved for the service itself", field=f"data.{name}", code="RESERVED_DATA")


def instant(text: str, field: str) -> int:
    """Microseconds of an RFC 3339 text; EventRejected when it has no offset or is no time.

    A leap second (60) is the last microsecond of its minute; digits beyond microseconds are dropped.
    """
    read = _RFC_3339.fullmatch(text.upper())
    if read is None:
        raise _no_time(field)
    if read[4] is None:
        raise EventRejected(
            "a time needs its offset, such as -03:00", field=field, code="TIME_WITHOUT_OFFSET"
        )
    try:
        if read[2] == "60":
            moment = datetime.fromisoformat(f"{read[1]}59.999999{read[4]}")
        else:
            moment = datetime.fromisoformat(read[0])
    except ValueError:
        raise _no_time(field) from None
    try:
        value = clock.from_datetime(moment)
    except OverflowError:
        raise EventRejected("the time is out of range", field=field, code="INVALID_TIME") from None
    if not _EARLIEST <= value <= clock.LATEST:
        raise EventRejected("the time must be of the years 1900 to 9998", field=field, code="INVALID_TIME")
    return value


def _no_time(field: str) -> EventRejected:
    reason = "not an RFC 3339 time such as 2026-03-01T12:00:00-03:00"
    return EventRejected(reason, field=field, code="INVALID_TIME")


def _text(raw: Mapping[str, Any], field: str) -> str:
    value = raw.get(field)
    if not isinstance(value, str) or not value or len(value) > 500:
        raise EventRejected("required, a text of 1 to 500 characters", field=field, code="MISSING_ATTRIBUTE")
    return value


def _canonical(raw: Mapping[str, Any]) -> bytes:
    try:
        body = orjson.dumps(raw, option=_CANONICAL)
    except (TypeError, orjson.JSONEncodeError):
        if _holds_no_number(raw):
            raise EventRejected("a number that is not finite", code="INVALID_NUMBER") from None
        raise EventRejected("text that is not valid Unicode", code="INVALID_TEXT") from None
    if b"\\u0000" in body and _holds_nul(raw):
        raise EventRejected("text with the character U+0000", code="INVALID_TEXT")
    return body


def _holds_nul(value: object) -> bool:
    """PostgreSQL's text cannot hold U+0000; depth was checked before."""
    if isinstance(value, dict):
        return any("\x00" in key or _holds_nul(child) for key, child in value.items())
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and "\x00" in value


def _holds_no_number(value: object) -> bool:
    """A Decimal is what readers of JSON make of NaN and its like; depth was checked before."""
    if isinstance(value, dict):
        return any(map(_holds_no_number, value.values()))
    if isinstance(value, list):
        return any(map(_holds_no_number, value))
    return isinstance(value, Decimal)


def _check_shape(raw: Mapping[str, Any]) -> None:
    """Depth only, without recursion: deep nesting must not cost a stack. Decoded JSON has exact types."""
    level = [child for child in raw.values() if type(child) is dict or type(child) is list]
    for _ in range(MAX_DEPTH - 1):
        if not level:
            return
        level = [
            child
            for container in level
            for child in (container.values() if type(container) is dict else container)
            if type(child) is dict or type(child) is list
        ]
    if level:
        raise EventRejected(f"nested deeper than {MAX_DEPTH}", code="TOO_DEEP")
