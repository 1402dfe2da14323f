"""The types of archived documents and their lists. The customer of a document is added where Customer is known."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import graphene

from customer360.archive.model import Document as KnownDocument
from customer360.archive.model import DocumentPage
from customer360.customers.model import CustomerSnapshot
from customer360.privacy.marked import mask_marked
from schema.connections import Connection, PageInfo
from schema.context import RequestContext, context_of
from schema.enums import Channel
from schema.nodes import DOCUMENT, Node, to_global
from schema.privacy.masked_text import masked, masked_source
from schema.scalars import DateTime


class PageHit(graphene.ObjectType):
    number = graphene.Int(required=True)
    snippet = graphene.String(required=True)


class Document(graphene.ObjectType):
    class Meta:
        interfaces = (Node,)

    title = graphene.String(required=True)
    kind = graphene.String(required=True)
    media_type = graphene.String(required=True)
    size = graphene.Int()
    sha256 = graphene.String()
    page_count = graphene.Int()
    occurred_at = DateTime(required=True)
    received_at = DateTime(required=True)
    channel = graphene.Field(Channel, required=True)
    source = graphene.String(required=True)
    content_path = graphene.String(
        description="Where the bytes are read, relative to the service; null when only the metadata is held"
    )
    text_state = graphene.String(required=True, description="PENDING, DONE, FAILED or NONE")
    customer = graphene.Field("schema.customers.customer.Customer")

    @staticmethod
    async def resolve_customer(document: dict[str, Any], info: Any) -> Any:
        """Null for a document without customer."""
        from schema.customers.customer import shown_customer  # a customer has documents too

        if document["member_id"] is None:
            return None
        return shown_customer(await context_of(info).customers.load(document["member_id"]))


class DocumentEdge(graphene.ObjectType):
    """pages: the pages that matched the search, best first; snippet is plain text with the match between «»"""

    cursor = graphene.String(required=True)
    node = graphene.Field(Document, required=True)
    pages = graphene.List(graphene.NonNull(PageHit), required=True)


class DocumentConnection(graphene.ObjectType):
    edges = graphene.List(graphene.NonNull(DocumentEdge), required=True)
    nodes = graphene.List(graphene.NonNull(Document), required=True)
    page_info = graphene.Field(PageInfo, required=True)


class Documents(Connection):
    def __init__(self, page: DocumentPage) -> None:
        super().__init__(page)
        self._documents = page

    @cached_property
    def edges(self) -> list[dict[str, Any]]:
        return [
            {
                "cursor": hit.cursor,
                "node": shown_document(hit.document),
                "pages": [
                    {"number": page.number, "snippet": mask_marked(page.snippet)} for page in hit.pages
                ],
            }
            for hit in self._documents.hits
        ]


def shown_document(document: KnownDocument) -> dict[str, Any]:
    """`content_path` holds the internal id: the route is no part of this contract's ids."""
    return {
        "__typename": "Document",
        "id": to_global(DOCUMENT, document.id),
        "title": masked(document.title),
        "kind": document.kind,
        "media_type": document.media_type,
        "size": document.size,
        "sha256": document.sha256,
        "page_count": document.page_count,
        "occurred_at": document.occurred_at,
        "received_at": document.received_at,
        "channel": document.channel,
        "source": masked_source(document.source),
        "content_path": None if document.sha256 is None else f"/documents/{document.id}/content",
        "text_state": document.text_state,
        "member_id": document.member_id,
    }


async def documents_of(
    context: RequestContext, snapshot: CustomerSnapshot, *, first: int, after: str | None = None
) -> Documents:
    page = await context.services.documents.of_customer(snapshot, context.batch, first=first, after=after)
    return Documents(page)
