"""Questions as SQL. Every one becomes a SELECT of the same seven columns, so that all of a call fit into one statement.

Columns: place in the call, id, version, member_id, occurred_at, number, text. Answers are put in order in Python.
"""

from __future__ import annotations

from typing import Any

from customer360.history.portuguese import TextQuery
from customer360.stores.name_search import typed_words
from customer360.stores.ports import (
    DocumentFilter,
    DocumentsQuestion,
    EntriesQuestion,
    EntryFilter,
    FacetsQuestion,
    MembersQuestion,
    PagesQuestion,
    Position,
    Question,
)
from customer360.stores.postgres.search.tsquery import all_of, begun_names, complete_names, names_with_typos

Sql = tuple[str, list[Any]]

# Ranking looks at no more candidates than this, however common the words are.
CANDIDATES = 5_000
_TYPO_CANDIDATES = 1_000
_MEMBERS = '(SELECT DISTINCT unnest(%s::text[]) COLLATE "C" AS who) AS m'
_COLUMNS = "id, version, member_id, occurred_at, NULL::float8, body::text"


def select(question: Question, place: int, schema: str) -> Sql:
    match question:
        case EntriesQuestion():
            return _entries(question, place, schema)
        case FacetsQuestion():
            return _facets(question, place, schema)
        case MembersQuestion():
            return _members(question, place, schema)
        case DocumentsQuestion():
            return _documents(question, place, schema)
        case PagesQuestion():
            return _pages(question, place, schema)


class _Conditions:
    """Parts of a WHERE with their values, in the order of their place in the statement."""

    def __init__(self, *parts: str) -> None:
        self.parts = list(parts)
        self.values: list[Any] = []

    def add(self, part: str, *values: Any) -> None:
        self.parts.append(part)
        self.values += values

    def one_of(self, column: str, wanted: frozenset[str]) -> None:
        if wanted:
            self.add(f"{column} = ANY(%s)", sorted(wanted))

    def period(self, since: int | None, until: int | None) -> None:
        if since is not None:
            self.add("occurred_at >= %s", since)
        if until is not None:
            self.add("occurred_at < %s", until)

    def place(self, after: Position | None, exclude: Any) -> None:
        if after is not None:
            self.add("(occurred_at, id) < (%s, %s)", after.occurred_at, after.id)
        if exclude:
            self.add("id <> ALL(%s)", list(exclude))

    def text(self, typed: str) -> None:
        self.add("tsv @@ %s::tsquery", all_of(sorted(TextQuery(typed).wanted)))

    def __str__(self) -> str:
        return " AND ".join(self.parts)


def _entry_conditions(where: EntryFilter, exclude: Any, *, channels: bool = True) -> _Conditions:
    conditions = _Conditions("member_id = m.who", "NOT deleted")
    if channels:
        conditions.one_of("channel", where.channels)
    conditions.one_of("direction", where.directions)
    conditions.one_of("type", where.types)
    conditions.period(where.since, where.until)
    if where.with_document is not None:
        conditions.add("with_document = %s", where.with_document)
    if where.text is not None:
        conditions.text(where.text)
    conditions.place(None, exclude)
    return conditions


def _entries(question: EntriesQuestion, place: int, schema: str) -> Sql:
    conditions = _entry_conditions(question.where, question.exclude)
    conditions.place(question.after, ())
    return _newest_of_each(f"{schema}.entry", conditions, list(question.members), question.size, place)


def _newest_of_each(table: str, conditions: _Conditions, members: list[str], size: int, place: int) -> Sql:
    """One walk down the index for each member, of at most a page, then the newest of them all."""
    sql = (
        f"SELECT {place}, e.* FROM {_MEMBERS} CROSS JOIN LATERAL (SELECT {_COLUMNS} FROM {table} "
        f"WHERE {conditions} ORDER BY occurred_at DESC, id DESC LIMIT %s) AS e "
        "ORDER BY e.occurred_at DESC, e.id DESC LIMIT %s"
    )
    return sql, [members, *conditions.values, size, size]


