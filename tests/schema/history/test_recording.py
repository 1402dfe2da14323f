from __future__ import annotations

import asyncio
from typing import Any

import pytest

from schema.nodes import ENTRY, internal_id, to_global
from tests.schema.customers.test_page import global_id
from tests.schema.desk import ANA, BIA, Desk

INTERACTION = """
mutation($input: RecordInteractionInput!) { recordInteraction(input: $input) {
  __typename
  ... on EntryRecorded { projected entryId customer { id timeline(first: 5) { nodes {
    __typename id title summary channel direction occurredAt source retractable
    ... on InteractionEntry { startedAt endedAt agent queue reason disposition protocol }
  } } } }
  ... on Refusal { code message field }
} }"""
NOTE = """
mutation($input: AddNoteInput!) { addNote(input: $input) {
  __typename
  ... on EntryRecorded { projected entryId customer { timeline(first: 5) { nodes { __typename id summary ... on NoteEntry { agent } } } } }
  ... on Refusal { code message field }
} }"""


@pytest.fixture
def ana(desk: Desk) -> str:
    desk.given("profile.updated", {"name": "Ana"})
    return global_id(desk.services.ids, ANA)


def call(customer: str, key: str = "k1", **more: Any) -> dict[str, Any]:
    return {"idempotencyKey": key, "customerId": customer, "channel": "VOICE", **more}


async def test_an_interaction_is_on_the_timeline_of_the_answer(desk: Desk, ana: str) -> None:
    # when
    sent = call(
        ana,
        direction="INBOUND",
        title="Segunda via",
        summary="Pediu a fatura",
        startedAt="2026-03-01T09:00:00-03:00",
        endedAt="2026-03-01T09:05:00-03:00",
        queue="cobranca",
        reason="fatura",
        disposition="resolvido",
        protocol="2026030100017",
    )
    result = (await desk.ask(INTERACTION, input=sent))["recordInteraction"]
    # then it occurred when it started, is signed by the agent, and keeps the protocol it was given
    assert (result["__typename"], result["projected"]) == ("EntryRecorded", True)
    (entry,) = result["customer"]["timeline"]["nodes"]
    assert entry == {
        "__typename": "InteractionEntry",
        "id": result["entryId"],
        "title": "Segunda via",
        "summary": "Pediu a fatura",
        "channel": "VOICE",
        "direction": "INBOUND",
        "occurredAt": "2026-03-01T12:00:00Z",
        "source": f"c360:graphql:{desk.principal('agent').id}",
        "retractable": True,
        "startedAt": "2026-03-01T12:00:00Z",
        "endedAt": "2026-03-01T12:05:00Z",
        "agent": "Pessoa agent",
        "queue": "cobranca",
        "reason": "fatura",
        "disposition": "resolvido",
        "protocol": "2026030100017",
    }


async def test_the_same_key_and_input_answers_as_before_and_records_nothing(desk: Desk, ana: str) -> None:
    first = (await desk.ask(INTERACTION, input=call(ana, title="A")))["recordInteraction"]
    before = desk.everything()
    again = (await desk.ask(INTERACTION, input=call(ana, title="A", queue=None)))["recordInteraction"]
    assert again == first
    assert desk.everything() == before


async def test_the_same_key_with_another_input_is_refused_and_changes_nothing(desk: Desk, ana: str) -> None:
    await desk.ask(INTERACTION, input=call(ana, title="A"))
    before = desk.everything()
    # when the key is used again, by the same mutation and by another one
    other = (await desk.ask(INTERACTION, input=call(ana, title="B")))["recordInteraction"]
    note = (await desk.ask(NOTE, input={"idempotencyKey": "k1", "customerId": ana, "text": "t"}))["addNote"]
    # then
    for refusal in (other, note):
        assert (refusal["code"], refusal["field"]) == ("IDEMPOTENCY_CONFLICT", "idempotencyKey")
    assert desk.everything() == before


async def test_a_key_is_each_principals_own(desk: Desk, ana: str) -> None:
    await desk.ask(INTERACTION, input=call(ana, title="A"))
    result = (await desk.ask(INTERACTION, role="supervisor", input=call(ana, title="B")))["recordInteraction"]
    assert [entry["title"] for entry in result["customer"]["timeline"]["nodes"]] == ["B", "A"]


