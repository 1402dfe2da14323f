from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from customer360.customers.linking import Waiting
from customer360.errors import CursorInvalid
from schema.customers.review import cursor_of, place_of
from schema.nodes import from_global, internal_id, to_global

hexes = st.text("0123456789abcdef", min_size=32, max_size=32)
kinds = st.sampled_from(["customer", "entry", "document", "key", "decision", "merge"])


@given(kinds, hexes)
def test_a_global_id_leads_back_and_only_under_its_own_type(kind: str, id: str) -> None:
    made = to_global(kind, id)
    assert from_global(made) == (kind, id)
    assert internal_id(made, kind) == id
    assert internal_id(made, "other") is None


@given(st.text())
def test_any_other_text_is_no_id(text: str) -> None:
    found = from_global(text)
    assert found is None or to_global(*found) == text.rstrip("=")


@given(st.text() | st.builds(lambda n: f"cmV2aWV3{n}", st.text()))
def test_any_text_is_a_cursor_of_the_review_queue_or_refused(text: str) -> None:
    try:
        since, member = place_of(text)
    except CursorInvalid:
        return
    assert place_of(cursor_of(Waiting(member, "cpf", "", False, "SHARED", (), since))) == (since, member)
