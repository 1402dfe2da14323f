"""Makes the result union of a mutation: its payload or a Refusal."""

from __future__ import annotations

from typing import Any

import graphene

from schema.refusals import Refusal


def result(name: str, success: type[graphene.ObjectType]) -> Any:
    """A union type of that name; sources name their type under `__typename`."""
    meta = type("Meta", (), {"types": (success, Refusal), "name": name})
    return type(name, (graphene.Union,), {"Meta": meta})


def outcome(union: Any, input: type[graphene.InputObjectType], **more: Any) -> graphene.Field:
    """The field of a mutation: one required input, one required result."""
    return graphene.Field(union, required=True, input=input(required=True), **more)
