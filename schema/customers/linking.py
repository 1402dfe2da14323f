"""Mutation resolveLink: a person says whose a shared key is, or whose it is not."""

from __future__ import annotations

from typing import Any

import graphene

from customer360.customers.linking import Claimant
from customer360.customers.model import CustomerKey, CustomerSnapshot
from customer360.keys import ROOT_TYPES
from schema.context import RequestContext, context_of
from schema.customers.customer import Customer, shown_customer
from schema.enums import LinkResolution
from schema.nodes import KEY, internal_id
from schema.recording import Fact, customer_of, reason_of, record, subject_of, text_of
from schema.refusals import Refused, payload, refusable
from schema.results import outcome, result

MOST_CLAIMANTS = 50  # pairs that one decision speaks about


class ResolveLinkInput(graphene.InputObjectType):
    idempotency_key = graphene.String(required=True)
    key_id = graphene.ID(required=True)
    customer_id = graphene.ID(required=True)
    resolution = LinkResolution(required=True)
    reason = graphene.String(required=True)


class LinkResolved(graphene.ObjectType):
    projected = graphene.Boolean(required=True)
    customer = graphene.Field(Customer)


ResolveLinkResult = result("ResolveLinkResult", LinkResolved)


class CustomerLinking(graphene.ObjectType):
    resolve_link = outcome(ResolveLinkResult, ResolveLinkInput)

    @staticmethod
    @refusable
    async def resolve_resolve_link(_root: Any, info: Any, input: Any) -> Any:
        context = context_of(info)
        recorded = await record(context, "resolveLink", input, lambda: _decision(context, input))
        customer = await customer_of(context, input["customer_id"])
        return payload("LinkResolved", projected=recorded.projected, customer=shown_customer(customer))


async def _decision(context: RequestContext, input: Any) -> list[Fact]:
    """LINK ties the key to this customer and parts it from all others; SEPARATE parts it from this one only."""
    reason, customer = reason_of(input), await customer_of(context, input["customer_id"])
    key = await _key(context, input["key_id"])
    claimants = await context.services.linking.claimants(key.id, MOST_CLAIMANTS + 1)
    if len(claimants) > MOST_CLAIMANTS:
        raise Refused(
            "TOO_MANY_CLAIMS", f"more than {MOST_CLAIMANTS} keys claim it; separate them one by one", "keyId"
        )
    own = [one for one in claimants if one.member_id in customer.member_ids]
    others = [one for one in claimants if one.member_id not in customer.member_ids]
    if text_of(input["resolution"]) == "separate":
        if not own:
            raise Refused("NOT_LINKED", "this customer does not claim that key", "customerId")
        return [_said("identity.unlinked", _subject(one), key, reason) for one in own]
    _check_effect(key, customer)
    linked = _said("identity.linked", _subject(own[0]) if own else subject_of(customer), key, reason)
    return [linked, *(_said("identity.unlinked", _subject(one), key, reason) for one in others)]


def _check_effect(key: CustomerKey, customer: CustomerSnapshot) -> None:
    """Refused where a claim would change nothing: between two roots, and for a customer that is a shared key itself."""
    if any(one.shared and one.id == customer.id for one in customer.keys):
        raise Refused(
            "SHARED_CUSTOMER", "this customer is a shared key itself; say first whose it is", "customerId"
        )
    roots = [one for one in customer.keys if one.type in ROOT_TYPES]
    if key.type in ROOT_TYPES and roots and key.id not in customer.member_ids:
        raise Refused(
            "TWO_ROOTS", "this customer has a CPF or CNPJ of its own; join the two by mergeCustomers", "keyId"
        )


async def _key(context: RequestContext, id: str) -> CustomerKey:
    """The key itself, from the customer it is in or is."""
    internal = internal_id(id, KEY)
    holder = None if internal is None else await context.customer(internal)
    key = None if holder is None else next((key for key in holder.keys if key.id == internal), None)
    if key is None:
        raise Refused("KEY_NOT_FOUND", "there is no such key", "keyId")
    return key


def _subject(claimant: Claimant) -> str:
    return f"{claimant.key_type}:{claimant.key_value}"


def _said(name: str, subject: str, key: CustomerKey, reason: str) -> Fact:
    return Fact(name, {"key": {"type": key.type, "value": key.value}, "reason": reason}, subject)
