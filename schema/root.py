"""The whole contract: every feature's fields under Query, Mutation and Subscription, guarded by the access table."""

from __future__ import annotations

import graphene
from graphql import GraphQLSchema, print_schema

from schema.access import guard
from schema.archive.reading import DocumentQueries
from schema.customers.linking import CustomerLinking
from schema.customers.merging import CustomerMerging
from schema.customers.reading import CustomerQueries
from schema.customers.review import ReviewQueries
from schema.history.correcting import HistoryCorrecting
from schema.history.entry import ENTRY_TYPES
from schema.history.live import HistoryLive
from schema.history.recording import HistoryRecording
from schema.offers.answering import OfferAnswering
from schema.privacy.consent import ConsentRecording
from schema.privacy.revealing import KeyRevealing
from schema.privacy.viewer import ViewerQuery
from schema.reading import NodeQuery


class Query(NodeQuery, CustomerQueries, DocumentQueries, ReviewQueries, ViewerQuery):
    pass


class Mutation(
    HistoryRecording,
    OfferAnswering,
    ConsentRecording,
    CustomerMerging,
    CustomerLinking,
    KeyRevealing,
    HistoryCorrecting,
):
    pass


class Subscription(HistoryLive):
    pass


def build_schema() -> graphene.Schema:
    """A schema with the access checks in front of its resolvers."""
    schema = graphene.Schema(
        query=Query, mutation=Mutation, subscription=Subscription, types=list(ENTRY_TYPES)
    )
    guard(schema.graphql_schema)
    return schema


def sdl(schema: GraphQLSchema) -> str:
    """What schema.graphql holds."""
    return print_schema(schema) + "\n"
