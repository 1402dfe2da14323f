"""What the reading of a timeline needs of PostgreSQL. All blocking; implemented in stores/postgres/reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from customer360.customers.model import HotTail
from customer360.history.changes import Change, Extent
from customer360.history.model import OfferContact, Original, TimelineEntry
from customer360.stores.ports import EntryFilter, Position


class EntryStore(Protocol):
    """Entries of the read model; LedgerUnavailable from every method when the database is down."""

    def page(
        self, members: Sequence[str], where: EntryFilter, after: Position | None, size: int
    ) -> list[TimelineEntry]:
        """Visible entries, newest first, strictly after the position; the filter's text is not looked at."""
        ...

    def facets(self, members: Sequence[str], where: EntryFilter) -> dict[str, int]:
        """Visible entries per channel, whatever the filter's channels and text are."""
        ...

    def entries(self, ids: Sequence[str]) -> dict[str, TimelineEntry]:
        """By id, hidden ones included; only those on somebody's timeline."""
        ...

    def original(self, entry_id: str) -> Original | None: ...


class HotStore(Protocol):
    def hot(self, member_ids: Sequence[str]) -> HotTail:
        """What the search store has not confirmed of these members."""
        ...


class OfferStore(Protocol):
    def page(self, members: Sequence[str], after: Position | None, size: int) -> list[OfferContact]: ...


class ChangeStore(Protocol):
    """The change log."""

    def extent(self) -> Extent: ...

    def after(self, seq: int, size: int) -> list[Change]: ...

    def of_members(self, members: Sequence[str], after: int, upto: int, size: int) -> list[Change]: ...

    def known_before(self, changes: Sequence[Change]) -> set[str]:
        """Ids of the documents that an earlier row of the log already told of."""
        ...


class ChangeSignal(Protocol):
    """Tells that the change log grew; a missed signal costs at most the sweep's second."""

    def open(self) -> int:
        """A descriptor that becomes readable; blocking. LedgerUnavailable when the database is down."""
        ...

    def drain(self) -> bool:
        """Takes what arrived, without blocking; False when the connection is gone."""
        ...

    def close(self) -> None: ...
