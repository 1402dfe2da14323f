"""The graph of claims as propagation reads it: one statement for many members, never the customers behind a shared key."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from psycopg2.extensions import cursor as Cursor

from customer360.customers.claims import Member, Moment
from customer360.customers.links import Standing
from customer360.customers.merges import Merge
from customer360.customers.propagation import Claimed

_STORED = """
SELECT id, key_type, root_id, shared, attached_at, attached_event
FROM member WHERE id = ANY (%s) AND key_type <> ''
"""
# Two index probes a member: its earliest claim, and any one that leads elsewhere.
_CLAIMED = """
SELECT w.id, earliest.root_id, earliest.first_at, earliest.first_event, other.root_id
FROM unnest(%(ids)s::text[]) AS w (id)
CROSS JOIN LATERAL (
  SELECT m.root_id, c.first_at, c.first_event FROM claim c JOIN member m ON m.id = c.stronger
  WHERE c.weaker = w.id AND c.holds AND NOT m.shared AND c.stronger <> ALL (%(without)s::text[])
  ORDER BY c.first_at, c.first_event, c.stronger LIMIT 1
) earliest
LEFT JOIN LATERAL (
  SELECT m.root_id FROM claim c JOIN member m ON m.id = c.stronger
  WHERE c.weaker = w.id AND c.holds AND NOT m.shared AND c.stronger <> ALL (%(without)s::text[])
    AND m.root_id <> earliest.root_id
  LIMIT 1
) other ON true
"""
_WEAKER = "SELECT stronger, weaker, first_at, first_event FROM claim WHERE stronger = ANY (%s) AND holds"
_MERGES = """
WITH RECURSIVE tied (id) AS (
  SELECT unnest(%s::text[]) COLLATE "C"
  UNION
  SELECT CASE WHEN m.survivor = t.id THEN m.merged ELSE m.survivor END
  FROM tied t JOIN merge m ON (m.survivor = t.id OR m.merged = t.id) AND m.undone_at IS NULL
)
SELECT m.id, m.survivor, m.merged, m.occurred_at
FROM tied t
JOIN merge m ON m.survivor = t.id AND m.undone_at IS NULL
JOIN member s ON s.id = m.survivor AND s.key_type <> ''
JOIN member o ON o.id = m.merged AND o.key_type <> ''
"""


class Graph:
    """A Neighbourhood in the database; consistent while the identity lock is held."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    def stored(self, ids: Collection[str]) -> Mapping[str, tuple[Member, Standing]]:
        self._cursor.execute(_STORED, (list(ids),))
        return {
            member: (Member(member, key_type), Standing(root, shared, (at, event)))
            for member, key_type, root, shared, at, event in self._cursor.fetchall()
        }

    def claimed(self, ids: Collection[str], without: Collection[str]) -> Mapping[str, Claimed]:
        self._cursor.execute(_CLAIMED, {"ids": list(ids), "without": list(without)})
        return {
            weaker: Claimed(root, (at, event), other)
            for weaker, root, at, event, other in self._cursor.fetchall()
        }

    def weaker(self, ids: Collection[str]) -> Iterable[tuple[str, str, Moment]]:
        self._cursor.execute(_WEAKER, (list(ids),))
        return [(stronger, weaker, (at, event)) for stronger, weaker, at, event in self._cursor.fetchall()]

    def merges(self, ids: Collection[str]) -> Iterable[Merge]:
        self._cursor.execute(_MERGES, (list(ids),))
        return [Merge(*row) for row in self._cursor.fetchall()]
