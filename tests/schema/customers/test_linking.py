from __future__ import annotations

from typing import Any

import pytest

from schema.nodes import KEY, to_global
from tests.schema.customers.test_page import global_id
from tests.schema.desk import ANA, ANA_PHONE, BIA, Desk

QUEUE = """
query($first: Int!, $after: String) { reviewQueue(first: $first, after: $after) {
  nodes { id reason key { id type value shared } customers { id } } pageInfo { hasNextPage endCursor } } }"""
RESOLVE = """
mutation($input: ResolveLinkInput!) { resolveLink(input: $input) {
  __typename ... on LinkResolved { projected customer { id keys { type } } } ... on Refusal { code field } } }"""


class Shared:
    """One phone that two people claim."""

    def __init__(self, desk: Desk) -> None:
        for subject in (ANA, BIA):
            keys = [{"type": "phone", "value": "41999887766"}]
            desk.given("profile.updated", {"name": subject, "keys": keys}, subject=subject)
        ids = desk.services.ids
        self.ana, self.bia = global_id(ids, ANA), global_id(ids, BIA)
        self.key = to_global(KEY, ids.member("phone", ANA_PHONE.removeprefix("phone:")))

    def said(self, resolution: str, key: str = "r1", **more: Any) -> dict[str, Any]:
        return {
            "idempotencyKey": key,
            "keyId": self.key,
            "customerId": self.ana,
            "resolution": resolution,
            "reason": "confirmado",
            **more,
        }


@pytest.fixture
def shared(desk: Desk) -> Shared:
    return Shared(desk)


async def resolve(desk: Desk, input: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (await desk.ask(RESOLVE, role="supervisor", input=input))["resolveLink"]
    return answer


async def queue(desk: Desk, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await desk.ask(QUEUE, role="supervisor", **{"first": 5, **more}))["reviewQueue"]
    return found


async def test_a_shared_key_waits_with_its_customers_and_its_value_masked(desk: Desk, shared: Shared) -> None:
    (row,) = (await queue(desk))["nodes"]
    assert (row["reason"], row["key"]["id"], row["key"]["shared"]) == ("SHARED", shared.key, True)
    assert row["key"]["value"] == "(41) *****-7766"
    assert {one["id"] for one in row["customers"]} == {shared.ana, shared.bia}


async def test_link_gives_the_key_to_one_customer_and_empties_the_queue(desk: Desk, shared: Shared) -> None:
    result = await resolve(desk, shared.said("LINK"))
    assert result["projected"] is True
    assert [key["type"] for key in result["customer"]["keys"]] == ["CPF", "PHONE"]
    assert (await queue(desk))["nodes"] == []
    # and a machine's claim does not bring it back
    keys = [{"type": "phone", "value": "41999887766"}]
    desk.given("profile.updated", {"keys": keys}, subject=BIA)
    assert (await queue(desk))["nodes"] == []


async def test_separate_leaves_the_key_to_the_other(desk: Desk, shared: Shared) -> None:
    await resolve(desk, shared.said("SEPARATE"))
    assert (await queue(desk))["nodes"] == []
    answer = await desk.ask("query($id: ID!) { customer(id: $id) { keys { type } } }", id=shared.bia)
    assert [key["type"] for key in answer["customer"]["keys"]] == ["CPF", "PHONE"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"keyId": to_global(KEY, "0" * 32)}, "KEY_NOT_FOUND"),
        ({"reason": " "}, "REASON_REQUIRED"),
        ({"customerId": "x"}, "CUSTOMER_NOT_FOUND"),
    ],
)
async def test_a_refused_resolution_changes_nothing(
    desk: Desk, shared: Shared, change: dict[str, str], code: str
) -> None:
    before = desk.everything()
    assert (await resolve(desk, shared.said("LINK", **change)))["code"] == code
    assert desk.everything() == before


async def test_separating_what_is_not_claimed_is_refused(desk: Desk, shared: Shared) -> None:
    caio = "email:caio@exemplo.com.br"
    desk.given("profile.updated", {"name": "Caio"}, subject=caio)
    refusal = await resolve(desk, shared.said("SEPARATE", customerId=global_id(desk.services.ids, caio)))
    assert refusal == {"__typename": "Refusal", "code": "NOT_LINKED", "field": "customerId"}


async def test_a_link_never_joins_two_people_with_a_cpf_each(desk: Desk, shared: Shared) -> None:
    # given two people, each with a CPF
    other = to_global(KEY, desk.services.ids.member("cpf", BIA.removeprefix("cpf:")))
    before = desk.everything()
    # when a link is to make them one, then it is refused and points to the merge
    refusal = await resolve(desk, shared.said("LINK", keyId=other))
    assert refusal == {"__typename": "Refusal", "code": "TWO_ROOTS", "field": "keyId"}
    assert desk.everything() == before


async def test_nothing_is_linked_to_a_shared_key(desk: Desk, shared: Shared) -> None:
    # given the phone that two people claim, which is a customer of its own until somebody says whose it is
    phone = global_id(desk.services.ids, ANA_PHONE)
    mine = to_global(KEY, desk.services.ids.member("cpf", ANA.removeprefix("cpf:")))
    before = desk.everything()
    # when a CPF is to be linked to it from its side
    refusal = await resolve(desk, shared.said("LINK", keyId=mine, customerId=phone))
    # then that is refused
    assert refusal == {"__typename": "Refusal", "code": "SHARED_CUSTOMER", "field": "customerId"}
    assert desk.everything() == before


async def test_the_queue_pages_through_every_row_once(desk: Desk) -> None:
    # given five shared phones
    for number in range(5):
        for subject in (ANA, BIA):
            keys = [{"type": "phone", "value": f"4199988770{number}"}]
            desk.given("profile.updated", {"keys": keys}, subject=subject)
    # when paged by two
    seen: list[str] = []
    after = None
    while True:
        page = await queue(desk, first=2, after=after)
        seen += [row["id"] for row in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    # then
    assert len(seen) == len(set(seen)) == 5
    answer = await desk.answer(QUEUE, role="supervisor", first=1, after="bm9wZQ")
    assert answer.errors[0]["extensions"]["code"] == "CURSOR_INVALID"
