"""Cursors come back as they went out, or are refused."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from customer360.errors import CursorInvalid
from customer360.history.cursors import LiveCursor, OffsetCursor, PagingCursor
from tests.history.model import CODEC

TEXTS = st.text(max_size=32)
BIG = st.integers(0, 2**53)
LIVE = st.builds(LiveCursor, seq=BIG, at=BIG)
PAGING = st.builds(
    PagingCursor,
    kind=st.sampled_from(["timeline", "offers"]),
    members=st.lists(TEXTS, max_size=5).map(tuple),
    digest=st.binary(max_size=8),
    question=st.binary(max_size=8),
    began=LIVE,
    at=BIG,
    id=TEXTS,
)
ALPHABET = string.ascii_letters + string.digits + "-_"


@given(PAGING)
def test_a_cursor_comes_back_as_it_was(cursor: PagingCursor) -> None:
    assert CODEC.paging(CODEC.encode(cursor)) == cursor


@given(LIVE, st.integers(0), st.sampled_from(ALPHABET))
def test_any_other_letter_makes_it_invalid(cursor: LiveCursor, place: int, letter: str) -> None:
    text = CODEC.encode(cursor)
    place %= len(text)
    changed = text[:place] + letter + text[place + 1 :]
    assume(changed != text)
    with pytest.raises(CursorInvalid):
        CODEC.live(changed)


@given(st.text())
def test_no_text_is_a_cursor_by_chance(text: str) -> None:
    with pytest.raises(CursorInvalid) as refused:
        CODEC.live(text)
    assert refused.value.field == "after"


@given(PAGING)
def test_a_cursor_of_one_kind_is_none_of_another(cursor: PagingCursor) -> None:
    text = CODEC.encode(cursor)
    for read in (CODEC.live, CODEC.offset):
        with pytest.raises(CursorInvalid):
            read(text)
    with pytest.raises(CursorInvalid):
        CODEC.paging(CODEC.encode(OffsetCursor("customers", b"", 3)))
