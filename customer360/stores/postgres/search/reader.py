"""The read side of search in PostgreSQL: all questions of a call are one statement, run in a small pool of threads."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg2
from psycopg2 import errors
from sqlalchemy import Engine

from customer360.errors import LedgerUnavailable, SearchUnavailable
from customer360.stores.ports import Answer, Question
from customer360.stores.postgres.engine import connected
from customer360.stores.postgres.search.answers import answer
from customer360.stores.postgres.search.generations import schema_of
from customer360.stores.postgres.search.questions import Sql, select

_PUBLISHED = (
    "SELECT -1, generation, NULL::bigint, NULL, NULL::bigint, NULL::float8, NULL FROM search_published"
)
_TRIES = 4  # of a call that meets a publish: the next statement asks the generation that the last one named


class PostgresSearchReader:
    """The engine's statement timeout bounds a call; its pool should hold `threads` connections for it."""

    def __init__(self, engine: Engine, *, threads: int = 4) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="search")
        self._generation: str | None = None

    async def ask(self, questions: Sequence[Question]) -> list[Answer]:
        if not questions:
            return []
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.ask_now, questions)

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def ask_now(self, questions: Sequence[Question]) -> list[Answer]:
        """As `ask`, in the calling thread. One statement; a second one only when what is published has changed."""
        try:
            for _ in range(_TRIES):
                rows = self._run(questions)
                if rows is not None:
                    return [
                        answer(question, [row[1:] for row in rows if row[0] == place])
                        for place, question in enumerate(questions)
                    ]
        except (LedgerUnavailable, psycopg2.Error) as error:
            raise SearchUnavailable("the search tables do not answer") from error
        raise SearchUnavailable("no search generation is published")

    def _run(self, questions: Sequence[Question]) -> list[tuple[Any, ...]] | None:
        """None when another generation than the one we know is published, which we know from then on."""
        asked = self._generation
        parts: list[Sql] = [(_PUBLISHED, [])]
        if asked is not None:
            parts += [select(question, place, schema_of(asked)) for place, question in enumerate(questions)]
        statement = " UNION ALL ".join(f"({sql})" for sql, _ in parts)
        try:
            rows = self._fetch(statement, [value for _, values in parts for value in values])
        except (errors.UndefinedTable, errors.InvalidSchemaName):
            if asked is None:
                raise
            self._generation = None
            return None
        published = next((row[1] for row in rows if row[0] == -1), None)
        if asked is not None and published == asked:
            return rows
        self._generation = published
        return None

    def _fetch(self, statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
        """Without a transaction around it, which would be two more round trips."""
        with connected(self._engine) as connection:
            connection.autocommit = True
            try:
                with connection.cursor() as cursor:
                    cursor.execute(statement, values)
                    return cursor.fetchall()
            finally:
                if not connection.closed:
                    connection.autocommit = False
