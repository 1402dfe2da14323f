"""What a client learns of a failure, and what the log keeps of it."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from customer360.errors import ConfigurationError, IntegrityBroken

from . import toy
from .ask import ask, codes


def test_our_own_errors_are_told() -> None:
    # when a resolver raises one of the error tree
    response = ask("{ person { id gone: missing } }")

    # then code, field and reason reach the client, the rest of the answer stays
    assert response.data == {"person": {"id": "p1", "gone": None}}
    assert response.errors == [
        {
            "message": "no such document",
            "extensions": {"code": "NOT_FOUND", "field": "missing"},
            "locations": [{"line": 1, "column": 15}],
            "path": ["person", "gone"],
        }
    ]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_other_errors_are_masked_and_logged_without_data(
    caplog: pytest.LogCaptureFixture, asynchronous: bool
) -> None:
    # given a resolver that fails with a message that quotes its argument
    variables = {"word": "123.456.789-09"}
    query = "query($word: String) { person { secretAlias: failing(word: $word) } }"

    # when it runs
    with caplog.at_level(logging.ERROR):
        [error] = ask(query, variables, context=toy.context(asynchronous)).errors

    # then the client gets a trace id only
    trace = error["extensions"].pop("traceId")
    assert error == {
        "message": "internal error",
        "extensions": {"code": "INTERNAL"},
        "locations": [{"line": 1, "column": 33}],
        "path": ["person", "secretAlias"],
    }
    # and the log gets the trace id, the type and the stack, but neither message nor query nor variables
    assert len(trace) == 32
    for kept in (trace, "ValueError at failing", "toy.py"):
        assert kept in caplog.text
    for secret in ("123.456.789-09", "secretAlias"):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("changes", "query"),
    [
        ({"age": "segredo"}, "{ person { age } }"),
        ({"vip": None}, "{ person { vip } }"),
        ({"tags": 7}, "{ person { tags } }"),
        ({"best": {"__typename": "segredo"}}, "{ person { best { id } } }"),
        ({"typed": "segredo"}, "{ person { typed { name } } }"),
    ],
)
def test_values_that_do_not_fit_are_masked(changes: dict[str, Any], query: str) -> None:
    # when a resolver hands over what the type cannot show
    response = ask(query, context=toy.context(person=toy.person(**changes)))

    # then the value is not in the answer
    assert codes(response) == ["INTERNAL"]
    assert response.errors[0]["message"] == "internal error"


def test_errors_about_the_installation_are_masked() -> None:
    # given an error that speaks of our settings, and one that does not
    def failing_with(error: Exception) -> list[str]:
        return codes(
            ask("{ person { friend { id } } }", context=toy.context(person=toy.person(friend=error)))
        )

    # then only the latter is told
    assert failing_with(ConfigurationError("DATABASE_URL is wrong")) == ["INTERNAL"]
    assert failing_with(IntegrityBroken("bytes differ")) == ["INTEGRITY_BROKEN"]


def test_documents_that_are_not_valid_have_codes() -> None:
    # when / then
    assert codes(ask("{")) == ["GRAPHQL_PARSE_FAILED"]
    assert codes(ask("{ nothing }")) == ["GRAPHQL_VALIDATION_FAILED"]
    assert codes(ask("query A { __typename } query B { __typename }")) == ["BAD_USER_INPUT"]
    assert codes(ask("query A { __typename }", name="B")) == ["BAD_USER_INPUT"]


def test_a_null_variable_where_the_argument_forbids_it_is_the_callers_error() -> None:
    # given a nullable variable in the place of a non-null argument that has a default
    query = "query($word: String) { optional(word: $word) }"

    # when it is null, absent, given
    wrong, absent, right = ask(query, {"word": None}), ask(query), ask(query, {"word": "x"})

    # then
    assert codes(wrong) == ["BAD_USER_INPUT"]
    assert wrong.data == {"optional": None}
    assert (absent.data, right.data) == ({"optional": "w"}, {"optional": "x"})


def test_arguments_are_checked_where_the_value_is_read_from_the_source() -> None:
    # given a field without a resolver of its own that takes an argument
    query = "query($style: String) { person { nick(style: $style) } }"
    context = toy.context(person=toy.person(nick="Mari"))

    # when / then
    assert ask(query, context=context).data == {"person": {"nick": "Mari"}}
    assert codes(ask(query, {"style": None}, context=context)) == ["BAD_USER_INPUT"]
