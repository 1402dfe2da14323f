"""When a person may merge two customers: plain rules, the same for a dry run and for the merge itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from customer360.customers.links import MAX_MEMBERS


class TypedKey(Protocol):
    @property
    def type(self) -> str: ...


class Side(Protocol):
    """A customer about to be merged; a CustomerSnapshot is one."""

    @property
    def id(self) -> str: ...

    @property
    def keys(self) -> Sequence[TypedKey]: ...

    @property
    def shared(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class MergeRefusal:
    """`side` is 'survivor' or 'merged': whose part of the request is at fault."""

    code: str
    reason: str
    side: str


def refusal_of(survivor: Side, merged: Side) -> MergeRefusal | None:
    """Why these two cannot be merged, or None.

    SAME_CUSTOMER. PROTOCOL_ONLY: known by a protocol alone, which becomes part of the customer that carries it.
    SHARED_KEY: a key of two customers joins nothing until a person has said whose it is. GROUP_TOO_LARGE.
    """
    if survivor.id == merged.id:
        return MergeRefusal("SAME_CUSTOMER", "both ids are of one customer", "merged")
    for side, customer in (("survivor", survivor), ("merged", merged)):
        if all(key.type == "protocol" for key in customer.keys):
            return MergeRefusal("PROTOCOL_ONLY", "a protocol without a customer cannot be merged", side)
        if customer.shared:
            return MergeRefusal("SHARED_KEY", "this key is shared: say first whose it is", side)
    if len(survivor.keys) + len(merged.keys) > MAX_MEMBERS:
        return MergeRefusal("GROUP_TOO_LARGE", f"a customer has at most {MAX_MEMBERS} keys", "merged")
    return None
