"""The fast path answers what graphql-core answers: data, errors, their paths, places and messages."""

from __future__ import annotations

import asyncio
import gc
import json
import os
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
SCHEMA = toy.make_schema().graphql_schema
UNLIMITED = Limits(
    characters=10**6, tokens=10**6, depth=99, fields=10**6, duplicates=999, aliases=999, directives=9999,
    root_fields=999, cost=10**12,
)  # fmt: skip


@pytest.fixture(autouse=True)
def unmasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors as graphql-core formats them, so that their messages can be compared."""
    monkeypatch.setattr(executor_module, "shown_field_error", lambda error: error.formatted)


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


# graphql-core leaves coroutines of failed siblings unawaited; that ours does not is the next test
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)
@given(data=st.data(), asynchronous=st.booleans(), maybe=st.booleans(), first=st.integers(1, 3))
def test_any_document_over_any_values(
    data: st.DataObject, asynchronous: bool, maybe: bool, first: int
) -> None:
    # given a valid document, and values of which some do not fit or fail
    query = data.draw(documents.documents(SCHEMA))
    assume(not validate(SCHEMA, parse(query)))
    variables = {
        "maybe": maybe,
        "first": first,
        **data.draw(st.sampled_from(({}, {"id": None}, {"id": "p", "word": "x"}, {"word": None}))),
    }
    context = toy.context(asynchronous, person=data.draw(documents.persons()))
    executor = Executor(SCHEMA, limits=UNLIMITED)

    # when both run it, ours twice: with a new plan and with the kept one
    async def both() -> tuple[Any, Any, Any]:
        expected = await by_graphql_core(query, variables, context)
        first_answer = await by_executor(executor, query, variables, context)
        return expected, first_answer, await by_executor(executor, query, variables, context)

    expected, new, kept = asyncio.run(both())

    # then all three are the same; of several failures that race to null one place any may be the one reported
    if asynchronous:
        expected, new, kept = (by_nulled_place(answer) for answer in (expected, new, kept))
    assert new == expected
    assert kept == expected


@settings(max_examples=EXAMPLES // 8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_coroutine_is_left_behind(data: st.DataObject) -> None:
    # given asynchronous resolvers, some of which fail while their siblings wait
    query = data.draw(documents.documents(SCHEMA))
    assume(not validate(SCHEMA, parse(query)))
    context = toy.context(True, person=data.draw(documents.persons()))

    # when it has been answered
    async def answer() -> int:
        await by_executor(Executor(SCHEMA, limits=UNLIMITED), query, {"maybe": False}, context)
        return len(asyncio.all_tasks())

    tasks = asyncio.run(answer())
    gc.collect()

    # then only this task is left, and no coroutine was dropped unawaited (a warning, which is an error here)
    assert tasks == 1


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
