"""How a customer uses channels: which one they prefer, and at which hour. Pure; a plain count, not a prediction.

Weight of a channel = interactions + 2 x accepted or converted offers there (an answer to an offer tells more than a
contact the company may have begun). Preference = share of the weight with add-one smoothing over the 13 channels
(Laplace), so that one call does not make a telephone lover. Best hour = the hour whose weight, smoothed with its two
neighbours around the clock (1/4, 1/2, 1/4), is largest; the earliest of equals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from customer360.customers.model import ChannelUse, Consent

CHANNELS = 13
RESPONSE_WEIGHT = 2
ENOUGH = 3  # interactions and responses below which nothing is called preferred and no hour best
RARE_SHARE = 0.05


@dataclass(slots=True)
class ChannelCounts:
    """Of one channel: visible entries, and interactions and positive responses by hour of the installation's zone."""

    entries: int = 0
    interactions: dict[int, int] = field(default_factory=dict)
    responses: dict[int, int] = field(default_factory=dict)

    @property
    def sample(self) -> int:
        return sum(self.interactions.values()) + sum(self.responses.values())

    @property
    def weight(self) -> int:
        return sum(self.interactions.values()) + RESPONSE_WEIGHT * sum(self.responses.values())

    def weight_of(self, hour: int) -> int:
        return self.interactions.get(hour, 0) + RESPONSE_WEIGHT * self.responses.get(hour, 0)


def channel_uses(
    counts: Mapping[str, ChannelCounts], last_at: Mapping[str, int], consents: Iterable[Consent]
) -> tuple[ChannelUse, ...]:
    """Most used first. A channel for which any purpose is refused is REFUSED, whatever its use."""
    refused = _refused(consents)
    total = sum(count.weight for channel, count in counts.items() if channel != "system")
    best = _preferred(counts, refused)
    uses = [
        ChannelUse(
            channel=channel,
            interactions=sum(count.interactions.values()),
            last_at=last_at.get(channel),
            preference=_preference(channel, count, total, best, refused),
            best_hour=best_hour(count),
            sample_size=count.sample,
        )
        for channel, count in counts.items()
        if count.entries > 0 or count.sample > 0
    ]
    return tuple(sorted(uses, key=lambda use: (-counts[use.channel].weight, use.channel)))


def share(weight: int, total: int) -> float:
    """Smoothed share of one channel: (weight + 1) / (total + 13)."""
    return (weight + 1) / (total + CHANNELS)


def best_hour(count: ChannelCounts) -> int | None:
    """0-23, or None below three observations."""
    if count.sample < ENOUGH:
        return None
    weights = [count.weight_of(hour) for hour in range(24)]
    return max(range(24), key=lambda hour: (_smoothed(weights, hour), -hour))


def _smoothed(weights: Sequence[int], hour: int) -> int:
    """Four times the smoothed weight, to stay exact."""
    return weights[hour - 1] + 2 * weights[hour] + weights[(hour + 1) % 24]


def _refused(consents: Iterable[Consent]) -> set[str]:
    return {consent.channel for consent in consents if consent.channel is not None and not consent.granted}


def _preferred(counts: Mapping[str, ChannelCounts], refused: set[str]) -> str | None:
    able = [
        (count.weight, channel)
        for channel, count in counts.items()
        if count.sample >= ENOUGH and channel != "system" and channel not in refused
    ]
    return min(able, key=lambda pair: (-pair[0], pair[1]))[1] if able else None


def _preference(channel: str, count: ChannelCounts, total: int, best: str | None, refused: set[str]) -> str:
    if channel in refused:
        return "REFUSED"
    if channel == best:
        return "PREFERRED"
    return "RARE" if share(count.weight, total) < RARE_SHARE else "USED"
