"""Settings and fields of the indices, by kind. Strict: a field that is not here is refused."""

from __future__ import annotations

from typing import Any

from customer360.stores.ports import Kind

Json = dict[str, Any]

_KEYWORD: Json = {"type": "keyword"}
_SHOWN: Json = {"type": "keyword", "index": False, "doc_values": False}  # only carried along
_NUMBER_SHOWN: Json = {"type": "long", "index": False, "doc_values": False}
_KEPT: Json = {"type": "object", "enabled": False}
_TEXT: Json = {"type": "text", "analyzer": "portuguese_text", "norms": False, "index_options": "docs"}
_PAGE_TEXT: Json = {**_TEXT, "index_options": "offsets"}  # snippets without analysing the page again

_PLACE: Json = {
    "id": _KEYWORD,
    "version": {"type": "long"},
    "deleted": {"type": "boolean"},
    "member_id": _KEYWORD,
    "occurred_at": {"type": "long"},
}
_FIELDS: dict[Kind, Json] = {
    "entry": {
        "type": _KEYWORD,
        "channel": _KEYWORD,
        "direction": _KEYWORD,
        "with_document": {"type": "boolean"},
        "title": _TEXT,
        "summary": _TEXT,
        "source": _SHOWN,
        "received_at": _NUMBER_SHOWN,
        "detail": _KEPT,
        "state": _KEPT,
    },
    "member": {"name": _SHOWN, "key_type": _SHOWN, "words": _KEYWORD, "word_count": {"type": "short"}},
    "document": {
        "title": _SHOWN,
        "kind": _KEYWORD,
        "media_type": _KEYWORD,
        "channel": _SHOWN,
        "number": _SHOWN,
        "sha256": _SHOWN,
        "size": _NUMBER_SHOWN,
        "source": _SHOWN,
        "received_at": _NUMBER_SHOWN,
    },
    "page": {
        "document_id": _SHOWN,
        "number": {"type": "integer", "index": False, "doc_values": False},
        "text": _PAGE_TEXT,
        "title": _TEXT,
        "kind": _KEYWORD,
        "media_type": _KEYWORD,
    },
}
# Folding comes after the stemmer: a word without its accents no longer meets the endings that the stemmer knows.
_ANALYSIS: Json = {
    "filter": {"light_portuguese": {"type": "stemmer", "language": "light_portuguese"}},
    "analyzer": {
        "portuguese_text": {
            "type": "custom",
            "tokenizer": "standard",
            "filter": ["lowercase", "light_portuguese", "asciifolding"],
        }
    },
}
# The order of a customer's page: a search with the same sort stops after one page, however long the history is.
_INDEX_SORT: Json = {"field": ["member_id", "occurred_at", "id"], "order": ["asc", "desc", "desc"]}


def index_body(kind: Kind, shards: int) -> Json:
    """Delivery refreshes by itself; the interval is explicit so that no shard goes search idle."""
    index: Json = {
        "number_of_shards": shards,
        "auto_expand_replicas": "0-1",
        "refresh_interval": "30s",
    }
    if kind != "member":
        index["sort"] = _INDEX_SORT
    return {
        "settings": {"index": index, "analysis": _ANALYSIS},
        "mappings": {"dynamic": "strict", "properties": {**_PLACE, **_FIELDS[kind]}},
    }
