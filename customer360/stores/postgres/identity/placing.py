"""From changed standings to groups: who is admitted, what the customer is called, what waits for review."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from customer360.customers.links import GROUP_FULL, MAX_MEMBERS, SHARED, Standing
from customer360.customers.merges import Merge, public_id
from customer360.customers.propagation import Propagation
from customer360.stores.postgres.identity.graph import Graph

_WHERE_THEY_WERE = "SELECT root_id, group_id FROM member WHERE id = ANY (%s)"
_LOCK = "SELECT FROM member WHERE id = ANY (%s) ORDER BY id FOR NO KEY UPDATE"
_STAND = """
UPDATE member m SET root_id = v.root_id, shared = v.shared, attached_at = v.at, attached_event = v.event
FROM (VALUES %s) AS v (id, root_id, shared, at, event) WHERE m.id = v.id
"""
_ROWS = """
SELECT id, root_id, group_id, shared FROM member WHERE id = ANY (%(ids)s) OR group_id = ANY (%(groups)s)
UNION
SELECT m.id, m.root_id, m.group_id, m.shared FROM unnest(%(roots)s::text[]) AS r (id)
CROSS JOIN LATERAL (
  SELECT * FROM member WHERE root_id = r.id ORDER BY attached_at, attached_event, id LIMIT %(most)s
) m
"""
_ADMITTED = """
SELECT r.id, m.id FROM unnest(%(roots)s::text[]) AS r (id)
CROSS JOIN LATERAL (
  SELECT id FROM member WHERE root_id = r.id ORDER BY attached_at, attached_event, id LIMIT %(most)s
) m
"""
_MERGES = """
SELECT id, survivor, merged, occurred_at FROM merge
WHERE survivor = ANY (%(ids)s) AND merged = ANY (%(ids)s) AND undone_at IS NULL
"""
_GROUP = "UPDATE member m SET group_id = v.group_id FROM (VALUES %s) AS v (id, group_id) WHERE m.id = v.id"
_REVIEW = """
INSERT INTO review AS r (member_id, reason, since)
SELECT v.id, v.reason, coalesce(CASE WHEN v.reason = 'SHARED' THEN (
  SELECT max(first_at) FROM (
    SELECT first_at FROM claim WHERE weaker = v.id AND holds ORDER BY first_at, first_event LIMIT 2) two
) END, m.attached_at)
FROM (VALUES %s) AS v (id, reason) JOIN member m ON m.id = v.id
ON CONFLICT (member_id) DO UPDATE SET reason = excluded.reason, since = excluded.since
WHERE (r.reason, r.since) <> (excluded.reason, excluded.since)
"""


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    root: str
    group: str  # as stored before
    shared: bool


def place(cursor: Cursor, claimed: Collection[str], merged: Collection[str]) -> set[str]:
    """Under the identity lock. All members, before and after, of every customer whose members or public id changed."""
    changed = Propagation(Graph(cursor)).run(claimed, merged)
    if not changed and not merged and not claimed:
        return set()
    roots, groups = _reach(cursor, changed, merged)
    _stand(cursor, changed)
    rows = _rows(cursor, {*changed, *claimed}, roots, groups)
    admitted = _admitted(cursor, roots)
    names = _public_ids(cursor, admitted)
    after = {row.id: _group_of(row, admitted, names) for row in rows}
    _write_groups(cursor, {row.id: after[row.id] for row in rows if row.group != after[row.id]})
    decided = [row for row in rows if row.shared or row.root in admitted]
    _write_reviews(cursor, {row.id: _review_of(row, admitted) for row in decided})
    return _touched(rows, after)


def _reach(
    cursor: Cursor, changed: Mapping[str, Standing], merged: Iterable[str]
) -> tuple[set[str], set[str]]:
    """The roots whose sets change, and the customers that existed of them."""
    cursor.execute(_WHERE_THEY_WERE, ([*changed, *merged],))
    were = cursor.fetchall()
    roots = {root for root, _ in were} | {standing.root for standing in changed.values()}
    cursor.execute(_WHERE_THEY_WERE, (list(roots),))
    groups = {group for _, group in were} | {group for _, group in cursor.fetchall()}
    return roots, groups


def _stand(cursor: Cursor, changed: Mapping[str, Standing]) -> None:
    if not changed:
        return
    cursor.execute(_LOCK, (list(changed),))
    rows = [(member, s.root, s.shared, *s.attached) for member, s in sorted(changed.items())]
    execute_values(cursor, _STAND, rows, template="(%s, %s, %s, %s::bigint, %s)", page_size=len(rows))


def _rows(
    cursor: Cursor, ids: Collection[str], roots: Collection[str], groups: Collection[str]
) -> list[_Row]:
    cursor.execute(
        _ROWS, {"ids": list(ids), "groups": list(groups), "roots": list(roots), "most": MAX_MEMBERS}
    )
    return [_Row(*row) for row in cursor.fetchall()]


def _admitted(cursor: Cursor, roots: Collection[str]) -> dict[str, set[str]]:
    cursor.execute(_ADMITTED, {"roots": list(roots), "most": MAX_MEMBERS})
    admitted: dict[str, set[str]] = {root: set() for root in roots}
    for root, member in cursor.fetchall():
        admitted[root].add(member)
    return admitted


def _public_ids(cursor: Cursor, admitted: Mapping[str, set[str]]) -> dict[str, str]:
    cursor.execute(_MERGES, {"ids": [member for members in admitted.values() for member in members]})
    merges = [Merge(*row) for row in cursor.fetchall()]
    return {root: public_id(root, members, merges) for root, members in admitted.items()}


def _group_of(row: _Row, admitted: Mapping[str, set[str]], names: Mapping[str, str]) -> str:
    if row.root not in admitted:  # claimed again, but nothing about it changed
        return row.group
    return names[row.root] if row.id in admitted[row.root] else row.id


def _review_of(row: _Row, admitted: Mapping[str, set[str]]) -> str | None:
    if row.shared:
        return SHARED
    return None if row.id in admitted[row.root] else GROUP_FULL


def _write_groups(cursor: Cursor, groups: Mapping[str, str]) -> None:
    if groups:
        cursor.execute(_LOCK, (list(groups),))
        execute_values(cursor, _GROUP, sorted(groups.items()), page_size=len(groups))


def _write_reviews(cursor: Cursor, reviews: Mapping[str, str | None]) -> None:
    settled = [member for member, reason in reviews.items() if reason is None]
    waiting = sorted((member, reason) for member, reason in reviews.items() if reason is not None)
    cursor.execute("DELETE FROM review WHERE member_id = ANY (%s)", (settled,))
    if waiting:
        execute_values(cursor, _REVIEW, waiting, page_size=len(waiting))


def _touched(rows: Iterable[_Row], after: Mapping[str, str]) -> set[str]:
    rows = list(rows)
    changed = {group for row in rows if row.group != after[row.id] for group in (row.group, after[row.id])}
    return {row.id for row in rows if row.group in changed or after[row.id] in changed}
