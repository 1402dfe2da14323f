"""Pure: the rows of an event in tables where the latest word holds (profile, segments, scores, consents)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from customer360.events import Event
from customer360.events.definitions import ConsentEvent, ProfileUpdated, ScoreUpdated, SegmentEvent
from customer360.events.envelope import instant
from customer360.stores.postgres.readmodels.rows import JsonValue, Latest

NAME = "name"  # the profile attribute that is the customer's name


def latest_rows(event: Event) -> list[Latest]:
    """Empty for events without a customer."""
    return [] if event.member_id is None else list(_rows(event, event.member_id))


def _rows(event: Event, member_id: str) -> Iterator[Latest]:
    data = event.data

    def row(table: str, key: dict[str, Any], values: dict[str, Any]) -> Latest:
        return Latest(table, {"member_id": member_id, **key}, values, event.occurred_at, event.id)

    if isinstance(data, ProfileUpdated):
        told = dict(data.attributes) if data.name is UNSET else {**data.attributes, NAME: data.name}
        for name, value in told.items():
            yield row("profile_attribute", {"name": name}, {"value": JsonValue(value)})
    elif isinstance(data, SegmentEvent):
        entered = event.name == "segment.entered"
        yield row("segment", {"segment": data.segment}, {"name": data.name, "entered": entered})
    elif isinstance(data, ScoreUpdated):
        until = None if data.valid_until is None else instant(data.valid_until, "data.validUntil")
        yield row("score", {"name": data.name}, {"value": data.value, "valid_until": until})
    elif isinstance(data, ConsentEvent):
        granted = event.name == "consent.granted"
        yield row(
            "consent",
            {"purpose": data.purpose, "channel": data.channel or ""},
            {"granted": granted, "source": event.source},
        )
