"""A search store under test: one adapter with a real server behind it, asked without an event loop in sight."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from customer360.stores.elasticsearch import ElasticsearchReader, ElasticsearchWriter
from customer360.stores.ports import (
    Answer,
    EntriesQuestion,
    EntryFilter,
    Fate,
    Position,
    Question,
    SearchDocument,
    SearchReader,
    SearchWriter,
)
from customer360.stores.postgres.engine import make_engine
from customer360.stores.postgres.search import PostgresSearchReader, PostgresSearchWriter

BATCH = 1_000


@dataclass
class SearchStore:
    """`generation` is created and published; `put` writes and makes visible."""

    name: str
    writer: SearchWriter
    reader: SearchReader
    runner: asyncio.Runner
    generation: str = "g1"
    _names: Iterator[str] = field(default_factory=lambda: (f"{number:032x}" for number in itertools.count(1)))

    def ask(self, *questions: Question) -> list[Answer]:
        return self.runner.run(self.reader.ask(questions))

    def ask_one(self, question: Question) -> Any:
        (answer,) = self.ask(question)
        return answer

    def put(self, documents: Sequence[SearchDocument], generation: str | None = None) -> list[Fate]:
        """The fate of each; all are visible to searches then."""
        name = generation or self.generation
        fates = [
            result.fate
            for start in range(0, len(documents), BATCH)
            for result in self.writer.write(name, documents[start : start + BATCH])
        ]
        assert self.writer.refresh(name)
        return fates

    def new_member(self) -> str:
        """A member that no other test of this store has."""
        return next(self._names)

    def ids(self, member: str, where: EntryFilter | None = None) -> list[str]:
        """Of the newest hundred entries."""
        return [entry.id for entry in self.ask_one(EntriesQuestion([member], where or EntryFilter(), 100))]

    def pages(
        self, members: Sequence[str], size: int, where: EntryFilter | None = None
    ) -> Iterator[list[SearchDocument]]:
        """Page after page to the end, each asked only when it is wanted."""
        after: Position | None = None
        while True:
            page = self.ask_one(EntriesQuestion(members, where or EntryFilter(), size, after))
            yield page
            if len(page) < size:
                return
            after = Position(page[-1].occurred_at, page[-1].id)


@contextmanager
def postgres_store(database_url: str) -> Iterator[SearchStore]:
    engine = make_engine(database_url)
    with asyncio.Runner() as runner:
        reader = PostgresSearchReader(engine)
        store = SearchStore("postgres", PostgresSearchWriter(engine), reader, runner)
        _begin(store)
        yield store
        runner.run(reader.close())
    engine.dispose()


@contextmanager
def elasticsearch_store(url: str, prefix: str) -> Iterator[SearchStore]:
    """The timeout is wide: these tests are about answers, on a machine that may be busy."""
    writer = ElasticsearchWriter(url, prefix)
    with asyncio.Runner() as runner:
        reader = runner.run(_reader(url, prefix))
        store = SearchStore("elasticsearch", writer, reader, runner)
        _begin(store)
        yield store
        runner.run(reader.close())
    for generation in ("g1", "g2", "g3"):
        writer.drop(generation)
    writer.close()


async def _reader(url: str, prefix: str) -> SearchReader:
    return ElasticsearchReader(url, prefix, timeout=20.0)


def _begin(store: SearchStore) -> None:
    store.writer.create(store.generation)
    store.writer.publish(store.generation)


def entry(id: str, member: str | None, occurred_at: int, version: int = 1, **body: Any) -> SearchDocument:
    told = {
        "type": "interaction.recorded",
        "channel": "voice",
        "title": "Ligação",
        "source": "//tests",
        **body,
    }
    return SearchDocument("entry", id, version, member, occurred_at, body=told)


def tombstone(document: SearchDocument, version: int) -> SearchDocument:
    return SearchDocument(
        document.kind, document.id, version, document.member_id, document.occurred_at, deleted=True
    )


def member(id: str, name: str, version: int = 1) -> SearchDocument:
    return SearchDocument("member", id, version, id, 0, body={"name": name, "key_type": "cpf"})


def place(document: SearchDocument) -> tuple[int, str]:
    return document.occurred_at, document.id


def newest_first(documents: Iterable[SearchDocument]) -> list[SearchDocument]:
    return sorted(documents, key=place, reverse=True)
