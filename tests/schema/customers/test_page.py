from __future__ import annotations

from typing import Any

import pytest

from customer360.ids import Ids
from schema.nodes import CUSTOMER, to_global
from tests.indexer.test_delivery import Delivering
from tests.schema.desk import ANA, BIA, CountingReader, Desk

PAGE = """
query Page($id: ID!) {
  customer(id: $id) {
    id name shared incomplete
    keys { id type value masked shared }
    attributes { name value updatedAt }
    segments { id name since }
    scores { name value updatedAt validUntil }
    consents { purpose channel granted at source }
    channels { channel interactions lastAt preference bestHour sampleSize }
    merges { id }
    timeline(first: 50) {
      edges { cursor node { __typename id title summary channel } }
      pageInfo { hasNextPage endCursor }
      facets { channel count }
      freshness { asOf indexLagMs degraded }
      liveCursor
    }
    nextBestOffers(first: 3, context: {channel: VOICE}) {
      id reused offers { offerId rank value reasons { stage textPt } } excluded { offerId reasons { stage rule } }
    }
    documents(first: 5) { nodes { id title contentPath textState } }
  }
}
"""


def global_id(ids: Ids, subject: str) -> str:
    kind, _, value = subject.partition(":")
    return to_global(CUSTOMER, ids.member(kind, value))


def fill(desk: Desk, entries: int, offers: int) -> str:
    for number in range(entries):
        desk.given("interaction.recorded", {"channel": "voice", "title": f"Contato {number}"})
    for number in range(offers):
        desk.given(
            "offer.defined",
            {"offer": f"o{number}", "name": f"Oferta {number}", "value": number},
            subject=None,
        )
    desk.given("document.archived", {"title": "Fatura de março", "kind": "invoice"})
    desk.given(
        "profile.updated",
        {
            "name": "Ana Lúcia",
            "attributes": {"uf": "PR"},
            "keys": [{"type": "phone", "value": "41 99988-7766"}],
        },
    )
    return global_id(desk.services.ids, ANA)


async def test_the_whole_page_in_one_query(desk: Desk) -> None:
    # given a customer with a few entries, a document, offers and a profile
    id = fill(desk, entries=3, offers=2)
    # when
    customer = (await desk.ask(PAGE, id=id))["customer"]
    # then
    assert (customer["id"], customer["name"]) == (id, "Ana Lúcia")
    assert customer["attributes"][0]["value"] in ("PR", "Ana Lúcia")
    titles = [edge["node"]["title"] for edge in customer["timeline"]["edges"]]
    assert titles == ["Fatura de março", "Contato 2", "Contato 1", "Contato 0"]
    assert [offer["offerId"] for offer in customer["nextBestOffers"]["offers"]] == ["o1", "o0"]
    assert [document["title"] for document in customer["documents"]["nodes"]] == ["Fatura de março"]
    assert customer["timeline"]["facets"] == [
        {"channel": "VOICE", "count": 3},
        {"channel": "SYSTEM", "count": 1},
    ]


@pytest.mark.parametrize(("entries", "offers"), [(1, 1), (60, 30)])
async def test_the_page_asks_once_and_its_statements_do_not_grow(
    desk: Desk, entries: int, offers: int
) -> None:
    # given a search store that is live, with its documents delivered
    delivering = Delivering(desk.scenario)
    id = fill(desk, entries, offers)
    delivering.deliver()
    await desk.ask(PAGE, id=id)  # the catalogue is known from now on
    reader = CountingReader(desk.services)
    statements: list[str] = []
    desk.services.session.on_statement = statements.append
    # when
    customer = (await desk.ask(PAGE, id=id))["customer"]
    # then one question round to the search store, and the same statements whatever there is
    assert customer["timeline"]["freshness"]["degraded"] is False
    assert reader.asks == 1
    assert len(statements) == STATEMENTS, statements


STATEMENTS = 3  # snapshot, documents, facts for offers; the decision is kept over the pool for writing


async def test_customer_by_key_and_by_search(desk: Desk) -> None:
    desk.given("profile.updated", {"name": "Beatriz Ramos"}, subject=BIA)
    by_key = await desk.ask(
        "query($key: CustomerKeyInput!) { customer(key: $key) { id name } }",
        key={"type": "CPF", "value": "111.444.777-35"},
    )
    assert by_key["customer"] == {"id": global_id(desk.services.ids, BIA), "name": "Beatriz Ramos"}
    search = (
        "query($text: String!) { customers(search: $text, first: 5) { edges { matchedOn node { name } } } }"
    )
    found = (await desk.ask(search, text="11144477735"))["customers"]["edges"]
    assert found == [{"matchedOn": "cpf", "node": {"name": "Beatriz Ramos"}}]


@pytest.mark.parametrize("id", ["", "x", "Y3VzdG9tZXI6", "é", "a" * 5000, to_global("customer", "0" * 32)])
async def test_an_id_that_is_not_ours_is_null_everywhere(desk: Desk, id: str) -> None:
    answer = await desk.ask(
        "query($id: ID!) { node(id: $id) { id } customer(id: $id) { id } document(id: $id) { id } }", id=id
    )
    assert answer == {"node": None, "customer": None, "document": None}


async def test_a_key_that_cannot_be_one_is_told_with_its_field(desk: Desk) -> None:
    answer = await desk.answer('{ customer(key: {type: CPF, value: "123"}) { id } }')
    assert answer.errors[0]["extensions"] == {"code": "INVALID_KEY", "field": "key.value"}
    assert "123" not in answer.errors[0]["message"]


async def test_node_finds_what_its_own_fields_find(desk: Desk) -> None:
    id = fill(desk, entries=1, offers=0)
    customer = (await desk.ask(PAGE, id=id))["customer"]
    entry = customer["timeline"]["edges"][-1]["node"]
    document = customer["documents"]["nodes"][0]
    for known, kind in ((customer, "Customer"), (entry, "InteractionEntry"), (document, "Document")):
        node: dict[str, Any] = (
            await desk.ask("query($id: ID!) { node(id: $id) { __typename id } }", id=known["id"])
        )["node"]
        assert node == {"__typename": kind, "id": known["id"]}
