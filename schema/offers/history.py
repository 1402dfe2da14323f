"""Customer.offerHistory: every offer event of any channel."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import graphene

from customer360.customers.model import CustomerSnapshot
from customer360.history.model import OfferContact, OfferHistoryPage
from schema.connections import Connection, PageInfo
from schema.context import RequestContext
from schema.enums import Channel
from schema.nodes import DECISION, ENTRY, to_global
from schema.privacy.masked_text import masked
from schema.scalars import DateTime


class OfferHistoryEntry(graphene.ObjectType):
    """One offer event of any channel"""

    id = graphene.ID(required=True)
    offer_id = graphene.String(required=True)
    name = graphene.String(required=True)
    kind = graphene.String(required=True)
    channel = graphene.Field(Channel, required=True)
    at = DateTime(required=True)
    reason = graphene.String()
    decision_id = graphene.ID()


class OfferHistoryEdge(graphene.ObjectType):
    cursor = graphene.String(required=True)
    node = graphene.Field(OfferHistoryEntry, required=True)


class OfferHistoryConnection(graphene.ObjectType):
    edges = graphene.List(graphene.NonNull(OfferHistoryEdge), required=True)
    nodes = graphene.List(graphene.NonNull(OfferHistoryEntry), required=True)
    page_info = graphene.Field(PageInfo, required=True)


class OfferHistory(Connection):
    def __init__(self, page: OfferHistoryPage) -> None:
        super().__init__(page)
        self._history = page

    @cached_property
    def edges(self) -> list[dict[str, Any]]:
        return [
            {"cursor": self._history.cursor_of(contact), "node": shown_contact(contact)}
            for contact in self._history.contacts
        ]


def shown_contact(contact: OfferContact) -> dict[str, Any]:
    return {
        "id": to_global(ENTRY, contact.id),
        "offer_id": contact.offer_id,
        "name": contact.name,
        "kind": contact.kind,
        "channel": contact.channel,
        "at": contact.occurred_at,
        "reason": masked(contact.reason),
        "decision_id": None if contact.decision_id is None else to_global(DECISION, contact.decision_id),
    }


async def offer_history_of(
    context: RequestContext, snapshot: CustomerSnapshot, *, first: int, after: str | None = None
) -> OfferHistory:
    return OfferHistory(await context.services.history.offer_history(snapshot, first=first, after=after))
