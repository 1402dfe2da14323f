from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from customer360.stores.postgres.engine import make_engine, transaction
from customer360.stores.postgres.ledger import Ledger, LedgerRow, decode

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


@pytest.fixture
def engine(database_url: str) -> Engine:
    return make_engine(database_url, size=1)


def row(
    event_id: str, *, key_id: str | None = None, body: bytes = b"{}", member: str | None = None
) -> LedgerRow:
    return LedgerRow(event_id, b"\x00\\hash", 3, member, "c360.note.added.v1", -5, key_id, body)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kept=st.lists(
        st.tuples(st.none() | TEXT | st.sampled_from(["\\N", "\\.", "a\tb\n\r\\"]), st.binary(max_size=40))
    )
)
def test_every_sender_and_every_byte_is_kept(engine: Engine, kept: list[tuple[str | None, bytes]]) -> None:
    # given a ledger without these events
    with transaction(engine) as cursor:
        cursor.execute("TRUNCATE event_log, event_key")
    rows = [row(f"{number:032x}", key_id=key, body=body) for number, (key, body) in enumerate(kept)]
    # when
    outcomes = Ledger(engine).append(rows)
    # then each is there once, as it was given, in the order given
    assert outcomes == {each.event_id: "accepted" for each in rows}
    with transaction(engine) as cursor:
        cursor.execute("SELECT event_id, key_id, data, member_id, occurred_at FROM event_log ORDER BY seq")
        stored = [
            (event, key, decode(data), member, at) for event, key, data, member, at in cursor.fetchall()
        ]
    assert stored == [(each.event_id, each.key_id, each.body, None, -5) for each in rows]


def test_the_same_event_again_is_a_duplicate_and_another_body_a_conflict(engine: Engine) -> None:
    # given
    ledger, first = Ledger(engine), row("a" * 32, member="b" * 32)
    ledger.append([first])
    other = LedgerRow("a" * 32, b"other", 3, None, first.type, -5, None, b"[]")
    # when
    again, against = ledger.append([first, row("c" * 32)]), ledger.append([other])
    # then only what is new was stored
    assert (again, against) == ({"a" * 32: "duplicate", "c" * 32: "accepted"}, {"a" * 32: "conflict"})
    with transaction(engine) as cursor:
        cursor.execute(
            "SELECT event_id, member_id, body_hash FROM event_log JOIN event_key USING (event_id) ORDER BY seq"
        )
        assert [(event, member, bytes(held)) for event, member, held in cursor.fetchall()] == [
            ("a" * 32, "b" * 32, b"\x00\\hash"),
            ("c" * 32, None, b"\x00\\hash"),
        ]