def _facets(question: FacetsQuestion, place: int, schema: str) -> Sql:
    conditions = _entry_conditions(question.where, question.exclude, channels=False)
    sql = (
        f"SELECT {place}, channel, count(*), NULL, NULL::bigint, NULL::float8, NULL "
        f"FROM {_MEMBERS} JOIN {schema}.entry ON {conditions} GROUP BY channel"
    )
    return sql, [list(question.members), *conditions.values]


def _documents(question: DocumentsQuestion, place: int, schema: str) -> Sql:
    conditions = _document_conditions(question.where, question.after, question.exclude)
    if question.members is not None:
        conditions.add("member_id = m.who")
        return _newest_of_each(f"{schema}.document", conditions, list(question.members), question.size, place)
    sql = (
        f"SELECT {place}, {_COLUMNS} FROM {schema}.document WHERE {conditions} "
        "ORDER BY occurred_at DESC, id DESC LIMIT %s"
    )
    return sql, [*conditions.values, question.size]


def _document_conditions(where: DocumentFilter, after: Position | None, exclude: Any) -> _Conditions:
    conditions = _Conditions("NOT deleted")
    conditions.one_of("kind", where.kinds)
    conditions.one_of("media_type", where.media_types)
    conditions.period(where.since, where.until)
    conditions.place(after, exclude)
    return conditions


def _pages(question: PagesQuestion, place: int, schema: str) -> Sql:
    """Few matches are all sorted; of many the time index is walked, where they are dense. So neither is ever slow."""
    conditions = _document_conditions(question.where, question.after, question.exclude)
    conditions.text(question.text)
    if question.members is not None:
        conditions.add("member_id = ANY(%s)", list(question.members))
    table, few = f"{schema}.page", f"few_{place}"
    newest = "ORDER BY occurred_at DESC, id DESC LIMIT %s"
    sql = (
        f"WITH {few} AS MATERIALIZED (SELECT id FROM {table} WHERE {conditions} LIMIT {CANDIDATES + 1}), "
        f"{few}_all AS MATERIALIZED (SELECT count(*) <= {CANDIDATES} AS yes FROM {few}) "
        f"(SELECT {place}, {_COLUMNS} FROM {table} "
        f"WHERE id IN (SELECT id FROM {few}) AND (SELECT yes FROM {few}_all) {newest}) UNION ALL "
        f"(SELECT {place}, {_COLUMNS} FROM {table} "
        f"WHERE {conditions} AND NOT (SELECT yes FROM {few}_all) {newest})"
    )
    return sql, [*conditions.values, question.size, *conditions.values, question.size]


def _members(question: MembersQuestion, place: int, schema: str) -> Sql:
    """First the names with all words right (the last perhaps unfinished), then, if they do not suffice, with typos."""
    typed = typed_words(question.name)
    table, wanted, right = f"{schema}.member", question.offset + question.size, f"right_{place}"
    columns = "id, version, member_id, occurred_at, words::float8, body->>'name'"
    sql = (
        f"WITH {right} AS MATERIALIZED (SELECT * FROM (SELECT * FROM {table} WHERE tsv @@ %s::tsquery "
        f"LIMIT {CANDIDATES}) AS c ORDER BY (tsv @@ %s::tsquery) DESC, words, id LIMIT %s) "
        f"SELECT {place}, {columns} FROM {right} UNION ALL "
        f"SELECT * FROM (SELECT {place}, {columns} FROM {table} WHERE tsv @@ %s::tsquery "
        f"AND NOT tsv @@ %s::tsquery LIMIT CASE WHEN (SELECT count(*) FROM {right}) < %s "
        f"THEN {_TYPO_CANDIDATES} ELSE 0 END) AS t"
    )
    begun, complete, typos = begun_names(typed), complete_names(typed), names_with_typos(typed)
    return sql, [begun, complete, wanted, typos, begun, wanted]
