"""Timeline entries straight from the read model: pages and counts without the search store, single entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson

from customer360.history.model import Original, TimelineEntry
from customer360.stores.ports import EntryFilter, Position
from customer360.stores.postgres.ledger import decode
from customer360.stores.postgres.reading import rows
from customer360.stores.postgres.reading.session import ReadSession

# Each member's newest entries by its own index, then the newest of those: never a sort of all entries.
_PAGE = f"""
SELECT page.* FROM unnest(%(members)s::text[]) AS m(id)
CROSS JOIN LATERAL (
  SELECT {rows.ENTRY_COLUMNS} FROM timeline_entry e
  WHERE e.member_id = m.id AND NOT e.hidden AND {{where}}
  ORDER BY e.occurred_at DESC, e.id DESC LIMIT %(size)s
) page
ORDER BY page.occurred_at DESC, page.id DESC LIMIT %(size)s"""

_FACETS = """
SELECT e.channel, count(*) FROM timeline_entry e
WHERE e.member_id = ANY (%(members)s) AND NOT e.hidden AND {where} GROUP BY e.channel"""

_ENTRIES = f"""
SELECT {rows.ENTRY_COLUMNS} FROM timeline_entry e WHERE e.id = ANY (%(ids)s) AND e.member_id IS NOT NULL"""

_ORIGINAL = """
SELECT l.data FROM event_log l
WHERE l.event_id = coalesce((SELECT origin_id FROM timeline_entry WHERE id = %(id)s), %(id)s) LIMIT 1"""


class EntryRows:
    def __init__(self, session: ReadSession) -> None:
        self._session = session

    def page(
        self, members: Sequence[str], where: EntryFilter, after: Position | None, size: int
    ) -> list[TimelineEntry]:
        """Newest first, strictly after the position. The filter's text is not looked at."""
        values: dict[str, Any] = {"members": list(members), "size": size}
        conditions = [*_conditions(where, values), *_after(after, values)]
        found = self._session.rows(_PAGE.format(where=_all(conditions)), values)
        return [rows.entry(row) for row in found]

    def facets(self, members: Sequence[str], where: EntryFilter) -> dict[str, int]:
        """Per channel, whatever the filter's channels and text are."""
        values: dict[str, Any] = {"members": list(members)}
        conditions = _conditions(replace(where, channels=frozenset()), values)
        return dict(self._session.rows(_FACETS.format(where=_all(conditions)), values))

    def entries(self, ids: Sequence[str]) -> dict[str, TimelineEntry]:
        """By id, hidden ones included, those on no timeline not."""
        return {row[0]: rows.entry(row) for row in self._session.rows(_ENTRIES, {"ids": list(ids)})}

    def original(self, entry_id: str) -> Original | None:
        """Of an entry recorded again for another customer: the event it was first recorded by."""
        found = self._session.rows(_ORIGINAL, {"id": entry_id})
        if not found:
            return None
        event = orjson.loads(decode(found[0][0]))
        return Original(event["source"], event["id"])


def _conditions(where: EntryFilter, values: dict[str, Any]) -> list[str]:
    parts = []
    for column, wanted in (
        ("channel", where.channels),
        ("direction", where.directions),
        ("type", where.types),
    ):
        if wanted:
            values[column] = sorted(wanted)
            parts.append(f"e.{column} = ANY (%({column})s)")
    if where.since is not None:
        values["since"] = where.since
        parts.append("e.occurred_at >= %(since)s")
    if where.until is not None:
        values["until"] = where.until
        parts.append("e.occurred_at < %(until)s")
    if where.with_document is not None:
        values["with_document"] = where.with_document
        parts.append("e.with_document = %(with_document)s")
    return parts


def _after(after: Position | None, values: dict[str, Any]) -> list[str]:
    if after is None:
        return []
    values.update(at=after.occurred_at, after=after.id)
    return ["(e.occurred_at, e.id) < (%(at)s, %(after)s)"]


def _all(conditions: Sequence[str]) -> str:
    return " AND ".join(conditions) or "true"
