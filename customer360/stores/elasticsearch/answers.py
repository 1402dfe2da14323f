"""Parts of an _msearch answer as our answers. A part that is not whole is an outage, never a shorter answer."""

from __future__ import annotations

from typing import Any

from customer360.errors import SearchUnavailable
from customer360.privacy.marked import mask_marked, without_split_keys
from customer360.stores import name_search
from customer360.stores.elasticsearch.questions import kind_asked
from customer360.stores.ports import (
    Answer,
    FacetsQuestion,
    Kind,
    MemberHit,
    MembersQuestion,
    PageHit,
    PagesQuestion,
    Question,
    SearchDocument,
)

_PLACE = ("id", "version", "deleted", "member_id", "occurred_at")


def whole(response: dict[str, Any]) -> dict[str, Any]:
    """SearchUnavailable unless every shard answered in time."""
    if response.get("status") != 200 or response.get("timed_out") is not False:
        raise SearchUnavailable("the search store answers only in part")
    if response.get("_shards", {}).get("failed") != 0:
        raise SearchUnavailable("the search store answers only in part")
    return response


def answer(question: Question, response: dict[str, Any]) -> Answer:
    found = whole(response)
    hits = found.get("hits", {}).get("hits", [])
    match question:
        case FacetsQuestion():
            buckets = found.get("aggregations", {}).get("channels", {}).get("buckets", [])
            return {bucket["key"]: bucket["doc_count"] for bucket in buckets}
        case MembersQuestion():
            typed = name_search.typed_words(question.name)
            return [_member(hit["_source"], typed) for hit in hits]
        case PagesQuestion():
            return [PageHit(_document("page", hit["_source"]), _snippet(hit)) for hit in hits]
        case _:
            kind = kind_asked(question)
            return [_document(kind, hit["_source"]) for hit in hits]


def _document(kind: Kind, source: dict[str, Any]) -> SearchDocument:
    id, version, deleted, member_id, occurred_at = (source.pop(name) for name in _PLACE)
    return SearchDocument(kind, id, version, member_id, occurred_at, deleted, source)


def _member(source: dict[str, Any], typed: list[str]) -> MemberHit:
    return MemberHit(source["id"], source["name"], name_search.score(typed, source["words"]))


def _snippet(hit: dict[str, Any]) -> str:
    fragments = hit.get("highlight", {}).get("text", [])
    return mask_marked(without_split_keys(" ".join(fragments[0].split()))) if fragments else ""
