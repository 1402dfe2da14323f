"""Mutations that correct the timeline: retractEntry and reassignEntry. The ledger keeps everything."""

from __future__ import annotations

from typing import Any

import graphene

from customer360.history.corrections import RETRACTABLE
from customer360.history.model import Original, TimelineEntry
from schema.context import RequestContext, context_of
from schema.nodes import ENTRY, internal_id, to_global
from schema.recording import Fact, customer_of, reason_of, record, subject_of
from schema.refusals import Refused, payload, refusable
from schema.results import outcome, result


class RetractEntryInput(graphene.InputObjectType):
    idempotency_key = graphene.String(required=True)
    entry_id = graphene.ID(required=True)
    reason = graphene.String(required=True)


class ReassignEntryInput(graphene.InputObjectType):
    idempotency_key = graphene.String(required=True)
    entry_id = graphene.ID(required=True)
    customer_id = graphene.ID(required=True)
    reason = graphene.String(required=True)


class EntryCorrected(graphene.ObjectType):
    projected = graphene.Boolean(required=True)
    entry_id = graphene.ID(required=True)


CorrectEntryResult = result("CorrectEntryResult", EntryCorrected)


class HistoryCorrecting(graphene.ObjectType):
    retract_entry = outcome(CorrectEntryResult, RetractEntryInput)
    reassign_entry = outcome(CorrectEntryResult, ReassignEntryInput)

    @staticmethod
    @refusable
    async def resolve_retract_entry(_root: Any, info: Any, input: Any) -> Any:
        """The answer names the entry that is gone."""
        context = context_of(info)
        recorded = await record(context, "retractEntry", input, lambda: _retraction(context, input))
        return payload("EntryCorrected", projected=recorded.projected, entry_id=input["entry_id"])

    @staticmethod
    @refusable
    async def resolve_reassign_entry(_root: Any, info: Any, input: Any) -> Any:
        """The answer names the entry as it was recorded again."""
        context = context_of(info)
        recorded = await record(context, "reassignEntry", input, lambda: _reassignment(context, input))
        entry_id = to_global(ENTRY, recorded.id)
        return payload("EntryCorrected", projected=recorded.projected, entry_id=entry_id)


async def _retraction(context: RequestContext, input: Any) -> list[Fact]:
    entry, original = await _correctable(context, input["entry_id"])
    holder = None if entry.member_id is None else await context.customer(entry.member_id)
    data = {"source": original.source, "id": original.source_id, "reason": reason_of(input)}
    return [Fact("entry.retracted", data, None if holder is None else subject_of(holder))]


async def _reassignment(context: RequestContext, input: Any) -> list[Fact]:
    entry, original = await _correctable(context, input["entry_id"])
    customer = await customer_of(context, input["customer_id"])
    if entry.member_id in customer.reading_ids:
        raise Refused("SAME_CUSTOMER", "the entry is this customer's already", "customerId")
    data = {"source": original.source, "id": original.source_id, "reason": reason_of(input)}
    return [Fact("entry.reassigned", data, subject_of(customer))]


async def _correctable(context: RequestContext, id: str) -> tuple[TimelineEntry, Original]:
    """The entry and what its event was sent as; of an entry recorded again that is the original event."""
    internal = internal_id(id, ENTRY)
    history = context.services.history
    entry = None if internal is None else await history.entry(internal)
    if entry is None:
        raise Refused("ENTRY_NOT_FOUND", "there is no such entry", "entryId")
    if entry.type not in RETRACTABLE:
        reason = f"{entry.type} cannot be taken back; record the opposite fact"
        raise Refused("NOT_RETRACTABLE", reason, "entryId")
    original = await history.original(entry.id)
    if original is None:
        raise Refused("ENTRY_NOT_FOUND", "the entry's event is not in the ledger", "entryId")
    return entry, original
