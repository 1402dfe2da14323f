"""Text search: Portuguese typed without accents, all words needed, snippets that show why."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from customer360.stores.ports import (
    DocumentFilter,
    EntriesQuestion,
    EntryFilter,
    FacetsQuestion,
    PageHit,
    PagesQuestion,
    Position,
    SearchDocument,
)
from tests.contracts.search.stores import SearchStore, entry

PAIRS_FILE = Path(__file__).parents[2] / "history" / "portuguese-pairs.csv"
PAIRS = list(csv.DictReader(PAIRS_FILE.read_text("utf-8").splitlines()))
NOW = 1_760_000_000_000_000


def _ask(member: str, typed: str) -> EntriesQuestion:
    return EntriesQuestion([member], EntryFilter(text=typed), 10)


def page(id: str, member: str | None, text: str, at: int = NOW, **body: object) -> SearchDocument:
    told = {"document_id": "d", "number": 1, "title": "Documento", "kind": "contract", "media_type": "x/y"}
    return SearchDocument("page", id, 1, member, at, body={**told, "text": text, **body})


def test_golden_pairs(search: SearchStore) -> None:
    # given one entry for each pair, of a member of its own
    members = [search.new_member() for _ in PAIRS]
    search.put(
        [entry(id, id, NOW, title=f"Sobre {p['indexed']}.") for id, p in zip(members, PAIRS, strict=True)]
    )
    # when each is searched as it is typed
    answers = search.ask(*(_ask(id, p["typed"]) for id, p in zip(members, PAIRS, strict=True)))
    found = [(p["match"], bool(answer)) for p, answer in zip(PAIRS, answers, strict=True)]
    # then at least 28 of the 30 that belong together are found, and none of the 25 that do not
    assert found.count(("yes", True)) >= 28
    assert found.count(("no", False)) == 25


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("segunda via", True),
        ("via fatura", True),  # one in the title, one in the summary
        ("VIA, da fatura!", True),
        ("fatura boleto", False),  # one word that is nowhere
        ("", False),
        ("...", False),
        ("' OR 1=1 --", False),
        ("a & | ! ( ) : * \\ '", False),
    ],
)
def test_all_words_are_needed_in_title_or_summary(search: SearchStore, typed: str, found: bool) -> None:
    # given an entry
    member = search.new_member()
    document = entry(member, member, NOW, title="Pediu segunda via", summary="Da fatura de março")
    search.put([document])
    # when it is searched, then it is found only with every word; facets agree
    answers = search.ask(_ask(member, typed), FacetsQuestion([member], EntryFilter(text=typed)))
    assert answers == ([[document], {"voice": 1}] if found else [[], {}])


def test_pages_are_found_by_their_text_and_show_where(search: SearchStore) -> None:
    # given a long page among others
    member = search.new_member()
    text = "Texto de abertura. " * 60 + "O cliente pagará multas por rescisão antecipada.\n" + "Outro. " * 300
    search.put(
        [page(member, member, text, title="Contrato de adesão"), page("f" + member[1:], member, "nada")]
    )
    # when words of it are searched
    (hit,) = search.ask_one(PagesQuestion("multa rescisao", [member], DocumentFilter(), 10))
    # then the snippet has them marked as they are written, and is short
    assert isinstance(hit, PageHit)
    assert hit.page.id == member
    assert "«multas»" in hit.snippet
    assert "«rescisão»" in hit.snippet
    assert len(hit.snippet) <= 260
    assert "\n" not in hit.snippet
    # and the page comes with what lists need, without its text
    assert hit.page.body["title"] == "Contrato de adesão"
    assert "text" not in hit.page.body


def test_a_page_found_by_its_title_shows_its_beginning(search: SearchStore) -> None:
    member = search.new_member()
    search.put([page(member, member, "Primeira linha. " * 40, title="Comprovante de residência")])
    (hit,) = search.ask_one(PagesQuestion("comprovante residencia", [member], DocumentFilter(), 10))
    assert hit.snippet.startswith("Primeira linha.")
    assert len(hit.snippet) <= 200


def test_pages_of_all_customers_newest_document_first_and_in_pages(search: SearchStore) -> None:
    # given pages of several customers and of none, with a word nobody else has
    members = [search.new_member(), search.new_member(), None]
    made = [
        page(f"{n:x}{search.new_member()[1:]}", members[n % 3], "xilogravura", NOW + n // 2) for n in range(9)
    ]
    search.put(made)
    # when they are asked four at a time
    found: list[SearchDocument] = []
    after = None
    while True:
        hits = search.ask_one(PagesQuestion("xilogravuras", None, DocumentFilter(), 4, after))
        found += [hit.page for hit in hits]
        if len(hits) < 4:
            break
        after = Position(found[-1].occurred_at, found[-1].id)
    # then each comes once, newest first
    assert [p.id for p in found] == [
        p.id for p in sorted(made, key=lambda p: (p.occurred_at, p.id), reverse=True)
    ]
