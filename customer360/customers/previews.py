"""Pure: what customers would consist of after a merge or without one. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from customer360.customers.claims import Claim, Member, Moment
from customer360.customers.links import resolve
from customer360.customers.merges import Merge


@dataclass(frozen=True, slots=True)
class Part:
    """One member with what it holds. `named_at` orders the names told of several members."""

    id: str
    key_type: str
    key_value: str = field(repr=False)
    entries: int = 0
    documents: int = 0
    name: str | None = field(default=None, repr=False)
    named_at: Moment = (-(2**63), "")


@dataclass(frozen=True, slots=True)
class Graph:
    """Members around some customers, with everything said about their links.

    `outside` are the roots of other customers that claim some of these: they keep a shared key shared.
    """

    parts: tuple[Part, ...]
    outside: tuple[Member, ...]
    claims: tuple[Claim, ...]
    merges: tuple[Merge, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A customer as it would be; its members from the strongest key."""

    id: str
    parts: tuple[Part, ...]
    shared: bool

    @property
    def name(self) -> str | None:
        named = [part for part in self.parts if part.name is not None]
        return max(named, key=lambda part: part.named_at).name if named else None

    @property
    def entries(self) -> int:
        return sum(part.entries for part in self.parts)

    @property
    def documents(self) -> int:
        return sum(part.documents for part in self.parts)


def preview(
    graph: Graph, about: Collection[str], *, add: Merge | None = None, drop: str | None = None
) -> list[Preview]:
    """The customers that the members `about` would belong to, with one merge more or less; by public id."""
    merges = [merge for merge in graph.merges if merge.id != drop and (add is None or merge.id != add.id)]
    if add is not None:
        merges.append(add)
    members = [Member(part.id, part.key_type) for part in graph.parts]
    placed = resolve([*members, *graph.outside], graph.claims, merges)
    groups = {placed[id].group for id in about if id in placed}
    return [
        Preview(
            group,
            _strongest_first(part for part in graph.parts if placed[part.id].group == group),
            placed[group].standing.shared,
        )
        for group in sorted(groups)
    ]


def _strongest_first(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: Member(part.id, part.key_type).rank))
