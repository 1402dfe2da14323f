"""Folding over members: any order of the rows gives the same customer."""

from __future__ import annotations

import random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from customer360.customers.model import HotTail
from customer360.customers.profile import RawCustomer, fold, latest

ZONE = ZoneInfo("America/Sao_Paulo")
INSTALLATION = {
    "now": 2_000_000,
    "liveCursor": None,
    "confirmed": None,
    "unprojected": None,
    "unconfirmed": None,
}
EMPTY: dict[str, Any] = {
    "id": "a", "reading": ["a"], "incomplete": False, "keys": [["a", "cpf", "1", False]], "protocol": None,
    "attributes": None, "segments": None, "scores": None, "consents": None, "products": None, "merges": None,
    "counts": None, "last": None, "responses": None,
}  # fmt: skip
WORDS = st.tuples(st.sampled_from(["name", "city"]), st.sampled_from(["x", "y", None]), st.integers(0, 3))


@given(st.lists(WORDS, max_size=12), st.randoms(use_true_random=False))
def test_the_latest_word_holds_in_any_order(
    words: list[tuple[str, str | None, int]], order: random.Random
) -> None:
    # given words with event ids that order those of one instant
    rows: list[list[Any]] = [[name, value, at, f"{n:02}"] for n, (name, value, at) in enumerate(words)]
    expected = {row[0]: row[1] for row in sorted(rows, key=lambda row: (row[2], row[3]))}
    # when they come in another order
    order.shuffle(rows)
    snapshot = fold(RawCustomer(INSTALLATION, {**EMPTY, "attributes": rows}, HotTail()), ZONE)
    # then
    assert snapshot.name == expected.get("name")
    assert {item.name: item.value for item in snapshot.attributes} == {
        name: value for name, value in expected.items() if name != "name" and value is not None
    }


def test_rows_of_one_key_are_one() -> None:
    rows = [["k", 1, 5, "b"], ["k", 2, 5, "c"], ["j", 3, 9, "a"]]
    assert latest(rows, key=lambda row: row[0]) == [["j", 3, 9, "a"], ["k", 2, 5, "c"]]


def test_responses_are_counted_at_the_hour_of_the_installations_zone() -> None:
    # given an accepted offer at 01:30 UTC, which is 22:30 in São Paulo
    body = {**EMPTY, "responses": [["chat", 1_760_059_800_000_000]] * 3}
    snapshot = fold(RawCustomer(INSTALLATION, body, HotTail()), ZONE)
    assert [(use.channel, use.best_hour, use.interactions, use.sample_size) for use in snapshot.channels] == [
        ("chat", 22, 0, 3)
    ]


def test_a_member_that_only_a_merge_has_named_shows_no_key_but_is_read() -> None:
    body = {**EMPTY, "keys": [["a", "cpf", "1", False], ["b", "", "", False]], "reading": ["b", "a"]}
    snapshot = fold(RawCustomer(INSTALLATION, body, HotTail()), ZONE)
    assert [key.id for key in snapshot.keys] == ["a"]
    assert snapshot.member_ids == snapshot.reading_ids == ("a", "b")


def test_keys_come_from_the_strongest() -> None:
    keys = [["c", "email", "a@b.br", True], ["b", "account", "1", False], ["a", "cpf", "1", False]]
    snapshot = fold(RawCustomer(INSTALLATION, {**EMPTY, "keys": keys}, HotTail()), ZONE)
    assert [key.type for key in snapshot.keys] == ["cpf", "account", "email"]
    assert not snapshot.shared


def test_freshness_without_anything_waiting() -> None:
    snapshot = fold(RawCustomer(INSTALLATION, EMPTY, HotTail()), ZONE)
    assert (snapshot.as_of, snapshot.index_lag_ms, snapshot.live_cursor) == (2_000_000, 0, 0)
    waiting = {**INSTALLATION, "unprojected": 7, "unconfirmed": 500_000, "liveCursor": 9}
    behind = fold(RawCustomer(waiting, EMPTY, HotTail()), ZONE)
    assert (behind.as_of, behind.index_lag_ms, behind.live_cursor) == (7, 1_500, 9)
