"""Lists and searches of archived documents; their bytes and reads are elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from customer360.archive.model import Document, DocumentPage
from customer360.customers.model import CustomerSnapshot
from customer360.history.batch import SearchBatch
from customer360.stores.ports import DocumentFilter


class Documents:
    async def of_customer(
        self, snapshot: CustomerSnapshot, batch: SearchBatch, *, first: int, after: str | None = None
    ) -> DocumentPage:
        """The customer's documents, newest first."""
        raise NotImplementedError

    async def search(
        self,
        batch: SearchBatch,
        *,
        text: str | None,
        where: DocumentFilter | None = None,
        snapshot: CustomerSnapshot | None = None,
        first: int,
        after: str | None = None,
    ) -> DocumentPage:
        """Over all customers, or one; with text one hit per document with its matching pages."""
        raise NotImplementedError

    async def get(self, document_id: str) -> Document | None:
        raise NotImplementedError

    async def get_many(self, document_ids: Sequence[str]) -> dict[str, Document]:
        raise NotImplementedError
