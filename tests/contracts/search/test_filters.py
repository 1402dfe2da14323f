"""Entries, facets, documents and pages against a model that looks at everything: every filter in every combination."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customer360.clock import DAY, from_datetime
from customer360.stores.ports import (
    DocumentFilter,
    DocumentsQuestion,
    EntriesQuestion,
    EntryFilter,
    FacetsQuestion,
    PageHit,
    PagesQuestion,
    Position,
    SearchDocument,
)
from tests.contracts.search import model
from tests.contracts.search.stores import SearchStore, entry, tombstone

MEMBERS = [f"{number:032x}" for number in range(0xA0, 0xA6)]
CHANNELS = ["voice", "chat", "email", "whatsapp"]
TYPES = ["interaction.recorded", "offer.presented", "note.added"]
WORDS = ["reclamações", "fatura", "boleto", "cartão", "contrato", "pagamentos"]
KINDS = ["contract", "invoice"]
MEDIA_TYPES = ["application/pdf", "text/plain"]
# Times meet: five instants on each of some days around a quarter's end, the turn of 2000 among them.
INSTANTS = [
    from_datetime(datetime(year, month, day, tzinfo=UTC)) + step
    for year, month, day in [(1999, 12, 31), (2000, 1, 1), (2024, 3, 31), (2024, 4, 1), (2026, 11, 20)]
    for step in (0, 1, 1_000_000, 3_600_000_000, DAY - 1)
]


def _corpus() -> list[SearchDocument]:
    rng = random.Random(360)
    found = [_entry(rng, number) for number in range(500)]
    found += [_document(rng, number) for number in range(150)]
    found += [_page(rng, number) for number in range(250)]
    return [tombstone(d, 9) if rng.random() < 0.1 else d for d in found]


def _entry(rng: random.Random, number: int) -> SearchDocument:
    return entry(
        f"e{rng.getrandbits(60):015x}{number:016x}",
        rng.choice([*MEMBERS, None]),
        rng.choice(INSTANTS),
        type=rng.choice(TYPES),
        channel=rng.choice(CHANNELS),
        direction=rng.choice(["inbound", "outbound", None]),
        with_document=rng.random() < 0.3,
        title=_words(rng),
        summary=rng.choice([None, _words(rng)]),
    )


def _document(rng: random.Random, number: int) -> SearchDocument:
    body = {"title": _words(rng), "kind": rng.choice(KINDS), "media_type": rng.choice(MEDIA_TYPES)}
    id = f"d{rng.getrandbits(60):015x}{number:016x}"
    return SearchDocument("document", id, 1, rng.choice([*MEMBERS, None]), rng.choice(INSTANTS), body=body)


def _page(rng: random.Random, number: int) -> SearchDocument:
    body = {
        "document_id": "d",
        "number": number,
        "text": _words(rng, 4),
        "title": _words(rng),
        "kind": rng.choice(KINDS),
        "media_type": rng.choice(MEDIA_TYPES),
    }
    id = f"p{rng.getrandbits(60):015x}{number:016x}"
    return SearchDocument("page", id, 1, rng.choice([*MEMBERS, None]), rng.choice(INSTANTS), body=body)


def _words(rng: random.Random, most: int = 2) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(1, most)))


CORPUS = _corpus()
IDS = [d.id for d in CORPUS]


@pytest.fixture(scope="module")
def filled(search: SearchStore) -> SearchStore:
    search.put(CORPUS)
    return search


def some_of(values: list[str]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=2)


MEMBER_SETS = st.lists(st.sampled_from([*MEMBERS, "f" * 32]), max_size=4)
INSTANT = st.none() | st.sampled_from(INSTANTS)
TYPED = st.lists(st.sampled_from(["reclamacao", "faturas", "Boleto!", "CARTAO", "zebra", "?"]), max_size=2)
POSITION = st.none() | st.sampled_from([Position(d.occurred_at, d.id) for d in CORPUS])
EXCLUDE = st.lists(st.sampled_from(IDS), max_size=20)
SIZE = st.integers(1, 100)
ENTRY_FILTER = st.builds(
    EntryFilter,
    channels=some_of(CHANNELS),
    directions=some_of(["inbound", "outbound"]),
    types=some_of(TYPES),
    since=INSTANT,
    until=INSTANT,
    text=st.none() | TYPED.map(" ".join),
    with_document=st.none() | st.booleans(),
)
DOCUMENT_FILTER = st.builds(
    DocumentFilter, kinds=some_of(KINDS), media_types=some_of(MEDIA_TYPES), since=INSTANT, until=INSTANT
)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@MANY
@given(
    where=ENTRY_FILTER,
    members=MEMBER_SETS,
    size=SIZE,
    after=POSITION,
    exclude=EXCLUDE,
)
def test_entries_and_facets(
    filled: SearchStore,
    where: EntryFilter,
    members: list[str],
    size: int,
    after: Position | None,
    exclude: list[str],
) -> None:
    # given any filter, when a page and its facets are asked in one call
    page = EntriesQuestion(members, where, size, after, exclude)
    counts = FacetsQuestion(members, where, exclude)
    found = filled.ask(page, counts)
    # then both are what looking at every entry gives, whole documents in their order
    stored = [d for d in CORPUS if d.kind == "entry"]
    assert found == [model.entries(page, stored), model.facets(counts, stored)]


@MANY
@given(
    where=DOCUMENT_FILTER,
    members=st.none() | MEMBER_SETS,
    size=SIZE,
    after=POSITION,
    exclude=EXCLUDE,
    typed=TYPED,
)
def test_documents_and_pages(
    filled: SearchStore,
    where: DocumentFilter,
    members: list[str] | None,
    size: int,
    after: Position | None,
    exclude: list[str],
    typed: list[str],
) -> None:
    # given any filter, when documents and pages are asked in one call
    listed = DocumentsQuestion(members, where, size, after, exclude)
    searched = PagesQuestion(" ".join(typed), members, where, size, after, exclude)
    documents, hits = filled.ask(listed, searched)
    # then both are what looking at every document gives
    assert documents == model.documents(listed, [d for d in CORPUS if d.kind == "document"])
    wanted = model.documents(searched, [d for d in CORPUS if d.kind == "page"])
    pages = [hit.page for hit in hits if isinstance(hit, PageHit)]
    assert [(p.id, p.version, p.member_id, p.occurred_at) for p in pages] == [
        (p.id, p.version, p.member_id, p.occurred_at) for p in wanted
    ]
    # and a page comes with all of its body but the text
    assert [dict(p.body) for p in pages] == [
        {name: value for name, value in p.body.items() if name != "text"} for p in wanted
    ]


def test_no_questions_have_no_answers(filled: SearchStore) -> None:
    assert filled.ask() == []
