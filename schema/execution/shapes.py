"""Output types prepared for completion: what kind, nullable or not, fast leaf table, cheap type of abstract values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import graphene
from graphql import (
    GraphQLAbstractType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    is_abstract_type,
    is_leaf_type,
)

from .leaves import FastTable, fast_table

LEAF, LIST, OBJECT, ABSTRACT = range(4)
NOTHING: FastTable = {}
SLOW: Any = object()  # what `accept` answers for a value that needs the type's own serialize

Accept = Callable[[type, Any], Any]
BASE_RESOLVE_TYPE = {
    graphene.Interface.resolve_type.__func__,
    graphene.Union.resolve_type.__func__,
}


class Shape:
    """One output type. `accept(type(value), SLOW)` gives None (use as is), a converter, or SLOW.

    `exact` is the type most values have that go out as they are: one comparison instead of the look-up.
    """

    __slots__ = (
        "accept",
        "exact",
        "inner",
        "kind",
        "non_null",
        "object_names",
        "type",
        "type_key",
        "type_names",
    )

    def __init__(self, kind: int, type_: Any, *, non_null: bool, inner: Shape | None = None) -> None:
        self.kind = kind
        self.type = type_
        self.non_null = non_null
        self.inner = inner
        self.accept: Accept = NOTHING.get
        self.exact: type | None = None
        self.type_key: str | None = None
        self.type_names: Mapping[Any, str] | None = None
        self.object_names: Mapping[str, GraphQLObjectType] = {}

    def cheap_type(self, value: Any) -> GraphQLObjectType | None:
        """The one object type, or the one an abstract value names under `type_key`; None: ask resolve_type."""
        if self.kind == OBJECT:
            only: GraphQLObjectType = self.type
            return only
        key = self.type_key
        if key is None:
            return None
        name = value.get(key) if type(value) is dict else getattr(value, key, None)
        if type(name) is not str:
            return None
        if self.type_names is not None:
            name = self.type_names.get(name, "")
        return self.object_names.get(name)


class Shapes:
    """Makes the shapes of one schema, each once."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._made: dict[GraphQLOutputType, Shape] = {}

    def of(self, type_: GraphQLOutputType) -> Shape:
        shape = self._made.get(type_)
        if shape is None:
            shape = self._made[type_] = self._make(type_)
        return shape

    def _make(self, type_: GraphQLOutputType) -> Shape:
        non_null = isinstance(type_, GraphQLNonNull)
        bare: Any = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if isinstance(bare, GraphQLList):
            return Shape(LIST, bare, non_null=non_null, inner=self.of(bare.of_type))
        if is_leaf_type(bare):
            return leaf_shape(bare, non_null)
        if is_abstract_type(bare):
            return self._abstract(bare, non_null)
        return Shape(OBJECT, bare, non_null=non_null)

    def _abstract(self, type_: GraphQLAbstractType, non_null: bool) -> Shape:
        shape = Shape(ABSTRACT, type_, non_null=non_null)
        shape.object_names = {possible.name: possible for possible in self.schema.get_possible_types(type_)}
        owner: Any = getattr(type_, "graphene_type", None)
        declared = getattr(owner, "type_key", None)
        if declared is not None:
            shape.type_key = declared
            shape.type_names = getattr(owner, "type_names", None)
        elif type_.resolve_type is None or resolves_by_default(owner):
            shape.type_key = "__typename"  # the first thing that graphql-core's default looks at in a dict
        return shape


def resolves_by_default(owner: Any) -> bool:
    """True when the graphene interface or union does not bring its own resolve_type."""
    return getattr(getattr(owner, "resolve_type", None), "__func__", None) in BASE_RESOLVE_TYPE


def leaf_shape(type_: GraphQLLeafType, non_null: bool) -> Shape:
    """A leaf; null is accepted as it is where the type allows it."""
    shape = Shape(LEAF, type_, non_null=non_null)
    table = dict(fast_table(type_))
    shape.exact = next((kind for kind, convert in table.items() if convert is None), None)
    if not non_null:
        table[type(None)] = None
    shape.accept = table.get
    return shape
