"""Customer.nextBestOffers: one stored decision, suggestions and exclusions with their reasons."""

from __future__ import annotations

from typing import Any

import graphene

from customer360.customers.model import CustomerSnapshot
from customer360.errors import BadInput
from customer360.offers.desk import FIRST, Request
from customer360.offers.model import Context, Decision
from customer360.offers.model import Reason as KnownReason
from schema.context import RequestContext
from schema.enums import Channel
from schema.nodes import DECISION, ENTRY, internal_id, to_global
from schema.privacy.masked_text import masked
from schema.scalars import DateTime

LONGEST = 200  # characters of a contact's reason and queue


class OfferContext(graphene.InputObjectType):
    channel = Channel()
    reason = graphene.String(description="Why the customer is in contact; at most 200 characters")
    queue = graphene.String(description="At most 200 characters")
    interaction_id = graphene.ID()


class Reason(graphene.ObjectType):
    """stage: validity, channel, eligibility, contact_policy, consent, arbitration; text in Portuguese and English"""

    stage = graphene.String(required=True)
    rule = graphene.String(required=True)
    text_pt = graphene.String(required=True)
    text_en = graphene.String(required=True)
    measured = graphene.String()
    limit = graphene.String()
    until = DateTime()


class OfferSuggestion(graphene.ObjectType):
    offer_id = graphene.String(required=True)
    name = graphene.String(required=True)
    summary = graphene.String()
    talk_track = graphene.String()
    value = graphene.Float(required=True)
    rank = graphene.Int(required=True)
    reasons = graphene.List(graphene.NonNull(Reason), required=True)


class OfferExclusion(graphene.ObjectType):
    offer_id = graphene.String(required=True)
    name = graphene.String(required=True)
    reasons = graphene.List(graphene.NonNull(Reason), required=True)


class OfferDecision(graphene.ObjectType):
    id = graphene.ID(required=True)
    at = DateTime(required=True)
    reused = graphene.Boolean(required=True)
    offers = graphene.List(graphene.NonNull(OfferSuggestion), required=True)
    excluded = graphene.List(graphene.NonNull(OfferExclusion), required=True)


async def decision_for(
    request: RequestContext, snapshot: CustomerSnapshot, *, first: int | None = None, context: Any = None
) -> ShownDecision:
    """`first` is 1-100, 3 when left out."""
    if first is not None and not 1 <= first <= 100:
        raise BadInput("`first` must be between 1 and 100", field="first", code="FIRST_OUT_OF_RANGE")
    question = Request(
        customer_id=snapshot.id,
        member_ids=snapshot.reading_ids,
        context=_context(context),
        principal_id=request.principal.id,
        now=request.now(),
        first=first or FIRST,
    )
    return ShownDecision(await request.services.offers.decide(question))


def _context(given: Any) -> Context:
    if not given:
        return Context()
    channel = given.get("channel")
    interaction = given.get("interaction_id")
    for name in ("reason", "queue"):
        if len(given.get(name) or "") > LONGEST:
            raise BadInput(f"at most {LONGEST} characters", field=f"context.{name}", code="BAD_USER_INPUT")
    return Context(
        channel=None if channel is None else channel.value,
        reason=given.get("reason"),
        queue=given.get("queue"),
        interaction=None if interaction is None else internal_id(interaction, ENTRY),
    )


class ShownDecision:
    """Source of the type OfferDecision."""

    def __init__(self, decision: Decision) -> None:
        self._answer = decision.answer
        self.id = to_global(DECISION, decision.id)
        self.at = decision.at
        self.reused = decision.reused

    @property
    def offers(self) -> list[dict[str, Any]]:
        return [
            {
                "offer_id": offer.offer,
                "name": offer.name,
                "summary": offer.summary,
                "talk_track": offer.talk_track,
                "value": offer.value,
                "rank": offer.rank,
                "reasons": list(map(shown_reason, offer.reasons)),
            }
            for offer in self._answer.offers
        ]

    @property
    def excluded(self) -> list[dict[str, Any]]:
        return [
            {"offer_id": offer.offer, "name": offer.name, "reasons": list(map(shown_reason, offer.reasons))}
            for offer in self._answer.excluded
        ]


def shown_reason(reason: KnownReason) -> dict[str, Any]:
    """A measured fact may quote what the customer's profile holds."""
    personal = reason.stage == "eligibility"
    return {
        "stage": reason.stage,
        "rule": reason.rule,
        "text_pt": masked(reason.text_pt) if personal else reason.text_pt,
        "text_en": masked(reason.text_en) if personal else reason.text_en,
        "measured": masked(reason.measured) if personal else reason.measured,
        "limit": reason.limit,
        "until": reason.until,
    }
