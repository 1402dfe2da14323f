"""From a row of the offer table to an Offer. The definition is the `data` of the latest offer.defined, as sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from customer360 import clock
from customer360.events.definitions import OfferDefined, OfferRule
from customer360.events.envelope import instant
from customer360.offers.model import Offer, Rule, Scalar

TOLD_FOR = 90 * clock.DAY


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One row: `defined` is null while only a withdrawal has arrived; (at, by) order the two events."""

    id: str
    defined: Mapping[str, Any] | None
    defined_at: int | None
    defined_by: str | None
    withdrawn_at: int | None
    withdrawn_by: str | None


def read_offer(row: OfferRow) -> Offer | None:
    """The offer of a row; None while it was never defined."""
    if row.defined is None:
        return None
    data = msgspec.convert(row.defined, OfferDefined)
    return Offer(
        id=row.id,
        name=data.name,
        summary=data.summary,
        talk_track=data.talk_track,
        value=data.value,
        valid_from=_time(data.valid_from, "validFrom"),
        valid_to=_time(data.valid_to, "validTo"),
        withdrawn_at=row.withdrawn_at if _withdrawn(row) else None,
        channels=frozenset(channel.value for channel in data.channels or ()),
        rules=tuple(map(_rule, data.rules)),
        repeat_after_days=data.repeat_after_days,
        consent=data.consent,
    )


def current(offers: Iterable[Offer], now: int) -> list[Offer]:
    """Without those that ended more than 90 days ago: nobody asks why not, and decisions are kept for ever."""
    return [offer for offer in offers if (ended := _end(offer)) is None or now < ended + TOLD_FOR]


def _end(offer: Offer) -> int | None:
    ends = [end for end in (offer.withdrawn_at, offer.valid_to) if end is not None]
    return min(ends, default=None)


def _withdrawn(row: OfferRow) -> bool:
    """An offer defined again after its withdrawal is back."""
    if row.withdrawn_at is None:
        return False
    return (row.withdrawn_at, row.withdrawn_by or "") > (row.defined_at or 0, row.defined_by or "")


def _time(text: str | None, field: str) -> int | None:
    return None if text is None else instant(text, field)


def _rule(rule: OfferRule) -> Rule:
    value: Scalar | tuple[Scalar, ...] = tuple(rule.value) if isinstance(rule.value, list) else rule.value
    return Rule(rule.fact, rule.name, rule.op, value)
