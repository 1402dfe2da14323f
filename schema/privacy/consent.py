"""Mutation recordConsent."""

from __future__ import annotations

from typing import Any

import graphene

from schema.context import RequestContext, context_of
from schema.customers.customer import Customer, shown_customer
from schema.enums import Channel
from schema.recording import Fact, customer_of, record, subject_of, text_of
from schema.refusals import Refused, payload, refusable
from schema.results import outcome, result


class RecordConsentInput(graphene.InputObjectType):
    idempotency_key = graphene.String(required=True)
    customer_id = graphene.ID(required=True)
    purpose = graphene.String(required=True)
    channel = Channel()
    granted = graphene.Boolean(required=True)
    evidence = graphene.String()


class ConsentRecorded(graphene.ObjectType):
    projected = graphene.Boolean(required=True)
    customer = graphene.Field(Customer, required=True)


RecordConsentResult = result("RecordConsentResult", ConsentRecorded)


class ConsentRecording(graphene.ObjectType):
    record_consent = outcome(RecordConsentResult, RecordConsentInput)

    @staticmethod
    @refusable
    async def resolve_record_consent(_root: Any, info: Any, input: Any) -> Any:
        context = context_of(info)
        recorded = await record(context, "recordConsent", input, lambda: _consent(context, input))
        customer = await customer_of(context, input["customer_id"])
        return payload("ConsentRecorded", projected=recorded.projected, customer=shown_customer(customer))


async def _consent(context: RequestContext, input: Any) -> list[Fact]:
    """`channel` is what the consent is for; without one it is for every channel."""
    customer = await customer_of(context, input["customer_id"])
    purpose, channel = input["purpose"].strip(), text_of(input.get("channel"))
    if not purpose:
        raise Refused("PURPOSE_REQUIRED", "a consent has a purpose", "purpose")
    if channel == "system":
        raise Refused("INVALID_CHANNEL", "a consent is for a channel or for all of them", "channel")
    name = "consent.granted" if input["granted"] else "consent.revoked"
    data = {"purpose": purpose, "channel": channel, "evidence": input.get("evidence") or None}
    return [Fact(name, data, subject_of(customer))]
