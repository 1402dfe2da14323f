"""What a changed claim or merge does to the members below it, without looking at the rest of the graph.

A member depends on stronger members only, so a change travels from stronger to weaker and stops where nothing changes.
A key claimed by thousands is decided by two of its claims; nobody loads the customers behind the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from customer360.customers.claims import Member, Moment
from customer360.customers.links import Standing, merged_root, stand
from customer360.customers.merges import Merge, components


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claims on one member by stronger, not shared members, as far as they decide.

    The root and first moment of the earliest claim, and any other root if there is one.
    """

    root: str
    first: Moment
    other_root: str | None


class Neighbourhood(Protocol):
    """Reads of the graph as stored; each answers for many members at once."""

    def stored(self, ids: Collection[str]) -> Mapping[str, tuple[Member, Standing]]:
        """Members that are known, with the standing stored for them."""
        ...

    def claimed(self, ids: Collection[str], without: Collection[str]) -> Mapping[str, Claimed]:
        """Holding claims on each member by stored, not shared members other than `without`."""
        ...

    def weaker(self, ids: Collection[str]) -> Iterable[tuple[str, str, Moment]]:
        """Holding claims made by these members: (stronger, weaker, first moment)."""
        ...

    def merges(self, ids: Collection[str]) -> Iterable[Merge]:
        """Live merges between known members, tied to any of these however far."""
        ...


@dataclass(slots=True)
class Propagation:
    """One run. `standings` holds every member looked at whose standing differs, or once differed, from the stored."""

    view: Neighbourhood
    stored: dict[str, tuple[Member, Standing]] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    claims: dict[str, dict[str, Moment]] = field(
        default_factory=dict
    )  # on each member by those in `standings`
    tied: dict[str, frozenset[str]] = field(default_factory=dict)

    def run(self, claimed: Collection[str], merged: Collection[str] = ()) -> dict[str, Standing]:
        """The new standing of each member that changes.

        `claimed`: the weaker members of changed claims. `merged`: the members named by changed merges.
        """
        self._load(merged)
        queue = set(claimed) | set(merged) | {m for one in merged for m in self.tied.get(one, ())}
        while queue:
            queue = self._round(queue)
        return {m: standing for m, standing in self.standings.items() if standing != self.stored[m][1]}

    def _round(self, queue: set[str]) -> set[str]:
        self._load(queue)
        known = [self.stored[member][0] for member in queue if member in self.stored]
        claimed = self.view.claimed([member.id for member in known], list(self.standings))
        changed = {m.id for m in sorted(known, key=lambda m: m.rank) if self._decide(m, claimed.get(m.id))}
        return self._below(changed)

    def _load(self, ids: Collection[str]) -> None:
        if not ids:
            return
        self.tied.update(components(self.view.merges(ids)))
        wanted = set(ids).union(*(self.tied.get(member, ()) for member in ids)) - self.stored.keys()
        if wanted:
            self.stored.update(self.view.stored(wanted))

    def _decide(self, member: Member, others: Claimed | None) -> bool:
        standing = stand(member, self._claims_on(member.id, others), self._merged_into(member))
        if standing == self.now(member.id):
            return False
        self.standings[member.id] = standing
        return True

    def now(self, member: str) -> Standing:
        return self.standings.get(member) or self.stored[member][1]

    def _claims_on(self, member: str, others: Claimed | None) -> list[tuple[str, Moment]]:
        looked_at = [
            (self.standings[stronger], moment) for stronger, moment in self.claims.get(member, {}).items()
        ]
        claims = [(standing.root, moment) for standing, moment in looked_at if not standing.shared]
        if others is not None:
            claims.append((others.root, others.first))
            claims += [(others.other_root, others.first)] if others.other_root is not None else []
        return claims

    def _merged_into(self, member: Member) -> str | None:
        tied = [other for other in self.tied.get(member.id, ()) if other in self.stored]
        return merged_root(member, [(self.stored[other][0], self.now(other)) for other in tied])

    def _below(self, changed: set[str]) -> set[str]:
        """Who may change because these did: the keys they claim, and those that merges tie to them."""
        if not changed:
            return set()
        below = {m for member in changed for m in self.tied.get(member, ())} - changed
        for stronger, weaker, moment in self.view.weaker(changed):
            self.claims.setdefault(weaker, {})[stronger] = moment
            below.add(weaker)
        return below
