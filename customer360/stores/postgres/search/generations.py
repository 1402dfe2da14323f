"""Generations of the PostgreSQL search store: a schema each, so that making, publishing and dropping one are single steps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from psycopg2.extensions import cursor as Cursor
from sqlalchemy import Engine

from customer360.stores.ports import Kind, SearchDocument
from customer360.stores.postgres.engine import transaction
from customer360.stores.search_documents import KINDS

_NAME = re.compile(r"[a-z0-9_]{1,40}")
_TABLES = (Path(__file__).parent / "generation.sql").read_text()


def schema_of(generation: str) -> str:
    """The schema of a generation; ValueError for a name that could mean something else in SQL."""
    if _NAME.fullmatch(generation) is None:
        raise ValueError("a generation's name is 1 to 40 lower-case letters, digits or _")
    return f"search_{generation}"


def create(engine: Engine, generation: str) -> None:
    schema = schema_of(generation)
    with transaction(engine) as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (schema,))
        if not exists(cursor, generation):
            cursor.execute(f"CREATE SCHEMA {schema}")
            cursor.execute(f"SET LOCAL search_path TO {schema}")
            cursor.execute(_TABLES)


def publish(engine: Engine, generation: str) -> None:
    """ValueError when there is no such generation: what is published stays."""
    with transaction(engine) as cursor:
        if not exists(cursor, generation):
            raise ValueError(f"there is no generation {generation}")
        cursor.execute("UPDATE search_published SET generation = %s", (generation,))


def withdraw(engine: Engine, generation: str) -> None:
    with transaction(engine) as cursor:
        cursor.execute("UPDATE search_published SET generation = NULL WHERE generation = %s", (generation,))


def drop(engine: Engine, generation: str) -> None:
    with transaction(engine) as cursor:
        cursor.execute("UPDATE search_published SET generation = NULL WHERE generation = %s", (generation,))
        cursor.execute(f"DROP SCHEMA IF EXISTS {schema_of(generation)} CASCADE")


def exists(cursor: Cursor, generation: str) -> bool:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", (f"{schema_of(generation)}.mark",))
    return bool(_value(cursor))


def marks(engine: Engine, generation: str) -> dict[str, str]:
    schema = schema_of(generation)
    with transaction(engine) as cursor:
        if not exists(cursor, generation):
            return {}
        cursor.execute(f"SELECT uuid::text FROM {schema}.mark")
        return {schema: str(_value(cursor))}


def newest_version(engine: Engine, generation: str) -> int | None:
    schema = schema_of(generation)
    highest = ", ".join(f"(SELECT max(version) FROM {schema}.{kind})" for kind in KINDS)
    with transaction(engine) as cursor:
        if not exists(cursor, generation):
            return None
        cursor.execute(f"SELECT coalesce(greatest({highest}), 0)")
        return int(_value(cursor))


def fingerprints(
    engine: Engine, generation: str, kind: Kind, after: str, limit: int
) -> list[tuple[str, int, bool]]:
    table = f"{schema_of(generation)}.{kind}"
    with transaction(engine) as cursor:
        cursor.execute(
            f"SELECT id, version, deleted FROM {table} WHERE id > %s ORDER BY id LIMIT %s", (after, limit)
        )
        return [(id, version, deleted) for id, version, deleted in cursor.fetchall()]


def places(engine: Engine, generation: str, kind: Kind, ids: Sequence[str]) -> list[SearchDocument]:
    table = f"{schema_of(generation)}.{kind}"
    with transaction(engine) as cursor:
        cursor.execute(
            f"SELECT id, version, member_id, occurred_at, deleted FROM {table} WHERE id = ANY(%s)",
            (list(ids),),
        )
        return [SearchDocument(kind, *row) for row in cursor.fetchall()]


def _value(cursor: Cursor) -> Any:
    (value,) = cursor.fetchone() or (None,)
    return value
