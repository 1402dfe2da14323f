"""The write side of search in PostgreSQL: versioned upserts, one statement per kind and batch, the guilty one set apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import psycopg2
from psycopg2 import errors
from psycopg2.extensions import cursor as Cursor
from sqlalchemy import Engine

from customer360.errors import LedgerUnavailable
from customer360.stores.ports import Fate, Kind, SearchDocument, WriteResult
from customer360.stores.postgres.engine import connected
from customer360.stores.postgres.search import generations
from customer360.stores.postgres.search.rows import Row, put, row
from customer360.stores.search_documents import problem

# What the data of one document can cause; anything else is about the server or about all of them.
_DATA = (psycopg2.DataError, psycopg2.IntegrityError, errors.ProgramLimitExceeded, ValueError)
_STOP = (
    errors.UndefinedTable,
    errors.InvalidSchemaName,
    errors.InsufficientPrivilege,
    psycopg2.ProgrammingError,
)


class PostgresSearchWriter:
    """The engine's database holds the search schemas; it may be the ledger's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def write(self, generation: str, documents: Sequence[SearchDocument]) -> list[WriteResult]:
        schema = generations.schema_of(generation)
        results: dict[int, WriteResult] = {}
        rows: dict[int, tuple[Kind, Row]] = {}
        for place, document in enumerate(documents):
            made = _row_or_reason(document)
            if isinstance(made, str):
                results[place] = WriteResult(document.id, Fate.POISON, made)
            else:
                rows[place] = (document.kind, made)
        self._write(schema, rows, results)
        return [results[place] for place in range(len(documents))]

    def refresh(self, generation: str) -> bool:
        """What is committed is visible; it must only still be there."""
        return bool(self.marks(generation))

    def create(self, generation: str) -> None:
        generations.create(self._engine, generation)

    def publish(self, generation: str) -> None:
        generations.publish(self._engine, generation)

    def withdraw(self, generation: str) -> None:
        generations.withdraw(self._engine, generation)

    def drop(self, generation: str) -> None:
        generations.drop(self._engine, generation)

    def marks(self, generation: str) -> dict[str, str] | None:
        try:
            return generations.marks(self._engine, generation)
        except (LedgerUnavailable, psycopg2.Error):
            return None

    def newest_version(self, generation: str) -> int | None:
        try:
            return generations.newest_version(self._engine, generation)
        except (LedgerUnavailable, psycopg2.Error):
            return None

    def fingerprints(
        self, generation: str, kind: Kind, after: str, limit: int
    ) -> list[tuple[str, int, bool]]:
        return generations.fingerprints(self._engine, generation, kind, after, limit)

    def places(self, generation: str, kind: Kind, ids: Sequence[str]) -> list[SearchDocument]:
        return generations.places(self._engine, generation, kind, ids)

    def _write(self, schema: str, rows: dict[int, tuple[Kind, Row]], results: dict[int, WriteResult]) -> None:
        """All in one transaction; when some data does not fit, each half in its own, down to the guilty one."""
        if not rows:
            return
        outcome = self._attempt(schema, rows)
        if isinstance(outcome, set):
            _settle(rows, outcome, results)
        elif outcome.fate is Fate.POISON and len(rows) > 1:
            places = list(rows)
            for half in (places[: len(places) // 2], places[len(places) // 2 :]):
                self._write(schema, {place: rows[place] for place in half}, results)
        else:
            for place, (_, values) in rows.items():
                results[place] = WriteResult(values[0], outcome.fate, outcome.reason)

    def _attempt(self, schema: str, rows: dict[int, tuple[Kind, Row]]) -> set[int] | WriteResult:
        """The places that were newer than what was stored, or one result that all of them share."""
        newest = _newest(rows)
        try:
            with connected(self._engine) as connection:
                try:
                    with connection, connection.cursor() as cursor:
                        return _put_all(cursor, schema, rows, newest)
                except (psycopg2.Error, ValueError) as error:
                    if connection.closed:
                        raise
                    return WriteResult("", _fate(error), _reason(error))
        except (LedgerUnavailable, psycopg2.InterfaceError):
            return WriteResult("", Fate.RETRY, "the database does not answer")


def _put_all(
    cursor: Cursor, schema: str, rows: dict[int, tuple[Kind, Row]], newest: dict[tuple[Kind, str], int]
) -> set[int]:
    """In kind and id order, so that writers that meet wait instead of blocking each other.

    The commit is not waited for: what confirms these rows is a later commit in the same log, and that one is.
    """
    cursor.execute("SET LOCAL synchronous_commit TO off")
    stored: set[int] = set()
    for kind, keys in groupby(sorted(newest), key=lambda key: key[0]):
        batch = [rows[newest[key]][1] for key in keys]
        stored.update(newest[kind, id] for id in put(cursor, schema, kind, batch))
    return stored


def _newest(rows: dict[int, tuple[Kind, Row]]) -> dict[tuple[Kind, str], int]:
    """Place of the highest version of each document: one statement cannot write a row twice."""
    newest: dict[tuple[Kind, str], int] = {}
    for place, (kind, values) in rows.items():
        held = newest.setdefault((kind, values[0]), place)
        if values[1] > rows[held][1][1]:
            newest[kind, values[0]] = place
    return newest


def _settle(rows: dict[int, tuple[Kind, Row]], stored: set[int], results: dict[int, WriteResult]) -> None:
    for place, (_, values) in rows.items():
        results[place] = WriteResult(values[0], Fate.DONE if place in stored else Fate.STALE)


def _row_or_reason(document: SearchDocument) -> Row | str:
    reason = problem(document)
    if reason is not None:
        return reason
    try:
        return row(document)
    except (
        ValueError,
        TypeError,
    ) as error:  # what JSON cannot hold: lone surrogates, integers beyond 64 bits
        return str(error)[:200]


def _fate(error: Exception) -> Fate:
    if isinstance(error, _DATA):
        return Fate.POISON
    return Fate.STOP if isinstance(error, _STOP) else Fate.RETRY


def _reason(error: Exception) -> str:
    """The class of the error, never its text: that one quotes the row."""
    code = getattr(error, "pgcode", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
