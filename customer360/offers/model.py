"""What an offer decision is made of: offers, facts of one customer, the question, and the answer with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

_UTC = ZoneInfo("UTC")
Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One eligibility condition; see events.definitions.OfferRule."""

    fact: str
    name: str
    op: str
    value: Scalar | tuple[Scalar, ...] = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer as the catalogue defines it now. Times in µs; `channels` empty means every channel."""

    id: str
    name: str
    summary: str | None = None
    talk_track: str | None = None
    value: float = 0.0
    valid_from: int | None = None
    valid_to: int | None = None
    withdrawn_at: int | None = None
    channels: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    repeat_after_days: int = 30
    consent: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    value: float
    valid_until: int | None = None


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """The latest word on one purpose and channel ('' = every channel); (at, id) orders two of them."""

    granted: bool
    at: int
    id: str


@dataclass(frozen=True, slots=True)
class Impression:
    """The latest showing of an offer in any channel."""

    at: int
    channel: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one customer, all members folded. `deferred` holds the until of offers last answered so."""

    profile: Mapping[str, Scalar] = field(default_factory=dict)
    segments: frozenset[str] = frozenset()
    owned: frozenset[str] = frozenset()
    scores: Mapping[str, Score] = field(default_factory=dict)
    consents: Mapping[tuple[str, str], ConsentFact] = field(default_factory=dict)
    impressions: Mapping[str, Impression] = field(default_factory=dict)
    deferred: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """Where the offers would be made; `zone` is where the days of the reasons are counted."""

    channel: str | None = None
    reason: str | None = None
    queue: str | None = None
    interaction: str | None = None
    zone: ZoneInfo = _UTC


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an offer passed or failed one check. `measured` against `limit`; `until` (µs) when a hold ends."""

    stage: str
    rule: str
    text_pt: str
    text_en: str
    measured: str | None = None
    limit: str | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check."""

    passed: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Suggestion:
    offer: str
    name: str
    summary: str | None
    talk_track: str | None
    value: float
    rank: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Exclusion:
    offer: str
    name: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Every offer of the catalogue is in exactly one of the two."""

    offers: tuple[Suggestion, ...]
    excluded: tuple[Exclusion, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A stored answer. `reused`: the same question was answered less than a minute ago with the same inputs."""

    id: str
    customer_id: str
    at: int
    reused: bool
    answer: Answer
