"""Mutation revealKey: the reason is in the audit log before the value leaves."""

from __future__ import annotations

from typing import Any

import graphene

from customer360.privacy.reveals import Reveal
from schema.context import context_of
from schema.customers.parts import CustomerKey, shown_key
from schema.nodes import KEY, internal_id
from schema.recording import LONGEST_KEY, customer_of, input_digest, reason_of, source_of
from schema.refusals import Refused, payload, refusable
from schema.results import outcome, result


class RevealKeyInput(graphene.InputObjectType):
    idempotency_key = graphene.String(required=True)
    customer_id = graphene.ID(required=True)
    key_id = graphene.ID(required=True)
    reason = graphene.String(required=True)


class KeyRevealed(graphene.ObjectType):
    key = graphene.Field(CustomerKey, required=True)


RevealKeyResult = result("RevealKeyResult", KeyRevealed)


class KeyRevealing(graphene.ObjectType):
    reveal_key = outcome(RevealKeyResult, RevealKeyInput)

    @staticmethod
    @refusable
    async def resolve_reveal_key(_root: Any, info: Any, input: Any) -> Any:
        """Every answer with a value is logged, a repeated one too."""
        context = context_of(info)
        request_key = input["idempotency_key"]
        if not 0 < len(request_key.strip()) <= LONGEST_KEY:
            raise Refused("INVALID_IDEMPOTENCY_KEY", f"1 to {LONGEST_KEY} characters", "idempotencyKey")
        reason = reason_of(input)
        customer = await customer_of(context, input["customer_id"])
        wanted = internal_id(input["key_id"], KEY)
        key = next((key for key in customer.keys if key.id == wanted), None)
        if key is None:
            raise Refused("KEY_NOT_FOUND", "this customer has no such key", "keyId")
        await context.services.reveals.log(
            Reveal(
                request_id=context.services.ids.event(source_of(context), request_key),
                digest=input_digest(context, "revealKey", input),
                principal_id=context.principal.id,
                member_id=key.id,
                key_type=key.type,
                reason=reason,
            )
        )
        return payload("KeyRevealed", key=shown_key(key, revealed=True))