async def test_twins_at_the_same_time_record_once(desk: Desk, ana: str) -> None:
    answers = await asyncio.gather(*(desk.ask(INTERACTION, input=call(ana, title="A")) for _ in range(4)))
    assert len({answer["recordInteraction"]["entryId"] for answer in answers}) == 1
    assert desk.everything()["timeline_entry"] == 1


async def test_a_lagging_projection_is_told_and_the_fact_is_safe(desk: Desk, ana: str) -> None:
    desk.projects = False
    result = (await desk.ask(INTERACTION, input=call(ana, title="A")))["recordInteraction"]
    assert (result["projected"], result["customer"]["timeline"]["nodes"]) == (False, [])
    # when it is projected later, the entry has the id that was answered
    desk.scenario.project()
    ((entry_id,),) = desk.scenario.rows("SELECT id FROM timeline_entry")
    assert internal_id(result["entryId"], ENTRY) == entry_id


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"customerId": to_global("customer", "0" * 32)}, "CUSTOMER_NOT_FOUND", "customerId"),
        ({"customerId": "x"}, "CUSTOMER_NOT_FOUND", "customerId"),
        ({"channel": "SYSTEM"}, "INVALID_CHANNEL", "channel"),
        ({"idempotencyKey": "  "}, "INVALID_IDEMPOTENCY_KEY", "idempotencyKey"),
        ({"idempotencyKey": "k" * 201}, "INVALID_IDEMPOTENCY_KEY", "idempotencyKey"),
        (
            {"startedAt": "2026-03-01T09:00:00Z", "endedAt": "2026-03-01T08:00:00Z"},
            "INVALID_PERIOD",
            "endedAt",
        ),
    ],
)
async def test_a_refused_interaction_changes_nothing(
    desk: Desk, ana: str, change: dict[str, Any], code: str, field: str
) -> None:
    before = desk.everything()
    refusal = (await desk.ask(INTERACTION, input=call(ana) | change))["recordInteraction"]
    assert (refusal["__typename"], refusal["code"], refusal["field"]) == ("Refusal", code, field)
    assert desk.everything() == before


async def test_a_text_that_no_event_holds_is_refused_and_is_no_case_for_the_quarantine(
    desk: Desk, ana: str
) -> None:
    before = desk.everything()
    refusal = (await desk.ask(INTERACTION, input=call(ana, title="x" * 501)))["recordInteraction"]
    assert (refusal["code"], refusal["field"]) == ("INVALID_DATA", "title")
    assert desk.everything() == before


async def test_a_note_may_name_an_interaction_of_the_customer_only(desk: Desk, ana: str) -> None:
    # given an interaction of each
    hers = to_global(ENTRY, desk.given("interaction.recorded", {"channel": "chat"}))
    other = to_global(ENTRY, desk.given("interaction.recorded", {"channel": "chat"}, subject=BIA))
    sent = {"idempotencyKey": "n1", "customerId": ana, "text": "Retornar amanhã"}
    # when
    refusal = (await desk.ask(NOTE, input=sent | {"interactionId": other}))["addNote"]
    result = (await desk.ask(NOTE, input=sent | {"interactionId": hers}))["addNote"]
    # then
    assert (refusal["code"], refusal["field"]) == ("ENTRY_NOT_FOUND", "interactionId")
    note = result["customer"]["timeline"]["nodes"][0]
    assert note == {
        "__typename": "NoteEntry",
        "id": result["entryId"],
        "summary": "Retornar amanhã",
        "agent": "Pessoa agent",
    }
    assert desk.recorded[-1]["data"]["interaction"] == internal_id(hers, ENTRY)


async def test_an_empty_note_is_refused(desk: Desk, ana: str) -> None:
    refusal = (await desk.ask(NOTE, input={"idempotencyKey": "n1", "customerId": ana, "text": " \n"}))[
        "addNote"
    ]
    assert refusal["code"] == "TEXT_REQUIRED"
    assert desk.recorded == []


async def test_of_twins_with_other_inputs_one_is_recorded_and_the_other_refused(desk: Desk, ana: str) -> None:
    sent = [call(ana, title=title) for title in ("A", "B", "C")]
    answers = await asyncio.gather(*(desk.ask(INTERACTION, input=input) for input in sent))
    outcomes = sorted(answer["recordInteraction"].get("code", "") for answer in answers)
    assert outcomes == ["", "IDEMPOTENCY_CONFLICT", "IDEMPOTENCY_CONFLICT"]
    assert desk.everything()["timeline_entry"] == 1
