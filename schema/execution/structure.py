"""Structural limits of a document (depth, fields, aliases, directives, root fields), counted before validation.

One walk, fragments measured once and their counts added at each spread, so that neither nested fragments
nor cycles cost more than the document is long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from .limits import Limits, exceeded

INTROSPECTION_ROOTS = frozenset({"__schema", "__type"})


@dataclass(slots=True)
class Measure:
    """Counts of one selection set, fragments expanded. `top` = fields at its own level."""

    depth: int = 0
    introspection_depth: int = 0
    top: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0

    def add(self, other: Measure) -> None:
        """Merges a fragment of the same level."""
        self.depth = max(self.depth, other.depth)
        self.introspection_depth = max(self.introspection_depth, other.introspection_depth)
        self.top += other.top
        self.fields += other.fields
        self.aliases += other.aliases
        self.directives += other.directives


class _Walk:
    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self.limits = limits
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.measured: dict[str, Measure] = {}
        self.deepest = max(limits.depth, limits.introspection_depth)

    def selection_set(self, node: SelectionSetNode, level: int) -> Measure:
        """`level` only guards the recursion: nothing deeper than both depth limits is looked at."""
        if level > self.deepest:
            raise exceeded("TOO_DEEP", "depth", self.limits.depth)
        total = Measure()
        for selection in node.selections:
            self.directives_of(selection, total)
            total.add(self.selection(selection, level))
        self.check_duplicates(node)
        return total

    def directives_of(self, node: SelectionNode, total: Measure) -> None:
        if len(node.directives) > self.limits.directives_per_node:
            raise exceeded("TOO_MANY_DIRECTIVES", "directives in one place", self.limits.directives_per_node)
        total.directives += len(node.directives)

    def selection(self, node: SelectionNode, level: int) -> Measure:
        if isinstance(node, FieldNode):
            return self.field(node, level)
        if isinstance(node, InlineFragmentNode):
            return self.selection_set(node.selection_set, level + 1)
        assert isinstance(node, FragmentSpreadNode)
        return self.fragment(node.name.value)

    def field(self, node: FieldNode, level: int) -> Measure:
        inner = self.selection_set(node.selection_set, level + 1) if node.selection_set else Measure()
        inner.depth += 1
        inner.fields += 1
        inner.top = 1
        inner.aliases += node.alias is not None
        if node.name.value in INTROSPECTION_ROOTS:
            inner.introspection_depth, inner.depth = inner.depth, 0
        return inner

    def fragment(self, name: str) -> Measure:
        known = self.measured.get(name)
        if known is None:
            self.measured[name] = (
                Measure()
            )  # a spread that closes a cycle adds nothing; validation refuses it
            definition = self.fragments.get(name)
            known = self.selection_set(definition.selection_set, 1) if definition else Measure()
            self.measured[name] = known
        return known

    def check_duplicates(self, node: SelectionSetNode) -> None:
        """Merging equal fields is quadratic in validation, so their number is bounded first."""
        names = Counter(flat_names(node))
        if names and max(names.values()) > self.limits.duplicates:
            raise exceeded("TOO_MANY_DUPLICATES", "repetition of one field", self.limits.duplicates)


def flat_names(node: SelectionSetNode) -> Iterator[str]:
    """Response names and spread fragment names of one level, inline fragments opened."""
    for selection in node.selections:
        if isinstance(selection, InlineFragmentNode):
            yield from flat_names(selection.selection_set)
        elif isinstance(selection, FieldNode):
            yield (selection.alias or selection.name).value
        elif isinstance(selection, FragmentSpreadNode):
            yield "..." + selection.name.value


def check_structure(document: DocumentNode, limits: Limits) -> None:
    """Raises BadInput with the code of the first structural limit that a definition of the document exceeds."""
    if len(document.definitions) > limits.definitions:
        raise exceeded("TOO_MANY_DEFINITIONS", "number of operations and fragments", limits.definitions)
    try:
        check_definitions(document, limits)
    except RecursionError:
        raise exceeded("TOO_DEEP", "depth", limits.depth) from None


def check_definitions(document: DocumentNode, limits: Limits) -> None:
    """Measures every operation with its fragments; fragments that nothing uses are walked, too."""
    walk = _Walk(document, limits)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            if len(definition.directives) > limits.directives_per_node:
                raise exceeded("TOO_MANY_DIRECTIVES", "directives in one place", limits.directives_per_node)
            check_measure(walk.selection_set(definition.selection_set, 1), limits)
        elif isinstance(definition, FragmentDefinitionNode):
            walk.fragment(definition.name.value)


def check_measure(measure: Measure, limits: Limits) -> None:
    """Compares the expanded counts with the limits, cheapest explanation first."""
    if measure.top > limits.root_fields:
        raise exceeded("TOO_MANY_ROOT_FIELDS", "number of root fields", limits.root_fields)
    if measure.depth > limits.depth or measure.introspection_depth > limits.introspection_depth:
        raise exceeded("TOO_DEEP", "depth", limits.depth)
    if measure.aliases > limits.aliases:
        raise exceeded("TOO_MANY_ALIASES", "number of aliases", limits.aliases)
    if measure.directives > limits.directives:
        raise exceeded("TOO_MANY_DIRECTIVES", "number of directives", limits.directives)
    if measure.fields > limits.fields:
        raise exceeded("TOO_MANY_FIELDS", "number of fields", limits.fields)
