"""Which customer a member belongs to, and members by exact name."""

from __future__ import annotations

from collections.abc import Sequence

from customer360.stores.postgres.reading.session import ReadSession

_GROUPS = "SELECT id, group_id FROM member WHERE id = ANY (%(ids)s)"
_NAMED = """
SELECT DISTINCT group_id FROM member WHERE lower(name) = lower(%(name)s) ORDER BY group_id LIMIT %(size)s"""


class MemberRows:
    def __init__(self, session: ReadSession) -> None:
        self._session = session

    def groups(self, ids: Sequence[str]) -> dict[str, str]:
        """The public id of each member's customer."""
        return dict(self._session.rows(_GROUPS, {"ids": list(ids)}))

    def named(self, name: str, size: int) -> list[str]:
        """Public ids of customers with exactly this name, upper or lower case."""
        return [row[0] for row in self._session.rows(_NAMED, {"name": name, "size": size})]
