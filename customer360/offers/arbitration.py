"""Arbitration: which of the offers that passed come first. The order is total, so that ties repeat exactly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from customer360.offers.checks.words import number_pt, shown
from customer360.offers.model import Offer, Reason


def rank(offers: Iterable[Offer]) -> list[Offer]:
    """Highest value first, equal values by id."""
    return sorted(offers, key=lambda offer: (-offer.value, offer.id))


def rank_reason(offer: Offer, place: int, ranked: Sequence[Offer]) -> Reason:
    """Why a suggested offer stands where it stands; `place` counts from 1."""
    pt = f"Valor {number_pt(offer.value)}: {place}ª de {len(ranked)} ofertas possíveis"
    en = f"Value {shown(offer.value)}: number {place} of {len(ranked)} possible offers"
    return Reason("arbitration", "value", pt, en, shown(offer.value), None)


def cut_reason(offer: Offer, place: int, first: int) -> Reason:
    """Why an offer that passed every check is not among the `first` suggested."""
    pt = f"Ficou em {place}º lugar por valor ({number_pt(offer.value)}); foram pedidas {first}"
    en = f"Came {place} by value ({shown(offer.value)}); {first} were asked for"
    return Reason("arbitration", "first", pt, en, str(place), str(first))
