"""Read-model rows as the documents of the search store: by id for delivery, in id order for backfill and reconcile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, get_args

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from customer360.stores.ports import Kind, SearchDocument
from customer360.stores.postgres.engine import scalar

KINDS: tuple[Kind, ...] = get_args(Kind)

_SELECT: dict[Kind, str] = {
    "entry": "SELECT id, version, member_id, occurred_at, hidden, jsonb_build_object('type', type, 'channel', channel,"
    " 'direction', direction, 'title', title, 'summary', summary, 'source', source, 'received_at', received_at,"
    " 'with_document', with_document, 'detail', detail, 'state', state) FROM timeline_entry",
    "member": "SELECT id, version, id, first_at, name IS NULL, jsonb_build_object('name', name, 'key_type', key_type)"
    " FROM member",
    "document": "SELECT id, version, member_id, occurred_at, hidden, jsonb_build_object('title', title, 'kind', kind,"
    " 'media_type', media_type, 'channel', channel, 'number', number, 'sha256', sha256, 'size', size,"
    " 'source', source, 'received_at', received_at) FROM document",
    "page": "SELECT p.id, p.version, p.member_id, p.occurred_at, p.hidden, jsonb_build_object("
    "'document_id', p.document_id, 'number', p.number, 'text', t.text, 'title', d.title, 'kind', d.kind,"
    " 'media_type', d.media_type) FROM page p JOIN document d ON d.id = p.document_id"
    " JOIN page_text t ON t.sha256 = p.sha256 AND t.number = p.number",
}
_ID: dict[Kind, str] = {"entry": "id", "member": "id", "document": "id", "page": "p.id"}
_VERSION: dict[Kind, str] = {
    "entry": "version",
    "member": "version",
    "document": "version",
    "page": "p.version",
}


def load(cursor: Cursor, kind: Kind, ids: Iterable[str]) -> list[SearchDocument]:
    """The latest rows of these documents; a hidden one comes as a tombstone."""
    cursor.execute(_statement(kind, "{id} = ANY(%s)"), (list(ids),))
    return [_document(kind, row) for row in cursor.fetchall()]


def scan(cursor: Cursor, kind: Kind, after: str, limit: int) -> list[SearchDocument]:
    """Documents that were ever published, in id order after `after`."""
    cursor.execute(_statement(kind, "{id} > %s AND {version} > 0 ORDER BY {id} LIMIT %s"), (after, limit))
    return [_document(kind, row) for row in cursor.fetchall()]


_TABLE: dict[Kind, tuple[str, str]] = {
    "entry": ("timeline_entry", "hidden"),
    "member": ("member", "name IS NULL"),
    "document": ("document", "hidden"),
    "page": ("page", "hidden"),
}


def fingerprints(cursor: Cursor, kind: Kind, after: str, limit: int) -> list[tuple[str, int, bool, int]]:
    """(id, version, deleted, partition) in id order after `after`, of what was ever published."""
    table, deleted = _TABLE[kind]
    cursor.execute(
        sql.SQL(
            "SELECT id, version, {}, partition FROM {} WHERE id > %s AND version > 0 ORDER BY id LIMIT %s"
        ).format(sql.SQL(deleted), sql.Identifier(table)),
        (after, limit),
    )
    return cursor.fetchall()


def count(cursor: Cursor) -> int:
    """About how many documents a rebuild has before it."""
    cursor.execute(
        "SELECT (SELECT count(*) FROM timeline_entry) + (SELECT count(*) FROM member WHERE name IS NOT NULL)"
        " + (SELECT count(*) FROM document) + (SELECT count(*) FROM page)"
    )
    return int(scalar(cursor))


def _statement(kind: Kind, condition: str) -> sql.Composed:
    where = sql.SQL(condition).format(id=sql.SQL(_ID[kind]), version=sql.SQL(_VERSION[kind]))
    return sql.SQL("{} WHERE {}").format(sql.SQL(_SELECT[kind]), where)


def _document(kind: Kind, row: Sequence[Any]) -> SearchDocument:
    doc_id, version, member_id, occurred_at, hidden, body = row
    return SearchDocument(kind, doc_id, version, member_id, occurred_at, hidden, {} if hidden else body)
