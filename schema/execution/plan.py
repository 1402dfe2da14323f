"""The plan of an operation: per selection set and object type, the merged fields with all that is known before running.

A plan depends on the document and on the values of variables used in @skip and @include, on nothing else, so it
is kept with the document and shared by requests. Sub-plans are made when a value of their type first appears.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from graphene.types.resolver import dict_or_attr_resolver
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    get_argument_values,
    is_introspection_type,
)
from graphql.execution.collect_fields import collect_fields, collect_sub_fields
from graphql.execution.execute import get_field_def
from graphql.language import ast
from graphql.type import TypeNameMetaFieldDef

from .shapes import NOTHING, Accept, Shapes

CONSTANTS = (str, int, float, bool, type(None))

Entry = tuple[str, str | None, Any, type | None, Accept, Any]


class FieldPlan:
    """One field of a selection set: its nodes (merged), definition, shape, resolver and, if constant, its arguments."""

    __slots__ = (
        "arguments",
        "definition",
        "field_name",
        "name",
        "nodes",
        "parent",
        "plans",
        "resolve",
        "shape",
    )

    def __init__(
        self,
        name: str,
        nodes: list[FieldNode],
        definition: GraphQLField,
        parent: GraphQLObjectType,
        shapes: Shapes,
    ) -> None:
        self.name = name
        self.nodes = nodes
        self.field_name = nodes[0].name.value
        self.definition = definition
        self.parent = parent
        self.shape = shapes.of(definition.type)
        self.resolve = definition.resolve
        self.arguments = constant_arguments(definition, nodes[0])
        self.plans: dict[GraphQLObjectType | None, ObjectPlan] = {}


class ObjectPlan:
    """What to do for one object: `entries` in response order, `weight` = what the object costs.

    An entry is (response name, source key, default, exact, accept, field): with a key the value is read from the
    source; without one the field has a resolver, and without a field the default is the value (__typename).
    """

    __slots__ = ("entries", "is_type_of", "type", "weight")

    def __init__(self, type_: GraphQLObjectType, entries: list[Entry], weight: int) -> None:
        self.type = type_
        self.entries = entries
        self.is_type_of = type_.is_type_of
        self.weight = weight


class OperationPlan:
    """The root plan of one operation for one set of @skip/@include values, and the maker of its sub-plans."""

    def __init__(
        self,
        schema: GraphQLSchema,
        shapes: Shapes,
        fragments: dict[str, FragmentDefinitionNode],
        operation: OperationDefinitionNode,
        variables: dict[str, Any],
    ) -> None:
        self.schema = schema
        self.shapes = shapes
        self.fragments = fragments
        root = schema.get_root_type(operation.operation)
        assert root is not None  # KnownOperationTypes has been validated
        fields = collect_fields(schema, fragments, variables, root, operation.selection_set)
        self.root = self._plan(root, fields, weight=0)

    def below(self, field: FieldPlan, type_: GraphQLObjectType, variables: dict[str, Any]) -> ObjectPlan:
        """The plan for a value of `type_` at this field; may raise what collecting fields raises."""
        fields = collect_sub_fields(self.schema, self.fragments, variables, type_, field.nodes)
        plan = self._plan(type_, fields, weight=0 if is_introspection_type(type_) else 1)
        field.plans[type_] = plan
        return plan

    def _plan(
        self, type_: GraphQLObjectType, fields: dict[str, list[FieldNode]], *, weight: int
    ) -> ObjectPlan:
        entries: list[Entry] = []
        for name, nodes in fields.items():
            definition = get_field_def(self.schema, type_, nodes[0])
            if definition is TypeNameMetaFieldDef:
                entries.append((name, None, type_.name, None, NOTHING.get, None))
            elif definition is not None:
                entries.append(entry_of(FieldPlan(name, nodes, definition, type_, self.shapes)))
        return ObjectPlan(type_, entries, weight)


def entry_of(field: FieldPlan) -> Entry:
    """Reads the source directly when the resolver is graphene's default one and there are no arguments to coerce."""
    resolve = field.resolve
    if (
        isinstance(resolve, partial)
        and resolve.func is dict_or_attr_resolver
        and len(resolve.args) == 2
        and not resolve.keywords
        and not field.definition.args
    ):
        key, default = resolve.args
        return field.name, key, default, field.shape.exact, field.shape.accept, field
    return field.name, None, None, None, NOTHING.get, field


def constant_arguments(definition: GraphQLField, node: FieldNode) -> dict[str, Any] | None:
    """The coerced arguments if they are the same for every request and immutable, else None."""
    if not definition.args:
        return {}
    if node.arguments:
        return None
    try:
        values = get_argument_values(definition, node)
    except Exception:  # noqa: BLE001 - whatever is wrong is reported where the field is executed
        return None
    return values if all(type(value) in CONSTANTS for value in values.values()) else None


def condition_variables(document: ast.DocumentNode) -> tuple[str, ...]:
    """Names of the variables that decide @skip and @include anywhere in the document, sorted."""
    found: set[str] = set()
    stack: list[Any] = list(document.definitions)
    while stack:
        node = stack.pop()
        for directive in getattr(node, "directives", ()):
            if directive.name.value in ("skip", "include"):
                found.update(
                    given.value.name.value
                    for given in directive.arguments
                    if isinstance(given.value, VariableNode)
                )
        selection_set = getattr(node, "selection_set", None)
        if selection_set is not None:
            stack.extend(selection_set.selections)
    return tuple(sorted(found))
