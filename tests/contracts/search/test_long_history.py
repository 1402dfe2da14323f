"""One customer with 100,000 entries: paged to the end, and a page deep inside costs no more than the first."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from sqlalchemy import Engine

from customer360.clock import DAY
from customer360.stores.elasticsearch.questions import body
from customer360.stores.ports import EntriesQuestion, EntryFilter, FacetsQuestion, Fate, Position
from customer360.stores.postgres.engine import make_engine, transaction
from customer360.stores.postgres.search.questions import select
from tests.contracts.search.stores import SearchStore, elasticsearch_store, entry, postgres_store

pytestmark = pytest.mark.slow

COUNT = 100_000
WHO, OTHER = "a" * 32, "b" * 32
START = 1_700_000_000_000_000
STEP = 730 * DAY // COUNT
SIZE = 50


@pytest.fixture(scope="module", params=["postgres", "elasticsearch"])
def long(request: pytest.FixtureRequest) -> Iterator[tuple[SearchStore, Any]]:
    """A store with that history among entries of others, and what its server is examined with."""
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        url = server.url(server.create_database(request.getfixturevalue("migrated_template")))
        engine = make_engine(url)
        with postgres_store(url) as store:
            _fill(store)
            with transaction(engine) as cursor:
                cursor.execute("ANALYZE")
            yield store, engine
        engine.dispose()
    else:
        url = request.getfixturevalue("elasticsearch").url
        client = Elasticsearch(url)
        with elasticsearch_store(url, "tlong") as store:
            _fill(store)
            yield store, client
        client.close()


def _fill(store: SearchStore) -> None:
    """In a random order, so that nothing lies in the order of the answer by chance."""
    order = list(range(COUNT))
    random.Random(1).shuffle(order)
    for start in range(0, COUNT, 2_000):
        part = order[start : start + 2_000]
        own = [entry(f"{n:032x}", WHO, START + n * STEP, channel=("voice", "chat")[n % 2]) for n in part]
        others = [entry(f"{n:031x}x", OTHER, START + n * STEP) for n in part[:200]]
        written = store.writer.write(store.generation, [*own, *others])
        assert {result.fate for result in written} == {Fate.DONE}
    assert store.writer.refresh(store.generation)


def test_it_is_paged_to_the_end(long: tuple[SearchStore, Any]) -> None:
    # given the history, when it is paged through
    store, _ = long
    delivered = [e.id for page in store.pages([WHO], 500) for e in page]
    # then every entry came once, newest first
    assert delivered == [f"{n:032x}" for n in range(COUNT - 1, -1, -1)]


def test_facets_count_all_of_it(long: tuple[SearchStore, Any]) -> None:
    store, _ = long
    found = store.ask_one(FacetsQuestion([WHO], EntryFilter()))
    assert found == {"voice": COUNT // 2, "chat": COUNT // 2}


@pytest.mark.parametrize("members", [[WHO], [WHO, OTHER]], ids=["one member", "two members"])
def test_a_page_deep_inside_costs_no_more_than_the_first(
    long: tuple[SearchStore, Any], members: list[str]
) -> None:
    # given a page at the beginning and one after 90,000 entries
    store, server = long
    deep = Position(START + COUNT // 10 * STEP, "0")
    first, later = (EntriesQuestion(members, EntryFilter(), SIZE, after) for after in (None, deep))
    # when the server says how many rows or index entries it looked at for each
    cost = _rows_read if isinstance(server, Engine) else _entries_visited
    at_first, deep_inside = cost(server, first), cost(server, later)
    # then the deep one needs no more than the first, but for the odd row at the border
    assert len(store.ask_one(later)) == SIZE
    assert deep_inside <= at_first + 10
    if len(members) == 1:  # several cost Elasticsearch a look at each of their entries
        assert at_first <= 60 * SIZE


def _rows_read(engine: Engine, question: EntriesQuestion) -> int:
    """Of all tables, whether they were kept or filtered out."""
    sql, values = select(question, 0, "search_g1")
    with transaction(engine) as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
        (plan,) = cursor.fetchone() or (None,)
    found = plan if isinstance(plan, list) else json.loads(plan)
    return sum(_scanned(found[0]["Plan"]))


def _scanned(node: dict[str, Any]) -> Iterator[int]:
    if "Relation Name" in node:
        filtered = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        yield int((node["Actual Rows"] + filtered) * node["Actual Loops"])
    for child in node.get("Plans", []):
        yield from _scanned(child)


def _entries_visited(client: Elasticsearch, question: EntriesQuestion) -> int:
    """By all shards: what the queries' iterators stepped to."""
    answer = client.search(
        index="tlong-entries",
        routing=",".join(question.members),
        body={**body(question), "profile": True, "track_total_hits": False},
    )
    queries = [q for s in answer["profile"]["shards"] for f in s["searches"] for q in f["query"]]
    return sum(q["breakdown"]["next_doc_count"] + q["breakdown"]["advance_count"] for q in queries)
