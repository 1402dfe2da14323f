"""What every answer of Elasticsearch means: for each document of a bulk, for a whole request, and for a search."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from customer360.errors import SearchUnavailable
from customer360.stores.elasticsearch import ElasticsearchReader, ElasticsearchWriter
from customer360.stores.ports import (
    DocumentFilter,
    DocumentsQuestion,
    EntriesQuestion,
    EntryFilter,
    FacetsQuestion,
    Fate,
    MembersQuestion,
    PagesQuestion,
    Question,
    SearchDocument,
)
from tests.faults.elasticsearch_faults import (
    GENERATION,
    PREFIX,
    Act,
    FaultyElasticsearch,
    answer,
    broken_json,
    drop,
    faulty_elasticsearch,
    half_a_body,
    hang,
    items,
)

WHO = "a" * 32
DOCUMENTS = [
    SearchDocument("entry", f"{n:032x}", 1, WHO, 1_760_000_000_000_000, body={"title": "x"}) for n in range(5)
]
QUESTIONS: list[Question] = [
    EntriesQuestion([WHO], EntryFilter(text="fatura"), 50),
    FacetsQuestion([WHO], EntryFilter()),
    MembersQuestion("maria", 10),
    DocumentsQuestion([WHO], DocumentFilter(), 5),
    PagesQuestion("multa", None, DocumentFilter(), 5),
]


@pytest.fixture
def server() -> Iterator[FaultyElasticsearch]:
    with faulty_elasticsearch() as found:
        yield found


@pytest.fixture
def writer(server: FaultyElasticsearch) -> Iterator[ElasticsearchWriter]:
    found = ElasticsearchWriter(server.url, PREFIX, timeout=1.0)
    yield found
    found.close()


@pytest.fixture
async def reader(server: FaultyElasticsearch) -> AsyncIterator[ElasticsearchReader]:
    found = ElasticsearchReader(server.url, PREFIX, timeout=0.5)
    yield found
    await found.close()


def _error(kind: str, status: int) -> dict[str, Any]:
    return {"error": {"type": kind, "reason": "r"}, "status": status}


@pytest.mark.parametrize(
    ("status", "kind", "reason", "fate"),
    [
        (200, "", "", Fate.DONE),
        (201, "", "", Fate.DONE),
        (409, "version_conflict_engine_exception", "", Fate.STALE),
        (429, "es_rejected_execution_exception", "", Fate.RETRY),
        (429, "circuit_breaking_exception", "", Fate.RETRY),
        (429, "cluster_block_exception", "TOO_MANY_REQUESTS/12", Fate.RETRY),
        (403, "cluster_block_exception", "FORBIDDEN/12/index read-only / allow delete (api)", Fate.RETRY),
        (503, "unavailable_shards_exception", "", Fate.RETRY),
        (502, "", "", Fate.RETRY),
        (504, "", "", Fate.RETRY),
        (500, "i_o_exception", "", Fate.RETRY),
        (413, "", "", Fate.SPLIT),
        (400, "document_parsing_exception", "failed to parse field [x] of type [long]", Fate.POISON),
        (400, "strict_dynamic_mapping_exception", "introduction of [x] is not allowed", Fate.POISON),
        (400, "illegal_argument_exception", "no write index is defined for alias [x]", Fate.STOP),
        (401, "security_exception", "", Fate.STOP),
        (403, "security_exception", "", Fate.STOP),
    ],
)
def test_one_documents_answer_is_its_own(
    server: FaultyElasticsearch, writer: ElasticsearchWriter, status: int, kind: str, reason: str, fate: Fate
) -> None:
    # given a bulk whose third document is answered so
    server.script("/_bulk", items((201, "", ""), (201, "", ""), (status, kind, reason)))
    # when five are written
    results = writer.write(GENERATION, DOCUMENTS)
    # then that one has its fate, the others are done, and nothing was sent twice
    assert [r.fate for r in results] == [Fate.DONE, Fate.DONE, fate, Fate.DONE, Fate.DONE]
    assert [r.id for r in results] == [d.id for d in DOCUMENTS]
    assert server.asked("/_bulk") == 1


def test_a_reason_names_the_field_and_never_its_value(
    server: FaultyElasticsearch, writer: ElasticsearchWriter
) -> None:
    words = "[1:34] failed to parse field [received_at] of type [long]. Preview: 'Maria 123.456.789-09'"
    server.script("/_bulk", items((400, "document_parsing_exception", words)))
    assert writer.write(GENERATION, DOCUMENTS[:1])[0].reason == "400 document_parsing_exception received_at"


@pytest.mark.parametrize(
    ("act", "many", "one"),
    [
        (answer(429, _error("circuit_breaking_exception", 429)), Fate.RETRY, Fate.RETRY),
        (answer(503, _error("cluster_block_exception", 503)), Fate.RETRY, Fate.RETRY),
        (answer(502, b"<html>Bad Gateway</html>", product=False), Fate.RETRY, Fate.RETRY),
        (answer(504, b""), Fate.RETRY, Fate.RETRY),
        (answer(500, _error("x", 500)), Fate.RETRY, Fate.RETRY),
        (answer(403, _error("cluster_block_exception", 403)), Fate.RETRY, Fate.RETRY),
        (answer(200, b"<html>hello</html>", product=False), Fate.RETRY, Fate.RETRY),
        (answer(200, {"errors": False, "items": []}), Fate.RETRY, Fate.RETRY),
        (answer(200, []), Fate.RETRY, Fate.RETRY),
        (half_a_body, Fate.RETRY, Fate.RETRY),
        (broken_json, Fate.RETRY, Fate.RETRY),
        (drop, Fate.RETRY, Fate.RETRY),
        (hang, Fate.RETRY, Fate.RETRY),
        (answer(413, b""), Fate.SPLIT, Fate.POISON),
        (answer(400, _error("x_content_parse_exception", 400)), Fate.SPLIT, Fate.POISON),
        (answer(401, _error("security_exception", 401)), Fate.STOP, Fate.STOP),
        (answer(403, _error("security_exception", 403)), Fate.STOP, Fate.STOP),
    ],
    ids=[
        "429",
        "503",
        "502 of a proxy",
        "504 empty",
        "500",
        "disk full",
        "200 of a proxy",
        "no items",
        "no object",
        "half a body",
        "broken json",
        "dropped",
        "hanging",
        "too large",
        "malformed",
        "who are you",
        "forbidden",
    ],
)
def test_an_answer_about_the_whole_request(
    server: FaultyElasticsearch, writer: ElasticsearchWriter, act: Act, many: Fate, one: Fate
) -> None:
    # given a server that does so twice
    server.script("/_bulk", act, act)
    # when five documents are written, and then one
    fates = [r.fate for r in writer.write(GENERATION, DOCUMENTS)]
    fates += [r.fate for r in writer.write(GENERATION, DOCUMENTS[:1])]
    # then all share a fate, each was sent once, and nothing was raised
    assert fates == [many] * 5 + [one]
    assert server.asked("/_bulk") == 2
    # and afterwards the same documents are written
    assert {r.fate for r in writer.write(GENERATION, DOCUMENTS)} == {Fate.DONE}


def test_nobody_listening_is_an_outage() -> None:
    # given a server that is gone
    with faulty_elasticsearch() as gone:
        url = gone.url
    writer = ElasticsearchWriter(url, PREFIX, timeout=1.0)
    # when it is used, then it is retried, not confirmed, and nothing is known
    assert {r.fate for r in writer.write(GENERATION, DOCUMENTS)} == {Fate.RETRY}
    assert writer.refresh(GENERATION) is False
    assert writer.marks(GENERATION) is None
    assert writer.newest_version(GENERATION) is None
    with pytest.raises(SearchUnavailable):
        writer.create("g2")
    writer.close()


def test_an_index_that_is_gone_is_made_again_once(
    server: FaultyElasticsearch, writer: ElasticsearchWriter
) -> None:
    # given a quarter that the writer knows and that has vanished
    missing = (404, "index_not_found_exception", "no such index")
    writer.write(GENERATION, DOCUMENTS)
    server.script("/_bulk", items(missing), items())
    # when documents are written to it
    results = writer.write(GENERATION, DOCUMENTS)
    # then the one that found nothing was sent again after the index was looked after
    assert {r.fate for r in results} == {Fate.DONE}
    assert [r.documents for r in server.requests if r.path == "/_bulk"] == [5, 5, 1]
    # and when that does not help, a person must act
    server.script("/_bulk", items(missing), items(missing))
    assert writer.write(GENERATION, DOCUMENTS)[0].fate is Fate.STOP


@pytest.mark.parametrize(
    ("act", "confirmed"),
    [
        (answer(200, {"_shards": {"total": 8, "successful": 8, "failed": 0}}), True),
        (answer(200, {"_shards": {"total": 8, "successful": 7, "failed": 1}}), False),
        (answer(200, {"_shards": {"total": 0, "successful": 0, "failed": 0}}), False),  # nothing there
        (answer(200, {}), False),
        (answer(503, {}), False),
        (half_a_body, False),
        (hang, False),
        (drop, False),
    ],
)
def test_a_refresh_is_true_only_when_every_shard_did_it(
    server: FaultyElasticsearch, writer: ElasticsearchWriter, act: Act, confirmed: bool
) -> None:
    server.script("/_refresh", act)
    assert writer.refresh(GENERATION) is confirmed


def _part(**changes: Any) -> dict[str, Any]:
    good = {"status": 200, "timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": []}}
    return {**good, **changes}


@pytest.mark.parametrize(
    "act",
    [
        answer(200, {"responses": [_part()] * 4 + [_part(_shards={"failed": 1})]}),
        answer(200, {"responses": [_part(timed_out=True)] + [_part()] * 4}),
        answer(200, {"responses": [_part()] * 4 + [{"status": 404, "error": {"type": "index_not_found"}}]}),
        answer(200, {"responses": [_part()] * 4 + [{"status": 503, "error": {"type": "x"}}]}),
        answer(200, {"responses": [_part()] * 4 + [{}]}),
        answer(200, {"responses": [_part()] * 4}),
        answer(200, {}),
        answer(429, _error("es_rejected_execution_exception", 429)),
        answer(503, b""),
        answer(401, _error("security_exception", 401)),
        answer(200, b"<html></html>", product=False),
        half_a_body,
        broken_json,
        hang,
        drop,
    ],
    ids=[
        "shard failed",
        "timed out",
        "no index",
        "part unavailable",
        "empty part",
        "part missing",
        "no parts",
        "429",
        "503",
        "401",
        "proxy",
        "half a body",
        "broken json",
        "hanging",
        "dropped",
    ],
)
async def test_a_search_that_is_not_whole_is_no_answer(
    server: FaultyElasticsearch, reader: ElasticsearchReader, act: Act
) -> None:
    # given a server that does so once
    server.script("/_msearch", act)
    # when five questions are asked
    with pytest.raises(SearchUnavailable):
        await reader.ask(QUESTIONS)
    # then it was asked once, and the next call is answered
    assert server.asked("/_msearch") == 1
    assert await reader.ask(QUESTIONS) == [[], {}, [], [], []]


async def test_any_number_of_questions_is_one_request(
    server: FaultyElasticsearch, reader: ElasticsearchReader
) -> None:
    await reader.ask(QUESTIONS)
    assert [(r.path, r.documents) for r in server.requests] == [("/_msearch", 5)]
