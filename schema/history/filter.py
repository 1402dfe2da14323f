"""The filter of a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from customer360.stores.ports import EntryFilter
from schema.enums import Channel, Direction
from schema.scalars import DateTime


class TimelineFilter(graphene.InputObjectType):
    channels = graphene.List(graphene.NonNull(Channel))
    directions = graphene.List(graphene.NonNull(Direction))
    types = graphene.List(
        graphene.NonNull(graphene.String),
        description="Event names without prefix and version, such as interaction.recorded",
    )
    since = DateTime(name="from")
    until = DateTime(name="to")
    text = graphene.String()
    with_document = graphene.Boolean()


def entry_filter(given: Mapping[str, Any] | None) -> EntryFilter:
    """An empty list filters nothing, like one left out."""
    if not given:
        return EntryFilter()
    return EntryFilter(
        channels=frozenset(channel.value for channel in given.get("channels") or ()),
        directions=frozenset(direction.value for direction in given.get("directions") or ()),
        types=frozenset(given.get("types") or ()),
        since=given.get("since"),
        until=given.get("until"),
        text=(given.get("text") or "").strip() or None,
        with_document=given.get("with_document"),
    )
