"""Fast serialisation of leaf values, keyed by the exact Python type of the value.

A type that is not in the table, or a converter that raises, means: use the type's own `serialize`, which also
makes the error message. So nothing here can change an answer, only how soon it is found.

A graphene scalar opts in with a class attribute:
    fast_serialize = {str: None, int: iso_of_micros}    # None: the value goes out as it is
It must give what `serialize` gives for values of that type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
)

Converter = Callable[[Any], Any]
FastTable = Mapping[type, Converter | None]

SMALLEST_INT, LARGEST_INT = -(2**31), 2**31 - 1


def int32(value: int) -> int:
    """The value if it fits the Int of GraphQL (32 bits, signed)."""
    if SMALLEST_INT <= value <= LARGEST_INT:
        return value
    raise OverflowError


def finite(value: float) -> float:
    """The value if it is a JSON number."""
    if isfinite(value):
        return value
    raise OverflowError


BUILT_IN: Mapping[GraphQLLeafType, FastTable] = {
    GraphQLString: {str: None},
    GraphQLID: {str: None, int: str},
    GraphQLBoolean: {bool: None},
    GraphQLInt: {int: int32},
    GraphQLFloat: {float: finite, int: float},
}


def fast_table(type_: GraphQLLeafType) -> FastTable:
    """The table of one leaf type; empty for a custom scalar that declares none."""
    if isinstance(type_, GraphQLEnumType):
        return enum_table(type_)
    if type_ in BUILT_IN:
        return BUILT_IN[type_]
    declared: FastTable = getattr(getattr(type_, "graphene_type", None), "fast_serialize", {})
    return declared


def enum_table(type_: GraphQLEnumType) -> FastTable:
    """Names by every string and member that stands for a value, asked once from the type itself."""
    names: dict[Any, str] = {}
    members: dict[type, dict[Any, str]] = {}
    for name, value in type_.values.items():
        for alias in (name, value.value, getattr(value.value, "value", None)):
            if type(alias) is str:
                names.setdefault(alias, serialized(type_, alias))
        member = value.value
        if type(member) is not str and hasattr(member, "name"):
            members.setdefault(type(member), {})[member] = serialized(type_, member)
    table: dict[type, Converter | None] = {kind: known.__getitem__ for kind, known in members.items()}
    table[str] = {alias: name for alias, name in names.items() if name}.__getitem__
    return table


def serialized(type_: GraphQLEnumType, value: Any) -> str:
    """What the type answers for a value, or "" when it refuses it."""
    try:
        return str(type_.serialize(value))
    except Exception:  # noqa: BLE001 - an enum's own lookup may raise anything; then the slow path reports it
        return ""
