"""Query.node, and what else belongs to no feature."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import graphene

from schema.access import NODE_ACCESS, require
from schema.archive.document import shown_document
from schema.context import RequestContext, context_of
from schema.customers.customer import shown_customer
from schema.history.showing import shown_entry
from schema.nodes import CUSTOMER, DOCUMENT, ENTRY, Node, from_global


class NodeQuery(graphene.ObjectType):
    node = graphene.Field(Node, id=graphene.ID(required=True))

    @staticmethod
    async def resolve_node(_root: Any, info: Any, id: str) -> Any:
        """Null for an id that is not ours, that nothing has, or of a type that is no Node."""
        found = from_global(id)
        if found is None or found[0] not in READERS:
            return None
        kind, internal = found
        require(info, NODE_ACCESS[kind])
        return await READERS[kind](context_of(info), internal)


async def _customer(context: RequestContext, id: str) -> Any:
    return shown_customer(await context.customer(id))


async def _entry(context: RequestContext, id: str) -> Any:
    entry = await context.services.history.entry(id)
    return None if entry is None else shown_entry(entry)


async def _document(context: RequestContext, id: str) -> Any:
    document = await context.services.documents.get(id)
    return None if document is None else shown_document(document)


READERS: Mapping[str, Callable[[RequestContext, str], Awaitable[Any]]] = {
    CUSTOMER: _customer,
    ENTRY: _entry,
    DOCUMENT: _document,
}
