from __future__ import annotations

from typing import Any

import pytest

from customer360 import clock
from schema.nodes import to_global
from tests.schema.customers.test_page import global_id
from tests.schema.desk import ANA, BIA, Desk

OFFERS = """
query($id: ID!, $first: Int) { customer(id: $id) {
  nextBestOffers(first: $first, context: {channel: VOICE}) {
    id reused offers { offerId name rank value summary talkTrack reasons { stage } }
    excluded { offerId reasons { stage rule textPt textEn measured limit until } } }
  offerHistory(first: 9) { nodes { id offerId name kind channel reason decisionId } }
  timeline(first: 9) { nodes { __typename title ... on OfferEntry { offerId decisionId response responseReason respondedAt } } }
} }"""
PRESENT = """
mutation($input: PresentOffersInput!) { presentOffers(input: $input) {
  __typename ... on OffersPresented { projected customer { id } } ... on Refusal { code field } } }"""
RESPOND = """
mutation($input: RespondToOfferInput!) { respondToOffer(input: $input) {
  __typename ... on OfferAnswered { projected entryId customer { id } } ... on Refusal { code field } } }"""


@pytest.fixture
def ana(desk: Desk) -> str:
    desk.given("profile.updated", {"name": "Ana"})
    for code, value in (("seguro", 30), ("cartao", 20), ("credito", 10)):
        desk.given("offer.defined", {"offer": code, "name": code.title(), "value": value}, subject=None)
    return global_id(desk.services.ids, ANA)


async def customer(desk: Desk, id: str, first: int | None = None, role: str = "agent") -> dict[str, Any]:
    found: dict[str, Any] = (await desk.ask(OFFERS, role=role, id=id, first=first))["customer"]
    return found


async def present(desk: Desk, **input: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await desk.ask(PRESENT, input={"channel": "VOICE", **input}))["presentOffers"]
    return answer


async def respond(desk: Desk, **input: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await desk.ask(RESPOND, input={"channel": "VOICE", **input}))["respondToOffer"]
    return answer


async def test_a_decision_is_reused_until_something_was_presented(desk: Desk, ana: str) -> None:
    # given the same question twice
    first = (await customer(desk, ana, 2))["nextBestOffers"]
    again = (await customer(desk, ana, 2))["nextBestOffers"]
    # then it is one decision, and looking at it was no impression
    assert (first["reused"], again["reused"], again["id"]) == (False, True, first["id"])
    assert [offer["offerId"] for offer in first["offers"]] == ["seguro", "cartao"]
    assert first["excluded"][0]["reasons"][0]["stage"] == "arbitration"
    assert desk.scenario.rows("SELECT count(*) FROM offer_contact") == [(0,)]
    # when its first card is shown
    shown = await present(
        desk, idempotencyKey="p1", customerId=ana, decisionId=first["id"], offerIds=["seguro"]
    )
    assert (shown["__typename"], shown["projected"]) == ("OffersPresented", True)
    # then it is still on the table in that agent's conversation, by the same decision
    still = (await customer(desk, ana, 2))["nextBestOffers"]
    assert (still["id"], [offer["offerId"] for offer in still["offers"]]) == (
        first["id"],
        ["seguro", "cartao"],
    )
    # and for everybody else it rests, with its reason in both languages and the day it may come again
    after = await customer(desk, ana, 2, role="supervisor")
    assert [offer["offerId"] for offer in after["nextBestOffers"]["offers"]] == ["cartao", "credito"]
    (reason,) = after["nextBestOffers"]["excluded"][0]["reasons"]
    assert (reason["stage"], reason["rule"], reason["limit"]) == (
        "contact_policy",
        "repeat_after_days",
        "30 d",
    )
    ((shown_at,),) = desk.scenario.rows("SELECT occurred_at FROM offer_contact")
    assert reason["until"] == clock.isoformat(shown_at + 30 * clock.DAY)
    assert "de novo só a partir de" in reason["textPt"]
    assert "not again before" in reason["textEn"]
    (contact,) = after["offerHistory"]["nodes"]
    assert (contact["kind"], contact["name"], contact["decisionId"]) == ("presented", "Seguro", first["id"])


