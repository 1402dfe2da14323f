"""What finding customers needs of PostgreSQL. Blocking; implemented in stores/postgres/reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from customer360.customers.profile import RawCustomer


class SnapshotStore(Protocol):
    def customers(self, ids: Sequence[str]) -> dict[str, RawCustomer]:
        """By asked id, all of one instant; an id that nothing has is left out."""
        ...


class MemberStore(Protocol):
    def resolve(self, ids: Sequence[str]) -> dict[str, str]:
        """The public id for each id of a member or protocol; unknown ids are left out."""
        ...

    def named(self, name: str, size: int) -> list[str]:
        """Public ids of customers with exactly this name, upper or lower case."""
        ...
