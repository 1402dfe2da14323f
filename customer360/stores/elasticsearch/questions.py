"""Questions as search bodies, and the index and routing each is sent to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from customer360.stores import name_search
from customer360.stores.ports import (
    DocumentFilter,
    DocumentsQuestion,
    EntriesQuestion,
    EntryFilter,
    FacetsQuestion,
    Kind,
    MembersQuestion,
    PagesQuestion,
    Position,
    Question,
)

Json = dict[str, Any]

_SNIPPET: Json = {
    "type": "unified",
    "pre_tags": ["«"],
    "post_tags": ["»"],
    "number_of_fragments": 1,
    "fragment_size": 160,
    "no_match_size": 160,
    "max_analyzed_offset": 999_999,  # a longer page is searched whole and shown by its beginning, not refused
}
_MOST_CHANNELS = 100


def kind_asked(question: Question) -> Kind:
    match question:
        case EntriesQuestion() | FacetsQuestion():
            return "entry"
        case MembersQuestion():
            return "member"
        case DocumentsQuestion():
            return "document"
        case PagesQuestion():
            return "page"


def routing(question: Question) -> str | None:
    """Only the shards that hold these members; none given means all."""
    members = None if isinstance(question, MembersQuestion) else question.members
    return ",".join(sorted(set(members))) if members else None


def body(question: Question) -> Json:
    match question:
        case EntriesQuestion():
            filters = [*_entry_filters(question.where), *_channels(question.where)]
            return _page(question.members, filters, question)
        case FacetsQuestion():
            return _facets(question)
        case MembersQuestion():
            return _names(question)
        case DocumentsQuestion():
            return _page(question.members, _document_filters(question.where), question)
        case PagesQuestion():
            filters = [*_document_filters(question.where), _text(question.text, "text", "title")]
            found = _page(question.members, filters, question)
            return found | {"_source": {"excludes": ["text"]}, "highlight": {"fields": {"text": _SNIPPET}}}


def _page(
    members: Sequence[str] | None,
    filters: list[Json],
    question: EntriesQuestion | DocumentsQuestion | PagesQuestion,
) -> Json:
    """Newest first. Of one member in the very order of the index, so that each shard stops after a page."""
    after = question.after
    sort: list[Json] = [{"occurred_at": "desc"}, {"id": "desc"}]
    place: list[Any] = [after.occurred_at, after.id] if after else []
    if members is not None and len(set(members)) == 1:
        sort, place = [{"member_id": "asc"}, *sort], [members[0], *place]
    found: Json = {
        "size": question.size,
        "query": _where(members, [*filters, *_up_to(after)], question.exclude),
        "sort": sort,
    }
    return {**found, "search_after": place} if after else found


def _where(members: Sequence[str] | None, filters: list[Json], exclude: Sequence[str]) -> Json:
    own = [{"terms": {"member_id": sorted(set(members))}}] if members is not None else []
    found: Json = {"filter": [{"term": {"deleted": False}}, *own, *filters]}
    if exclude:
        found["must_not"] = [{"terms": {"id": list(exclude)}}]
    return {"bool": found}


def _up_to(after: Position | None) -> list[Json]:
    """Says in the query what search_after says in the sort: whole quarters need not be looked at then."""
    return [{"range": {"occurred_at": {"lte": after.occurred_at}}}] if after else []


def _entry_filters(where: EntryFilter) -> list[Json]:
    filters = [*_one_of("direction", where.directions), *_one_of("type", where.types)]
    filters += _period(where.since, where.until)
    if where.with_document is not None:
        filters.append({"term": {"with_document": where.with_document}})
    if where.text is not None:
        filters.append(_text(where.text, "title", "summary"))
    return filters


def _channels(where: EntryFilter) -> list[Json]:
    return _one_of("channel", where.channels)


def _document_filters(where: DocumentFilter) -> list[Json]:
    return [
        *_one_of("kind", where.kinds),
        *_one_of("media_type", where.media_types),
        *_period(where.since, where.until),
    ]


def _one_of(field: str, wanted: frozenset[str]) -> list[Json]:
    return [{"terms": {field: sorted(wanted)}}] if wanted else []


def _period(since: int | None, until: int | None) -> list[Json]:
    bounds = {"gte": since, "lt": until}
    set_ = {name: value for name, value in bounds.items() if value is not None}
    return [{"range": {"occurred_at": set_}}] if set_ else []


def _text(typed: str, *fields: str) -> Json:
    """Every word in one of the fields; no words at all match nothing."""
    return {
        "multi_match": {
            "query": typed,
            "type": "cross_fields",
            "operator": "and",
            "fields": list(fields),
            "zero_terms_query": "none",
        }
    }


def _facets(question: FacetsQuestion) -> Json:
    return {
        "size": 0,
        "query": _where(question.members, _entry_filters(question.where), question.exclude),
        "aggs": {"channels": {"terms": {"field": "channel", "size": _MOST_CHANNELS}}},
    }


def _names(question: MembersQuestion) -> Json:
    """Scores are sums of what each word typed is worth, so constant for all names that have it alike."""
    typed = name_search.typed_words(question.name)
    must = [_word(word, last=place == len(typed)) for place, word in enumerate(typed, 1)]
    return {
        "from": question.offset,
        "size": question.size,
        "query": {"bool": {"must": must, "filter": [{"term": {"deleted": False}}]}}
        if must
        else {"match_none": {}},
        "sort": ["_score", {"word_count": "asc"}, {"id": "asc"}],
        "_source": ["id", "name", "words"],
    }


def _word(word: str, *, last: bool) -> Json:
    ways: list[Json] = [_worth(name_search.EXACT, {"term": {"words": word}})]
    if len(word) >= name_search.SHORTEST:
        fuzzy = {"value": word, "fuzziness": 1, "transpositions": True, "rewrite": "constant_score"}
        ways.append(_worth(name_search.TYPO, {"fuzzy": {"words": fuzzy}}))
        if last:
            ways.append(_worth(name_search.PREFIX, {"prefix": {"words": word}}))
    return {"dis_max": {"queries": ways}}


def _worth(boost: float, query: Json) -> Json:
    return {"constant_score": {"filter": query, "boost": boost}}