async def test_an_answered_card_is_no_longer_on_the_table(desk: Desk, ana: str) -> None:
    # given a card that its agent showed and the customer declined
    decision = (await customer(desk, ana))["nextBestOffers"]["id"]
    known = {"customerId": ana, "decisionId": decision}
    await present(desk, idempotencyKey="p1", offerIds=["seguro"], **known)
    await respond(desk, idempotencyKey="r1", offerId="seguro", response="DECLINED", **known)
    # then it rests for that agent too
    after = (await customer(desk, ana))["nextBestOffers"]
    assert [offer["offerId"] for offer in after["offers"]] == ["cartao", "credito"]


async def test_a_response_shows_on_the_presentation_and_by_itself(desk: Desk, ana: str) -> None:
    # given a decision and its presentation
    decision = (await customer(desk, ana))["nextBestOffers"]["id"]
    known = {"customerId": ana, "decisionId": decision}
    await present(desk, idempotencyKey="p1", offerIds=["seguro", "cartao"], **known)
    # when one is declined with a reason
    answered = await respond(
        desk, idempotencyKey="r1", offerId="seguro", response="DECLINED", reason="caro", **known
    )
    # then
    assert (answered["__typename"], answered["projected"]) == ("OfferAnswered", True)
    entries = {
        (entry["title"], entry["offerId"]): (entry["response"], entry["responseReason"])
        for entry in (await customer(desk, ana))["timeline"]["nodes"]
    }
    assert {offer: told for (_, offer), told in entries.items() if offer == "cartao"} == {
        "cartao": (None, None)
    }
    assert [told for (_, offer), told in entries.items() if offer == "seguro"] == [("declined", "caro")] * 2


async def test_a_repeated_presentation_counts_once_and_another_list_is_a_conflict(
    desk: Desk, ana: str
) -> None:
    decision = (await customer(desk, ana))["nextBestOffers"]["id"]
    known = {"idempotencyKey": "p1", "customerId": ana, "decisionId": decision}
    await present(desk, offerIds=["seguro", "cartao"], **known)
    before = desk.everything()
    await present(desk, offerIds=["seguro", "cartao"], **known)
    refusal = await present(desk, offerIds=["cartao"], **known)
    assert refusal == {"__typename": "Refusal", "code": "IDEMPOTENCY_CONFLICT", "field": "idempotencyKey"}
    assert desk.everything() == before
    assert desk.scenario.rows("SELECT count(*) FROM offer_contact") == [(2,)]


async def test_a_card_is_shown_once_by_one_person_whatever_the_key(desk: Desk, ana: str) -> None:
    # given a card that was shown
    decision = (await customer(desk, ana))["nextBestOffers"]["id"]
    known = {"customerId": ana, "decisionId": decision}
    await present(desk, idempotencyKey="p1", offerIds=["seguro"], **known)
    before = desk.everything()
    # when it is told again under another key, then nothing is recorded
    again = await present(desk, idempotencyKey="p2", offerIds=["seguro"], **known)
    assert (again["__typename"], again["projected"]) == ("OffersPresented", True)
    assert desk.everything() == before
    # and beside a new card only that one is
    await present(desk, idempotencyKey="p3", offerIds=["seguro", "cartao"], **known)
    assert desk.scenario.rows("SELECT offer_id, kind FROM offer_contact ORDER BY offer_id") == [
        ("cartao", "presented"),
        ("seguro", "presented"),
    ]


async def test_nothing_is_deferred_into_the_past(desk: Desk, ana: str) -> None:
    decision = (await customer(desk, ana))["nextBestOffers"]["id"]
    before = desk.everything()
    known = {"customerId": ana, "decisionId": decision, "offerId": "seguro", "response": "DEFERRED"}
    refusal = await respond(desk, idempotencyKey="r1", until="2020-01-01T00:00:00Z", **known)
    assert refusal == {"__typename": "Refusal", "code": "UNTIL_IN_THE_PAST", "field": "until"}
    assert desk.everything() == before


