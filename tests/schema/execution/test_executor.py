"""Running operations: kinds, order, concurrency, subscriptions."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from schema.execution import Executor, Request

from . import toy
from .ask import ask, codes, executor, stream


def test_mutations_run_one_after_the_other() -> None:
    # given an asynchronous mutation that appends
    context = toy.context()

    # when two are in one request
    response = ask("mutation { a: push(value: 1) b: push(value: 2) __typename }", context=context)

    # then the second saw the first
    assert response.data == {"a": [1], "b": [1, 2], "__typename": "Mutation"}
    assert (response.kind, context["log"]) == ("mutation", [1, 2])


def test_a_mutation_can_be_refused() -> None:
    # given
    context = toy.context()

    # when mutations are not allowed
    response = ask("mutation { push(value: 1) }", context=context, mutate=False)

    # then nothing happened
    assert (codes(response), response.request_error, response.kind) == (
        ["MUTATION_NOT_ALLOWED"],
        True,
        "mutation",
    )
    assert context["log"] == []


@pytest.mark.parametrize(
    ("query", "name", "kind"),
    [
        ("{ __typename }", None, "query"),
        ("mutation { push(value: 1) }", None, "mutation"),
        ("subscription { ticks(to: 1) }", None, "subscription"),
        ("query A { __typename } mutation B { push(value: 1) }", "B", "mutation"),
        ("query A { __typename } mutation B { push(value: 1) }", None, None),
        ("{", None, None),
    ],
)
def test_the_kind_is_known_before_running(query: str, name: str | None, kind: str | None) -> None:
    # given an executor that has not seen the document
    by = executor()

    # when / then, and the preparation is shared with execution
    assert by.operation_kind(Request(query, operation_name=name), visibility="agent") == kind
    ask(query, by=by, name=name, mutate=False)
    assert by.documents.hits == (0 if query == "{" else 1)


def test_siblings_run_concurrently() -> None:
    # given two fields of which the first waits for the second
    async def both() -> Any:
        gate = asyncio.Event()

        class Opening(dict[str, Any]):
            async def opened(self) -> dict[str, Any]:
                gate.set()
                return toy.person()

        context = toy.context(gate=gate, person=Opening().opened())
        return await executor(seconds=5).execute(
            Request("{ wait person { id } }"), context, visibility="agent", allow_introspection=False
        )

    # when / then
    assert asyncio.run(both()).data == {"wait": "waited", "person": {"id": "p1"}}


def test_a_failing_sibling_cancels_what_can_no_longer_be_seen() -> None:
    # given a field that waits for ever beside a non-null one that fails
    async def ask_both() -> Any:
        context = toy.context(True, gate=asyncio.Event(), person=toy.person(must_friend=ValueError("secret")))
        response = await executor(seconds=5).execute(
            Request("{ wait mustPerson { mustFriend { id } } }"),
            context,
            visibility="a",
            allow_introspection=False,
        )
        return response, len(asyncio.all_tasks())

    # when
    response, tasks = asyncio.run(ask_both())

    # then the answer came at once and no task is left
    assert (response.data, codes(response), tasks) == (None, ["INTERNAL"], 1)
    assert response.errors[0]["path"] == ["mustPerson", "mustFriend"]


def test_a_subscription_gives_one_response_per_event() -> None:
    # given a source whose third event does not fit
    context = toy.context()

    # when it is read to its end
    responses = stream("subscription($to: Int!) { t: ticks(to: $to) }", {"to": 4}, context=context)

    # then the events before and after the bad one arrive, and the source is closed
    assert [response.data for response in responses] == [{"t": 0}, {"t": 1}, {"t": None}, {"t": 3}]
    assert [codes(response) for response in responses] == [[], [], ["INTERNAL"], []]
    assert context["closed"] is True


def test_closing_a_subscription_closes_its_source() -> None:
    # given a stream of which one event was read
    async def read_one() -> dict[str, Any]:
        context = toy.context()
        request = Request("subscription { ticks(to: 9) }")
        responses = executor().subscribe(request, context, visibility="agent", allow_introspection=False)
        assert (await anext(responses)).data == {"ticks": 0}
        await responses.aclose()
        return context

    # when / then
    assert asyncio.run(read_one())["closed"] is True


def test_what_is_wrong_with_a_subscription_is_its_only_response() -> None:
    # when / then
    [invalid] = stream("subscription { nothing }")
    [variables] = stream("subscription($to: Int!) { ticks(to: $to) }")
    [refused] = [ask("subscription { ticks(to: 1) }")]
    assert (codes(invalid), codes(variables)) == (["GRAPHQL_VALIDATION_FAILED"], ["BAD_USER_INPUT"])
    assert codes(refused) == ["SUBSCRIPTION_NEEDS_STREAM"]
    assert all(response.request_error for response in (invalid, variables, refused))


def test_a_source_that_breaks_ends_the_stream_masked() -> None:
    # when
    responses = stream("subscription { broken }")

    # then
    assert [response.data for response in responses] == [{"broken": 1}, None]
    assert codes(responses[1]) == ["INTERNAL"]
    assert "secret" not in str(responses[1].payload())


def test_a_query_may_be_streamed() -> None:
    # when / then
    assert [response.data for response in stream("{ __typename }")] == [{"__typename": "Query"}]


def test_a_schema_of_graphql_core_is_taken_too() -> None:
    # given the schema below graphene's
    by = Executor(toy.make_schema().graphql_schema)

    # when / then
    assert ask("{ person { id } }", by=by).data == {"person": {"id": "p1"}}


def test_the_info_of_an_object_in_a_list_has_the_path_of_the_list() -> None:
    # given a type whose check is told the path
    context = toy.context(person=toy.person(hits=[toy.call(1), {"__typename": "Typed", "name": "n"}]))

    # when it is met in a list
    response = ask("{ person { found: hits { ... on Typed { name } } } }", context=context)

    # then the path is that of graphql-core: without the index
    assert response.data == {"person": {"found": [{}, {"name": "n"}]}}
    assert context["paths"] == [["person", "found"]]
