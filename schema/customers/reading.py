"""Query.customer and Query.customers."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import graphene

from customer360.customers.model import CustomerPage
from customer360.errors import BadInput
from customer360.keys import Key
from schema.connections import Connection, PageInfo
from schema.context import RequestContext, context_of
from schema.customers.customer import Customer, CustomerNode, shown_customer
from schema.enums import KeyType
from schema.nodes import CUSTOMER, internal_id


class CustomerKeyInput(graphene.InputObjectType):
    type = KeyType(required=True)
    value = graphene.String(required=True)


class CustomerEdge(graphene.ObjectType):
    cursor = graphene.String(required=True)
    node = graphene.Field(Customer, required=True)
    matched_on = graphene.String(required=True, description="Why it was found: name, or the type of the key")


class CustomerConnection(graphene.ObjectType):
    edges = graphene.List(graphene.NonNull(CustomerEdge), required=True)
    nodes = graphene.List(graphene.NonNull(Customer), required=True)
    page_info = graphene.Field(PageInfo, required=True)


class FoundCustomers(Connection):
    def __init__(self, page: CustomerPage) -> None:
        super().__init__(page)
        self._found = page

    @cached_property
    def edges(self) -> list[dict[str, Any]]:
        return [
            {"cursor": hit.cursor, "node": CustomerNode(hit.customer), "matched_on": hit.matched_on}
            for hit in self._found.hits
        ]


class CustomerQueries(graphene.ObjectType):
    customer = graphene.Field(Customer, id=graphene.ID(), key=CustomerKeyInput())
    customers = graphene.Field(
        CustomerConnection,
        required=True,
        search=graphene.String(required=True),
        first=graphene.Int(required=True),
        after=graphene.String(),
    )

    @staticmethod
    async def resolve_customer(
        _root: Any, info: Any, id: str | None = None, key: Any = None
    ) -> CustomerNode | None:
        """By exactly one of id and key; a key that cannot be one is told, an unknown one is null."""
        context = context_of(info)
        if (id is None) == (key is None):
            raise BadInput("give either id or key", field="id", code="ID_OR_KEY")
        if key is not None:
            found = Key.make(key["type"].value, key["value"], field="key.value")
            return shown_customer(await context.services.customers.by_key(found))
        return await customer_by_id(context, str(id))

    @staticmethod
    async def resolve_customers(
        _root: Any, info: Any, search: str, first: int, after: str | None = None
    ) -> FoundCustomers:
        context = context_of(info)
        page = await context.services.customers.search(context.batch, text=search, first=first, after=after)
        return FoundCustomers(page)


async def customer_by_id(context: RequestContext, id: str) -> CustomerNode | None:
    internal = internal_id(id, CUSTOMER)
    return None if internal is None else shown_customer(await context.customer(internal))
