"""Channel: an offer made for some channels only is not made in another one."""

from __future__ import annotations

from collections.abc import Iterator

from customer360.offers.checks.words import channel_en, channel_pt
from customer360.offers.model import Context, Facts, Finding, Offer, Reason


def check_channel(offer: Offer, facts: Facts, context: Context, now: int) -> Iterator[Finding]:
    """Says nothing when the offer is for every channel or the question names none."""
    if not offer.channels or context.channel is None:
        return
    allowed = ", ".join(sorted(offer.channels))
    pt, en = channel_pt(context.channel), channel_en(context.channel)
    if context.channel in offer.channels:
        reason = Reason("channel", "channels", f"Feita para {pt}", f"Made for {en}", context.channel, allowed)
        yield Finding(True, reason)
        return
    reason = Reason(
        "channel", "channels", f"Não é feita para {pt}", f"Not made for {en}", context.channel, allowed
    )
    yield Finding(False, reason)
