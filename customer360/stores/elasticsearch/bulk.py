"""A bulk request's lines, and what each answer to it means. No network here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from customer360.stores.name_search import length, name_words
from customer360.stores.ports import Fate, SearchDocument

_RETRY = frozenset({408, 429, 500, 502, 503, 504})
_FIELD = re.compile(r"(?:field|introduction of) \[([\w.]{1,60})\]")


def lines(document: SearchDocument, alias: str) -> bytes:
    """Action and source. Raises TypeError or ValueError for what no JSON text can hold."""
    action = {
        "_index": alias,
        "_id": document.id,
        "routing": document.member_id or document.id,
        "version": document.version,
        "version_type": "external",
    }
    return b"%b\n%b\n" % (orjson.dumps({"index": action}), orjson.dumps(_source(document)))


def _source(document: SearchDocument) -> dict[str, Any]:
    source: dict[str, Any] = {
        "id": document.id,
        "version": document.version,
        "deleted": document.deleted,
        "member_id": document.member_id,
        "occurred_at": document.occurred_at,
    }
    if document.deleted:
        return source
    if document.kind == "member":
        words = name_words(document.body.get("name") or "")
        source |= {"words": words, "word_count": length(words)}
    return source | dict(document.body)


def fate_of(status: int, error: Mapping[str, Any] | None) -> tuple[Fate, str]:
    """What one item's status means, and why. The store's own words may quote the document: only type and field are kept."""
    if 200 <= status < 300:
        return Fate.DONE, ""
    if status == 409:
        return Fate.STALE, ""
    kind = str((error or {}).get("type", "unknown"))
    words = str((error or {}).get("reason", ""))
    field = _FIELD.search(words)
    return _fate(status, kind, words), f"{status} {kind}{f' {field[1]}' if field else ''}"


def _fate(status: int, kind: str, words: str) -> Fate:
    """A block that a full disk sets (403) lifts itself; an alias without a write index (400) is no document's fault."""
    if status in _RETRY or kind == "cluster_block_exception":
        return Fate.RETRY
    if status == 413:
        return Fate.SPLIT
    if status == 400 and "no write index is defined" not in words:
        return Fate.POISON
    return Fate.STOP


def fate_of_request(status: int, error: Mapping[str, Any] | None, documents: int) -> tuple[Fate, str]:
    """The same for an answer about the whole request: what one of many may have caused is to be halved."""
    fate, reason = fate_of(status, error)
    if fate in (Fate.SPLIT, Fate.POISON):
        return (Fate.SPLIT if documents > 1 else Fate.POISON), reason
    if fate in (Fate.DONE, Fate.STALE):
        return Fate.RETRY, f"{status} without an answer for each document"
    return fate, reason
