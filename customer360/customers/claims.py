"""What was said about a pair of keys, folded so that order and repetition of events do not matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from customer360.keys import STRENGTH

Pair = tuple[str, str]  # member ids, the stronger first
Moment = tuple[int, str]  # (occurred_at in µs, event id): the total order of facts

UNKNOWN_STRENGTH = len(STRENGTH)


@dataclass(frozen=True, slots=True)
class Member:
    """One key as a node of the graph. `rank` orders members from the strongest: strength of the type, then id."""

    id: str
    key_type: str

    @property
    def rank(self) -> tuple[int, str]:
        return STRENGTH.get(self.key_type, UNKNOWN_STRENGTH), self.id


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement that a pair belongs together (`linked`) or does not, made by a machine or by a person."""

    pair: Pair
    linked: bool
    by_person: bool
    occurred_at: int
    event_id: str


@dataclass(frozen=True, slots=True)
class Word:
    """The latest statement of one kind of speaker."""

    at: Moment
    linked: bool


@dataclass(frozen=True, slots=True)
class PairState:
    """All claims of one pair: the latest word of machines and of people, and the first time it was ever linked."""

    machine: Word | None = None
    person: Word | None = None
    first: Moment | None = None

    @property
    def holds(self) -> bool:
        """Whether the pair is linked: a person's word outranks machines until a person changes it."""
        word = self.person or self.machine
        return word is not None and word.linked

    def told(self, claim: Claim) -> PairState:
        """The state after one more claim, in whatever order claims come."""
        word = Word((claim.occurred_at, claim.event_id), claim.linked)
        speaker = "person" if claim.by_person else "machine"
        first = _earlier(self.first, word.at) if claim.linked else self.first
        known: Word | None = getattr(self, speaker)
        if known is not None and known.at >= word.at:
            return replace(self, first=first)
        return replace(self, first=first, **{speaker: word})


def fold(claims: Iterable[Claim]) -> dict[Pair, PairState]:
    """The state of every pair that any of the claims is about."""
    states: dict[Pair, PairState] = {}
    for claim in claims:
        states[claim.pair] = states.get(claim.pair, PairState()).told(claim)
    return states


def pair_of(one: Member, other: Member) -> Pair:
    """The stronger member first."""
    return (one.id, other.id) if one.rank < other.rank else (other.id, one.id)


def _earlier(one: Moment | None, other: Moment) -> Moment:
    return other if one is None else min(one, other)
