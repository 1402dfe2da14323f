"""The console's own documents: every one fits the schema and stays under every limit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import (
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from schema.execution.limits import Limits
from schema.execution.preparation import prepare
from schema.root import build_schema

SOURCES = Path(__file__).parents[2] / "agent_ui" / "src"
TAGGED = re.compile(r"\bgraphql\(\s*`([^`]*)`")
SCHEMA = build_schema().graphql_schema


def definitions() -> tuple[dict[str, FragmentDefinitionNode], dict[str, OperationDefinitionNode]]:
    fragments: dict[str, FragmentDefinitionNode] = {}
    operations: dict[str, OperationDefinitionNode] = {}
    for path in sorted([*SOURCES.rglob("*.ts"), *SOURCES.rglob("*.tsx")]):
        for text in TAGGED.findall(path.read_text(encoding="utf-8")):
            for node in parse(text).definitions:
                if isinstance(node, FragmentDefinitionNode):
                    fragments[node.name.value] = node
                elif isinstance(node, OperationDefinitionNode) and node.name is not None:
                    operations[node.name.value] = node
    return fragments, operations


FRAGMENTS, OPERATIONS = definitions()


class Spreads(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        self.names.append(node.name.value)


def document(operation: OperationDefinitionNode) -> str:
    """The operation with the fragments it needs, as the console sends it."""
    needed: dict[str, str] = {}
    waiting: list[OperationDefinitionNode | FragmentDefinitionNode] = [operation]
    while waiting:
        spreads = Spreads()
        visit(waiting.pop(), spreads)
        for name in spreads.names:
            if name not in needed:
                needed[name] = print_ast(FRAGMENTS[name])
                waiting.append(FRAGMENTS[name])
    return "\n".join([print_ast(operation), *needed.values()])


def test_the_console_has_operations() -> None:
    assert {"CustomerPage", "CustomerSearch", "AgentFeed"} <= set(OPERATIONS)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_operation_of_the_console_is_valid_and_within_every_limit(name: str) -> None:
    prepared = prepare(SCHEMA, document(OPERATIONS[name]), Limits(), allow_introspection=False)
    cost = prepared.operations[name].cost.requested({"first": 50}, Limits())
    assert cost <= Limits().cost / 2, "half of the limit is kept for pages twice as long"
