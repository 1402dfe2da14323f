"""Every limit of a GraphQL request with its default; all are on. The checks are in structure.py and cost.py."""

from __future__ import annotations

from dataclasses import dataclass

from customer360.errors import BadInput


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds, inclusive. Counts expand fragments; introspection has its own depth and costs nothing."""

    characters: int = 20_000
    tokens: int = 1_500
    definitions: int = 40  # operations and fragments; validation compares spread fragments pairwise
    depth: int = 12
    introspection_depth: int = 20
    fields: int = 500
    duplicates: int = 20  # the same response name in one selection set
    aliases: int = 30
    directives: int = 30
    directives_per_node: int = 5
    root_fields: int = 10
    first: int = 100
    cost: int = 5_000
    list_size: int = 5  # what a list of objects without `first` counts as
    seconds: float = 10.0
    errors: int = 20  # validation errors reported for one document


def exceeded(code: str, what: str, limit: int) -> BadInput:
    """The refusal for a limit, e.g. TOO_DEEP: `depth is above the limit of 12`."""
    return BadInput(f"{what} is above the limit of {limit}", code=code)
