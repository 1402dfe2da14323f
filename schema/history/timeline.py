"""Customer.timeline: the connection, its facets and its freshness."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import graphene

from customer360.customers.model import CustomerSnapshot
from customer360.history.model import TimelinePage
from schema.connections import Connection, PageInfo
from schema.context import RequestContext
from schema.enums import CHANNELS, Channel
from schema.history.entry import TimelineEntry
from schema.history.filter import entry_filter
from schema.history.showing import shown_entry
from schema.scalars import DateTime


class TimelineEdge(graphene.ObjectType):
    cursor = graphene.String(required=True)
    node = graphene.Field(TimelineEntry, required=True)


class ChannelCount(graphene.ObjectType):
    channel = graphene.Field(Channel, required=True)
    count = graphene.Int(required=True)


class Freshness(graphene.ObjectType):
    as_of = DateTime(required=True)
    index_lag_ms = graphene.Int(required=True)
    degraded = graphene.Boolean(required=True)


class TimelineConnection(graphene.ObjectType):
    edges = graphene.List(graphene.NonNull(TimelineEdge), required=True)
    nodes = graphene.List(graphene.NonNull(TimelineEntry), required=True)
    page_info = graphene.Field(PageInfo, required=True)
    facets = graphene.List(graphene.NonNull(ChannelCount))
    freshness = graphene.Field(Freshness, required=True)
    live_cursor = graphene.String(
        required=True,
        description="A place in the installation's one log of changes, for customerTimeline and agentFeed; it serves for any customer",
    )


class Timeline(Connection):
    def __init__(self, page: TimelinePage) -> None:
        super().__init__(page)
        self._timeline = page
        self.freshness = page.freshness
        self.live_cursor = page.live_cursor

    @cached_property
    def nodes(self) -> list[dict[str, Any]]:
        return list(map(shown_entry, self._timeline.entries))

    @cached_property
    def edges(self) -> list[dict[str, Any]]:
        cursor_of = self._timeline.cursor_of
        return [
            {"cursor": cursor_of(entry), "node": node}
            for entry, node in zip(self._timeline.entries, self.nodes, strict=True)
        ]

    @property
    def page_info(self) -> dict[str, Any]:
        page = self._timeline
        return {
            "has_next_page": page.has_next,
            "has_previous_page": page.has_previous,
            "start_cursor": page.start_cursor,
            "end_cursor": page.end_cursor or (page.cursor_of(page.entries[-1]) if page.entries else None),
        }

    @property
    def facets(self) -> list[dict[str, Any]] | None:
        """Channels with entries, in the order of the enum."""
        counts = self._timeline.facets
        if counts is None:
            return None
        return [{"channel": channel, "count": counts[channel]} for channel in CHANNELS if counts.get(channel)]


async def timeline_of(
    context: RequestContext,
    snapshot: CustomerSnapshot,
    *,
    first: int,
    after: str | None = None,
    filter: Any = None,
) -> Timeline:
    page = await context.services.history.timeline(
        snapshot, context.batch, first=first, after=after, where=entry_filter(filter)
    )
    return Timeline(page)
