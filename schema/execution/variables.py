"""Coercion of variables without echoing them: a message names the variable, the path and the expected type only.

graphql-core's own messages contain the value, which may be somebody's CPF or phone number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    coerce_input_value,
    is_input_type,
    type_from_ast,
    value_from_ast,
)

MOST_ERRORS = 20
DEEPEST = 32

# Messages that hold names of the schema only.
FROM_THE_SCHEMA = re.compile(
    r"Field '\w+' of required type '[\w\[\]!]+' was not provided\."
    r"|Exactly one key must be specified for OneOf type '\w+'\."
)

Path = Sequence[str | int]


class VariableError(GraphQLError):
    """A variable that does not fit its declaration; `variable` and `at` name the place, never the value."""

    def __init__(self, node: VariableDefinitionNode, path: Path, reason: str) -> None:
        self.variable = node.variable.name.value
        self.at = self.variable + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
        place = f"Variable '${self.variable}'" + (f" at '{self.at}'" if path else "")
        super().__init__(f"{place}: {reason}", node)


def coerce_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, sent: dict[str, Any]
) -> tuple[dict[str, Any], list[VariableError]]:
    """The coerced values by variable name, and what is wrong with those that do not fit."""
    values: dict[str, Any] = {}
    errors: list[VariableError] = []
    for node in operation.variable_definitions:
        type_ = type_from_ast(schema, node.type)
        assert is_input_type(type_)  # VariablesAreInputTypes has been validated
        coerce_one(node, type_, sent, values, errors)
        if len(errors) > MOST_ERRORS:
            break
    return values, errors[:MOST_ERRORS]


def coerce_one(
    node: VariableDefinitionNode,
    type_: Any,
    sent: dict[str, Any],
    values: dict[str, Any],
    errors: list[VariableError],
) -> None:
    """Puts the coerced value into `values`, or a reason into `errors` (specification 6.1.2)."""
    name = node.variable.name.value
    value = sent.get(name, Undefined)
    if value is Undefined and node.default_value is not None:
        values[name] = value_from_ast(node.default_value, type_)
    elif (value is Undefined or value is None) and isinstance(type_, GraphQLNonNull):
        missing = "was not provided" if value is Undefined else "must not be null"
        errors.append(VariableError(node, (), f"required value of type '{type_}' {missing}."))
    elif value is not Undefined and too_deep(value):
        errors.append(VariableError(node, (), "is nested too deeply."))
    elif value is not Undefined:

        def on_error(path: list[str | int], _value: Any, error: GraphQLError) -> None:
            errors.append(VariableError(node, path, reason_of(error, type_, path)))

        values[name] = coerce_input_value(value, type_, on_error, None, True)


def reason_of(error: GraphQLError, type_: GraphQLInputType, path: Path) -> str:
    """Keeps the reasons that graphql-core builds from schema names alone; all others become the expected type."""
    message = error.message
    if FROM_THE_SCHEMA.fullmatch(message):
        return message
    expected = type_at(type_, path)
    if "is not defined by type" in message:
        return f"contains a field that type '{expected}' does not define."
    return f"expected a value of type '{expected}'."


def type_at(type_: Any, path: Path) -> str:
    """The declared type at a path inside an input value."""
    for key in path:
        type_ = nullable(type_)
        if isinstance(key, int) and isinstance(type_, GraphQLList):
            type_ = type_.of_type
            continue
        while isinstance(type_, GraphQLList):  # a single value stands for a list of one
            type_ = nullable(type_.of_type)
        if isinstance(type_, GraphQLInputObjectType) and key in type_.fields:
            type_ = type_.fields[str(key)].type
    return str(type_)


def nullable(type_: Any) -> Any:
    """The type without its outer Non-Null."""
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_


def too_deep(value: Any) -> bool:
    """True for input nested more than DEEPEST levels, found without recursion."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        containers = [item for item in level if isinstance(item, dict | list)]
        if not containers:
            return False
        level = [
            child for item in containers for child in (item.values() if isinstance(item, dict) else item)
        ]
    return any(isinstance(item, dict | list) for item in level)
