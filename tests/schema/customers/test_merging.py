from __future__ import annotations

from typing import Any

import pytest

from schema.nodes import to_global
from tests.schema.customers.test_page import global_id
from tests.schema.desk import ANA, BIA, Desk

PREVIEW = "preview { customerId name members entries documents keys { type masked } }"
MERGE = f"""
mutation($input: MergeCustomersInput!, $dryRun: Boolean) {{ mergeCustomers(input: $input, dryRun: $dryRun) {{
  __typename
  ... on CustomersMerged {{ projected mergeId customer {{ id name merges {{ id reason by }} }} {PREVIEW} }}
  ... on Refusal {{ code field }} }} }}"""
UNMERGE = f"""
mutation($input: UnmergeCustomersInput!, $dryRun: Boolean) {{ unmergeCustomers(input: $input, dryRun: $dryRun) {{
  __typename
  ... on CustomersUnmerged {{ projected customers {{ id name }} {PREVIEW} }}
  ... on Refusal {{ code field }} }} }}"""
TITLES = "query($id: ID!) { customer(id: $id) { id timeline(first: 9) { nodes { title } } } }"


class Pair:
    """Ana with two entries and a phone, Bia with one entry and a document."""

    def __init__(self, desk: Desk) -> None:
        keys = [{"type": "phone", "value": "41999887766"}]
        desk.given("profile.updated", {"name": "Ana", "keys": keys}, time="2026-02-01T00:00:00Z")
        desk.given("profile.updated", {"name": "Bia"}, subject=BIA, time="2026-01-01T00:00:00Z")
        for title in ("a1", "a2"):
            desk.given("interaction.recorded", {"channel": "voice", "title": title})
        desk.given("interaction.recorded", {"channel": "chat", "title": "b1"}, subject=BIA)
        desk.given("document.archived", {"title": "b2"}, subject=BIA)
        self.ana, self.bia = (global_id(desk.services.ids, who) for who in (ANA, BIA))

    def merge(self, key: str = "m1", **more: Any) -> dict[str, Any]:
        return {
            "idempotencyKey": key,
            "survivorId": self.ana,
            "mergedId": self.bia,
            "reason": "mesma pessoa",
            **more,
        }


@pytest.fixture
def pair(desk: Desk) -> Pair:
    return Pair(desk)


async def merge(desk: Desk, input: dict[str, Any], dry_run: bool = False) -> dict[str, Any]:
    answer = await desk.ask(MERGE, role="supervisor", input=input, dryRun=dry_run)
    merged: dict[str, Any] = answer["mergeCustomers"]
    return merged


async def unmerge(desk: Desk, input: dict[str, Any], dry_run: bool = False) -> dict[str, Any]:
    answer = await desk.ask(UNMERGE, role="supervisor", input=input, dryRun=dry_run)
    parted: dict[str, Any] = answer["unmergeCustomers"]
    return parted


async def titles(desk: Desk, id: str) -> list[str]:
    customer = (await desk.ask(TITLES, id=id))["customer"]
    return sorted(entry["title"] for entry in customer["timeline"]["nodes"])


async def test_a_dry_run_tells_what_would_be_and_changes_nothing(desk: Desk, pair: Pair) -> None:
    before = desk.everything()
    result = await merge(desk, pair.merge(), dry_run=True)
    assert (result["projected"], result["mergeId"]) == (False, None)
    assert result["preview"] == [
        {
            "customerId": pair.ana,
            "name": "Ana",
            "members": 3,
            "entries": 4,
            "documents": 1,
            "keys": [{"type": kind, "masked": True} for kind in ("CPF", "CPF", "PHONE")],
        }
    ]
    assert desk.everything() == before
    assert await titles(desk, pair.ana) == ["a1", "a2"]


async def test_a_merge_shows_both_histories_and_does_what_its_dry_run_said(desk: Desk, pair: Pair) -> None:
    planned = await merge(desk, pair.merge(), dry_run=True)
    # when
    result = await merge(desk, pair.merge())
    # then
    assert result["projected"] is True
    assert result["preview"] == planned["preview"]
    (made,) = result["customer"]["merges"]
    supervisor = desk.principal("supervisor").id
    assert made == {"id": result["mergeId"], "reason": "mesma pessoa", "by": supervisor}
    # and both ids lead to the one customer
    for id in (pair.ana, pair.bia):
        assert (await desk.ask(TITLES, id=id))["customer"]["id"] == pair.ana
        assert await titles(desk, id) == ["a1", "a2", "b1", "b2"]


