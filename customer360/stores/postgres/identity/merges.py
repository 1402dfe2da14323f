"""Merge rows: made by the merge or by its undoing, whichever is projected first."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from customer360.customers.facts import MergeMade, MergeUndone
from customer360.stores.postgres.identity import members

_MAKE = """
INSERT INTO merge (id, survivor, merged, occurred_at, reason, principal) VALUES %s
ON CONFLICT (id) DO UPDATE SET survivor = excluded.survivor, merged = excluded.merged,
  occurred_at = excluded.occurred_at, reason = excluded.reason, principal = excluded.principal
"""
_UNDO = """
INSERT INTO merge AS m (id, undone_at) VALUES %s
ON CONFLICT (id) DO UPDATE SET undone_at = least(m.undone_at, excluded.undone_at)
"""
_NAMED = "SELECT survivor, merged FROM merge WHERE id = ANY (%s) AND survivor IS NOT NULL"


def write(cursor: Cursor, made: Sequence[MergeMade], undone: Sequence[MergeUndone]) -> set[str]:
    """Writes under the identity lock; returns the members that these merges name."""
    if made:
        members.expect(cursor, {member for merge in made for member in (merge.survivor, merge.merged)})
        rows = [(m.id, m.survivor, m.merged, m.occurred_at, m.reason, m.principal) for m in made]
        execute_values(cursor, _MAKE, sorted({row[0]: row for row in rows}.values()), page_size=len(rows))
    if undone:
        first: dict[str, int] = {}
        for undoing in undone:
            first[undoing.merge_id] = min(
                undoing.occurred_at, first.get(undoing.merge_id, undoing.occurred_at)
            )
        execute_values(cursor, _UNDO, sorted(first.items()), page_size=len(first))
    ids = [merge.id for merge in made] + [undoing.merge_id for undoing in undone]
    if not ids:
        return set()
    cursor.execute(_NAMED, (ids,))
    return {member for pair in cursor.fetchall() for member in pair}
