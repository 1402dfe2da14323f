"""Which customer an id belongs to, and customers by exact name."""

from __future__ import annotations

from collections.abc import Sequence

from customer360.stores.postgres.reading.session import ReadSession

_RESOLVE = """
SELECT asked.id, public.id FROM unnest(%(ids)s::text[]) AS asked(id)
CROSS JOIN LATERAL (
  SELECT coalesce(
    (SELECT group_id FROM member WHERE id = asked.id),
    (SELECT m.group_id FROM alias a JOIN member m ON m.id = a.member_id WHERE a.id = asked.id),
    (SELECT a.id FROM alias a WHERE a.id = asked.id)) AS id
) public
WHERE public.id IS NOT NULL"""
_NAMED = """
SELECT DISTINCT group_id FROM member WHERE lower(name) = lower(%(name)s) ORDER BY group_id LIMIT %(size)s"""


class MemberRows:
    def __init__(self, session: ReadSession) -> None:
        self._session = session

    def resolve(self, ids: Sequence[str]) -> dict[str, str]:
        """The public id for each id of a member or protocol; unknown ids are left out."""
        return dict(self._session.rows(_RESOLVE, {"ids": list(ids)})) if ids else {}

    def named(self, name: str, size: int) -> list[str]:
        """Public ids of customers with exactly this name, upper or lower case."""
        return [row[0] for row in self._session.rows(_NAMED, {"name": name, "size": size})]
