"""The document cache: what is kept, for whom, and what goes when it is full."""

from __future__ import annotations

import asyncio
from typing import Any

from schema.execution import Executor, Request

from . import toy
from .ask import ask, executor


def test_a_valid_document_is_prepared_once_per_visibility() -> None:
    # given one executor
    by = executor()

    async def as_class(visibility: str, explore: bool = False) -> Any:
        return await by.execute(
            Request("{ __typename }"), toy.context(), visibility=visibility, allow_introspection=explore
        )

    # when two classes ask the same twice, one also with introspection
    for visibility, explore in (("agent", False), ("agent", False), ("auditor", False), ("auditor", True)):
        asyncio.run(as_class(visibility, explore))

    # then each class has its own entry
    assert (by.documents.hits, by.documents.misses, len(by.documents)) == (1, 3, 3)
    assert by.documents.bytes == 3 * len("{ __typename }") * 150


def test_invalid_documents_are_not_kept() -> None:
    # given
    by = executor()

    # when what does not parse, validate or keep within limits is asked
    for query in ("{", "{ nothing }", "{ " + "__typename " * 11 + "}"):
        ask(query, by=by)

    # then nothing is kept
    assert (len(by.documents), by.documents.bytes) == (0, 0)


def test_wrong_variables_do_not_keep_a_valid_document_out() -> None:
    # given
    by = executor()

    # when
    ask("query($id: ID!) { person(id: $id) { id } }", {}, by=by)

    # then
    assert len(by.documents) == 1


def test_the_least_recently_used_document_goes_first() -> None:
    # given room for two
    by = Executor(toy.make_schema(), document_cache_entries=2)
    first, second, third = "{ a: __typename }", "{ b: __typename }", "{ c: __typename }"

    # when a third comes after the first was used again
    for query in (first, second, first, third):
        ask(query, by=by)
    hits = by.documents.hits

    # then the second is gone
    ask(first, by=by)
    assert by.documents.hits == hits + 1
    ask(second, by=by)
    assert by.documents.hits == hits + 1
    assert len(by.documents) == 2


def test_the_bytes_are_bounded() -> None:
    # given room for 40 characters of text, at 150 bytes each
    by = Executor(toy.make_schema(), document_cache_bytes=40 * 150)

    # when three documents of 17 characters come, and one that is larger than all room
    for letter in "abc":
        ask(f"{{ {letter}: __typename }}", by=by)
    kept = (len(by.documents), by.documents.bytes)
    ask("{ a: __typename " + " " * 40 + "}", by=by)

    # then two fit, and the large one neither stays nor leaves a wrong count
    assert kept == (2, 34 * 150)
    assert (len(by.documents), by.documents.bytes) == (0, 0)


def test_plans_follow_skip_and_include() -> None:
    # given a document whose fields depend on two variables
    by = executor()
    query = (
        "query($a: Boolean!, $b: Boolean!) { person { id @include(if: $a) ... @skip(if: $b) { name } vip } }"
    )

    # when every combination is asked, twice
    answers = [
        [
            list((ask(query, {"a": a, "b": b}, by=by).data or {})["person"])
            for a in (True, False)
            for b in (True, False)
        ]
        for _ in range(2)
    ]

    # then each has its own fields both times
    assert answers[0] == [["id", "vip"], ["id", "name", "vip"], ["vip"], ["name", "vip"]]
    assert answers[1] == answers[0]
    assert len(by.documents) == 1


def test_more_combinations_than_are_kept_still_answer() -> None:
    # given 16 combinations
    by = executor()
    names = "abcd"
    query = (
        "query(" + " ".join(f"${name}: Boolean!" for name in names) + ") { person { vip "
        + " ".join(f"{name}: id @include(if: ${name})" for name in names) + " } }"
    )  # fmt: skip

    # when / then
    for number in range(16):
        values = {name: bool(number >> place & 1) for place, name in enumerate(names)}
        data = ask(query, values, by=by).data
        assert data == {"person": {"vip": True, **{name: "p1" for name in names if values[name]}}}
