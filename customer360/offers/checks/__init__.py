"""The declared checks of an offer, in the order of the decision funnel. Each tells why an offer passed or failed.

A check answers no finding where the offer declares nothing to check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from customer360.offers.checks.channel import check_channel
from customer360.offers.checks.consent import check_consent
from customer360.offers.checks.contact_policy import check_contact_policy
from customer360.offers.checks.eligibility import check_eligibility
from customer360.offers.checks.validity import check_validity
from customer360.offers.model import Context, Facts, Finding, Offer

Check = Callable[[Offer, Facts, Context, int], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    check_validity,
    check_channel,
    check_eligibility,
    check_contact_policy,
    check_consent,
)
