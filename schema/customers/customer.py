"""The type Customer: what one snapshot tells, and the fields that read on from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import graphene

from customer360.customers.model import CustomerSnapshot
from schema.archive.document import DocumentConnection, documents_of
from schema.context import context_of
from schema.customers.parts import (
    Attribute,
    ChannelUse,
    Consent,
    CustomerKey,
    Merge,
    Score,
    Segment,
    shown_attribute,
    shown_key,
    shown_merges,
    shown_segments,
)
from schema.history.filter import TimelineFilter
from schema.history.timeline import TimelineConnection, timeline_of
from schema.nodes import CUSTOMER, Node, to_global
from schema.offers.decision import OfferContext, OfferDecision, decision_for
from schema.offers.history import OfferHistoryConnection, offer_history_of
from schema.privacy.masked_text import masked


class Customer(graphene.ObjectType):
    class Meta:
        interfaces = (Node,)

    name = graphene.String()
    shared = graphene.Boolean(
        required=True, description="True for a shared key that is a customer of its own"
    )
    incomplete = graphene.Boolean(
        required=True,
        description="True when an event of this customer could not be projected and waits for a replay",
    )
    keys = graphene.List(graphene.NonNull(CustomerKey), required=True)
    attributes = graphene.List(graphene.NonNull(Attribute), required=True)
    segments = graphene.List(graphene.NonNull(Segment), required=True)
    scores = graphene.List(graphene.NonNull(Score), required=True)
    consents = graphene.List(graphene.NonNull(Consent), required=True)
    channels = graphene.List(graphene.NonNull(ChannelUse), required=True)
    timeline = graphene.Field(
        TimelineConnection,
        required=True,
        first=graphene.Int(required=True),
        after=graphene.String(),
        filter=TimelineFilter(),
    )
    offer_history = graphene.Field(
        OfferHistoryConnection, required=True, first=graphene.Int(required=True), after=graphene.String()
    )
    next_best_offers = graphene.Field(
        OfferDecision, required=True, first=graphene.Int(), context=OfferContext()
    )
    documents = graphene.Field(
        DocumentConnection, required=True, first=graphene.Int(required=True), after=graphene.String()
    )
    merges = graphene.List(graphene.NonNull(Merge), required=True)

    @staticmethod
    async def resolve_timeline(customer: CustomerNode, info: Any, **arguments: Any) -> Any:
        return await timeline_of(context_of(info), customer.snapshot, **arguments)

    @staticmethod
    async def resolve_offer_history(customer: CustomerNode, info: Any, **arguments: Any) -> Any:
        return await offer_history_of(context_of(info), customer.snapshot, **arguments)

    @staticmethod
    async def resolve_next_best_offers(customer: CustomerNode, info: Any, **arguments: Any) -> Any:
        return await decision_for(context_of(info), customer.snapshot, **arguments)

    @staticmethod
    async def resolve_documents(customer: CustomerNode, info: Any, **arguments: Any) -> Any:
        return await documents_of(context_of(info), customer.snapshot, **arguments)


class CustomerNode:
    """Source of the type Customer; its attributes are made when they are asked for."""

    __typename = "Customer"  # what graphql-core asks an object for
    __slots__ = ("snapshot",)

    def __init__(self, snapshot: CustomerSnapshot) -> None:
        self.snapshot = snapshot

    @property
    def id(self) -> str:
        return to_global(CUSTOMER, self.snapshot.id)

    @property
    def name(self) -> str | None:
        return masked(self.snapshot.name)

    @property
    def shared(self) -> bool:
        return self.snapshot.shared

    @property
    def incomplete(self) -> bool:
        return self.snapshot.incomplete

    @property
    def keys(self) -> list[dict[str, Any]]:
        return [shown_key(key) for key in self.snapshot.keys]

    @property
    def attributes(self) -> list[dict[str, Any]]:
        return [shown_attribute(attribute) for attribute in self.snapshot.attributes]

    @property
    def segments(self) -> list[dict[str, Any]]:
        return shown_segments(self.snapshot)

    @property
    def scores(self) -> Sequence[Any]:
        return self.snapshot.scores

    @property
    def consents(self) -> Sequence[Any]:
        return self.snapshot.consents

    @property
    def channels(self) -> Sequence[Any]:
        return self.snapshot.channels

    @property
    def merges(self) -> list[dict[str, Any]]:
        return shown_merges(self.snapshot)


def shown_customer(snapshot: CustomerSnapshot | None) -> CustomerNode | None:
    return None if snapshot is None else CustomerNode(snapshot)
