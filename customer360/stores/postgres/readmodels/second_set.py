"""A second set of read-model tables beside the one in use, and the swap of the two by their schema's name."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor
from sqlalchemy import Engine

from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.readmodels.changes import Change

NEXT, OLD = "model_next", "model_old"
REBUILD = "rebuild"  # the consumer whose cursors the second set is filled by

# What makes a document: when all of these are equal the stored version stays.
_CONTENT = {
    "entry": (
        "timeline_entry",
        "member_id, occurred_at, received_at, type, channel, direction, title, summary, source, with_document,"  # noqa: ISC004
        " detail, state, hidden",
        "hidden = true",
    ),
    "member": ("member", "name", "name = NULL"),
    "document": (
        "document",
        "member_id, occurred_at, title, kind, media_type, channel, number, sha256, size, hidden",
        "hidden = true",
    ),
    "page": ("page", "document_id, member_id, number, sha256, hidden", "hidden = true"),
}


def create(engine: Engine) -> None:
    """An empty second set; what an interrupted run left is thrown away."""
    ddl = files("customer360.stores.postgres").joinpath("migrations/read_models.sql").read_text()
    with transaction(engine) as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {NEXT} CASCADE; CREATE SCHEMA {NEXT}")
        cursor.execute(f"SET LOCAL search_path TO {NEXT}, public")
        cursor.execute(ddl)
        cursor.execute("DELETE FROM consumer_cursor WHERE consumer = %s", (REBUILD,))
        cursor.execute(
            "INSERT INTO consumer_cursor (consumer, partition) SELECT %s, p FROM generate_series(0, 64) p",
            (REBUILD,),
        )


def stop_projection(cursor: Cursor) -> None:
    """Until this transaction ends no projection can commit: it advances these rows last."""
    cursor.execute(
        "SELECT 1 FROM consumer_cursor WHERE consumer = 'projection' ORDER BY partition FOR UPDATE"
    )


def copy_pages(cursor: Cursor) -> None:
    """Pages come from extraction, not from events: they follow their documents."""
    cursor.execute(
        f"INSERT INTO {NEXT}.page SELECT p.id, p.document_id, p.member_id, p.partition, p.occurred_at, p.number,"
        f" p.sha256, d.hidden, 0 FROM model.page p JOIN {NEXT}.document d ON d.id = p.document_id"
    )
    cursor.execute(
        f"UPDATE {NEXT}.document n SET paged = true FROM model.document o WHERE o.id = n.id AND o.paged"
    )


def differences(cursor: Cursor) -> list[Change]:
    """Copies versions of unchanged documents; keeps vanished ones as hidden rows; returns what readers must hear of."""
    return [change for kind in _CONTENT for change in _differences_of(cursor, kind)] + list(
        _regrouped(cursor)
    )


def swap(cursor: Cursor) -> None:
    cursor.execute(
        f"DROP SCHEMA IF EXISTS {OLD} CASCADE;"
        f" ALTER SCHEMA model RENAME TO {OLD}; ALTER SCHEMA {NEXT} RENAME TO model"
    )
    cursor.execute(
        "UPDATE consumer_cursor c SET pos = n.pos, stalled = NULL FROM consumer_cursor n"
        " WHERE c.consumer = 'projection' AND n.consumer = %s AND n.partition = c.partition",
        (REBUILD,),
    )
    cursor.execute("DELETE FROM consumer_cursor WHERE consumer = %s", (REBUILD,))


def drop_old(engine: Engine) -> None:
    with transaction(engine) as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {OLD} CASCADE")


def _differences_of(cursor: Cursor, kind: str) -> list[Change]:
    table, columns, gone = _CONTENT[kind]
    names = {
        "next": sql.Identifier(NEXT, table),
        "now": sql.Identifier("model", table),
        "ours": _row("n", columns),
        "theirs": _row("o", columns),
        "gone": sql.SQL(gone),
    }
    cursor.execute(
        sql.SQL(
            "UPDATE {next} n SET version = o.version FROM {now} o"
            " WHERE o.id = n.id AND {ours} IS NOT DISTINCT FROM {theirs}"
        ).format(**names)
    )
    cursor.execute(
        sql.SQL(
            "WITH vanished AS (INSERT INTO {next} SELECT o.* FROM {now} o WHERE o.version > 0"
            " AND NOT EXISTS (SELECT FROM {next} n WHERE n.id = o.id) RETURNING id)"
            " SELECT id FROM vanished"
        ).format(**names)
    )
    vanished = [row[0] for row in cursor.fetchall()]
    cursor.execute(
        sql.SQL("UPDATE {next} SET version = 0, {gone} WHERE id = ANY(%s)").format(**names), (vanished,)
    )
    hidden = sql.SQL("name IS NULL" if kind == "member" else "hidden")
    cursor.execute(
        sql.SQL(
            "SELECT n.partition, {member}, n.id, {hidden} FROM {next} n LEFT JOIN {now} o ON o.id = n.id"
            " WHERE n.version = 0 AND (NOT {hidden_next} OR coalesce(o.version, 0) > 0)"
        ).format(
            **names,
            member=sql.SQL("n.id" if kind == "member" else "n.member_id"),
            hidden=sql.SQL("n.") + hidden,
            hidden_next=sql.SQL("(n.") + hidden + sql.SQL(")"),
        )
    )
    return [
        Change(partition, member_id, kind, "remove" if is_hidden else "put", doc_id)
        for partition, member_id, doc_id, is_hidden in cursor.fetchall()
    ]


def _row(alias: str, columns: str) -> sql.Composable:
    names = [sql.Identifier(alias, name.strip()) for name in columns.split(",")]
    return sql.SQL("ROW({})").format(sql.SQL(", ").join(names))


def _regrouped(cursor: Cursor) -> Iterator[Change]:
    cursor.execute(
        f"SELECT n.partition, n.id FROM {NEXT}.member n JOIN model.member o ON o.id = n.id"
        " WHERE (n.group_id, n.shared) IS DISTINCT FROM (o.group_id, o.shared)"
    )
    for partition, member_id in cursor.fetchall():
        yield Change(partition, member_id, "group", "put", member_id)
