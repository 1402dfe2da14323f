"""Mutations that put a line on the timeline: recordInteraction and addNote."""

from __future__ import annotations

from typing import Any

import graphene

from customer360 import clock
from schema.context import RequestContext, context_of
from schema.customers.customer import Customer, shown_customer
from schema.enums import Channel, Direction
from schema.nodes import ENTRY, internal_id, to_global
from schema.recording import Fact, Recorded, customer_of, record, subject_of, text_of
from schema.refusals import Refused, payload, refusable
from schema.results import outcome, result
from schema.scalars import DateTime


class RecordInteractionInput(graphene.InputObjectType):
    idempotency_key = graphene.String(required=True)
    customer_id = graphene.ID(required=True)
    channel = Channel(required=True)
    direction = Direction()
    title = graphene.String()
    summary = graphene.String()
    started_at = DateTime()
    ended_at = DateTime()
    queue = graphene.String()
    reason = graphene.String()
    disposition = graphene.String()
    protocol = graphene.String()


class AddNoteInput(graphene.InputObjectType):
    idempotency_key = graphene.String(required=True)
    customer_id = graphene.ID(required=True)
    text = graphene.String(required=True)
    interaction_id = graphene.ID()


class EntryRecorded(graphene.ObjectType):
    """projected: false when the fact is safe but the screen does not show it yet"""

    projected = graphene.Boolean(required=True)
    entry_id = graphene.ID(required=True)
    customer = graphene.Field(Customer, required=True)


RecordInteractionResult = result("RecordInteractionResult", EntryRecorded)
AddNoteResult = result("AddNoteResult", EntryRecorded)


class HistoryRecording(graphene.ObjectType):
    record_interaction = outcome(RecordInteractionResult, RecordInteractionInput)
    add_note = outcome(AddNoteResult, AddNoteInput)

    @staticmethod
    @refusable
    async def resolve_record_interaction(_root: Any, info: Any, input: Any) -> Any:
        context = context_of(info)
        recorded = await record(context, "recordInteraction", input, lambda: _interaction(context, input))
        return await entry_recorded(context, recorded, input["customer_id"])

    @staticmethod
    @refusable
    async def resolve_add_note(_root: Any, info: Any, input: Any) -> Any:
        context = context_of(info)
        recorded = await record(context, "addNote", input, lambda: _note(context, input))
        return await entry_recorded(context, recorded, input["customer_id"])


async def entry_recorded(context: RequestContext, recorded: Recorded, customer_id: str) -> dict[str, Any]:
    customer = await customer_of(context, customer_id)
    return payload(
        "EntryRecorded",
        projected=recorded.projected,
        entry_id=to_global(ENTRY, recorded.id),
        customer=shown_customer(customer),
    )


async def _interaction(context: RequestContext, input: Any) -> list[Fact]:
    """It occurred when it started; without a start, when it was recorded."""
    customer = await customer_of(context, input["customer_id"])
    started, ended = input.get("started_at"), input.get("ended_at")
    if started is not None and ended is not None and ended < started:
        raise Refused("INVALID_PERIOD", "it cannot end before it starts", "endedAt")
    if text_of(input["channel"]) == "system":
        raise Refused("INVALID_CHANNEL", "an interaction has a channel of its own", "channel")
    data = {
        "channel": text_of(input["channel"]),
        "direction": text_of(input.get("direction")),
        "startedAt": None if started is None else clock.isoformat(started),
        "endedAt": None if ended is None else clock.isoformat(ended),
        "agent": context.principal.name,
        **{
            name: input.get(name) or None
            for name in ("title", "summary", "queue", "reason", "disposition", "protocol")
        },
    }
    return [Fact("interaction.recorded", data, subject_of(customer), data["startedAt"])]


async def _note(context: RequestContext, input: Any) -> list[Fact]:
    customer = await customer_of(context, input["customer_id"])
    if not input["text"].strip():
        raise Refused("TEXT_REQUIRED", "a note has a text", "text")
    data = {
        "text": input["text"],
        "agent": context.principal.name,
        "interaction": await _interaction_id(context, input.get("interaction_id"), customer.reading_ids),
    }
    return [Fact("note.added", data, subject_of(customer))]


async def _interaction_id(context: RequestContext, id: str | None, members: tuple[str, ...]) -> str | None:
    if id is None:
        return None
    internal = internal_id(id, ENTRY)
    entry = None if internal is None else await context.services.history.entry(internal)
    if entry is None or entry.member_id not in members:
        raise Refused("ENTRY_NOT_FOUND", "this customer has no such interaction", "interactionId")
    return entry.id
