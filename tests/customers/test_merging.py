"""When two customers may be merged."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from customer360.customers.merging import refusal_of
from customer360.keys import Key


@dataclass(frozen=True)
class Known:
    id: str
    keys: tuple[Key, ...]
    shared: bool = False


def customer(id: str, size: int, *, shared: bool = False, key_type: str = "account") -> Known:
    return Known(id, tuple(Key(key_type, f"{id}{number}") for number in range(size)), shared)


@pytest.mark.parametrize(
    ("survivor", "merged", "refused"),
    [
        (customer("a", 1), customer("b", 2), None),
        (customer("a", 60), customer("b", 40), None),
        (customer("a", 60), customer("b", 41), ("GROUP_TOO_LARGE", "merged")),
        (customer("a", 1), customer("a", 1), ("SAME_CUSTOMER", "merged")),
        (customer("a", 1, shared=True), customer("b", 1), ("SHARED_KEY", "survivor")),
        (customer("a", 1), customer("b", 1, shared=True), ("SHARED_KEY", "merged")),
        (customer("a", 1), customer("b", 1, key_type="protocol"), ("PROTOCOL_ONLY", "merged")),
    ],
)
def test_what_cannot_be_merged_is_refused(
    survivor: Known, merged: Known, refused: tuple[str, str] | None
) -> None:
    # given two customers, when a person wants to merge them, then this is the answer
    refusal = refusal_of(survivor, merged)
    assert (None if refusal is None else (refusal.code, refusal.side)) == refused
