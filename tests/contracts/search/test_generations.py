"""Generations: filled unseen, published in one step while searches run, dropped; a write may make new indices meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from customer360.clock import DAY
from customer360.errors import SearchUnavailable
from customer360.stores.ports import EntriesQuestion, EntryFilter, FacetsQuestion, Fate
from tests.contracts.search.stores import (
    SearchStore,
    elasticsearch_store,
    entry,
    postgres_store,
)

NOW = 1_760_000_000_000_000
WHO = "a" * 32
Seen = tuple[set[str], int, object]  # titles, entries, facets
ROUNDS = 12  # publishes of the race


@pytest.fixture(params=["postgres", "elasticsearch"])
def own(request: pytest.FixtureRequest) -> Iterator[SearchStore]:
    """A store for this test alone: publishing would take the other tests' documents away."""
    if request.param == "postgres":
        with postgres_store(request.getfixturevalue("database_url")) as store:
            yield store
    else:
        url, prefix = (request.getfixturevalue(name) for name in ("elasticsearch_url", "index_prefix"))
        with elasticsearch_store(url, prefix) as store:
            yield store


def test_a_generation_is_not_seen_before_it_is_published(own: SearchStore) -> None:
    # given g1 published with one entry, and g2 filled with another
    own.put([entry("a1", WHO, NOW)])
    own.writer.create("g2")
    assert own.put([entry("b1", WHO, NOW), entry("b2", WHO, NOW - 500 * DAY)], "g2") == [Fate.DONE] * 2
    assert own.ids(WHO) == ["a1"]
    # when g2 is published
    own.writer.publish("g2")
    # then it alone is searched
    assert own.ids(WHO) == ["b1", "b2"]
    # and both go on being written, the old one unseen, in quarters it did not have
    own.put([entry("a2", WHO, NOW - 300 * DAY)], "g1")
    own.put([entry("b3", WHO, NOW - 400 * DAY)], "g2")
    assert own.ids(WHO) == ["b1", "b3", "b2"]
    # and when the old one goes, nothing changes for searches
    own.writer.drop("g1")
    assert own.writer.marks("g1") == {}
    assert own.ids(WHO) == ["b1", "b3", "b2"]


def test_creating_and_dropping_may_be_repeated(own: SearchStore) -> None:
    # given a generation with a document
    own.put([entry("a1", WHO, NOW)])
    before = own.writer.marks("g1")
    assert before
    # when it is created again
    own.writer.create("g1")
    # then it is the same one, with what it had
    assert own.writer.marks("g1") == before
    assert own.ids(WHO) == ["a1"]
    # and one that is gone, or never was, can be dropped
    own.writer.create("g3")
    own.writer.drop("g3")
    own.writer.drop("g3")
    assert own.writer.marks("g3") == {}


def test_a_generation_made_again_has_other_marks(own: SearchStore) -> None:
    own.writer.create("g2")
    before = own.writer.marks("g2")
    own.writer.drop("g2")
    own.writer.create("g2")
    after = own.writer.marks("g2")
    assert before
    assert after
    assert not set(before.values()) & set(after.values())


def test_publishing_what_is_not_there_changes_nothing(own: SearchStore) -> None:
    # given g1 published
    own.put([entry("a1", WHO, NOW)])
    # when a generation that nobody made is published
    with pytest.raises(ValueError, match="no generation g2"):
        own.writer.publish("g2")
    # then g1 still is
    assert own.ids(WHO) == ["a1"]


@pytest.mark.parametrize("name", ["", "G1", "a-b", "x" * 41, "a b", "a,b", "a;drop"])
def test_a_generations_name_is_plain(own: SearchStore, name: str) -> None:
    with pytest.raises(ValueError, match="generation's name"):
        own.writer.create(name)


def test_without_a_published_generation_there_is_no_answer(own: SearchStore) -> None:
    # given the published generation dropped, when something is asked, then it is no empty answer
    own.writer.drop("g1")
    with pytest.raises(SearchUnavailable):
        own.ids(WHO)


