from __future__ import annotations

from typing import Any

import pytest

from schema.nodes import ENTRY, to_global
from tests.schema.customers.test_page import global_id
from tests.schema.desk import ANA, BIA, Desk

RETRACT = """
mutation($input: RetractEntryInput!) { retractEntry(input: $input) {
  __typename ... on EntryCorrected { projected entryId } ... on Refusal { code field } } }"""
REASSIGN = """
mutation($input: ReassignEntryInput!) { reassignEntry(input: $input) {
  __typename ... on EntryCorrected { projected entryId } ... on Refusal { code field } } }"""
TIMELINE = "query($id: ID!) { customer(id: $id) { timeline(first: 9) { nodes { id title retractable } } } }"


async def titles(desk: Desk, subject: str) -> list[str]:
    answer = await desk.ask(TIMELINE, id=global_id(desk.services.ids, subject))
    return [entry["title"] for entry in answer["customer"]["timeline"]["nodes"]]


def correction(entry: str, key: str = "c1", **more: Any) -> dict[str, Any]:
    return {"idempotencyKey": key, "entryId": to_global(ENTRY, entry), "reason": "engano", **more}


async def test_a_retracted_entry_is_gone_and_a_repeated_request_answers_the_same(desk: Desk) -> None:
    # given two entries
    wrong = desk.given("interaction.recorded", {"channel": "voice", "title": "errada"})
    desk.given("interaction.recorded", {"channel": "voice", "title": "certa"})
    # when one is retracted, twice
    first = (await desk.ask(RETRACT, input=correction(wrong)))["retractEntry"]
    again = (await desk.ask(RETRACT, input=correction(wrong)))["retractEntry"]
    # then
    assert (
        first
        == again
        == {"__typename": "EntryCorrected", "projected": True, "entryId": to_global(ENTRY, wrong)}
    )
    assert await titles(desk, ANA) == ["certa"]
    # and a new request finds nothing to retract
    refusal = (await desk.ask(RETRACT, input=correction(wrong, "c2")))["retractEntry"]
    assert refusal == {"__typename": "Refusal", "code": "ENTRY_NOT_FOUND", "field": "entryId"}


async def test_an_entry_goes_to_the_other_customer_and_from_there_on_to_a_third(desk: Desk) -> None:
    # given an entry of Ana, and two more customers
    third = "email:caio@exemplo.com.br"
    entry = desk.given("interaction.recorded", {"channel": "voice", "title": "de quem?"})
    for subject in (BIA, third):
        desk.given("profile.updated", {"name": subject}, subject=subject)
    # when it is reassigned, and the entry that came of it once more
    to_bia = correction(entry, customerId=global_id(desk.services.ids, BIA))
    moved = (await desk.ask(REASSIGN, input=to_bia))["reassignEntry"]
    assert (await titles(desk, ANA), await titles(desk, BIA)) == ([], ["de quem?"])
    to_third = {**to_bia, "idempotencyKey": "c2", "entryId": moved["entryId"]}
    again = await desk.ask(REASSIGN, input=to_third | {"customerId": global_id(desk.services.ids, third)})
    # then the correction names the original event and the entry is with the third alone
    assert again["reassignEntry"]["__typename"] == "EntryCorrected", again
    assert [event["data"]["source"] for event in desk.recorded] == ["crm", "crm"]
    assert [await titles(desk, who) for who in (ANA, BIA, third)] == [[], [], ["de quem?"]]


async def test_other_facts_are_not_retractable_and_nothing_changes(desk: Desk) -> None:
    # given a payment, a consent and a purchase
    facts = [
        desk.given("payment.received", {"amount": 10.5}),
        desk.given("consent.granted", {"purpose": "marketing"}),
        desk.given("purchase.completed", {"product": "cartao"}),
    ]
    before = desk.everything()
    # then each is refused
    for fact in facts:
        refusal = (await desk.ask(RETRACT, input=correction(fact)))["retractEntry"]
        assert refusal == {"__typename": "Refusal", "code": "NOT_RETRACTABLE", "field": "entryId"}
    assert desk.everything() == before
    answer = await desk.ask(TIMELINE, id=global_id(desk.services.ids, ANA))
    assert {entry["retractable"] for entry in answer["customer"]["timeline"]["nodes"]} == {False}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "  "}, "REASON_REQUIRED"),
        ({"entryId": "x"}, "ENTRY_NOT_FOUND"),
        ({"customerId": to_global("customer", "0" * 32)}, "CUSTOMER_NOT_FOUND"),
        ({"customerId": ANA}, "SAME_CUSTOMER"),
    ],
)
async def test_a_refused_reassignment_changes_nothing(desk: Desk, change: dict[str, str], code: str) -> None:
    # given an entry of Ana, to be given to Bia
    entry = desk.given("interaction.recorded", {"channel": "voice"})
    desk.given("profile.updated", {"name": "Bia"}, subject=BIA)
    before = desk.everything()
    sent = correction(entry, customerId=global_id(desk.services.ids, BIA)) | change
    if sent["customerId"] == ANA:
        sent["customerId"] = global_id(desk.services.ids, ANA)
    # when
    refusal = (await desk.ask(REASSIGN, input=sent))["reassignEntry"]
    # then
    assert (refusal["__typename"], refusal["code"]) == ("Refusal", code)
    assert desk.everything() == before
