"""Subscriptions customerTimeline and agentFeed over the live updates of the change log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

import graphene

from customer360.errors import BadInput, NotFound
from customer360.history.model import EntryAdded as Added
from customer360.history.model import EntryChanged as Changed
from customer360.history.model import EntryRemoved as Removed
from customer360.history.model import Update
from schema.context import context_of
from schema.history.entry import TimelineEntry
from schema.history.showing import shown_entry
from schema.nodes import CUSTOMER, ENTRY, internal_id, to_global

MOST_CUSTOMERS = 50  # of one feed: more tabs than a desk has


class EntryAdded(graphene.ObjectType):
    cursor = graphene.String(required=True)
    entry = graphene.Field(TimelineEntry, required=True)


class EntryChanged(graphene.ObjectType):
    cursor = graphene.String(required=True)
    entry = graphene.Field(TimelineEntry, required=True)


class EntryRemoved(graphene.ObjectType):
    cursor = graphene.String(required=True)
    id = graphene.ID(required=True)


class Resync(graphene.ObjectType):
    """Read the timeline again: the cursor is too old or the customer is now made of other members"""

    cursor = graphene.String(required=True)
    reason = graphene.String(required=True)


class TimelineUpdate(graphene.Union):
    class Meta:
        types = (EntryAdded, EntryChanged, EntryRemoved, Resync)


class FeedUpdate(graphene.ObjectType):
    customer_id = graphene.ID(required=True)
    update = graphene.Field(TimelineUpdate, required=True)


class FeedCursorInput(graphene.InputObjectType):
    id = graphene.ID(required=True)
    after = graphene.String(required=True)


class HistoryLive(graphene.ObjectType):
    customer_timeline = graphene.Field(
        TimelineUpdate,
        required=True,
        customer_id=graphene.ID(required=True),
        after=graphene.String(required=True),
    )
    agent_feed = graphene.Field(
        FeedUpdate,
        required=True,
        customers=graphene.List(graphene.NonNull(FeedCursorInput), required=True),
    )

    @staticmethod
    def subscribe_customer_timeline(
        _root: Any, info: Any, customer_id: str, after: str
    ) -> AsyncIterator[Any]:
        live = context_of(info).services.live
        return _shown(live.updates(_customer_id(customer_id), after))

    @staticmethod
    def subscribe_agent_feed(_root: Any, info: Any, customers: Sequence[Any]) -> AsyncIterator[Any]:
        if not 0 < len(customers) <= MOST_CUSTOMERS:
            raise BadInput(f"1 to {MOST_CUSTOMERS} customers", field="customers", code="FEED_SIZE")
        asked = [(_customer_id(one["id"]), one["after"]) for one in customers]
        return _feed(context_of(info).services.live.feed(asked))


async def _shown(updates: Any) -> AsyncIterator[Any]:
    async with aclosing(updates):
        async for update in updates:
            yield shown_update(update)


async def _feed(updates: Any) -> AsyncIterator[Any]:
    async with aclosing(updates):
        async for told in updates:
            yield {"customer_id": to_global(CUSTOMER, told.customer_id), "update": shown_update(told.update)}


def shown_update(update: Update) -> dict[str, Any]:
    """The source of the union's member."""
    if isinstance(update, Added | Changed):
        name = "EntryAdded" if isinstance(update, Added) else "EntryChanged"
        return {"__typename": name, "cursor": update.cursor, "entry": shown_entry(update.entry)}
    if isinstance(update, Removed):
        return {"__typename": "EntryRemoved", "cursor": update.cursor, "id": to_global(ENTRY, update.id)}
    return {"__typename": "Resync", "cursor": update.cursor, "reason": update.reason}


def _customer_id(id: str) -> str:
    internal = internal_id(id, CUSTOMER)
    if internal is None:
        raise NotFound("there is no such customer", field="customerId")
    return internal
