"""Query.document and Query.documents."""

from __future__ import annotations

from typing import Any

import graphene

from customer360.customers.model import CustomerSnapshot
from customer360.errors import NotFound
from customer360.stores.ports import DocumentFilter as Where
from schema.archive.document import Document, DocumentConnection, Documents, shown_document
from schema.context import RequestContext, context_of
from schema.nodes import CUSTOMER, DOCUMENT, internal_id
from schema.scalars import DateTime


class DocumentFilter(graphene.InputObjectType):
    kinds = graphene.List(graphene.NonNull(graphene.String))
    since = DateTime(name="from")
    until = DateTime(name="to")
    media_types = graphene.List(graphene.NonNull(graphene.String))
    customer_id = graphene.ID()


class DocumentQueries(graphene.ObjectType):
    document = graphene.Field(Document, id=graphene.ID(required=True))
    documents = graphene.Field(
        DocumentConnection,
        required=True,
        search=graphene.String(),
        filter=DocumentFilter(),
        first=graphene.Int(required=True),
        after=graphene.String(),
    )

    @staticmethod
    async def resolve_document(_root: Any, info: Any, id: str) -> dict[str, Any] | None:
        return await document_by_id(context_of(info), id)

    @staticmethod
    async def resolve_documents(
        _root: Any,
        info: Any,
        first: int,
        search: str | None = None,
        filter: Any = None,
        after: str | None = None,
    ) -> Documents:
        context, given = context_of(info), filter or {}
        where = Where(
            kinds=frozenset(given.get("kinds") or ()),
            media_types=frozenset(given.get("media_types") or ()),
            since=given.get("since"),
            until=given.get("until"),
        )
        page = await context.services.documents.search(
            context.batch,
            text=(search or "").strip() or None,
            where=where,
            snapshot=await _customer(context, given.get("customer_id")),
            first=first,
            after=after,
        )
        return Documents(page)


async def _customer(context: RequestContext, id: str | None) -> CustomerSnapshot | None:
    """A customer that is not there must not widen the search to all of them."""
    if id is None:
        return None
    internal = internal_id(id, CUSTOMER)
    snapshot = None if internal is None else await context.customer(internal)
    if snapshot is None:
        raise NotFound("there is no such customer", field="filter.customerId")
    return snapshot


async def document_by_id(context: RequestContext, id: str) -> dict[str, Any] | None:
    internal = internal_id(id, DOCUMENT)
    found = None if internal is None else await context.services.documents.get(internal)
    return None if found is None else shown_document(found)
