"""Invariant 4: every entry that was projected when paging began, and not retracted meanwhile, comes exactly once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from customer360.errors import CursorInvalid
from customer360.history import paging
from customer360.history.cursors import MAX_MEMBERS, CursorCodec
from customer360.history.model import TimelineEntry
from customer360.ids import Ids
from customer360.stores.ports import EntryFilter, Position
from tests.history.model import CODEC, IDS, Model, a_snapshot, an_entry

MEMBERS = [IDS.member("external", name) for name in "abc"]
INSTANTS = st.integers(0, 6)  # few, so that many entries share one
WHICH = st.integers(0, 60)
# What may happen between two pages, as (what, which entry or member, when).
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(
            ["insert", "insert", "change", "retract", "deliver", "ahead", "merge", "part", "down", "up"]
        ),
        WHICH,
        INSTANTS,
    ),
    max_size=6,
)


class Run:
    """A model, what was projected in it, and what was retracted."""

    def __init__(self, begin: list[tuple[int, int]], delivered: bool) -> None:
        self.model = Model(MEMBERS)
        self.retracted: set[str] = set()
        for member, at in begin:
            self.insert(member, at)
        if delivered:
            self.model.deliver()

    def insert(self, which: int, at: int) -> None:
        name = str(len(self.model.rows))
        self.model.put(an_entry(name, MEMBERS[which % len(MEMBERS)], at))

    def happen(self, what: str, which: int, at: int) -> None:
        model = self.model
        entries = list(model.rows.values())
        entry = entries[which % len(entries)] if entries else None
        match what:
            case "insert":
                self.insert(which, at)
            case "change" if entry is not None:
                model.put(replace(entry, state={"changed": which}))
            case "retract" if entry is not None:
                model.put(replace(entry, hidden=True))
                self.retracted.add(entry.id)
            case "deliver":
                model.deliver()
            case "ahead":
                model.write_ahead()
            case "merge":
                model.groups[MEMBERS[which % 3]] = model.groups[MEMBERS[at % 3]]
            case "part":
                model.groups = {member: member for member in MEMBERS}
            case "down" | "up":
                model.down = what == "down"

    async def page_through(
        self, first: int, happenings: list[list[tuple[str, int, int]]]
    ) -> list[TimelineEntry]:
        """Reads to the end, one list of happenings after each page."""
        customer, after, seen, turn = MEMBERS[0], None, list[TimelineEntry](), 0
        while True:
            page = await self.model.history.timeline(
                self.model.snapshot(customer), self.model.batch(), first=first, after=after
            )
            assert len(page.entries) <= first
            assert page.entries or not page.has_next
            assert page.has_previous == (after is not None)
            seen += page.entries
            assert len(seen) < 500  # fails, instead of never ending
            if not page.has_next:
                return seen
            after = page.end_cursor
            for happening in happenings[turn] if turn < len(happenings) else []:
                self.happen(*happening)
            turn += 1


@settings(max_examples=400, deadline=None)
@example(begin=[(0, 0), (0, 0), (2, 0)], delivered=False, before=[], first=1, happenings=[[("merge", 0, 2)]])
@example(
    begin=[(0, 0), (0, 0)], delivered=False, before=[("merge", 0, 1)], first=1, happenings=[[("part", 0, 0)]]
)
@given(
    begin=st.lists(st.tuples(WHICH, INSTANTS), max_size=25),
    delivered=st.booleans(),
    before=HAPPENINGS,
    first=st.integers(1, 7),
    happenings=st.lists(HAPPENINGS, max_size=12),
)
def test_every_entry_of_the_beginning_comes_exactly_once(
    begin: list[tuple[int, int]],
    delivered: bool,
    before: list[tuple[str, int, int]],
    first: int,
    happenings: list[list[tuple[str, int, int]]],
) -> None:
    # given some history, and what is the customer's when paging begins
    run = Run(begin, delivered)
    for happening in before:
        run.happen(*happening)
    model = run.model
    group = model.groups[MEMBERS[0]]
    members = {member for member, held in model.groups.items() if held == group}
    began = {e.id for e in model.rows.values() if e.member_id in members and not e.hidden}
    run.retracted.clear()
    # when paged while everything else goes on
    seen = asyncio.run(run.page_through(first, happenings))
    # then nothing comes twice, nothing is missing, nothing is foreign, and the order is the timeline's
    ids = [entry.id for entry in seen]
    assert len(set(ids)) == len(ids)
    assert began - run.retracted <= set(ids)
    assert {entry.member_id for entry in seen} <= members
    order = [(entry.occurred_at, entry.id) for entry in seen]
    assert order == sorted(order, reverse=True)


async def test_has_next_is_false_on_the_last_page_also_when_it_is_full() -> None:
    run = Run([(0, at) for at in range(4)], delivered=True)
    snapshot = run.model.snapshot(MEMBERS[0])
    first = await run.model.history.timeline(snapshot, run.model.batch(), first=2)
    last = await run.model.history.timeline(snapshot, run.model.batch(), first=2, after=first.end_cursor)
    assert (first.has_next, last.has_next, len(last.entries)) == (True, False, 2)
    assert (first.facets, last.facets) == ({"voice": 4}, None)
    assert first.start_cursor == first.cursor_of(first.entries[0])
    assert last.end_cursor == last.cursor_of(last.entries[-1])


async def test_an_empty_timeline_has_one_empty_page() -> None:
    model = Model(MEMBERS)
    page = await model.history.timeline(model.snapshot(MEMBERS[0]), model.batch(), first=10)
    assert (page.entries, page.has_next, page.start_cursor, page.end_cursor) == ((), False, None, None)
    assert page.facets == {}


def test_a_cursor_of_a_very_large_customer_holds_only_a_digest_of_its_members() -> None:
    # given a customer of more ids than fit
    members = [IDS.make("m", str(number)) for number in range(MAX_MEMBERS + 1)]
    snapshot = a_snapshot(members)
    cursor = paging.begin(CODEC, "timeline", snapshot, None).cursor(Position(1, "f" * 32))
    # when it goes on, and after the customer changed
    same = paging.begin(CODEC, "timeline", snapshot, cursor)
    # then
    assert len(cursor) < 300
    assert (same.members, same.after) == (snapshot.reading_ids, Position(1, "f" * 32))
    with pytest.raises(CursorInvalid):
        paging.begin(CODEC, "timeline", a_snapshot(members[:-1]), cursor)


def test_a_cursor_of_another_installation_is_refused() -> None:
    foreign = CursorCodec(Ids(b"another secret").digest)
    cursor = paging.begin(foreign, "timeline", a_snapshot(), None).cursor(Position(1, "f" * 32))
    with pytest.raises(CursorInvalid):
        paging.begin(CODEC, "timeline", a_snapshot(), cursor)


FILTERS = st.builds(
    EntryFilter,
    channels=st.frozensets(st.sampled_from(["voice", "chat"])),
    directions=st.frozensets(st.sampled_from(["inbound", "outbound"])),
    types=st.frozensets(st.sampled_from(["note.added", "voice"])),
    since=st.none() | st.integers(0, 3),
    until=st.none() | st.integers(0, 3),
    text=st.none() | st.sampled_from(["", "None", "voice"]),
    with_document=st.none() | st.booleans(),
)


@given(FILTERS, FILTERS)
def test_filters_share_cursors_only_when_they_ask_the_same(one: EntryFilter, other: EntryFilter) -> None:
    assert (paging.question_of(one) == paging.question_of(other)) == (one == other)
