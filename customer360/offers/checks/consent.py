"""Consent: an offer that names a purpose needs the customer's standing yes to it."""

from __future__ import annotations

from collections.abc import Iterator

from customer360.offers.checks.words import day_en, day_pt
from customer360.offers.model import ConsentFact, Context, Facts, Finding, Offer, Reason

STAGE = "consent"


def check_consent(offer: Offer, facts: Facts, context: Context, now: int) -> Iterator[Finding]:
    """Of the words for every channel and for this channel the latest holds; silence is no consent."""
    if offer.consent is None:
        return
    word = latest_word(facts, offer.consent, context.channel)
    if word is None:
        pt, en = f"Sem consentimento para {offer.consent}", f"No consent for {offer.consent}"
        yield Finding(False, Reason(STAGE, "consent", pt, en, None, offer.consent))
    elif word.granted:
        pt, en = (
            f"Consentimento dado em {day_pt(word.at, context)}",
            f"Consent given on {day_en(word.at, context)}",
        )
        yield Finding(True, Reason(STAGE, "consent", pt, en, "granted", offer.consent))
    else:
        pt, en = (
            f"Consentimento revogado em {day_pt(word.at, context)}",
            f"Consent revoked on {day_en(word.at, context)}",
        )
        yield Finding(False, Reason(STAGE, "consent", pt, en, "revoked", offer.consent))


def latest_word(facts: Facts, purpose: str, channel: str | None) -> ConsentFact | None:
    """The consent that holds for a purpose in a channel; without a channel only words for every channel count."""
    words = [facts.consents.get((purpose, place)) for place in {"", channel or ""}]
    return max(
        (word for word in words if word is not None), key=lambda word: (word.at, word.id), default=None
    )
