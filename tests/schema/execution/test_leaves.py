"""A fast converter gives what the type's own serialize gives, or leaves the value to it."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLBoolean, GraphQLFloat, GraphQLID, GraphQLInt, GraphQLString
from hypothesis import given
from hypothesis import strategies as st

from schema.execution.leaves import fast_table

from . import toy

CHANNEL: Any = toy.make_schema().graphql_schema.type_map["Channel"]
MOMENT: Any = toy.make_schema().graphql_schema.type_map["Moment"]
TYPES = [GraphQLBoolean, GraphQLFloat, GraphQLID, GraphQLInt, GraphQLString, CHANNEL, MOMENT]
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
    | st.sampled_from(["voice", "VOICE", "chat", toy.Channel.VOICE, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1])
)  # fmt: skip


def outcome(convert: Any, value: Any) -> Any:
    try:
        result = convert(value)
    except Exception:  # noqa: BLE001 - any failure is one outcome here: the slow path reports it
        return "refused"
    return type(result), result


@pytest.mark.parametrize("type_", TYPES, ids=str)
@given(value=VALUES)
def test_fast_equals_serialize(type_: Any, value: Any) -> None:
    # given a value whose type is in the table
    table = fast_table(type_)
    if type(value) not in table:
        return
    convert = table[type(value)]

    # when both convert it
    fast = (type(value), value) if convert is None else outcome(convert, value)

    # then they agree; a refusal of the fast one is always allowed
    assert fast == "refused" or fast == outcome(type_.serialize, value)


def test_names_values_and_members_of_enums_are_fast() -> None:
    # given
    table = fast_table(CHANNEL)

    # when / then
    convert = table[str]
    assert convert is not None
    assert [convert(value) for value in ("voice", "VOICE", "chat")] == ["VOICE", "VOICE", "CHAT"]
    member = toy.Channel.VOICE
    by_member = table[type(member)]
    assert by_member is not None
    assert by_member(member) == "VOICE"
