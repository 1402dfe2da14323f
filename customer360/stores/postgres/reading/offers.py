"""Offer events of a customer, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from customer360.history.model import OfferContact
from customer360.stores.ports import Position
from customer360.stores.postgres.reading.session import ReadSession

_PAGE = """
SELECT page.event_id, page.member_id, page.offer_id, coalesce(o.defined->>'name', page.offer_id), page.kind,
       page.channel, page.occurred_at, page.decision_id, page.reason, page.until
FROM (
  SELECT c.* FROM unnest(%(members)s::text[]) AS m(id)
  CROSS JOIN LATERAL (
    SELECT * FROM offer_contact
    WHERE member_id = m.id AND NOT hidden AND {after}
    ORDER BY occurred_at DESC, event_id DESC LIMIT %(size)s
  ) c
  ORDER BY c.occurred_at DESC, c.event_id DESC LIMIT %(size)s
) page
LEFT JOIN offer o ON o.id = page.offer_id
ORDER BY page.occurred_at DESC, page.event_id DESC"""


class OfferRows:
    def __init__(self, session: ReadSession) -> None:
        self._session = session

    def page(self, members: Sequence[str], after: Position | None, size: int) -> list[OfferContact]:
        values: dict[str, Any] = {"members": list(members), "size": size}
        condition = "true"
        if after is not None:
            values.update(at=after.occurred_at, id=after.id)
            condition = "(occurred_at, event_id) < (%(at)s, %(id)s)"
        return [OfferContact(*row) for row in self._session.rows(_PAGE.format(after=condition), values)]
