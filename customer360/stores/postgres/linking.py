"""Reads of links between keys for people who merge and review. Projection alone writes these tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg2.extensions import cursor as Cursor
from sqlalchemy import Engine

from customer360.customers.claims import Claim, Member
from customer360.customers.linking import Claimant, Waiting
from customer360.customers.merges import Merge
from customer360.customers.previews import Graph, Part
from customer360.customers.propagation import Claimed
from customer360.stores.postgres.engine import snapshot
from customer360.stores.postgres.identity.graph import Graph as StoredGraph
from customer360.stores.postgres.reading.session import ReadSession

MOST_PARTS = 2_000  # members that a dry run looks at

# The members of the same customers and, step by step, the weaker keys they claim, a shared one of which may come
# free and bring what hangs on it, and the customers that live merges tie to any of these. Of a key that leads to thousands the first found must do.
_PARTS = f"""
WITH RECURSIVE reached (id) AS (
  SELECT id FROM member WHERE group_id IN (SELECT group_id FROM member WHERE id = ANY(%(ids)s))
  UNION
  SELECT next.id FROM reached r CROSS JOIN LATERAL (
    SELECT weaker FROM claim WHERE stronger = r.id AND holds
    UNION ALL SELECT merged FROM merge WHERE survivor = r.id AND undone_at IS NULL
    UNION ALL SELECT survivor FROM merge WHERE merged = r.id AND undone_at IS NULL
    UNION ALL SELECT mate.id FROM member m JOIN member mate ON mate.group_id = m.group_id WHERE m.id = r.id
  ) next (id)
), near AS (
  SELECT id FROM reached LIMIT {MOST_PARTS}
)
SELECT m.id, m.key_type, m.key_value,
       coalesce((SELECT sum(entries) FROM entry_count c WHERE c.member_id = m.id), 0)::bigint,
       (SELECT count(*) FROM document d WHERE d.member_id = m.id AND NOT d.hidden),
       a.value #>> '{{}}', a.occurred_at, a.event_id
FROM near JOIN member m USING (id)
LEFT JOIN profile_attribute a ON a.member_id = m.id AND a.name = 'name' AND a.value <> 'null'
WHERE m.key_type <> ''"""

# Holding links between these, each since it was first told.
_CLAIMS = """
SELECT stronger, weaker, first_at, first_event FROM claim
WHERE weaker = ANY(%(ids)s) AND stronger = ANY(%(ids)s) AND holds"""

_MERGES = """
SELECT id, survivor, merged, occurred_at FROM merge
WHERE survivor = ANY(%(ids)s) AND merged = ANY(%(ids)s) AND undone_at IS NULL"""

_MERGE = """
SELECT id, survivor, merged, occurred_at, undone_at IS NULL FROM merge
WHERE id = %(id)s AND survivor IS NOT NULL AND merged IS NOT NULL"""

_CLAIMANTS = """
SELECT s.id, s.key_type, s.key_value, s.group_id FROM claim c JOIN member s ON s.id = c.stronger
WHERE c.weaker = %(id)s AND c.holds AND NOT s.shared ORDER BY s.id LIMIT %(limit)s"""

# Of a key that thousands claim some of the customers are enough to decide.
_WAITING = """
SELECT m.id, m.key_type, m.key_value, m.shared, r.reason, ARRAY(
  SELECT DISTINCT s.group_id FROM (
    SELECT stronger FROM claim WHERE weaker = m.id AND holds ORDER BY first_at, first_event, stronger LIMIT 200
  ) c JOIN member s ON s.id = c.stronger WHERE NOT s.shared ORDER BY s.group_id LIMIT 20
), r.since
FROM review r JOIN member m ON m.id = r.member_id
WHERE %(since)s::bigint IS NULL OR (r.since, r.member_id) > (%(since)s, %(id)s)
ORDER BY r.since, r.member_id LIMIT %(limit)s"""


class PostgresLinks:
    """A LinkStore; the graph is read in one transaction, the rest statement by statement."""

    def __init__(self, session: ReadSession, engine: Engine) -> None:
        self._session = session
        self._engine = engine

    def graph(self, member_ids: Sequence[str]) -> Graph:
        """Four statements on one snapshot."""
        with snapshot(self._engine) as cursor:
            parts = tuple(map(_part, _rows(cursor, _PARTS, {"ids": list(member_ids)})))
            near = [part.id for part in parts]
            claims = [_claim(row) for row in _rows(cursor, _CLAIMS, {"ids": near})]
            others = _claims_of_others(StoredGraph(cursor).claimed(near, near))
            merges = _rows(cursor, _MERGES, {"ids": near})
        return Graph(
            parts,
            tuple(
                {Member(claim.pair[0], "cpf") for claim in others}
            ),  # roots, whatever their type: they stay
            (*claims, *others),
            tuple(Merge(*row) for row in merges),
        )

    def merge(self, merge_id: str) -> Merge | None:
        for row in self._session.rows(_MERGE, {"id": merge_id}):
            return Merge(*row)
        return None

    def claimants(self, member_id: str, limit: int) -> list[Claimant]:
        return [Claimant(*row) for row in self._session.rows(_CLAIMANTS, {"id": member_id, "limit": limit})]

    def waiting(self, after: tuple[int, str] | None, limit: int) -> list[Waiting]:
        since, id = after or (None, None)
        rows = self._session.rows(_WAITING, {"since": since, "id": id, "limit": limit})
        return [
            Waiting(member, kind, value, shared, reason, tuple(customers), at)
            for member, kind, value, shared, reason, customers, at in rows
        ]


def _rows(cursor: Cursor, statement: str, values: Any) -> list[tuple[Any, ...]]:
    cursor.execute(statement, values)
    return cursor.fetchall()


def _part(row: tuple[Any, ...]) -> Part:
    id, key_type, key_value, entries, documents, name, at, event_id = row
    if at is None:
        return Part(id, key_type, key_value, entries, documents)
    return Part(id, key_type, key_value, entries, documents, name, (at, event_id))


def _claim(row: tuple[Any, ...]) -> Claim:
    stronger, weaker, at, event_id = row
    return Claim((stronger, weaker), linked=True, by_person=False, occurred_at=at, event_id=event_id)


def _claims_of_others(claimed: Mapping[str, Claimed]) -> list[Claim]:
    """What other customers claim, as claims of their roots: two are enough to keep a key shared."""
    return [
        _claim((root, weaker, *one.first))
        for weaker, one in claimed.items()
        for root in (one.root, one.other_root)
        if root is not None
    ]
