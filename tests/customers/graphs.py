"""Small random identity graphs for property tests, and the store of standings that propagation reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from hypothesis import strategies as st

from customer360.customers.claims import Claim, Member, Moment, fold, pair_of
from customer360.customers.links import AS_ROOT, Placement, Standing
from customer360.customers.merges import Merge, components
from customer360.customers.propagation import Claimed

TYPES = ("cpf", "cpf", "cnpj", "account", "account", "external", "phone", "phone", "phone", "email", "email")
MEMBERS = {f"{place:032x}": Member(f"{place:032x}", key_type) for place, key_type in enumerate(TYPES)}
IDS = sorted(MEMBERS)


def claim(
    one: str, other: str, at: int = 0, event: str = "", *, linked: bool = True, by_person: bool = False
) -> Claim:
    return Claim(
        pair_of(MEMBERS[one], MEMBERS[other]), linked, by_person, at, event or f"{one[-2:]}{other[-2:]}{at}"
    )


@st.composite
def claims(draw: st.DrawFn, most: int = 16) -> list[Claim]:
    pairs = st.lists(st.sampled_from(IDS), min_size=2, max_size=2, unique=True)
    found = []
    for number in range(draw(st.integers(0, most))):
        one, other = draw(pairs)
        linked, by_person = draw(
            st.sampled_from([(True, False)] * 6 + [(False, False), (True, True), (False, True)])
        )
        at = draw(st.integers(0, 4))
        found.append(claim(one, other, at, f"event{number}", linked=linked, by_person=by_person))
    return found


@st.composite
def merges(draw: st.DrawFn, most: int = 3) -> list[Merge]:
    found = []
    for number in range(draw(st.integers(0, most))):
        one, other = draw(st.lists(st.sampled_from(IDS), min_size=2, max_size=2, unique=True))
        found.append(Merge(f"merge{number}", one, other, draw(st.integers(0, 3)), draw(st.booleans())))
    return found


def sets(placements: Mapping[str, Placement]) -> set[frozenset[str]]:
    """The customers, as sets of members."""
    groups: dict[str, set[str]] = {}
    for member, placement in placements.items():
        groups.setdefault(placement.group, set()).add(member)
    return {frozenset(group) for group in groups.values()}


class Graph:
    """A Neighbourhood in memory that knows the standings of before and the claims and merges of now."""

    def __init__(self) -> None:
        self.standings = {member: Standing(member, False, AS_ROOT) for member in IDS}
        self.claims: list[Claim] = []
        self.live: list[Merge] = []
        self.read: set[str] = set()

    def stored(self, ids: Collection[str]) -> Mapping[str, tuple[Member, Standing]]:
        self.read |= set(ids)
        return {member: (MEMBERS[member], self.standings[member]) for member in ids}

    def claimed(self, ids: Collection[str], without: Collection[str]) -> Mapping[str, Claimed]:
        found: dict[str, Claimed] = {}
        for stronger, weaker, first in sorted(self._holding(), key=lambda edge: edge[2]):
            standing = self.standings[stronger]
            if weaker not in ids or stronger in without or standing.shared:
                continue
            known = found.setdefault(weaker, Claimed(standing.root, first, None))
            if known.root != standing.root:
                found[weaker] = Claimed(known.root, known.first, standing.root)
        return found

    def weaker(self, ids: Collection[str]) -> Iterable[tuple[str, str, Moment]]:
        return [edge for edge in self._holding() if edge[0] in ids]

    def merges(self, ids: Collection[str]) -> Iterable[Merge]:
        tied = components(self.live)
        wanted = set().union(*(tied.get(member, frozenset()) for member in ids))
        return [merge for merge in self.live if merge.live and merge.survivor in wanted]

    def _holding(self) -> list[tuple[str, str, Moment]]:
        states = fold(self.claims).items()
        return [(s, w, state.first) for (s, w), state in states if state.holds and state.first is not None]
