"""Archived documents straight from the read model: it is the authority, the search store only finds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from customer360.archive.model import Document
from customer360.stores.ports import DocumentFilter, Position
from customer360.stores.postgres.reading import rows
from customer360.stores.postgres.reading.session import ReadSession

_OF_MEMBERS = f"""
SELECT {rows.DOCUMENT_COLUMNS} FROM (
  SELECT page.* FROM unnest(%(members)s::text[]) AS m(id)
  CROSS JOIN LATERAL (
    SELECT * FROM document d WHERE d.member_id = m.id AND NOT d.hidden AND {{where}}
    ORDER BY d.occurred_at DESC, d.id DESC LIMIT %(size)s
  ) page
  ORDER BY page.occurred_at DESC, page.id DESC LIMIT %(size)s
) d LEFT JOIN extraction x ON x.sha256 = d.sha256 ORDER BY d.occurred_at DESC, d.id DESC"""

_OF_ALL = f"""
SELECT {rows.DOCUMENT_COLUMNS} FROM (
  SELECT * FROM document d WHERE NOT d.hidden AND {{where}}
  ORDER BY d.occurred_at DESC, d.id DESC LIMIT %(size)s
) d LEFT JOIN extraction x ON x.sha256 = d.sha256 ORDER BY d.occurred_at DESC, d.id DESC"""

_BY_ID = f"""
SELECT {rows.DOCUMENT_COLUMNS} FROM document d LEFT JOIN extraction x ON x.sha256 = d.sha256
WHERE d.id = ANY (%(ids)s) AND NOT d.hidden"""


class DocumentRows:
    def __init__(self, session: ReadSession) -> None:
        self._session = session

    def page(
        self, members: Sequence[str] | None, where: DocumentFilter, after: Position | None, size: int
    ) -> list[Document]:
        """Newest first, strictly after the position; `members` None = of everybody."""
        values: dict[str, Any] = {"members": None if members is None else list(members), "size": size}
        conditions = " AND ".join(_conditions(where, after, values)) or "true"
        statement = _OF_ALL if members is None else _OF_MEMBERS
        return [rows.document(row) for row in self._session.rows(statement.format(where=conditions), values)]

    def documents(self, ids: Sequence[str]) -> dict[str, Document]:
        """By id; hidden ones are not there."""
        return {row[0]: rows.document(row) for row in self._session.rows(_BY_ID, {"ids": list(ids)})}


def _conditions(where: DocumentFilter, after: Position | None, values: dict[str, Any]) -> list[str]:
    parts = []
    for column, wanted in (("kind", where.kinds), ("media_type", where.media_types)):
        if wanted:
            values[column] = sorted(wanted)
            parts.append(f"d.{column} = ANY (%({column})s)")
    if where.since is not None:
        values["since"] = where.since
        parts.append("d.occurred_at >= %(since)s")
    if where.until is not None:
        values["until"] = where.until
        parts.append("d.occurred_at < %(until)s")
    if after is not None:
        values.update(at=after.occurred_at, id=after.id)
        parts.append("(d.occurred_at, d.id) < (%(at)s, %(id)s)")
    return parts
