"""Parsed and validated documents, and the bounded cache that keeps them. Invalid documents are never kept."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from graphql import FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode

from .cost import OperationCost
from .plan import OperationPlan
from .request import OperationKind
from .shapes import Shapes

MOST_VARIANTS = 8  # plans kept per operation, one per combination of @skip/@include values

# Syntax tree and plans in memory per character of query text: measured 146 on the customer page.
BYTES_PER_CHARACTER = 150

CacheKey = tuple[bytes, str, bool]


@dataclass(slots=True)
class Operation:
    """One operation of a document with its cost and its plans."""

    node: OperationDefinitionNode
    kind: OperationKind
    cost: OperationCost
    plans: dict[tuple[Any, ...], OperationPlan] = field(default_factory=dict)


@dataclass(slots=True)
class Document:
    """A valid document; `size` is its estimated memory in bytes, `conditions` are the variables that decide @skip and @include."""

    size: int
    operations: dict[str | None, Operation]
    fragments: dict[str, FragmentDefinitionNode]
    conditions: tuple[str, ...]

    def plan(
        self, schema: GraphQLSchema, shapes: Shapes, operation: Operation, variables: dict[str, Any]
    ) -> OperationPlan:
        """The kept plan for these conditions; may raise what collecting root fields raises."""
        variant = tuple(variables.get(name) for name in self.conditions)
        plan = operation.plans.get(variant)
        if plan is None:
            plan = OperationPlan(schema, shapes, self.fragments, operation.node, variables)
            if len(operation.plans) < MOST_VARIANTS:
                operation.plans[variant] = plan
        return plan


class DocumentCache:
    """Least recently used documents by (SHA-256 of the text, visibility class, introspection allowed).

    Bounded by entries and by estimated bytes of memory. `hits` and `misses` count look-ups, for metrics.
    """

    def __init__(self, entries: int, size: int) -> None:
        self.most_entries = entries
        self.most_bytes = size
        self.bytes = 0
        self.hits = 0
        self.misses = 0
        self._documents: OrderedDict[CacheKey, Document] = OrderedDict()

    def __len__(self) -> int:
        return len(self._documents)

    def get(self, key: CacheKey) -> Document | None:
        """The document, now the most recently used one."""
        document = self._documents.get(key)
        if document is None:
            self.misses += 1
            return None
        self.hits += 1
        self._documents.move_to_end(key)
        return document

    def put(self, key: CacheKey, document: Document) -> None:
        """Keeps a valid document and drops the least recently used ones above the bounds."""
        previous = self._documents.pop(key, None)
        self.bytes += document.size - (previous.size if previous else 0)
        self._documents[key] = document
        while self._documents and (self.bytes > self.most_bytes or len(self) > self.most_entries):
            _key, dropped = self._documents.popitem(last=False)
            self.bytes -= dropped.size
