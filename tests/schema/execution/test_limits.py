"""Each structural limit lets its own value pass and refuses one more, before anything runs."""

from __future__ import annotations

import asyncio

import pytest
from graphql import get_introspection_query

from schema.execution import preparation

from . import toy
from .ask import ask, codes, executor

NESTED = "{ person { friend { friend { id } } } }"


@pytest.mark.parametrize(
    ("limits", "query", "code"),
    [
        ({"characters": 12}, "{ __typename}", "TOO_MANY_CHARACTERS"),
        ({"tokens": 5}, "{ a: __typename # a comment counts\n }", "TOO_MANY_TOKENS"),
        ({"depth": 3}, NESTED, "TOO_DEEP"),
        ({"depth": 3}, "{ person { ...F } } fragment F on Person { friend { friend { id } } }", "TOO_DEEP"),
        ({"aliases": 1}, "{ a: __typename b: __typename }", "TOO_MANY_ALIASES"),
        (
            {"aliases": 3},
            "{ p: person { ...F } q: person { ...F } } fragment F on Person { i: id }",
            "TOO_MANY_ALIASES",
        ),
        (
            {"directives": 1},
            "{ a: __typename @skip(if: false) __typename @skip(if: false) }",
            "TOO_MANY_DIRECTIVES",
        ),
        (
            {"directives_per_node": 1},
            "{ __typename @skip(if: false) @include(if: true) }",
            "TOO_MANY_DIRECTIVES",
        ),
        ({"directives_per_node": 1}, "query @a @b { __typename }", "TOO_MANY_DIRECTIVES"),
        ({"root_fields": 1}, "{ __typename person { id } }", "TOO_MANY_ROOT_FIELDS"),
        (
            {"root_fields": 1},
            "{ ...F } fragment F on Query { __typename person { id } }",
            "TOO_MANY_ROOT_FIELDS",
        ),
        ({"fields": 2}, "{ person { id name } }", "TOO_MANY_FIELDS"),
        ({"duplicates": 1}, "{ person { id ... { id } } }", "TOO_MANY_DUPLICATES"),
        ({"definitions": 1}, "{ ...F } fragment F on Query { __typename }", "TOO_MANY_DEFINITIONS"),
    ],
)
def test_one_too_many_is_refused(limits: dict[str, int], query: str, code: str) -> None:
    # given a limit that the query exceeds by one
    [(name, value)] = limits.items()
    strict, wide = executor(**limits), executor(**{name: value + 1})

    # when it is asked
    refused = ask(query, by=strict)

    # then nothing was executed or kept, and with one more it is not the limit that refuses
    assert (codes(refused), refused.request_error, "data" in refused.payload()) == ([code], True, False)
    assert len(strict.documents) == 0
    assert code not in codes(ask(query, by=wide))


def test_abuse_is_refused_before_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    # given that validation would fail the test
    monkeypatch.setattr(preparation, "validate", lambda *_a, **_k: pytest.fail("validated"))

    # when the documents of graphql-cop are sent
    abuse = {
        "duplicated": "{ person { " + "id " * 500 + "} }",
        "aliased": "{ " + " ".join(f"a{number}: __typename" for number in range(101)) + " }",
        "directives": "{ __typename " + "@aa" * 10 + " }",
    }
    answers = {name: codes(ask(query)) for name, query in abuse.items()}

    # then each is refused by its limit
    assert answers == {
        "duplicated": ["TOO_MANY_DUPLICATES"],
        "aliased": ["TOO_MANY_ROOT_FIELDS"],
        "directives": ["TOO_MANY_DIRECTIVES"],
    }


def test_fragment_cycles_and_circular_introspection_are_refused() -> None:
    # given a cycle, fragments that double at each level, and introspection that goes round
    cycle = "{ person { ...A } } fragment A on Person { friend { ...B } } fragment B on Person { friend { ...A } }"
    doubling = "{ person { ...F0 } } " + " ".join(
        f"fragment F{n} on Person {{ a{n}: friend {{ ...F{n + 1} }} b{n}: friend {{ ...F{n + 1} }} }}"
        for n in range(9)
    )
    circular = '{ __type(name: "Person") { fields { type { fields { type { fields { name } } } } } } }'

    # then none of them runs
    assert codes(ask(cycle))[0] == "GRAPHQL_VALIDATION_FAILED"
    assert codes(ask(doubling + " fragment F9 on Person { id }")) == ["TOO_MANY_ALIASES"]
    assert "Maximum introspection depth exceeded" in [error["message"] for error in ask(circular).errors]


def test_whole_schema_needs_permission_and_types_do_not() -> None:
    # given the query that every tool sends
    query = get_introspection_query()
    by = executor()

    # when it is asked with and without permission, in this order
    allowed, forbidden = ask(query, by=by, explore=True), ask(query, by=by)

    # then the kept document of the first does not help the second
    assert allowed.errors == []
    assert allowed.data is not None
    assert allowed.data["__schema"]["queryType"]["name"] == "Query"
    assert codes(forbidden) == ["INTROSPECTION_FORBIDDEN"]
    assert ask('{ __typename __type(name: "Call") { name } }').data == {
        "__typename": "Query",
        "__type": {"name": "Call"},
    }


def test_nothing_is_suggested() -> None:
    # when a field and an argument are misspelt
    field, argument = ask("{ persn { id } }"), ask("{ person(idd: 1) { id } }")

    # then the message does not give the right name away
    messages = [field.errors[0]["message"], argument.errors[0]["message"]]
    assert not any("Did you mean" in message for message in messages)


def test_time_is_limited() -> None:
    # given a resolver that waits for ever, and no time
    class Gate:
        async def wait(self) -> None:
            await asyncio.Event().wait()

    # when it is asked
    response = ask("{ wait }", by=executor(seconds=0), context=toy.context(gate=Gate()))

    # then the answer says so, with data that is null because execution had begun
    assert codes(response) == ["TIMEOUT"]
    assert response.payload()["data"] is None
