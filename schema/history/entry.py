"""The timeline's interface and its concrete types, one per family of events."""

from __future__ import annotations

import graphene

from schema.enums import Channel, DeliveryState, Direction
from schema.nodes import Node
from schema.scalars import DateTime


class TimelineEntry(graphene.Interface):
    """timeFlag: FUTURE when the sender's clock was more than a day ahead and receipt is shown, APPROXIMATE when only the day or month is known"""

    id = graphene.ID(required=True)
    occurred_at = DateTime(required=True)
    received_at = DateTime(required=True)
    channel = graphene.Field(Channel, required=True)
    direction = graphene.Field(Direction)
    title = graphene.String(required=True)
    summary = graphene.String()
    source = graphene.String(required=True)
    event_type = graphene.String(
        name="type", required=True
    )  # `resolve_type` is taken: graphene asks it for the type
    time_flag = graphene.String()
    retractable = graphene.Boolean(required=True)


class InteractionEntry(graphene.ObjectType):
    class Meta:
        interfaces = (TimelineEntry, Node)

    started_at = DateTime()
    ended_at = DateTime()
    agent = graphene.String()
    queue = graphene.String()
    reason = graphene.String()
    disposition = graphene.String()
    protocol = graphene.String()


class OfferEntry(graphene.ObjectType):
    class Meta:
        interfaces = (TimelineEntry, Node)

    offer_id = graphene.String(required=True)
    decision_id = graphene.ID()
    response = graphene.String()
    response_reason = graphene.String()
    responded_at = DateTime()


class MessageEntry(graphene.ObjectType):
    class Meta:
        interfaces = (TimelineEntry, Node)

    message_id = graphene.String(required=True)
    campaign = graphene.String()
    delivery_state = graphene.Field(DeliveryState)
    state_at = DateTime()
    state_reason = graphene.String()


class DocumentEntry(graphene.ObjectType):
    class Meta:
        interfaces = (TimelineEntry, Node)

    document_id = graphene.ID(required=True)


class NoteEntry(graphene.ObjectType):
    class Meta:
        interfaces = (TimelineEntry, Node)

    agent = graphene.String()


class Detail(graphene.ObjectType):
    name = graphene.String(required=True)
    value = graphene.String(required=True)


class FactEntry(graphene.ObjectType):
    """Purchases, payments, life events, consents, visits, account queries"""

    class Meta:
        interfaces = (TimelineEntry, Node)

    details = graphene.List(graphene.NonNull(Detail), required=True)


ENTRY_TYPES = (InteractionEntry, OfferEntry, MessageEntry, DocumentEntry, NoteEntry, FactEntry)
