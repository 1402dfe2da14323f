"""Cost: 1 per object, lists by `first`, read from the variables of each request."""

from __future__ import annotations

from typing import Any

import pytest

from . import toy
from .ask import ask, codes, executor

PAGE = "query($first: Int!) { person { id timeline(first: $first) { edges { node { id } } pageInfo { hasNextPage } } } }"


def cost(query: str, variables: dict[str, Any] | None = None) -> tuple[int, int]:
    extensions = ask(query, variables).extensions
    assert extensions is not None
    shown = extensions["cost"]
    return shown["requestedQueryCost"], shown["actualQueryCost"]


@pytest.mark.parametrize(
    ("query", "requested", "actual"),
    [
        ("{ __typename }", 0, 0),
        ("{ person { id name favourite } }", 1, 1),
        # person, connection, 10 edges and 10 nodes; 3 entries exist
        ("{ person { timeline(first: 10) { edges { node { id } } } } }", 22, 8),
        # the same as nodes: 10 objects instead of 20
        ("{ person { timeline(first: 10) { nodes { id } } } }", 12, 5),
        # a list without first counts as 5
        ("{ people { id } }", 5, 3),
        ("{ suggestions(first: 2) { id } }", 2, 2),
        # only one of the types can hold: the dearer one
        ("{ person { best { ... on Call { related { id } } ... on Note { id } } } }", 7, 1),
        ('{ __type(name: "Call") { fields { name } } }', 0, 0),
        ("{ ...F } fragment F on Query { person { ...G } } fragment G on Person { typed { name } }", 2, 1),
    ],
)
def test_cost_of(query: str, requested: int, actual: int) -> None:
    # when / then
    assert cost(query) == (requested, actual)


def test_first_is_read_from_the_variables_of_each_request() -> None:
    # given one document, kept after the first request
    by = executor()

    # when it is asked with several sizes
    answers = {first: ask(PAGE, {"first": first}, by=by) for first in (1, 100, 0, 101, -1)}

    # then size decides each time
    assert by.documents.hits == 4
    assert [codes(answers[first]) for first in (1, 100)] == [[], []]
    for first in (0, 101, -1):
        refused = answers[first]
        assert refused.errors == [
            {
                "message": "`first` of `timeline` must be between 1 and 100",
                "extensions": {"code": "FIRST_OUT_OF_RANGE", "field": "timeline"},
            }
        ]
        assert refused.request_error


def test_a_literal_or_optional_first_is_checked_too() -> None:
    # when / then
    assert codes(ask("{ person { timeline(first: 0) { nodes { id } } } }")) == ["FIRST_OUT_OF_RANGE"]
    assert codes(ask("{ suggestions(first: 101) { id } }")) == ["FIRST_OUT_OF_RANGE"]
    assert codes(ask("{ suggestions { id } }")) == []
    assert codes(ask("{ suggestions(first: null) { id } }")) == []


def test_too_costly_is_refused_before_anything_runs() -> None:
    # given a limit just below what the page costs: 1 + 1 + 2 * 10 + 1
    context = toy.context(person=None)

    # when it is asked with the limit one lower, and at it
    refused = ask(PAGE, {"first": 10}, by=executor(cost=22), context=context)
    allowed = ask(PAGE, {"first": 10}, by=executor(cost=23), context=context)

    # then
    assert codes(refused) == ["TOO_COSTLY"]
    assert refused.payload().keys() == {"errors"}
    assert allowed.payload() == {
        "data": {"person": None},
        "extensions": {"cost": {"requestedQueryCost": 23, "actualQueryCost": 0}},
    }


def test_nested_pages_multiply() -> None:
    # given a page in a page
    query = "{ suggestions(first: 50) { timeline(first: 100) { nodes { id } } } }"

    # then 50 * (1 + 1 + 100) is too much
    assert codes(ask(query)) == ["TOO_COSTLY"]
