"""Archived documents: lists from PostgreSQL, text found by the search store, what is hidden never shown."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from customer360.archive.model import DocumentPage
from customer360.customers.model import CustomerSnapshot
from customer360.errors import CursorInvalid, SearchUnavailable
from customer360.history.batch import SearchBatch
from customer360.stores.ports import Answer, DocumentFilter, Question, SearchDocument
from tests.stores.world import BASE, World

CPF = "52998224725"


class Silent:
    """A search store that does not answer: the fault of these tests."""

    async def ask(self, questions: Sequence[Question]) -> list[Answer]:
        raise SearchUnavailable("it is down")

    async def close(self) -> None: ...


async def snapshot_of(world: World, customer_id: str) -> CustomerSnapshot:
    snapshot = await world.services.customers.snapshot(customer_id)
    assert snapshot is not None
    return snapshot


def titles(page: DocumentPage) -> list[str]:
    return [hit.document.title for hit in page.hits]


def index(world: World, document_id: str, minute: int, pages: Sequence[str] = ()) -> None:
    """Puts a document and its pages into the search tables."""
    [(title, kind, media_type, member)] = world.sql(
        "SELECT title, kind, media_type, member_id FROM document WHERE id = %s", document_id
    )
    about = {"title": title, "kind": kind, "media_type": media_type}
    at = BASE + minute * 60_000_000
    documents = [SearchDocument("document", document_id, 1, member, at, body={**about, "received_at": at})]
    for number, text in enumerate(pages, start=1):
        body = {**about, "document_id": document_id, "number": number, "text": text}
        page_id = world.ids.make("page", document_id, str(number))
        documents.append(SearchDocument("page", page_id, 1, member, at, body=body))
    world.write(documents)


async def test_a_customers_documents_are_there_at_once_over_all_members(world: World) -> None:
    # given documents of two members, one of them hidden, none delivered to the search store
    cpf = world.member("cpf", CPF)
    phone = world.member("phone", "+5511987654321", cpf)
    world.live_generation()
    world.document(cpf, "a", 1, sha256="aa")
    world.document(phone, "b", 2, sha256="bb")
    world.document(cpf, "c", 3)
    world.document(cpf, "hidden", 4, hidden=True)
    world.sql("INSERT INTO extraction (sha256, state, pages) VALUES ('bb', 'done', 7)")
    # when
    snapshot, documents = await snapshot_of(world, cpf), world.services.documents
    first = await documents.of_customer(snapshot, world.services.batch(), first=2)
    rest = await documents.of_customer(snapshot, world.services.batch(), first=2, after=first.end_cursor)
    # then
    assert (titles(first), titles(rest)) == (["c", "b"], ["a"])
    assert (first.has_next, rest.has_next, rest.has_previous, first.degraded) == (True, False, True, False)
    states = {
        hit.document.title: (hit.document.text_state, hit.document.page_count)
        for hit in first.hits + rest.hits
    }
    assert states == {"a": ("PENDING", None), "b": ("DONE", 7), "c": ("NONE", None)}


async def test_a_document_by_id(world: World) -> None:
    shown, hidden = world.document(None, "a", 1), world.document(None, "b", 2, hidden=True)
    found = await world.services.documents.get(shown)
    assert found is not None
    assert found.title == "a"
    assert await world.services.documents.get(hidden) is None
    assert await world.services.documents.get("f" * 32) is None


@pytest.mark.parametrize("silent", [False, True])
async def test_all_documents_by_filter_with_and_without_the_search_store(world: World, silent: bool) -> None:
    # given documents of several customers and of none, all delivered, one hidden since
    world.live_generation()
    members = [world.member("external", f"x{number}") for number in range(3)]
    for minute in range(6):
        member = None if minute == 5 else members[minute % 3]
        kind = "invoice" if minute % 2 else "contract"
        index(world, world.document(member, f"d{minute}", minute, kind=kind), minute)
    world.sql("UPDATE document SET hidden = true WHERE title = 'd3'")
    batch = SearchBatch(Silent()) if silent else world.services.batch()
    where = DocumentFilter(kinds=frozenset({"invoice"}))
    # when paged by one
    seen, after, has_next, degraded = [], None, True, set()
    while has_next:
        page = await world.services.documents.search(batch, text=None, where=where, first=1, after=after)
        seen += titles(page)
        after, has_next = page.end_cursor, page.has_next
        degraded.add(page.degraded)
    # then
    assert seen == ["d5", "d1"]
    assert degraded == {silent}


async def test_text_finds_each_document_once_with_its_pages(world: World) -> None:
    # given documents of which some pages match, two of one instant
    world.live_generation()
    member = world.member("cpf", CPF)
    many = world.document(member, "many", 1)
    twin, other = world.document(None, "twin", 2), world.document(None, "other", 2)
    plain = world.document(member, "plain", 3)
    index(world, many, 1, ["a rescisão do contrato", "nada", "rescisões", "sobre a rescisao"])
    index(world, twin, 2, ["rescisão"])
    index(world, other, 2, ["rescisão", "rescisão"])
    index(world, plain, 3, ["nada"])
    documents = world.services.documents
    # when paged by one
    seen, after, has_next = [], None, True
    while has_next:
        page = await documents.search(world.services.batch(), text="rescisao", first=1, after=after)
        seen += [(hit.document.title, [matched.number for matched in hit.pages]) for hit in page.hits]
        after, has_next = page.end_cursor, page.has_next
    # then
    assert sorted(seen[:2]) == [("other", [1, 2]), ("twin", [1])]
    assert seen[2:] == [("many", [1, 3, 4])]
    # and within one customer only theirs
    snapshot = await snapshot_of(world, member)
    within = await documents.search(world.services.batch(), text="rescisao", snapshot=snapshot, first=5)
    assert titles(within) == ["many"]
    assert "«rescisão»" in within.hits[0].pages[0].snippet
    # and its cursor is of that customer alone
    with pytest.raises(CursorInvalid):
        await documents.search(world.services.batch(), text="rescisao", first=5, after=within.end_cursor)


async def test_text_without_the_search_store_is_refused(world: World) -> None:
    with pytest.raises(SearchUnavailable):
        await world.services.documents.search(SearchBatch(Silent()), text="x", first=5)
