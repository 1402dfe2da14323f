"""Merges made by people: which live ones tie members together, and whose id a customer goes by."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Merge:
    """One merge of two members that were public ids at that moment; `live` until it is undone."""

    id: str
    survivor: str
    merged: str
    occurred_at: int
    live: bool = True


def components(merges: Iterable[Merge]) -> dict[str, frozenset[str]]:
    """For each member named by a live merge, all members that live merges tie to it, itself among them."""
    tied: dict[str, set[str]] = {}
    for merge in merges:
        if not merge.live:
            continue
        joined = tied.get(merge.survivor, {merge.survivor}) | tied.get(merge.merged, {merge.merged})
        for member in joined:
            tied[member] = joined
    return {member: frozenset(joined) for member, joined in tied.items()}


def public_id(root: str, admitted: Collection[str], merges: Iterable[Merge]) -> str:
    """The id a customer is known by: the survivor of the latest live merge inside the set, else its root."""
    inside = [m for m in merges if m.live and m.survivor in admitted and m.merged in admitted]
    latest = max(inside, key=lambda merge: (merge.occurred_at, merge.id), default=None)
    return root if latest is None else latest.survivor