async def test_a_repeated_merge_answers_the_same_and_a_new_one_is_refused(desk: Desk, pair: Pair) -> None:
    first = await merge(desk, pair.merge())
    before = desk.everything()
    assert await merge(desk, pair.merge()) == first
    assert await merge(desk, pair.merge("m2")) == {
        "__typename": "Refusal",
        "code": "SAME_CUSTOMER",
        "field": "mergedId",
    }
    assert desk.everything() == before


async def test_unmerge_restores_exactly(desk: Desk, pair: Pair) -> None:
    # given a merge, and a note recorded meanwhile
    merged = await merge(desk, pair.merge())
    desk.given("note.added", {"text": "nova", "title": "nova"})
    sent = {"idempotencyKey": "u1", "mergeId": merged["mergeId"], "reason": "engano"}
    before = desk.everything()
    # when it is tried
    planned = await unmerge(desk, sent, dry_run=True)
    # then two customers would result, and nothing has changed
    found = {one["customerId"]: (one["name"], one["members"], one["entries"]) for one in planned["preview"]}
    assert found == {pair.ana: ("Ana", 2, 3), pair.bia: ("Bia", 1, 2)}
    assert desk.everything() == before
    # when it is done, twice
    first = await unmerge(desk, sent)
    again = await unmerge(desk, sent)
    # then
    assert first == again
    assert {one["id"]: one["name"] for one in first["customers"]} == {pair.ana: "Ana", pair.bia: "Bia"}
    assert first["preview"] == planned["preview"]
    assert await titles(desk, pair.ana) == ["a1", "a2", "nova"]
    assert await titles(desk, pair.bia) == ["b1", "b2"]
    # and another request finds it undone
    assert (await unmerge(desk, sent | {"idempotencyKey": "u2"}))["code"] == "ALREADY_UNMERGED"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"reason": ""}, "REASON_REQUIRED", "reason"),
        ({"mergedId": to_global("customer", "0" * 32)}, "CUSTOMER_NOT_FOUND", "mergedId"),
        ({"survivorId": "x"}, "CUSTOMER_NOT_FOUND", "survivorId"),
    ],
)
async def test_a_refused_merge_changes_nothing(
    desk: Desk, pair: Pair, change: dict[str, str], code: str, field: str
) -> None:
    before = desk.everything()
    for dry_run in (True, False):
        refusal = await merge(desk, pair.merge() | change, dry_run)
        assert refusal == {"__typename": "Refusal", "code": code, "field": field}
    assert desk.everything() == before


async def test_an_unknown_merge_is_refused(desk: Desk, pair: Pair) -> None:
    sent = {"idempotencyKey": "u1", "mergeId": to_global("merge", "0" * 32), "reason": "r"}
    refusal = await unmerge(desk, sent)
    assert refusal == {"__typename": "Refusal", "code": "MERGE_NOT_FOUND", "field": "mergeId"}


async def test_while_projection_lags_a_merge_tells_what_will_be(desk: Desk, pair: Pair) -> None:
    planned = await merge(desk, pair.merge(), dry_run=True)
    desk.projects = False
    result = await merge(desk, pair.merge())
    assert (result["projected"], result["preview"]) == (False, planned["preview"])
    assert result["customer"]["merges"] == []
    # and when it is projected, it is what the answer named
    desk.scenario.project()
    assert [to_global("merge", id) for (id,) in desk.scenario.rows("SELECT id FROM merge")] == [
        result["mergeId"]
    ]


async def test_a_merge_repeated_after_it_was_undone_tells_what_is(desk: Desk, pair: Pair) -> None:
    merged = await merge(desk, pair.merge())
    await unmerge(desk, {"idempotencyKey": "u1", "mergeId": merged["mergeId"], "reason": "engano"})
    again = await merge(desk, pair.merge())
    assert again["mergeId"] == merged["mergeId"]
    assert {one["customerId"] for one in again["preview"]} == {pair.ana, pair.bia}
