from __future__ import annotations

from typing import Any

import pytest

from customer360.privacy.masking import mask_text
from schema.nodes import DOCUMENT, to_global
from tests.schema.customers.test_page import global_id
from tests.schema.desk import ANA, BIA, Desk

DOCUMENTS = """
query($search: String, $filter: DocumentFilter, $first: Int!, $after: String) {
  documents(search: $search, filter: $filter, first: $first, after: $after) {
    edges { cursor node { id title kind mediaType channel contentPath textState customer { id name } } pages { number } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


@pytest.fixture
def archive(desk: Desk) -> dict[str, str]:
    """Three invoices of Ana, a contract of Bia and a form of nobody; id by title."""
    sent = [("f1", ANA), ("f2", ANA), ("f3", ANA), ("contrato", BIA), ("ficha", None)]
    for subject in (ANA, BIA):
        desk.given("profile.updated", {"name": subject}, subject=subject)
    return {
        title: desk.given(
            "document.archived",
            {
                "title": title,
                "kind": "invoice" if title.startswith("f") else "contract",
                "channel": "email" if title == "contrato" else None,
                "sha256": "ab" * 32 if title == "f1" else None,
            },
            subject=subject,
        )
        for title, subject in sent
    }


async def documents(desk: Desk, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await desk.ask(DOCUMENTS, **{"first": 10, **variables}))["documents"]
    return found


def titles(connection: dict[str, Any]) -> list[str]:
    return [edge["node"]["title"] for edge in connection["edges"]]


async def test_lists_all_newest_first_with_their_customers(desk: Desk, archive: dict[str, str]) -> None:
    found = await documents(desk)
    assert titles(found) == ["ficha", "contrato", "f3", "f2", "f1"]
    customers = [edge["node"]["customer"] and edge["node"]["customer"]["name"] for edge in found["edges"]]
    assert customers == [None, *(mask_text(name) for name in (BIA, ANA, ANA, ANA))]
    first = found["edges"][-1]["node"]
    assert first["id"] == to_global(DOCUMENT, archive["f1"])
    assert first["contentPath"] == f"/documents/{archive['f1']}/content"
    assert found["edges"][0]["node"]["contentPath"] is None


async def test_the_customers_of_a_page_are_read_in_one_statement(desk: Desk, archive: dict[str, str]) -> None:
    statements: list[str] = []
    desk.services.session.on_statement = statements.append
    await documents(desk)
    assert (
        len([text for text in statements if "FROM unnest" in text or "installation" in text])
        <= len(statements)
        == 2
    )


async def test_filters_by_kind_and_customer(desk: Desk, archive: dict[str, str]) -> None:
    assert titles(await documents(desk, filter={"kinds": ["contract"]})) == ["contrato"]
    of_ana = {"customerId": global_id(desk.services.ids, ANA)}
    assert titles(await documents(desk, filter=of_ana)) == ["f3", "f2", "f1"]
    assert titles(await documents(desk, filter={**of_ana, "from": "2099-01-01T00:00:00Z"})) == []


@pytest.mark.parametrize("customer", ["x", to_global("customer", "0" * 32)])
async def test_an_unknown_customer_does_not_widen_the_list_to_everybody(
    desk: Desk, archive: dict[str, str], customer: str
) -> None:
    answer = await desk.answer(DOCUMENTS, first=5, filter={"customerId": customer})
    assert answer.errors[0]["extensions"] == {"code": "NOT_FOUND", "field": "filter.customerId"}
    assert not answer.data


async def test_pages_deliver_every_document_once(desk: Desk, archive: dict[str, str]) -> None:
    seen: list[str] = []
    after = None
    while True:
        page = await documents(desk, first=2, after=after)
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
        seen += titles(page)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["ficha", "contrato", "f3", "f2", "f1"]


async def test_a_foreign_cursor_is_refused(desk: Desk, archive: dict[str, str]) -> None:
    answer = await desk.answer(DOCUMENTS, first=5, after="x")
    assert answer.errors[0]["extensions"]["code"] == "CURSOR_INVALID"
