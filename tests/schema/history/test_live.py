from __future__ import annotations

import json
from contextlib import aclosing
from typing import Any

import pytest

from customer360.stores.postgres.ledger import decode
from schema.nodes import to_global
from tests.schema.customers.test_page import global_id
from tests.schema.desk import ANA, BIA, Desk

UPDATE = """
  __typename
  ... on EntryAdded { cursor entry { id title } }
  ... on EntryChanged { cursor entry { id title } }
  ... on EntryRemoved { cursor id }
  ... on Resync { cursor reason }"""
TIMELINE = f"subscription($id: ID!, $after: String!) {{ customerTimeline(customerId: $id, after: $after) {{ {UPDATE} }} }}"
FEED = f"subscription($customers: [FeedCursorInput!]!) {{ agentFeed(customers: $customers) {{ customerId update {{ {UPDATE} }} }} }}"
CURSOR = "query($id: ID!) { customer(id: $id) { timeline(first: 1) { liveCursor } } }"


async def cursor(desk: Desk, id: str) -> str:
    found: str = (await desk.ask(CURSOR, id=id))["customer"]["timeline"]["liveCursor"]
    return found


async def test_a_timeline_follows_from_its_cursor(desk: Desk) -> None:
    # given a customer and a cursor, and then an entry that is retracted
    id = global_id(desk.services.ids, ANA)
    desk.given("interaction.recorded", {"channel": "voice", "title": "antes"})
    after = await cursor(desk, id)
    entry = desk.given("interaction.recorded", {"channel": "voice", "title": "CPF 111.444.777-35"})
    # when followed
    async with aclosing(desk.stream(TIMELINE, id=id, after=after)) as updates:
        first = await anext(updates)
        desk.given("entry.retracted", {"source": "crm", "id": source_id(desk, entry), "reason": "engano"})
        second = await anext(updates)
    # then it comes masked, and then it is gone
    assert first.data is not None
    added = first.data["customerTimeline"]
    assert (added["__typename"], added["entry"]["title"]) == ("EntryAdded", "CPF ***.444.777-**")
    assert second.data is not None
    removed = second.data["customerTimeline"]
    assert (removed["__typename"], removed["id"]) == ("EntryRemoved", added["entry"]["id"])


async def test_a_feed_tells_which_customer_it_speaks_of(desk: Desk) -> None:
    customers = []
    for subject in (ANA, BIA):
        desk.given("profile.updated", {"name": subject}, subject=subject)
        id = global_id(desk.services.ids, subject)
        customers.append({"id": id, "after": await cursor(desk, id)})
    desk.given("interaction.recorded", {"channel": "chat", "title": "oi"}, subject=BIA)
    async with aclosing(desk.stream(FEED, customers=customers)) as updates:
        told: Any = await anext(updates)
    feed = told.data["agentFeed"]
    assert feed["customerId"] == customers[1]["id"]
    assert feed["update"]["entry"]["title"] == "oi"


async def test_a_customer_named_twice_is_followed_once_from_the_earlier_cursor(desk: Desk) -> None:
    # given two cursors of one customer with an entry between them, and one after both
    id = global_id(desk.services.ids, ANA)
    desk.given("profile.updated", {"name": "Ana"})
    early = await cursor(desk, id)
    desk.given("interaction.recorded", {"channel": "chat", "title": "um"})
    late = await cursor(desk, id)
    desk.given("interaction.recorded", {"channel": "chat", "title": "dois"})
    # when both are followed
    customers = [{"id": id, "after": late}, {"id": id, "after": early}, {"id": id, "after": late}]
    async with aclosing(desk.stream(FEED, customers=customers)) as updates:
        seen: list[Any] = [await anext(updates) for _ in range(2)]
        desk.given("interaction.recorded", {"channel": "chat", "title": "três"})
        seen.append(await anext(updates))
    # then each entry comes once, in order
    titles = [told.data["agentFeed"]["update"]["entry"]["title"] for told in seen]
    assert titles == ["um", "dois", "três"]


@pytest.mark.parametrize(
    ("customers", "code"),
    [
        ([], "FEED_SIZE"),
        ([{"id": to_global("customer", "0" * 32), "after": "x"}] * 51, "FEED_SIZE"),
        ([{"id": "x", "after": "x"}], "NOT_FOUND"),
        ([{"id": to_global("customer", "0" * 32), "after": "x"}], "CURSOR_INVALID"),
    ],
)
async def test_a_feed_of_nothing_or_nobody_is_refused(desk: Desk, customers: list[Any], code: str) -> None:
    told = [response async for response in desk.stream(FEED, customers=customers)]
    assert [response.errors[0]["extensions"]["code"] for response in told] == [code]


def source_id(desk: Desk, event_id: str) -> str:
    """The id that the sender gave the event."""
    ((data,),) = desk.scenario.rows("SELECT data FROM event_log WHERE event_id = %s", event_id)
    return str(json.loads(decode(data))["id"])
