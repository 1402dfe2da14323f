"""Our text analysis against the golden pairs, and what must hold for any text."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360.history.portuguese import TextQuery, tokens, words
from customer360.history.snippets import snippet

PAIRS = list(csv.DictReader((Path(__file__).parent / "portuguese-pairs.csv").read_text("utf-8").splitlines()))


def test_every_golden_pair_is_decided_rightly() -> None:
    # given the pairs, when each is analysed
    wrong = [p for p in PAIRS if (tokens(p["indexed"]) == tokens(p["typed"])) != (p["match"] == "yes")]
    # then none is wrong: 30 match, 25 stay apart
    assert (len(PAIRS), wrong) == (55, [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Reclamações sobre cobranças", ["reclamaca", "sobr", "cobranc"]),
        ("CPF 123.456 às 10h", ["cpf", "123", "456", "as", "10h"]),
        ("e\u0301poca", ["epoc"]),  # accent as a separate mark
        ("...", []),
        ("", []),
    ],
)
def test_tokens(text: str, found: list[str]) -> None:
    assert tokens(text) == found


def test_names_are_folded_but_keep_their_endings() -> None:
    assert words("João D'Ávila Gonçalves") == ["joao", "d", "avila", "goncalves"]


@pytest.mark.parametrize(
    ("typed", "matches"),
    [
        ("reclamacao fatura", True),  # one word in each text
        ("reclamacao boleto", False),  # a word that is in none
        ("", False),
        ("?!", False),
    ],
)
def test_all_words_must_be_in_one_of_the_texts(typed: str, matches: bool) -> None:
    assert TextQuery(typed).matches("Reclamações", None, "da fatura") is matches


def test_a_snippet_marks_the_words_as_they_are_written() -> None:
    assert (
        snippet("Contém Cláusulas e multas.", TextQuery("clausula multa")) == "Contém «Cláusulas» e «multas»."
    )


def test_a_snippet_shows_the_place_and_not_the_whole_page() -> None:
    # given a long page with the word far inside
    text = "palavra " * 500 + "cancelamento imediato" + " outra" * 500
    # when the snippet is cut
    shown = snippet(text, TextQuery("cancelamentos"))
    # then it is short, holds the mark and starts and ends between words
    assert "«cancelamento» imediato" in shown
    assert len(shown) <= 200
    assert set(shown.split()) <= {"palavra", "«cancelamento»", "imediato", "outra", "…"}


@given(st.text(max_size=200))
def test_any_text_has_clean_tokens_and_matches_itself(text: str) -> None:
    found = tokens(text)
    assert all(token.isalnum() for token in found)
    assert TextQuery(text).matches(text) is bool(found)


@given(st.text(max_size=300), st.text(min_size=1, max_size=5))
def test_a_snippet_without_its_marks_is_a_part_of_the_text(text: str, typed: str) -> None:
    text = text.replace("«", "").replace("»", "").replace("…", "")
    shown = snippet(text, TextQuery(typed)).replace("«", "").replace("»", "")
    assert shown.removeprefix("… ").removesuffix(" …") in " ".join(text.split())
