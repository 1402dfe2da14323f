"""The fast path answers what graphql-core answers: data, errors, their paths, places and messages."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import execute, parse, validate
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from schema.execution import Executor, Request
from schema.execution import executor as executor_module
from schema.execution.limits import Limits

from . import documents, toy

EXAMPLES = int(os.environ.get("C360_GRAPHQL_EXAMPLES", "400"))
MORE_VARIABLES: tuple[dict[str, Any], ...] = ({}, {"id": None}, {"id": "p", "word": "x"}, {"word": None})
PLACES = {size: st.integers(0, size - 1) for size in range(1, 60)}
SCHEMA = toy.make_schema().graphql_schema
UNLIMITED = Limits(
    characters=10**6, tokens=10**6, definitions=999, depth=99, fields=10**6, duplicates=999, aliases=999, directives=9999,
    root_fields=999, cost=10**12,
)  # fmt: skip


@pytest.fixture(autouse=True)
def unmasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors as graphql-core formats them, so that their messages can be compared."""
    monkeypatch.setattr(executor_module, "shown_field_error", lambda error: error.formatted)


@pytest.fixture
def collector_at_rest() -> Iterator[None]:
    """The coroutines that graphql-core drops are collected between examples only: a warning from inside a
    namedtuple's constructor, which has no builtins, would become an error of its own."""
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.enable()


async def by_graphql_core(query: str, variables: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    result: Any = execute(SCHEMA, parse(query), context_value=context, variable_values=variables)
    if hasattr(result, "__await__"):
        result = await result
    return shown(result.data, [error.formatted for error in result.errors or ()])


async def by_executor(
    executor: Executor, query: str, variables: dict[str, Any], context: dict[str, Any]
) -> dict[str, Any]:
    response = await executor.execute(
        Request(query, variables), context, visibility="all", allow_introspection=True
    )
    return shown(response.data, response.errors)


def shown(data: Any, errors: list[Any]) -> dict[str, Any]:
    """JSON text keeps the order of keys and tells 1 from true and 1.0."""
    plain = [
        {key: error[key] for key in ("message", "locations", "path") if key in error} for error in errors
    ]
    return {"data": json.dumps(data, default=repr), "errors": plain}


def by_nulled_place(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with each error replaced by the place of the null that it led to."""
    places = set()
    for error in answer["errors"]:
        value, place = json.loads(answer["data"]), []
        for key in error["path"]:
            if value is None:
                break
            value = value[key]
            place.append(key)
        places.add(tuple(place))
    return {"data": answer["data"], "places": places}


async def compare(query: str, variables: dict[str, Any], context: dict[str, Any]) -> None:
    """Ours runs twice: with a new plan and with the kept one. Both must be what graphql-core answers."""
    executor = Executor(SCHEMA, limits=UNLIMITED)
    expected = await by_graphql_core(query, variables, context)
    new = await by_executor(executor, query, variables, context)
    kept = await by_executor(executor, query, variables, context)
    if context["asynchronous"]:  # of several failures that race to null one place any may be the one reported
        expected, new, kept = (by_nulled_place(answer) for answer in (expected, new, kept))
    assert new == expected
    assert kept == expected


def drawn(pick: documents.Pick) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
    """A document, variables and values; None if the document is not valid."""
    query = documents.document(SCHEMA, pick)
    if validate(SCHEMA, parse(query)):
        return None
    variables = {"maybe": pick((True, False)), "first": pick((1, 2, 3)), **pick(MORE_VARIABLES)}
    return query, variables, toy.context(pick((True, False)), person=documents.person(pick))


# graphql-core leaves coroutines of failed siblings unawaited; that ours does not is tested below
@pytest.mark.usefixtures("collector_at_rest")
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_document_over_any_values(data: st.DataObject) -> None:
    # given a valid document, and values of which some do not fit or fail
    made = drawn(lambda options: options[data.draw(PLACES[len(options)])])
    assume(made is not None)
    assert made is not None

    # when / then both answer the same
    asyncio.run(compare(*made))


@pytest.mark.usefixtures("collector_at_rest")
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.timeout(0)  # the number of examples is the caller's choice
def test_many_documents_by_seed() -> None:
    # given the documents of the first seeds
    valid = 0
    for seed in range(EXAMPLES):
        if seed % 100 == 0:
            gc.collect()
        made = drawn(random.Random(seed).choice)
        if made is None:
            continue
        valid += 1

        # when / then both answer the same
        try:
            asyncio.run(compare(*made))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {made[0]} {made[1]} {made[2]}") from error

    # then most of them were valid
    assert valid > EXAMPLES / 2


def test_no_coroutine_is_left_behind() -> None:
    # given asynchronous resolvers, some of which fail while their siblings wait
    async def answer(query: str, variables: dict[str, Any], context: dict[str, Any]) -> int:
        await by_executor(Executor(SCHEMA, limits=UNLIMITED), query, variables, context)
        return len(asyncio.all_tasks())

    for seed in range(120):
        made = drawn(random.Random(seed).choice)
        if made is None:
            continue
        made[2]["asynchronous"] = True

        # when / then only the asking task is left, and no coroutine was dropped unawaited
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert asyncio.run(answer(*made)) == 1, seed
    gc.collect()


def test_the_comparison_sees_errors() -> None:
    # given a query whose fields fail in a nullable and in a non-null place
    context = toy.context(False)
    query = "{ person { name failing } must: mustPerson { failingHard } }"

    # when both run it
    async def both() -> tuple[Any, Any]:
        executor = Executor(SCHEMA, limits=UNLIMITED)
        return await by_graphql_core(query, {}, context), await by_executor(executor, query, {}, context)

    expected, answered = asyncio.run(both())

    # then the answer is null as a whole and both failures are named
    assert answered == expected
    assert answered["data"] == "null"
    assert [error["path"] for error in answered["errors"]] == [["person", "failing"], ["must", "failingHard"]]
