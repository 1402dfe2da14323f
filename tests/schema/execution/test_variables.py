"""Variables that do not fit are named by variable, path and type, never by value."""

from __future__ import annotations

from typing import Any

import pytest

from .ask import ask, codes

SECRET = "111.222.333-44"
AREA = "query($size: Size!) { area(size: $size) }"


@pytest.mark.parametrize(
    ("query", "variables", "field", "message"),
    [
        (AREA, {}, "size", "Variable '$size': required value of type 'Size!' was not provided."),
        (AREA, {"size": None}, "size", "Variable '$size': required value of type 'Size!' must not be null."),
        (AREA, {"size": SECRET}, "size", "Variable '$size': expected a value of type 'Size!'."),
        (
            AREA,
            {"size": {}},
            "size",
            "Variable '$size': Field 'width' of required type 'Int!' was not provided.",
        ),
        (
            AREA,
            {"size": {"width": SECRET}},
            "size.width",
            "Variable '$size' at 'size.width': expected a value of type 'Int!'.",
        ),
        (
            AREA,
            {"size": {"width": 1, "at": SECRET}},
            "size.at",
            "Variable '$size' at 'size.at': expected a value of type 'Moment'.",
        ),
        (
            AREA,
            {"size": {"width": 1, SECRET: 1}},
            "size",
            "Variable '$size': contains a field that type 'Size!' does not define.",
        ),
        (
            "query($sizes: [Size!]!) { areas(sizes: $sizes) }",
            {"sizes": [{"width": 1}, {"width": SECRET}]},
            "sizes[1].width",
            "Variable '$sizes' at 'sizes[1].width': expected a value of type 'Int!'.",
        ),
    ],
)
def test_the_message_names_the_place(query: str, variables: dict[str, Any], field: str, message: str) -> None:
    # when
    response = ask(query, variables)

    # then nothing ran, and the value is nowhere in the answer
    assert response.request_error
    assert SECRET not in str(response.payload())
    assert codes(response) == ["BAD_USER_INPUT"]
    assert (response.errors[0]["extensions"]["field"], response.errors[0]["message"]) == (field, message)


def test_values_that_fit_are_coerced() -> None:
    # when / then
    assert ask(AREA, {"size": {"width": 3}}).data == {"area": 9}
    assert ask("query($size: Size = {width: 4}) { __typename }").data is None  # unused: not valid
    assert ask("query($id: ID = 7) { person(id: $id) { id } }").data == {"person": {"id": "p1"}}


def test_endless_nesting_is_refused() -> None:
    # given input nested beyond reason
    value: Any = 1
    for _ in range(5_000):
        value = [value]

    # then it is refused without recursion
    [error] = ask(AREA, {"size": value}).errors
    assert error["message"] == "Variable '$size': is nested too deeply."


def test_the_number_of_errors_is_bounded() -> None:
    # given many wrong fields in one value
    value = {"width": 1, **{f"x{number}": 1 for number in range(500)}}

    # then 20 are reported
    assert len(ask(AREA, {"size": value}).errors) == 20
