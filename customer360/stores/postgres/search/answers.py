"""Rows of the search statement as answers, each in the order its question asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from customer360.history.portuguese import TextQuery
from customer360.history.snippets import snippet
from customer360.stores.name_search import name_words, score, typed_words
from customer360.stores.ports import (
    Answer,
    DocumentsQuestion,
    EntriesQuestion,
    FacetsQuestion,
    Kind,
    MemberHit,
    MembersQuestion,
    PageHit,
    PagesQuestion,
    Question,
    SearchDocument,
)

# id, version, member_id, occurred_at, number, text
Found = tuple[Any, ...]


def answer(question: Question, rows: Sequence[Found]) -> Answer:
    match question:
        case EntriesQuestion():
            return _newest(rows, "entry")
        case DocumentsQuestion():
            return _newest(rows, "document")
        case FacetsQuestion():
            return {channel: count for channel, count, *_ in rows}
        case MembersQuestion():
            return _members(question, rows)
        case PagesQuestion():
            return _pages(question, rows)


def _newest(rows: Sequence[Found], kind: Kind) -> list[SearchDocument]:
    found = [_document(row, kind) for row in rows]
    return sorted(found, key=lambda document: (document.occurred_at, document.id), reverse=True)


def _document(row: Found, kind: Kind) -> SearchDocument:
    id, version, member_id, occurred_at, _, body = row
    return SearchDocument(kind, id, version, member_id, occurred_at, body=orjson.loads(body))


def _pages(question: PagesQuestion, rows: Sequence[Found]) -> list[PageHit]:
    query = TextQuery(question.text)
    return [_page(page, query) for page in _newest(rows, "page")]


def _page(page: SearchDocument, query: TextQuery) -> PageHit:
    body = dict(page.body)
    shown = snippet(body.pop("text", None) or "", query)
    return PageHit(
        SearchDocument("page", page.id, page.version, page.member_id, page.occurred_at, body=body), shown
    )


def _members(question: MembersQuestion, rows: Sequence[Found]) -> list[MemberHit]:
    """Best first, then the shorter name, then the id. The statement also brings names two typos away: dropped here."""
    typed = typed_words(question.name)
    ranked = []
    for id, _, _, _, words, name in rows:
        worth = score(typed, name_words(name))
        if worth:
            ranked.append((-worth, words, id, name))
    ranked.sort()
    page = ranked[question.offset : question.offset + question.size]
    return [MemberHit(id, name, -worth) for worth, _, id, name in page]
