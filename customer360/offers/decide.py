"""The decision itself, pure: every offer of the catalogue is suggested or excluded, each with its reasons.

The full engine (propensity, uplift, levers) comes behind this function.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from customer360.offers.arbitration import cut_reason, rank, rank_reason
from customer360.offers.checks import CHECKS
from customer360.offers.model import Answer, Context, Exclusion, Facts, Finding, Offer, Reason, Suggestion


def decide(offers: Iterable[Offer], facts: Facts, context: Context, now: int, first: int) -> Answer:
    """At most `first` suggestions, best first; exclusions by id. The order of `offers` does not matter."""
    passed: list[Offer] = []
    reasons: dict[str, tuple[Reason, ...]] = {}
    excluded: list[Exclusion] = []
    for offer in offers:
        findings = examine(offer, facts, context, now)
        failed = tuple(finding.reason for finding in findings if not finding.passed)
        if failed:
            excluded.append(Exclusion(offer.id, offer.name, failed))
        else:
            passed.append(offer)
            reasons[offer.id] = tuple(finding.reason for finding in findings)
    ranked = rank(passed)
    cut = [
        Exclusion(offer.id, offer.name, (cut_reason(offer, place, first),))
        for place, offer in enumerate(ranked[first:], first + 1)
    ]
    return Answer(_suggestions(ranked, reasons, first), tuple(sorted(excluded + cut, key=lambda e: e.offer)))


def examine(offer: Offer, facts: Facts, context: Context, now: int) -> list[Finding]:
    """All findings of all checks: an exclusion names every reason, not only the first."""
    return [finding for check in CHECKS for finding in check(offer, facts, context, now)]


def _suggestions(
    ranked: Sequence[Offer], reasons: dict[str, tuple[Reason, ...]], first: int
) -> tuple[Suggestion, ...]:
    return tuple(
        Suggestion(
            offer.id,
            offer.name,
            offer.summary,
            offer.talk_track,
            offer.value,
            place,
            (*reasons[offer.id], rank_reason(offer, place, ranked)),
        )
        for place, offer in enumerate(ranked[:first], 1)
    )
