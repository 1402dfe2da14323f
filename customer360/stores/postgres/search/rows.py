"""A search document as a row of its table, and how many such rows are written in one statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from customer360.history.portuguese import tokens
from customer360.stores.name_search import length, name_words, one_letter_less
from customer360.stores.ports import Kind, SearchDocument

Row = tuple[Any, ...]

_COMMON = ("id", "version", "deleted", "member_id", "occurred_at")
_OWN: dict[Kind, tuple[str, ...]] = {
    "entry": ("type", "channel", "direction", "with_document", "tsv", "body"),
    "member": ("words", "tsv", "body"),
    "document": ("kind", "media_type", "body"),
    "page": ("kind", "media_type", "tsv", "body"),
}
_CASTS = {"tsv": "%s::tsvector", "body": "%s::json"}


def row(document: SearchDocument) -> Row:
    """The values of its table's columns. Raises ValueError or TypeError for what no JSON text can hold."""
    place = (document.id, document.version, document.deleted, document.member_id, document.occurred_at)
    if document.deleted:
        return *place, *(None,) * (len(_OWN[document.kind]) - 1), "{}"
    return *place, *_MAKERS[document.kind](document.body), orjson.dumps(document.body).decode()


def put(cursor: Cursor, schema: str, kind: Kind, rows: Sequence[Row]) -> set[str]:
    """Writes rows of distinct ids in one statement; the ids of those that were newer than what was stored."""
    found = execute_values(cursor, _statement(schema, kind), rows, _TEMPLATES[kind], len(rows), fetch=True)
    return {id for (id,) in found}


def _entry(body: Any) -> Row:
    text = f"{body.get('title') or ''} {body.get('summary') or ''}"
    return *map(body.get, ("type", "channel", "direction", "with_document")), _tsv(tokens(text))


def _member(body: Any) -> Row:
    """Whole words are marked with "=" to tell them from words without one of their letters."""
    words = name_words(body.get("name") or "")
    return length(words), _tsv(
        {part for word in words for part in ("=" + word, *one_letter_less(word)) if part}
    )


def _document(body: Any) -> Row:
    return body.get("kind"), body.get("media_type")


def _page(body: Any) -> Row:
    text = f"{body.get('title') or ''} {body.get('text') or ''}"
    return body.get("kind"), body.get("media_type"), _tsv(dict.fromkeys(tokens(text)))


def _tsv(parts: Any) -> str:
    """Tokens are letters and digits (and our "="), so they need no quoting in a tsvector."""
    return " ".join(parts)


def _statement(schema: str, kind: Kind) -> str:
    names = (*_COMMON, *_OWN[kind])
    return (
        f"INSERT INTO {schema}.{kind} AS held ({', '.join(names)}) VALUES %s "
        f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in names[1:])} "
        "WHERE held.version < excluded.version RETURNING id"
    )


_MAKERS: dict[Kind, Callable[[Any], Row]] = {
    "entry": _entry,
    "member": _member,
    "document": _document,
    "page": _page,
}
_TEMPLATES = {
    kind: f"({', '.join(_CASTS.get(name, '%s') for name in (*_COMMON, *own))})" for kind, own in _OWN.items()
}
