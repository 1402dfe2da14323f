"""What only the PostgreSQL adapter has: one statement per call, common words without a ranking of all, a server that is away."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine

from customer360.errors import SearchUnavailable
from customer360.stores.ports import (
    DocumentFilter,
    DocumentsQuestion,
    EntriesQuestion,
    EntryFilter,
    FacetsQuestion,
    Fate,
    MembersQuestion,
    PagesQuestion,
    Position,
    Question,
    SearchDocument,
)
from customer360.stores.postgres.engine import make_engine, transaction
from customer360.stores.postgres.migrate import upgrade
from customer360.stores.postgres.search import PostgresSearchReader, PostgresSearchWriter, questions
from tests.servers.postgres import PostgresServer

WHO = "a" * 32
NOW = 1_760_000_000_000_000
QUESTIONS: list[Question] = [
    EntriesQuestion([WHO], EntryFilter(text="fatura"), 50),
    FacetsQuestion([WHO], EntryFilter()),
    MembersQuestion("maria", 10),
    DocumentsQuestion([WHO], DocumentFilter(), 5),
    PagesQuestion("multa", None, DocumentFilter(), 5),
]
EMPTY: list[Any] = [[], {}, [], [], []]


def _entry(id: str, version: int = 1) -> SearchDocument:
    return SearchDocument("entry", id, version, WHO, NOW, body={"channel": "voice"})


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    found = make_engine(database_url)
    yield found
    found.dispose()


@pytest.fixture
def writer(engine: Engine) -> PostgresSearchWriter:
    found = PostgresSearchWriter(engine)
    found.create("g1")
    found.publish("g1")
    return found


@pytest.fixture
def statements(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is sent to the server by readers of this test."""
    seen: list[str] = []
    fetch = PostgresSearchReader._fetch

    def watched(self: PostgresSearchReader, statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
        seen.append(statement)
        return fetch(self, statement, values)

    monkeypatch.setattr(PostgresSearchReader, "_fetch", watched)
    return seen


def test_any_number_of_questions_is_one_statement(
    engine: Engine, writer: PostgresSearchWriter, statements: list[str]
) -> None:
    # given a reader that knows what is published
    reader = PostgresSearchReader(engine)
    reader.ask_now(QUESTIONS)
    statements.clear()
    # when five questions are asked, then the server gets one statement
    assert reader.ask_now(QUESTIONS) == EMPTY
    assert len(statements) == 1
    # and one more only when another generation was published meanwhile, even if the old one is gone
    writer.create("g2")
    writer.publish("g2")
    writer.drop("g1")
    statements.clear()
    assert reader.ask_now(QUESTIONS) == EMPTY
    assert len(statements) <= 3
    statements.clear()
    assert reader.ask_now(QUESTIONS) == EMPTY
    assert len(statements) == 1


@pytest.mark.parametrize("few", [3, 100_000], ids=["many matches", "few matches"])
def test_pages_are_the_same_whether_matches_are_sorted_or_walked_to(
    engine: Engine, writer: PostgresSearchWriter, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    # given more pages with a word than are sorted at once, or fewer
    monkeypatch.setattr(questions, "CANDIDATES", few)
    pages = [
        SearchDocument("page", f"{n:032x}", 1, WHO, NOW + n % 3, body={"text": "multa" if n % 2 else "outra"})
        for n in range(20)
    ]
    writer.write("g1", pages)
    reader = PostgresSearchReader(engine)
    wanted = sorted(((p.occurred_at, p.id) for p in pages if p.body["text"] == "multa"), reverse=True)
    for members in (None, [WHO]):
        # when they are asked in pages of four
        found: list[tuple[int, str]] = []
        while len(found) < len(wanted):
            after = Position(*found[-1]) if found else None
            (hits,) = reader.ask_now([PagesQuestion("multas", members, DocumentFilter(), 4, after)])
            assert hits
            found += [(hit.page.occurred_at, hit.page.id) for hit in hits]  # type: ignore[union-attr]  # hits of pages
        # then each comes once in its order
        assert found == wanted


def test_writers_that_meet_at_the_same_documents_leave_the_newest(
    engine: Engine, writer: PostgresSearchWriter
) -> None:
    # given eight writers with versions of the same hundred documents, each in another order
    def write(version: int) -> set[Fate]:
        batch = [_entry(f"{(n * (version * 2 + 1)) % 101:032x}", version) for n in range(101)]
        return {result.fate for result in writer.write("g1", batch)}

    with ThreadPoolExecutor(8) as threads:
        fates = set().union(*threads.map(write, range(1, 9)))
    # then none had to be repeated, and every document has the newest version
    assert fates <= {Fate.DONE, Fate.STALE}
    assert {version for _, version, _ in writer.fingerprints("g1", "entry", "", 200)} == {8}


def test_an_index_row_that_is_too_large_is_poison_alone(writer: PostgresSearchWriter) -> None:
    # given an id longer than an index takes (and not to be compressed), among good ones
    long_id = "".join(chr(0x4E00 + n * 37 % 20_000) for n in range(4_000))
    results = writer.write("g1", [_entry("e1"), _entry(long_id), _entry("e3")])
    assert [r.fate for r in results] == [Fate.DONE, Fate.POISON, Fate.DONE]
    assert results[1].reason == "ProgramLimitExceeded 54000"


def test_a_locked_table_is_tried_again_later(database_url: str, engine: Engine) -> None:
    # given a table that somebody holds, and a writer that waits 50 ms for locks
    impatient = make_engine(database_url, lock_timeout="50")
    writer = PostgresSearchWriter(impatient)
    writer.create("g1")
    with transaction(engine) as cursor:
        cursor.execute("LOCK TABLE search_g1.entry IN ACCESS EXCLUSIVE MODE")
        # when it writes, then it is told to try again
        assert [r.fate for r in writer.write("g1", [_entry("e1")])] == [Fate.RETRY]
    # and nothing was stored by that
    assert writer.fingerprints("g1", "entry", "", 5) == []
    assert [r.fate for r in writer.write("g1", [_entry("e1")])] == [Fate.DONE]
    impatient.dispose()


@pytest.mark.slow
def test_a_server_that_is_away_is_an_outage_and_loses_nothing_confirmed(own_postgres: PostgresServer) -> None:
    # given a server with a document, confirmed by a commit that was waited for
    url = own_postgres.url()
    upgrade(url)
    engine = make_engine(url)
    writer, reader = PostgresSearchWriter(engine), PostgresSearchReader(engine)
    writer.create("g1")
    writer.publish("g1")
    assert writer.write("g1", [_entry("e1")])[0].fate is Fate.DONE
    with transaction(engine) as cursor:
        cursor.execute("UPDATE search_generation SET state = 'live'")
        cursor.execute("INSERT INTO installation (name, value) VALUES ('confirmed', '1')")
    # when it is killed
    own_postgres.kill()
    # then writes wait, nothing is confirmed or known, and there is no answer
    assert [r.fate for r in writer.write("g1", [_entry("e2")])] == [Fate.RETRY]
    assert writer.refresh("g1") is False
    assert writer.marks("g1") is None
    assert writer.newest_version("g1") is None
    with pytest.raises(SearchUnavailable):
        reader.ask_now(QUESTIONS)
    # and when it is back, what was confirmed is there and the rest can be written
    own_postgres.start()
    results = writer.write("g1", [_entry("e1"), _entry("e2")])
    assert [r.fate for r in results] == [Fate.STALE, Fate.DONE]
    (entries,) = reader.ask_now([EntriesQuestion([WHO], EntryFilter(), 5)])
    assert len(entries) == 2
    engine.dispose()
