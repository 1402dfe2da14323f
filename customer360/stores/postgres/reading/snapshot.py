"""Customers as one instant shows them, and the hot tail: one statement however many are asked."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from customer360.customers.model import HotTail
from customer360.customers.profile import RawCustomer
from customer360.stores.postgres.reading import rows
from customer360.stores.postgres.reading.session import Prepared, ReadSession, load

HOT_LIMIT = 500  # of one customer; above it PostgreSQL answers the page
CONTACTS = 500  # latest offer contacts of a member that count for its channels

_HOT = load("hot.sql")
_SNAPSHOT = Prepared(
    load("confirmed.sql") + "," + load("installation.sql") + load("customer.sql").replace("/* hot */", _HOT)
)
_TAIL = load("confirmed.sql") + (
    f"SELECT hot.* FROM (SELECT %(ids)s::text[] AS ids) reading CROSS JOIN LATERAL ({_HOT}) hot"
)


class SnapshotRows:
    """`store` names the search adapter in use: another adapter's generation does not count as live."""

    def __init__(self, session: ReadSession, store: str) -> None:
        self._session = session
        self._store = store

    def customers(self, ids: Sequence[str]) -> dict[str, RawCustomer]:
        """By asked id; an id that nothing has is left out."""
        found = self._session.rows(_SNAPSHOT, self._values(ids, contacts=CONTACTS))
        return {
            asked: RawCustomer(orjson.loads(installation), orjson.loads(body), _tail(entries))
            for asked, installation, body, entries in found
        }

    def reading_ids(self, customer_id: str) -> frozenset[str] | None:
        """What the customer is read with; None for an unknown id."""
        found = self.customers([customer_id]).get(customer_id)
        return None if found is None else frozenset(found.body["reading"])

    def hot(self, member_ids: Sequence[str]) -> HotTail:
        """The hot tail of a set of members that is no customer any more."""
        [(entries,)] = self._session.rows(_TAIL, self._values(member_ids))
        return _tail(entries)

    def _values(self, ids: Sequence[str], **more: int) -> dict[str, object]:
        return {"ids": list(ids), "store": self._store, "hot": HOT_LIMIT + 1, **more}


def _tail(entries: str | None) -> HotTail:
    """A row may be told twice, as new and as undelivered; it is the same row."""
    raw = orjson.loads(entries or "[]")
    return HotTail(tuple({row[0]: rows.entry(row) for row in raw}.values()), overflow=len(raw) > HOT_LIMIT)
