from __future__ import annotations

from typing import Any

import pytest

from tests.schema.customers.test_page import global_id
from tests.schema.desk import ANA, Desk

TIMELINE = """
query($id: ID!, $first: Int!, $after: String, $filter: TimelineFilter) { customer(id: $id) {
  timeline(first: $first, after: $after, filter: $filter) {
    nodes { title } edges { cursor node { title } } pageInfo { hasNextPage endCursor }
    facets { channel count } } } }"""
KINDS = """
query($id: ID!) { customer(id: $id) { timeline(first: 50) { nodes {
  __typename type channel timeFlag retractable
  ... on MessageEntry { messageId campaign deliveryState stateAt stateReason }
  ... on DocumentEntry { documentId }
  ... on FactEntry { details { name value } }
  ... on OfferEntry { offerId response }
} } } }"""


@pytest.fixture
def ana(desk: Desk) -> str:
    for title, channel, direction in (
        ("um", "voice", "inbound"),
        ("dois", "chat", "inbound"),
        ("três", "voice", "outbound"),
    ):
        desk.given("interaction.recorded", {"channel": channel, "title": title, "direction": direction})
    desk.given("payment.received", {"amount": 10.5, "title": "pago"}, time="2026-01-01T00:00:00Z")
    return global_id(desk.services.ids, ANA)


async def timeline(desk: Desk, id: str, first: int = 10, **variables: Any) -> dict[str, Any]:
    answer = await desk.ask(TIMELINE, id=id, first=first, **variables)
    found: dict[str, Any] = answer["customer"]["timeline"]
    return found


@pytest.mark.parametrize(
    ("filter", "titles"),
    [
        (None, ["três", "dois", "um", "pago"]),
        ({}, ["três", "dois", "um", "pago"]),
        ({"channels": []}, ["três", "dois", "um", "pago"]),
        ({"channels": ["CHAT"]}, ["dois"]),
        ({"channels": ["CHAT", "SYSTEM"]}, ["dois", "pago"]),
        ({"directions": ["OUTBOUND"]}, ["três"]),
        ({"types": ["payment.received"]}, ["pago"]),
        ({"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:00.000001Z"}, ["pago"]),
        ({"to": "2026-01-01T00:00:00Z"}, []),
        ({"withDocument": True}, []),
    ],
)
async def test_filters(desk: Desk, ana: str, filter: dict[str, Any] | None, titles: list[str]) -> None:
    found = await timeline(desk, ana, filter=filter)
    assert [node["title"] for node in found["nodes"]] == titles


async def test_facets_ignore_the_channel_part_and_come_with_the_first_page_only(desk: Desk, ana: str) -> None:
    found = await timeline(desk, ana, first=1, filter={"channels": ["CHAT", "VOICE"]})
    assert found["facets"] == [
        {"channel": "VOICE", "count": 2},
        {"channel": "CHAT", "count": 1},
        {"channel": "SYSTEM", "count": 1},
    ]
    after = found["pageInfo"]["endCursor"]
    second = await timeline(desk, ana, first=1, after=after, filter={"channels": ["CHAT", "VOICE"]})
    assert (second["facets"], second["nodes"][0]["title"]) == (None, "dois")


async def test_the_cursor_of_an_edge_continues_after_it(desk: Desk, ana: str) -> None:
    found = await timeline(desk, ana)
    after = found["edges"][1]["cursor"]
    assert [node["title"] for node in (await timeline(desk, ana, after=after))["nodes"]] == ["um", "pago"]


@pytest.mark.parametrize("moment", ["2026-01-01T00:00:00", "ontem", "", 5])
async def test_a_time_without_offset_or_sense_is_refused(desk: Desk, ana: str, moment: Any) -> None:
    answer = await desk.answer(TIMELINE, id=ana, first=1, filter={"from": moment})
    assert answer.request_error
    assert answer.errors[0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_text_search_without_a_search_store_is_an_error_not_an_empty_list(desk: Desk, ana: str) -> None:
    answer = await desk.answer(TIMELINE, id=ana, first=5, filter={"text": "fatura"})
    assert answer.errors[0]["extensions"]["code"] == "SEARCH_UNAVAILABLE"


async def test_each_family_of_events_has_its_type(desk: Desk) -> None:
    # given one of each, a message that bounced, and a clock two days ahead
    desk.given("message.sent", {"messageId": "m1", "channel": "sms", "campaign": "c1"})
    desk.given("message.delivered", {"messageId": "m1"}, time="2026-03-02T00:00:00Z")
    desk.given("message.failed", {"messageId": "m2", "channel": "sms", "reason": "sem sinal"})
    desk.given("document.archived", {"title": "doc"})
    desk.given("purchase.completed", {"product": "cartao", "amount": 9.5})
    desk.given("offer.converted", {"offer": "o", "channel": "web"})
    desk.given("note.added", {"text": "n"}, time="2999-01-01T00:00:00Z")
    # when
    answer = await desk.ask(KINDS, id=global_id(desk.services.ids, ANA))
    found = {entry["type"]: entry for entry in answer["customer"]["timeline"]["nodes"]}
    # then
    assert {kind: entry["__typename"] for kind, entry in found.items()} == {
        "message.sent": "MessageEntry",
        "message.failed": "MessageEntry",
        "document.archived": "DocumentEntry",
        "purchase.completed": "FactEntry",
        "offer.converted": "OfferEntry",
        "note.added": "NoteEntry",
    }
    sent, failed = found["message.sent"], found["message.failed"]
    assert (sent["messageId"], sent["campaign"], sent["deliveryState"]) == ("m1", "c1", "DELIVERED")
    assert sent["stateAt"] == "2026-03-02T00:00:00Z"
    assert (failed["deliveryState"], failed["stateReason"], failed["retractable"]) == (
        "FAILED",
        "sem sinal",
        False,
    )
    details = {detail["name"]: detail["value"] for detail in found["purchase.completed"]["details"]}
    assert details == {"product": "cartao", "amount": "9.5", "currency": "BRL"}
    assert (found["offer.converted"]["offerId"], found["offer.converted"]["response"]) == ("o", "converted")
    assert found["note.added"]["timeFlag"] == "FUTURE"