def test_a_withdrawn_generation_gives_no_answer_until_one_is_published(own: SearchStore) -> None:
    # given a published generation with two quarters
    own.put([entry("a1", WHO, NOW), entry("a2", WHO, NOW - 500 * DAY)])
    # when it is withdrawn, twice, then there is no answer, also after a write made a new quarter
    own.writer.withdraw("g1")
    own.writer.withdraw("g1")
    own.put([entry("a3", WHO, NOW - 200 * DAY)])
    with pytest.raises(SearchUnavailable):
        own.ids(WHO)
    # when it is published again, then it answers with everything
    own.writer.publish("g1")
    assert own.ids(WHO) == ["a1", "a3", "a2"]


def test_withdrawing_another_generation_changes_nothing(own: SearchStore) -> None:
    # given g1 published and g2 not
    own.put([entry("a1", WHO, NOW)])
    own.writer.create("g2")
    # when g2, and one that nobody made, are withdrawn
    own.writer.withdraw("g2")
    own.writer.withdraw("g3")
    # then g1 still answers
    assert own.ids(WHO) == ["a1"]


def test_publishes_while_searches_run_show_one_whole_generation_each_time(own: SearchStore) -> None:
    # given two generations of forty entries each, told apart by their titles
    own.writer.create("g2")
    for name in ("g1", "g2"):
        own.put([entry(f"e{n}", WHO, NOW - n * 20 * DAY, title=name) for n in range(40)], name)

    # when one after the other is published while searches run
    async def searches(done: threading.Event) -> list[Seen]:
        seen: list[Seen] = []
        while not done.is_set():
            entries, facets = await own.reader.ask(
                [EntriesQuestion([WHO], EntryFilter(), 100), FacetsQuestion([WHO], EntryFilter())]
            )
            seen.append(({e.body["title"] for e in entries}, len(entries), facets))  # type: ignore[union-attr]  # entries are documents
            await asyncio.sleep(0)
        return seen

    def publish() -> None:
        for n in range(ROUNDS):
            own.writer.publish(("g2", "g1")[n % 2])

    seen = _while(own, searches, publish)
    # then each answer had all forty of one generation, never a mixture, never less
    assert seen
    assert [(len(titles), count, facets) for titles, count, facets in seen] == [(1, 40, {"voice": 40})] * len(
        seen
    )


def test_quarters_made_while_generations_are_published_are_all_searched(own: SearchStore) -> None:
    # given two generations that take turns in being published while four writers need ever new quarters of both
    own.writer.create("g2")
    days = [NOW - n * 91 * DAY for n in range(12)]

    def write(turn: int) -> None:
        for n, at in enumerate(days):
            if n % 2 == turn % 2:
                for name in ("g1", "g2"):
                    assert own.writer.write(name, [entry(f"{name}-{n}-{turn}", WHO, at)])[0].fate is Fate.DONE

    with ThreadPoolExecutor(5) as threads:
        writers = [threads.submit(write, turn) for turn in range(4)]
        for n in range(6):
            own.writer.publish(("g2", "g1")[n % 2])
        for writer in writers:
            writer.result()
    # when the last of them is published and everything is refreshed
    assert own.writer.refresh("g1")
    # then searches see all of g1 and nothing of g2
    assert sorted(own.ids(WHO)) == sorted(
        f"g1-{n}-{turn}" for turn in range(4) for n in range(12) if n % 2 == turn % 2
    )


def _while(
    own: SearchStore,
    asking: Callable[[threading.Event], Coroutine[None, None, list[Seen]]],
    action: Callable[[], None],
) -> list[Seen]:
    """Runs the action in a thread of its own; what was seen until it was over."""
    done = threading.Event()

    def act() -> None:
        try:
            action()
        finally:
            done.set()

    with ThreadPoolExecutor(1) as threads:
        acting = threads.submit(act)
        seen = own.runner.run(asking(done))
        acting.result()
    return seen
