"""What the lists of documents need of PostgreSQL. Blocking; implemented in stores/postgres/reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from customer360.archive.model import Document
from customer360.stores.ports import DocumentFilter, Position


class DocumentStore(Protocol):
    def page(
        self, members: Sequence[str] | None, where: DocumentFilter, after: Position | None, size: int
    ) -> list[Document]:
        """Visible documents, newest first, strictly after the position; `members` None = of everybody."""
        ...

    def documents(self, ids: Sequence[str]) -> dict[str, Document]:
        """Visible documents by id."""
        ...
