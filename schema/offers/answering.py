"""Mutations presentOffers and respondToOffer. Only what was shown on a screen counts as an impression."""

from __future__ import annotations

from typing import Any

import graphene

from customer360 import clock
from customer360.customers.model import CustomerSnapshot
from customer360.offers.model import Decision
from schema.context import RequestContext, context_of
from schema.customers.customer import Customer, shown_customer
from schema.enums import Channel, OfferResponse
from schema.nodes import DECISION, ENTRY, internal_id, to_global
from schema.recording import Fact, customer_of, record, subject_of, text_of
from schema.refusals import Refused, payload, refusable
from schema.results import outcome, result
from schema.scalars import DateTime


class PresentOffersInput(graphene.InputObjectType):
    idempotency_key = graphene.String(required=True)
    customer_id = graphene.ID(required=True)
    decision_id = graphene.ID(required=True)
    offer_ids = graphene.List(graphene.NonNull(graphene.String), required=True)
    channel = Channel(required=True)


class RespondToOfferInput(graphene.InputObjectType):
    idempotency_key = graphene.String(required=True)
    customer_id = graphene.ID(required=True)
    decision_id = graphene.ID(required=True)
    offer_id = graphene.String(required=True)
    response = OfferResponse(required=True)
    reason = graphene.String()
    until = DateTime()
    channel = Channel(required=True)


class OffersPresented(graphene.ObjectType):
    projected = graphene.Boolean(required=True)
    customer = graphene.Field(Customer, required=True)


class OfferAnswered(graphene.ObjectType):
    projected = graphene.Boolean(required=True)
    entry_id = graphene.ID(required=True)
    customer = graphene.Field(Customer, required=True)


PresentOffersResult = result("PresentOffersResult", OffersPresented)
RespondToOfferResult = result("RespondToOfferResult", OfferAnswered)


class OfferAnswering(graphene.ObjectType):
    present_offers = outcome(
        PresentOffersResult,
        PresentOffersInput,
        description="Tells that the cards of a decision were shown on a screen: the only thing that counts as an impression",
    )
    respond_to_offer = outcome(RespondToOfferResult, RespondToOfferInput)

    @staticmethod
    @refusable
    async def resolve_present_offers(_root: Any, info: Any, input: Any) -> Any:
        context = context_of(info)
        recorded = await record(context, "presentOffers", input, lambda: _presentations(context, input))
        customer = await customer_of(context, input["customer_id"])
        return payload("OffersPresented", projected=recorded.projected, customer=shown_customer(customer))

    @staticmethod
    @refusable
    async def resolve_respond_to_offer(_root: Any, info: Any, input: Any) -> Any:
        context = context_of(info)
        recorded = await record(context, "respondToOffer", input, lambda: _response(context, input))
        customer = await customer_of(context, input["customer_id"])
        return payload(
            "OfferAnswered",
            projected=recorded.projected,
            entry_id=to_global(ENTRY, recorded.id),
            customer=shown_customer(customer),
        )


_TITLES = {
    "presented": "Oferta apresentada",
    "accepted": "Oferta aceita",
    "declined": "Oferta recusada",
    "deferred": "Oferta adiada",
}


async def _presentations(context: RequestContext, input: Any) -> list[Fact]:
    """One impression per offer, in the order of their codes, so that a repeated request makes the same events.

    A card that this person has shown already by the same decision, told under another key, is no second impression.
    """
    customer = await customer_of(context, input["customer_id"])
    decision = await _decision(context, customer, input["decision_id"])
    wanted = sorted(set(input["offer_ids"]))
    if not wanted:
        raise Refused("OFFER_REQUIRED", "name at least one offer", "offerIds")
    facts = {
        offer: Fact(
            "offer.presented", _said(context, input, decision, offer, "presented"), subject_of(customer)
        )
        for offer in wanted
    }
    shown = await context.services.offers.shown(decision.id, customer.reading_ids, context.principal.id)
    return [fact for offer, fact in facts.items() if offer not in shown]


async def _response(context: RequestContext, input: Any) -> list[Fact]:
    customer = await customer_of(context, input["customer_id"])
    decision = await _decision(context, customer, input["decision_id"])
    response, until = str(text_of(input["response"])), input.get("until")
    if until is not None and response != "deferred":
        raise Refused("UNTIL_WITHOUT_DEFERRAL", "only a deferred offer has a later date", "until")
    if until is not None and until <= context.now():
        raise Refused("UNTIL_IN_THE_PAST", "an offer is deferred to a later date", "until")
    data = {
        **_said(context, input, decision, input["offer_id"], response),
        "reason": input.get("reason") or None,
        "until": None if until is None else clock.isoformat(until),
    }
    return [Fact(f"offer.{response}", data, subject_of(customer))]


async def _decision(context: RequestContext, customer: CustomerSnapshot, id: str) -> Decision:
    """Refused unless the decision was made for this customer."""
    internal = internal_id(id, DECISION)
    decision = None if internal is None else await context.services.offers.decision(internal)
    if decision is None or decision.customer_id not in customer.reading_ids:
        raise Refused("DECISION_NOT_FOUND", "no such decision was made for this customer", "decisionId")
    return decision


def _said(context: RequestContext, input: Any, decision: Decision, offer: str, word: str) -> dict[str, Any]:
    """What every word about an offer of a decision holds; the title names the offer as it was shown."""
    name = next((known.name for known in decision.answer.offers if known.offer == offer), None)
    if name is None:
        field = "offerIds" if word == "presented" else "offerId"
        raise Refused("OFFER_NOT_SUGGESTED", "this decision does not suggest that offer", field)
    channel = text_of(input["channel"])
    if channel == "system":
        raise Refused("INVALID_CHANNEL", "an offer is made in a channel of its own", "channel")
    return {
        "offer": offer,
        "title": f"{_TITLES[word]}: {name}",
        "channel": channel,
        "decisionId": decision.id,
        "agent": context.principal.name,
    }
