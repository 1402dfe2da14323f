"""Validity: the offer is neither withdrawn, nor before its first day, nor past its last."""

from __future__ import annotations

from collections.abc import Iterator

from customer360 import clock
from customer360.offers.checks.words import day_en, day_pt
from customer360.offers.model import Context, Facts, Finding, Offer, Reason


def check_validity(offer: Offer, facts: Facts, context: Context, now: int) -> Iterator[Finding]:
    """valid_from is the first valid instant, valid_to the first one after the end."""
    if offer.withdrawn_at is not None:
        yield Finding(
            False, _reason("withdrawn", "Oferta retirada do catálogo", "The offer was withdrawn", now, None)
        )
    if offer.valid_from is not None and now < offer.valid_from:
        pt, en = (
            f"Vale só a partir de {day_pt(offer.valid_from, context)}",
            f"Valid only from {day_en(offer.valid_from, context)}",
        )
        yield Finding(False, _reason("valid_from", pt, en, now, offer.valid_from, until=offer.valid_from))
    if offer.valid_to is not None:
        yield _end(offer.valid_to, now, context)


def _end(end: int, now: int, context: Context) -> Finding:
    if now >= end:
        pt, en = f"Vencida em {day_pt(end, context)}", f"Expired on {day_en(end, context)}"
        return Finding(False, _reason("valid_to", pt, en, now, end))
    pt, en = f"Válida até {day_pt(end, context)}", f"Valid until {day_en(end, context)}"
    return Finding(True, _reason("valid_to", pt, en, now, end))


def _reason(rule: str, pt: str, en: str, now: int, limit: int | None, until: int | None = None) -> Reason:
    shown = None if limit is None else clock.isoformat(limit)
    return Reason("validity", rule, pt, en, clock.isoformat(now), shown, until)
