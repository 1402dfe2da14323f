"""Protocols: each an alias of the member of the first event that carried it."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from customer360.customers.facts import ProtocolCarried

_CARRY = """
INSERT INTO alias AS a (id, value, member_id, occurred_at, event_id, subject) VALUES %s
ON CONFLICT (id) DO UPDATE
SET member_id = excluded.member_id, occurred_at = excluded.occurred_at, event_id = excluded.event_id
WHERE excluded.member_id IS NOT NULL
  AND (a.member_id IS NULL OR (excluded.occurred_at, excluded.event_id) < (a.occurred_at, a.event_id))
"""
_SUBJECT = """
UPDATE alias SET subject = true WHERE id = ANY (
  SELECT id FROM alias WHERE id = ANY (%s) AND NOT subject ORDER BY id FOR UPDATE)
"""
_STATE = "SELECT id, member_id, subject FROM alias WHERE id = ANY (%s)"
_GROUP = """
SELECT id FROM member WHERE group_id IN (SELECT group_id FROM member WHERE id = ANY (%s))
"""


def carry(cursor: Cursor, carried: Iterable[ProtocolCarried]) -> set[str]:
    """Writes the aliases; returns all members of the customers that now read another set of them."""
    first: dict[str, ProtocolCarried] = {}
    subjects = set()
    for one in sorted(carried, key=lambda c: (c.member_id is None, c.occurred_at, c.event_id)):
        first.setdefault(one.alias_id, one)
        subjects |= {one.alias_id} if one.member_id is None else set()
    if not first:
        return set()
    before = _state(cursor, first)
    rows = [
        (alias, one.value, one.member_id, one.occurred_at, one.event_id, False)
        for alias, one in sorted(first.items())
    ]
    execute_values(cursor, _CARRY, rows, template="(%s, %s, %s::text, %s, %s, %s)", page_size=len(rows))
    if subjects:
        cursor.execute(_SUBJECT, (sorted(subjects),))
    return _readers(cursor, before, _state(cursor, first))


def _state(cursor: Cursor, ids: Iterable[str]) -> dict[str, tuple[str | None, bool]]:
    cursor.execute(_STATE, (sorted(ids),))
    return {alias: (member, subject) for alias, member, subject in cursor.fetchall()}


def _readers(
    cursor: Cursor, before: dict[str, tuple[str | None, bool]], after: dict[str, tuple[str | None, bool]]
) -> set[str]:
    moved = {alias for alias, (_, subject) in after.items() if subject and before.get(alias) != after[alias]}
    owners = {state[alias][0] for alias in moved for state in (before, after) if alias in state} - {None}
    if not owners:
        return set()
    cursor.execute(_GROUP, (list(owners),))
    return {member for (member,) in cursor.fetchall()}
