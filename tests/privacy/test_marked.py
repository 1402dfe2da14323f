"""Marks of a search hit do not open what masking closes."""

from __future__ import annotations

import pytest

from customer360.history.portuguese import TextQuery
from customer360.history.snippets import snippet
from customer360.privacy.marked import mask_marked, without_split_keys

TEXT = (
    "Cliente titular CPF 390.533.447-05, fone (11) 91234-5678, carlos.lima@example.com, pediu a segunda via"
)


@pytest.mark.parametrize("typed", ["533", "91234", "carlos", "titular", "via"])
def test_no_search_shows_a_key(typed: str) -> None:
    shown = snippet(TEXT, TextQuery(typed))
    for part in ("390", "05,", "91234", "lima", "carlos"):
        assert part not in shown


def test_a_mark_inside_of_a_key_hides_nothing_from_masking() -> None:
    assert mask_marked("CPF 390.«533».447-05 do «titular»") == "CPF ***.«533».447-** do «titular»"
    assert mask_marked("sem «chave» aqui") == "sem «chave» aqui"


def test_half_a_key_at_the_edge_of_a_fragment_is_left_out() -> None:
    assert without_split_keys("533.447-05 é o «CPF» dele, fone (11) 91234") == "é o «CPF» dele, fone"
    assert without_split_keys("o «boleto» venceu") == "o «boleto» venceu"
