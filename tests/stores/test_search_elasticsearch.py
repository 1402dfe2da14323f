"""What only Elasticsearch has: quarters as indices, aliases, mappings, and indices that vanish behind our back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from elasticsearch import Elasticsearch

from customer360.clock import from_datetime
from customer360.stores.elasticsearch import ElasticsearchWriter
from customer360.stores.elasticsearch.names import quarter_of
from customer360.stores.ports import Fate, SearchDocument

WHO = "a" * 32


def _at(year: int, month: int, day: int) -> int:
    return from_datetime(datetime(year, month, day, tzinfo=UTC))


def _entry(id: str, at: int, version: int = 1, **body: object) -> SearchDocument:
    return SearchDocument("entry", id, version, WHO, at, body={"channel": "voice", **body})


@pytest.fixture
def writer(elasticsearch_url: str, index_prefix: str) -> Iterator[ElasticsearchWriter]:
    found = ElasticsearchWriter(elasticsearch_url, index_prefix)
    found.create("g1")
    found.publish("g1")
    yield found
    found.drop("g1")
    found.close()


@pytest.fixture
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    found = Elasticsearch(elasticsearch_url)
    yield found
    found.close()


@pytest.mark.parametrize(
    ("instant", "quarter"),
    [
        (_at(2024, 1, 1), "2024q1"),
        (_at(2024, 4, 1) - 1, "2024q1"),
        (_at(2024, 4, 1), "2024q2"),
        (_at(2024, 12, 31), "2024q4"),
        (_at(2000, 1, 1), "2000q1"),
        (_at(2000, 1, 1) - 1, "old"),
        (0, "old"),
        (-1, "old"),
        (_at(1, 1, 1), "old"),
    ],
)
def test_the_quarter_of_an_instant(instant: int, quarter: str) -> None:
    assert quarter_of(instant) == quarter


def test_a_time_beyond_the_calendar_is_poison(writer: ElasticsearchWriter) -> None:
    # given an occurred_at that no calendar has, beside a good document
    results = writer.write("g1", [_entry("e1", 2**62), _entry("e2", _at(2024, 5, 5))])
    # then only that one is refused
    assert [(r.fate, r.reason) for r in results] == [
        (Fate.POISON, "occurred_at is out of range"),
        (Fate.DONE, ""),
    ]


def test_each_quarter_is_an_index_searched_through_the_alias_of_its_kind(
    writer: ElasticsearchWriter, client: Elasticsearch, index_prefix: str
) -> None:
    # given entries of two quarters and of long ago
    writer.write("g1", [_entry("e1", _at(2024, 5, 5)), _entry("e2", _at(2024, 7, 1)), _entry("e3", 0)])
    # when the aliases are looked at
    found = client.indices.get_alias(name=f"{index_prefix}-entries").body
    # then each quarter has an index of the generation behind the one that searches ask
    quarters = ("2024q2", "2024q3", "old")
    assert set(found) == {f"{index_prefix}-entries-{quarter}-g1" for quarter in quarters}
    # and an alias of its own for writing
    (index,) = client.indices.get_alias(name=f"{index_prefix}-entries-2024q2-g1-write").body
    assert index == f"{index_prefix}-entries-2024q2-g1"


def test_indices_are_strict_sorted_and_never_search_idle(
    writer: ElasticsearchWriter, client: Elasticsearch, index_prefix: str
) -> None:
    name = f"{index_prefix}-entries-old-g1"
    told = client.indices.get(index=name).body[name]
    assert told["mappings"]["dynamic"] == "strict"
    assert told["mappings"]["properties"]["detail"] == {"type": "object", "enabled": False}
    assert told["settings"]["index"]["sort"] == {
        "field": ["member_id", "occurred_at", "id"],
        "order": ["asc", "desc", "desc"],
    }
    assert told["settings"]["index"]["refresh_interval"] == "30s"


def test_a_document_that_only_the_store_refuses_is_poison_alone(writer: ElasticsearchWriter) -> None:
    # given a channel longer than any term may be, among good ones
    at = _at(2024, 5, 5)
    batch = [_entry("e1", at), _entry("e2", at, channel="x" * 40_000), _entry("e3", at)]
    # when they are written
    results = writer.write("g1", batch)
    # then it alone is refused, by the field's name and without its value
    assert [r.fate for r in results] == [Fate.DONE, Fate.POISON, Fate.DONE]
    assert "x" * 10 not in results[1].reason


def test_routing_keeps_a_member_together_and_an_entry_without_one_alone(
    writer: ElasticsearchWriter, client: Elasticsearch, index_prefix: str
) -> None:
    # given an entry of a member and one of nobody
    at = _at(2024, 5, 5)
    writer.write(
        "g1", [_entry("e1", at), SearchDocument("entry", "e2", 1, None, at, body={"channel": "web"})]
    )
    writer.refresh("g1")
    # when they are read, then the first is routed by the member, the other by itself
    hits = client.search(index=f"{index_prefix}-entries", sort="id").body["hits"]["hits"]
    assert [hit["_routing"] for hit in hits] == [WHO, "e2"]


def test_a_quarter_lost_behind_our_back_comes_back_with_another_mark(
    writer: ElasticsearchWriter, client: Elasticsearch, index_prefix: str
) -> None:
    # given a quarter that somebody deletes
    at, name = _at(2024, 5, 5), f"{index_prefix}-entries-2024q2-g1"
    writer.write("g1", [_entry("e1", at)])
    before = writer.marks("g1") or {}
    client.indices.delete(index=name)
    assert name not in (writer.marks("g1") or {})
    # when a document of it is written
    results = writer.write("g1", [_entry("e2", at), _entry("e3", 0)])
    # then it is stored, and the mark tells that this is another index
    assert [r.fate for r in results] == [Fate.DONE, Fate.DONE]
    after = writer.marks("g1") or {}
    assert set(after) == set(before) | {name}
    assert {n for n in after if after[n] != before.get(n)} == {name}


def test_a_wiped_generation_is_not_made_anew_by_a_write(
    writer: ElasticsearchWriter, client: Elasticsearch
) -> None:
    # given a generation whose indices are all gone
    writer.write("g1", [_entry("e1", _at(2024, 5, 5))])
    client.indices.delete(index=",".join(writer.marks("g1") or {}))
    # when the next documents come, of a known and of a new quarter
    results = writer.write("g1", [_entry("e2", _at(2024, 5, 5)), _entry("e3", _at(2025, 5, 5))])
    # then they wait for a rebuild, and nothing is there
    assert [r.fate for r in results] == [Fate.STOP, Fate.STOP]
    assert writer.marks("g1") == {}
    assert writer.refresh("g1") is False
    assert writer.newest_version("g1") is None


def test_processes_that_need_the_same_new_quarters_make_them_once(
    elasticsearch_url: str, index_prefix: str, writer: ElasticsearchWriter
) -> None:
    # given four writers of their own that meet at five quarters nobody has made
    start = threading.Barrier(4)

    def write(number: int) -> list[Fate]:
        own = ElasticsearchWriter(elasticsearch_url, index_prefix)
        start.wait()
        documents = [_entry(f"e{number}{year}", _at(year, 5, 5)) for year in range(2015, 2020)]
        fates = [result.fate for result in own.write("g1", documents)]
        own.close()
        return fates

    with ThreadPoolExecutor(4) as threads:
        fates = list(threads.map(write, range(4)))
    # then all documents are there, in five new indices
    assert fates == [[Fate.DONE] * 5] * 4
    assert writer.refresh("g1")
    assert len(writer.fingerprints("g1", "entry", "", 100)) == 20
    assert len(writer.marks("g1") or {}) == 4 + 5
