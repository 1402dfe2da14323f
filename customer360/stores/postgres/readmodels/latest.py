"""Tables where the latest (occurred_at, event_id) holds: profile, segments, scores, consents; offers likewise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import Json, execute_values

from customer360.stores.postgres.readmodels.rows import JsonValue, Latest


def put(cursor: Cursor, rows: Iterable[Latest]) -> list[Latest]:
    """Writes each row unless a later one is there; returns those that were written, at most one per key."""
    newest: dict[tuple[str, tuple[object, ...]], Latest] = {}
    for row in rows:
        place = (row.table, tuple(row.key.values()))
        if place not in newest or newest[place].order < row.order:
            newest[place] = row
    ordered = [
        newest[place] for place in sorted(newest, key=lambda place: (place[0], tuple(map(str, place[1]))))
    ]
    written: list[Latest] = []
    for _, group in groupby(ordered, key=lambda row: row.table):
        written += _put_table(cursor, list(group))
    return written


def _put_table(cursor: Cursor, rows: Sequence[Latest]) -> list[Latest]:
    keys, values = list(rows[0].key), list(rows[0].values)
    table = sql.Identifier(rows[0].table)
    columns = [*keys, *values, "occurred_at", "event_id"]
    statement = sql.SQL(
        "INSERT INTO {table} ({columns}) VALUES %s ON CONFLICT ({keys}) DO UPDATE SET {changes}"
        " WHERE (excluded.occurred_at, excluded.event_id) > ({table}.occurred_at, {table}.event_id)"
        " RETURNING {keys}"
    ).format(
        table=table,
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        keys=sql.SQL(", ").join(map(sql.Identifier, keys)),
        changes=sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in columns[len(keys) :]
        ),
    )
    returned = execute_values(
        cursor,
        statement.as_string(cursor),
        [
            (*row.key.values(), *map(_adapted, row.values.values()), row.occurred_at, row.event_id)
            for row in rows
        ],
        page_size=1_000,
        fetch=True,
    )
    done = {tuple(key) for key in returned}
    return [row for row in rows if tuple(row.key.values()) in done]


def _adapted(value: object) -> object:
    return Json(value.value) if isinstance(value, JsonValue) else value


def put_ownership(cursor: Cursor, rows: Sequence[tuple[str, str, str, int]]) -> None:
    """(event_id, member_id, product, occurred_at)."""
    if rows:
        execute_values(
            cursor,
            "INSERT INTO ownership (event_id, member_id, product, occurred_at) VALUES %s ON CONFLICT DO NOTHING",
            sorted(rows),
        )


def put_offers(cursor: Cursor, defined: Sequence[tuple[str, dict[str, object], int, str]]) -> None:
    """(offer, definition, occurred_at, event_id): the latest definition holds."""
    if defined:
        newest = {row[0]: row for row in sorted(defined, key=lambda row: (row[2], row[3]))}
        execute_values(
            cursor,
            "INSERT INTO offer (id, defined, defined_at, defined_by) VALUES %s ON CONFLICT (id) DO UPDATE SET"
            " defined = excluded.defined, defined_at = excluded.defined_at, defined_by = excluded.defined_by"
            " WHERE offer.defined_at IS NULL"
            " OR (excluded.defined_at, excluded.defined_by) > (offer.defined_at, offer.defined_by)",
            [(offer, Json(newest[offer][1]), *newest[offer][2:]) for offer in sorted(newest)],
        )


def withdraw_offers(cursor: Cursor, withdrawn: Sequence[tuple[str, int, str]]) -> None:
    """(offer, occurred_at, event_id). An offer is withdrawn when that is later than its definition."""
    if withdrawn:
        newest = {row[0]: row for row in sorted(withdrawn, key=lambda row: (row[1], row[2]))}
        execute_values(
            cursor,
            "INSERT INTO offer (id, withdrawn_at, withdrawn_by) VALUES %s ON CONFLICT (id) DO UPDATE SET"
            " withdrawn_at = excluded.withdrawn_at, withdrawn_by = excluded.withdrawn_by"
            " WHERE offer.withdrawn_at IS NULL"
            " OR (excluded.withdrawn_at, excluded.withdrawn_by) > (offer.withdrawn_at, offer.withdrawn_by)",
            [newest[offer] for offer in sorted(newest)],
        )
