"""What the answers must be, by looking at every document: no index, no cleverness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from customer360.history.portuguese import TextQuery
from customer360.stores.ports import (
    DocumentFilter,
    DocumentsQuestion,
    EntriesQuestion,
    EntryFilter,
    FacetsQuestion,
    PagesQuestion,
    Position,
    SearchDocument,
)
from tests.contracts.search.stores import newest_first, place


def entries(question: EntriesQuestion, stored: Iterable[SearchDocument]) -> list[SearchDocument]:
    found = [
        e
        for e in _of(stored, question.members, question.exclude)
        if matches(question.where, e) and _channel(question.where, e) and _after(question.after, e)
    ]
    return newest_first(found)[: question.size]


def facets(question: FacetsQuestion, stored: Iterable[SearchDocument]) -> dict[str, int]:
    own = _of(stored, question.members, question.exclude)
    return dict(Counter(e.body["channel"] for e in own if matches(question.where, e)))


def documents(
    question: DocumentsQuestion | PagesQuestion, stored: Iterable[SearchDocument]
) -> list[SearchDocument]:
    found = [
        d
        for d in _of(stored, question.members, question.exclude)
        if _fits(question.where, d) and _after(question.after, d)
    ]
    if isinstance(question, PagesQuestion):
        query = TextQuery(question.text)
        found = [p for p in found if query.matches(p.body["title"], p.body["text"])]
    return newest_first(found)[: question.size]


def matches(where: EntryFilter, e: SearchDocument) -> bool:
    """All parts but the channel."""
    body = e.body
    return (
        (not where.directions or body.get("direction") in where.directions)
        and (not where.types or body["type"] in where.types)
        and _within(where.since, where.until, e)
        and (where.with_document is None or body.get("with_document") is where.with_document)
        and (where.text is None or TextQuery(where.text).matches(body["title"], body.get("summary")))
    )


def _channel(where: EntryFilter, e: SearchDocument) -> bool:
    return not where.channels or e.body["channel"] in where.channels


def _fits(where: DocumentFilter, d: SearchDocument) -> bool:
    return (
        (not where.kinds or d.body["kind"] in where.kinds)
        and (not where.media_types or d.body["media_type"] in where.media_types)
        and _within(where.since, where.until, d)
    )


def _within(since: int | None, until: int | None, d: SearchDocument) -> bool:
    return (since is None or d.occurred_at >= since) and (until is None or d.occurred_at < until)


def _after(after: Position | None, d: SearchDocument) -> bool:
    return after is None or place(d) < (after.occurred_at, after.id)


def _of(
    stored: Iterable[SearchDocument], members: Sequence[str] | None, exclude: Sequence[str]
) -> list[SearchDocument]:
    return [
        d
        for d in stored
        if not d.deleted and (members is None or d.member_id in members) and d.id not in exclude
    ]
