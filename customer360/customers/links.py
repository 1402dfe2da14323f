"""Which keys make up one customer: a pure function of claims and merges, the same for any order of events.

`stand` decides one member from the stronger ones; `resolve` decides all, and is what `propagation` must agree with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from customer360.customers.claims import Claim, Member, Moment, Pair, PairState, fold
from customer360.customers.merges import Merge, components, public_id
from customer360.keys import ROOT_TYPES

MAX_MEMBERS = 100
SHARED, GROUP_FULL = "SHARED", "GROUP_FULL"
AS_ROOT: Moment = (-(2**62), "")  # admitted before every claim
AS_MERGED: Moment = (-(2**62) + 1, "")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands by claims alone, before the size limit.

    `root`: the strongest member of its set; itself when shared. `attached`: when it joined, for admission.
    """

    root: str
    shared: bool
    attached: Moment


@dataclass(frozen=True, slots=True)
class Placement:
    """The outcome for one member. `group` is the public id of its customer; `parent` the strongest key it hangs on."""

    group: str
    standing: Standing
    parent: str | None
    review: str | None = None  # SHARED or GROUP_FULL


def stand(member: Member, claimed: Iterable[tuple[str, Moment]], merged_into: str | None) -> Standing:
    """One member's standing. `claimed`: root and first moment of each holding claim by a stronger, not shared member.

    `merged_into`: the root of the stronger, not shared members that live merges tie it to.
    """
    if member.key_type in ROOT_TYPES:
        return _alone(member) if merged_into is None else Standing(merged_into, False, AS_MERGED)
    moments = list(claimed)
    roots = {root for root, _ in moments} | ({merged_into} - {None})
    if not roots:
        return _alone(member)
    if len(roots) > 1:
        return Standing(member.id, True, AS_ROOT)
    if merged_into is not None:
        return Standing(merged_into, False, AS_MERGED)
    return Standing(moments[0][0], False, min(moment for _, moment in moments))


def _alone(member: Member) -> Standing:
    return Standing(member.id, False, AS_ROOT)


def merged_root(member: Member, tied: Iterable[tuple[Member, Standing]]) -> str | None:
    """The root that a member's live merges lead to: that of the strongest stronger member among the tied, not shared."""
    stronger = [(other.rank, s.root) for other, s in tied if other.rank < member.rank and not s.shared]
    return min(stronger)[1] if stronger else None


def admit(attached: Mapping[str, Moment]) -> set[str]:
    """Of the members of one root, those that fit into one customer: the earliest by (moment, id)."""
    return set(sorted(attached, key=lambda member: (attached[member], member))[:MAX_MEMBERS])


def resolve(
    members: Iterable[Member], claims: Iterable[Claim], merges: Iterable[Merge]
) -> dict[str, Placement]:
    """Every member's placement. Merges that name an unknown member wait for it."""
    known = {member.id: member for member in members}
    live = [merge for merge in merges if merge.live and merge.survivor in known and merge.merged in known]
    parents = _parents(fold(claims))
    standings = _standings(known, parents, components(live))
    groups = _groups(standings, live)
    return {
        member: Placement(
            groups.get(member, member),
            standing,
            _parent(known, standings, parents.get(member, {}), member),
            SHARED if standing.shared else None if member in groups else GROUP_FULL,
        )
        for member, standing in standings.items()
    }


def _parents(states: Mapping[Pair, PairState]) -> dict[str, dict[str, Moment]]:
    parents: dict[str, dict[str, Moment]] = {}
    for (stronger, weaker), state in states.items():
        if state.holds and state.first is not None:
            parents.setdefault(weaker, {})[stronger] = state.first
    return parents


def _standings(
    known: Mapping[str, Member],
    parents: Mapping[str, Mapping[str, Moment]],
    tied: Mapping[str, frozenset[str]],
) -> dict[str, Standing]:
    standings: dict[str, Standing] = {}
    for member in sorted(known.values(), key=lambda one: one.rank):
        claimed = [
            (standings[stronger].root, moment)
            for stronger, moment in parents.get(member.id, {}).items()
            if not standings[stronger].shared
        ]
        earlier = [
            (known[other], standings[other]) for other in tied.get(member.id, ()) if other in standings
        ]
        standings[member.id] = stand(member, claimed, merged_root(member, earlier))
    return standings


def _groups(standings: Mapping[str, Standing], live: list[Merge]) -> dict[str, str]:
    """Public id by admitted member; a shared member is admitted to the customer it is alone."""
    attached: dict[str, dict[str, Moment]] = {}
    for member, standing in standings.items():
        attached.setdefault(standing.root, {})[member] = standing.attached
    groups: dict[str, str] = {}
    for root, moments in attached.items():
        admitted = admit(moments)
        groups.update(dict.fromkeys(admitted, public_id(root, admitted, live)))
    return groups


def _parent(
    known: Mapping[str, Member], standings: Mapping[str, Standing], parents: Mapping[str, Moment], member: str
) -> str | None:
    if standings[member].shared:
        return None
    same = [p for p in parents if not standings[p].shared and standings[p].root == standings[member].root]
    return min(same, key=lambda parent: known[parent].rank, default=None)
