"""Query cost: 1 per object, 0 per leaf, lists sized by `first` (Shopify's rule; edges and pageInfo are objects too).

The tree is built once per document; `first` is read per request from the coerced variables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_introspection_type,
)

from customer360.errors import BadInput

from .limits import Limits

Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PageSize:
    """The `first` of one field: a literal, a variable, or absent (then `absent` is the size assumed)."""

    field: str
    literal: int | None
    variable: str | None
    absent: int

    def given(self, variables: Variables) -> int | None:
        """The value sent, or None when the argument was left out or null."""
        if self.variable is not None:
            value = variables.get(self.variable)
            return value if isinstance(value, int) else None
        return self.literal

    def of(self, variables: Variables) -> int:
        given = self.given(variables)
        return self.absent if given is None else max(given, 0)


@dataclass(frozen=True, slots=True)
class Cost:
    """constant + the sum of size * cost over `paged` + the dearest alternative of each `choices`."""

    constant: int = 0
    paged: tuple[tuple[PageSize, Cost], ...] = ()
    choices: tuple[tuple[Cost, ...], ...] = ()

    def of(self, variables: Variables) -> int:
        """The requested cost for these coerced variables."""
        total = self.constant
        for size, inner in self.paged:
            total += size.of(variables) * inner.of(variables)
        for alternatives in self.choices:
            total += max(cost.of(variables) for cost in alternatives)
        return total

    def times(self, factor: int | PageSize) -> Cost:
        """This cost repeated; a constant factor is folded in where possible."""
        if isinstance(factor, PageSize):
            return Cost(paged=((factor, self),))
        if not self.paged and not self.choices:
            return Cost(self.constant * factor)
        return Cost(paged=((PageSize("", factor, None, factor), self),))


def add(costs: Iterable[Cost]) -> Cost:
    """The sum of several costs."""
    parts = tuple(costs)
    return Cost(
        sum(part.constant for part in parts),
        tuple(paged for part in parts for paged in part.paged),
        tuple(choice for part in parts for choice in part.choices),
    )


@dataclass(frozen=True, slots=True)
class OperationCost:
    """The cost of one operation and every `first` in it."""

    total: Cost
    sizes: tuple[PageSize, ...]

    def requested(self, variables: Variables, limits: Limits) -> int:
        """The requested cost; raises BadInput FIRST_OUT_OF_RANGE or TOO_COSTLY."""
        for size in self.sizes:
            given = size.given(variables)
            if given is not None and not 1 <= given <= limits.first:
                raise BadInput(
                    f"`first` of `{size.field}` must be between 1 and {limits.first}",
                    field=size.field,
                    code="FIRST_OUT_OF_RANGE",
                )
        cost = self.total.of(variables)
        if cost > limits.cost:
            raise BadInput(f"the query costs {cost}, the limit is {limits.cost}", code="TOO_COSTLY")
        return cost


class CostBuilder:
    """Builds the cost of valid operations of one document; runs after the structural limits, so it may recurse."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.limits = limits
        self.sizes: list[PageSize] = []

    def operation(self, node: OperationDefinitionNode) -> OperationCost:
        root = self.schema.get_root_type(node.operation)
        self.sizes = []
        total = self.selection_set(node.selection_set, root, None) if root else Cost()
        return OperationCost(total, tuple(self.sizes))

    def selection_set(self, node: SelectionSetNode, parent: GraphQLNamedType, page: PageSize | None) -> Cost:
        """Fields add up; of type conditions on concrete types below an abstract one only one can hold."""
        always: list[Cost] = []
        by_type: dict[str, list[Cost]] = {}
        for selection in node.selections:
            if isinstance(selection, FieldNode):
                always.append(self.field(selection, parent, page))
                continue
            condition, inner = self.fragment(selection)
            target = self.schema.get_type(condition) if condition else parent
            cost = self.selection_set(inner, target or parent, page)
            exclusive = is_abstract_type(parent) and isinstance(target, GraphQLObjectType)
            (by_type.setdefault(target.name, []) if exclusive and target else always).append(cost)
        if by_type:
            always.append(Cost(choices=(tuple(add(costs) for costs in by_type.values()),)))
        return add(always)

    def fragment(self, node: Any) -> tuple[str | None, SelectionSetNode]:
        if isinstance(node, InlineFragmentNode):
            condition: Any = node.type_condition  # None in `... { }`, whatever its declared type says
            return (condition.name.value if condition else None), node.selection_set
        assert isinstance(node, FragmentSpreadNode)
        definition = self.fragments[node.name.value]
        return definition.type_condition.name.value, definition.selection_set

    def field(self, node: FieldNode, parent: GraphQLNamedType, page: PageSize | None) -> Cost:
        definition = getattr(parent, "fields", {}).get(node.name.value)
        if definition is None:  # __typename, __schema, __type
            return Cost()
        own_page = self.page_size(node, definition)
        named = get_named_type(definition.type)
        if not is_composite_type(named) or is_introspection_type(named) or node.selection_set is None:
            return Cost()
        listed = is_list(definition)
        inner = self.selection_set(node.selection_set, named, None if listed else own_page)
        cost = add((Cost(1), inner))
        return cost.times(own_page or page or self.limits.list_size) if listed else cost

    def page_size(self, node: FieldNode, definition: GraphQLField) -> PageSize | None:
        argument = definition.args.get("first")
        if argument is None:
            return None
        default = argument.default_value
        absent = default if isinstance(default, int) else self.limits.list_size
        sent = next((given.value for given in node.arguments if given.name.value == "first"), None)
        literal = int(sent.value) if isinstance(sent, IntValueNode) else None
        variable = sent.name.value if isinstance(sent, VariableNode) else None
        if sent is None or isinstance(sent, NullValueNode):
            literal = default if isinstance(default, int) and sent is None else None
        size = PageSize(node.name.value, literal, variable, absent)
        self.sizes.append(size)
        return size


def is_list(definition: GraphQLField) -> bool:
    """True for `[T]` and `[T]!`."""
    type_ = definition.type
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)
