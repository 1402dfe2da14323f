"""Members come into being with the first event that names their key, whichever partition it is in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from customer360.customers.facts import KeySeen
from customer360.ids import partition_of

_SEE = """
INSERT INTO member AS m (id, key_type, key_value, partition, group_id, root_id, first_at, first_event) VALUES %s
ON CONFLICT (id) DO UPDATE
SET key_type = excluded.key_type, key_value = excluded.key_value, first_at = excluded.first_at,
  first_event = excluded.first_event
WHERE m.key_type = '' OR (excluded.first_at, excluded.first_event) < (m.first_at, m.first_event)
"""
_NAMED_BY_MERGES = """
SELECT survivor FROM merge WHERE survivor = ANY (%(ids)s) UNION SELECT merged FROM merge WHERE merged = ANY (%(ids)s)
"""
_EXPECT = """
INSERT INTO member (id, key_type, key_value, partition, group_id, root_id, first_at, first_event) VALUES %s
ON CONFLICT DO NOTHING
"""


def see(cursor: Cursor, seen: Iterable[KeySeen]) -> set[str]:
    """Makes what is missing, each a customer of its own; returns the new ones that merges were waiting for."""
    first: dict[str, KeySeen] = {}
    for one in seen:
        known = first.get(one.member_id)
        if known is None or (one.occurred_at, one.event_id) < (known.occurred_at, known.event_id):
            first[one.member_id] = one
    stored = _stored(cursor, first)
    news = [one for member, one in sorted(first.items()) if _is_news(one, stored.get(member))]
    if not news:
        return set()
    execute_values(cursor, _SEE, [_row(one) for one in news], page_size=len(news))
    made = [one.member_id for one in news if stored.get(one.member_id, ("",))[0] == ""]
    if not made:
        return set()
    cursor.execute(_NAMED_BY_MERGES, {"ids": made})
    return {member for (member,) in cursor.fetchall()}


def expect(cursor: Cursor, ids: Iterable[str]) -> None:
    """Holds the place of members that a merge names before their keys are known."""
    rows = [(member, "", "", partition_of(member), member, member, 2**63 - 1, "") for member in sorted(ids)]
    if rows:
        execute_values(cursor, _EXPECT, rows, page_size=len(rows))


def _stored(cursor: Cursor, ids: Iterable[str]) -> dict[str, tuple[str, int, str]]:
    cursor.execute("SELECT id, key_type, first_at, first_event FROM member WHERE id = ANY (%s)", (list(ids),))
    return {member: (key_type, at, event) for member, key_type, at, event in cursor.fetchall()}


def _is_news(one: KeySeen, stored: tuple[str, int, str] | None) -> bool:
    return stored is None or stored[0] == "" or (one.occurred_at, one.event_id) < stored[1:]


def _row(one: KeySeen) -> Sequence[object]:
    member = one.member_id
    return (
        member,
        one.key.type,
        one.key.value,
        partition_of(member),
        member,
        member,
        one.occurred_at,
        one.event_id,
    )