@pytest.mark.parametrize("name", ["reason", "queue"])
async def test_the_context_of_a_question_is_bounded(desk: Desk, ana: str, name: str) -> None:
    query = f"query($id: ID!, $text: String) {{ customer(id: $id) {{ nextBestOffers(context: {{{name}: $text}}) {{ id }} }} }}"
    await desk.ask(query, id=ana, text="é" * 200)
    before = desk.everything()
    refused = await desk.answer(query, id=ana, text="é" * 201)
    assert refused.errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert refused.errors[0]["extensions"]["field"] == f"context.{name}"
    assert desk.everything() == before


async def test_a_deferred_offer_rests_until_the_date_told(desk: Desk, ana: str) -> None:
    decision = (await customer(desk, ana))["nextBestOffers"]["id"]
    known = {"customerId": ana, "decisionId": decision, "offerId": "seguro"}
    until = "2099-01-01T00:00:00Z"
    refusal = await respond(desk, idempotencyKey="r1", response="ACCEPTED", until=until, **known)
    assert refusal == {"__typename": "Refusal", "code": "UNTIL_WITHOUT_DEFERRAL", "field": "until"}
    await respond(desk, idempotencyKey="r1", response="DEFERRED", until=until, **known)
    excluded = (await customer(desk, ana))["nextBestOffers"]["excluded"]
    assert [(one["offerId"], one["reasons"][0]["until"]) for one in excluded] == [("seguro", until)]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"decisionId": to_global("decision", "0" * 32)}, "DECISION_NOT_FOUND", "decisionId"),
        ({"customerId": BIA}, "DECISION_NOT_FOUND", "decisionId"),
        ({"offerIds": ["outra"]}, "OFFER_NOT_SUGGESTED", "offerIds"),
        ({"offerIds": []}, "OFFER_REQUIRED", "offerIds"),
        ({"channel": "SYSTEM"}, "INVALID_CHANNEL", "channel"),
    ],
)
async def test_a_refused_presentation_changes_nothing(
    desk: Desk, ana: str, change: dict[str, Any], code: str, field: str
) -> None:
    # given a decision for Ana, and another customer
    desk.given("profile.updated", {"name": "Bia"}, subject=BIA)
    decision = (await customer(desk, ana))["nextBestOffers"]["id"]
    before = desk.everything()
    sent = {"customerId": ana, "decisionId": decision, "offerIds": ["seguro"], **change}
    if sent["customerId"] == BIA:
        sent["customerId"] = global_id(desk.services.ids, BIA)
    # then
    refusal = await present(desk, idempotencyKey="p1", **sent)
    assert refusal == {"__typename": "Refusal", "code": code, "field": field}
    assert desk.everything() == before


async def test_first_is_bounded(desk: Desk, ana: str) -> None:
    answer = await desk.answer(OFFERS, id=ana, first=0)
    assert answer.errors[0]["extensions"]["code"] == "FIRST_OUT_OF_RANGE"


RETRACT = """
mutation($input: RetractEntryInput!) { retractEntry(input: $input) {
  __typename ... on EntryCorrected { projected } ... on Refusal { code field } } }"""


async def test_a_retracted_presentation_holds_nothing_back(desk: Desk, ana: str) -> None:
    # given two cards shown with one request
    decision = (await customer(desk, ana))["nextBestOffers"]["id"]
    await present(
        desk, idempotencyKey="p1", customerId=ana, decisionId=decision, offerIds=["seguro", "cartao"]
    )
    shown = {
        contact["offerId"]: contact["id"] for contact in (await customer(desk, ana))["offerHistory"]["nodes"]
    }
    # when the showing of one was a mistake
    sent = {"idempotencyKey": "x1", "entryId": shown["seguro"], "reason": "tela fechada"}
    result = (await desk.ask(RETRACT, input=sent))["retractEntry"]
    # then it may be suggested again, and the other one rests
    assert result == {"__typename": "EntryCorrected", "projected": True}
    after = await customer(desk, ana, role="supervisor")
    assert [offer["offerId"] for offer in after["nextBestOffers"]["offers"]] == ["seguro", "credito"]
    assert [contact["offerId"] for contact in after["offerHistory"]["nodes"]] == ["cartao"]
