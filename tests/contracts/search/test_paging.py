"""Paging by position: everything that was there is delivered exactly once, whatever is written meanwhile."""

from __future__ import annotations

import random

import pytest

from customer360.clock import DAY
from customer360.stores.ports import EntriesQuestion, EntryFilter, Position, SearchDocument
from tests.contracts.search.stores import SearchStore, entry, newest_first, place

SPAN = 400 * DAY  # over several quarters
START = 1_700_000_000_000_000


def _history(rng: random.Random, members: list[str], count: int, sign: str) -> list[SearchDocument]:
    """Many share an instant, so that the id decides."""
    return [
        entry(
            f"{sign}{rng.getrandbits(64):016x}{number:015x}",
            rng.choice(members),
            START + rng.randrange(SPAN // DAY // 4) * 4 * DAY,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("size", [1, 7, 100])
@pytest.mark.parametrize("how_many", [1, 3])
def test_everything_comes_exactly_once_and_newest_first_under_live_and_late_writes(
    search: SearchStore, size: int, how_many: int
) -> None:
    rng = random.Random(10 * size + how_many)
    members = [search.new_member() for _ in range(how_many)]
    # given a history that is there when the paging begins
    before = _history(rng, members, 15 * size if size < 100 else 350, "a")
    search.put(before)
    # when it is paged through while new and late entries come in between
    delivered: list[SearchDocument] = []
    for number, page in enumerate(search.pages(members, size)):
        delivered += page
        search.put(
            [
                entry(f"b{number:07x}{members[0][8:]}", members[0], START + SPAN + number),
                entry(f"c{rng.getrandbits(64):016x}{number:015x}", members[-1], START + rng.randrange(SPAN)),
            ]
        )
    # then each entry came once, in the order of the timeline, and all that were there came
    assert [place(e) for e in delivered] == [place(e) for e in newest_first(delivered)]
    assert len({e.id for e in delivered}) == len(delivered)
    assert {e.id for e in before} <= {e.id for e in delivered}
    # and those that came before the first page's end are not among them
    assert not [e.id for e in delivered if e.id.startswith("b")]


def test_entries_of_one_instant_are_ordered_by_id(search: SearchStore) -> None:
    # given entries of the same microsecond, written in another order
    member = search.new_member()
    search.put([entry(f"{digit}{member[1:]}", member, START) for digit in "3a1f20"])
    # when they are asked in pages of two
    pages = [[e.id[0] for e in page] for page in search.pages([member], 2)]
    # then the larger id is the newer
    assert pages == [["f", "a"], ["3", "2"], ["1", "0"], []]


def test_a_position_need_not_be_an_entry(search: SearchStore) -> None:
    member = search.new_member()
    search.put([entry(f"{number}{member[1:]}", member, START + number) for number in range(3)])
    found = search.ask_one(
        EntriesQuestion([member], EntryFilter(), 10, Position(START + 1, "g"))  # g is after every hex digit
    )
    assert [e.id[0] for e in found] == ["1", "0"]
