"""Contact policy: not presented again within the offer's days in any channel, and not before a deferral ends.

Only offer.presented counts as an impression.
"""

from __future__ import annotations

from collections.abc import Iterator

from customer360 import clock
from customer360.offers.checks.words import channel_en, channel_pt, day_en, day_pt
from customer360.offers.model import Context, Facts, Finding, Impression, Offer, Reason

STAGE = "contact_policy"


def check_contact_policy(offer: Offer, facts: Facts, context: Context, now: int) -> Iterator[Finding]:
    """A hold ends `repeat_after_days` x 24 h after the latest impression, whatever its channel."""
    if offer.repeat_after_days > 0:
        yield _repetition(offer, facts.impressions.get(offer.id), now, context)
    until = facts.deferred.get(offer.id)
    if until is not None and now < until:
        pt, en = (
            f"O cliente pediu para adiar até {day_pt(until, context)}",
            f"The customer deferred it until {day_en(until, context)}",
        )
        limit = clock.isoformat(until)
        yield Finding(False, Reason(STAGE, "deferred", pt, en, clock.isoformat(now), limit, until))


def _repetition(offer: Offer, last: Impression | None, now: int, context: Context) -> Finding:
    limit = f"{offer.repeat_after_days} d"
    if last is None:
        pt, en = "Nunca apresentada a este cliente", "Never presented to this customer"
        return Finding(True, Reason(STAGE, "repeat_after_days", pt, en, None, limit))
    ends = last.at + offer.repeat_after_days * clock.DAY
    pt = f"Apresentada em {day_pt(last.at, context)} por {channel_pt(last.channel)}"
    en = f"Presented on {day_en(last.at, context)} by {channel_en(last.channel)}"
    measured = clock.isoformat(last.at)
    if now >= ends:
        return Finding(
            True,
            Reason(
                STAGE, "repeat_after_days", f"{pt}, prazo cumprido", f"{en}, long enough ago", measured, limit
            ),
        )
    pt, en = (
        f"{pt}; de novo só a partir de {day_pt(ends, context)}",
        f"{en}; not again before {day_en(ends, context)}",
    )
    return Finding(False, Reason(STAGE, "repeat_after_days", pt, en, measured, limit, ends))
