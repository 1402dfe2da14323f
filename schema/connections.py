"""What every Relay connection has: PageInfo, and nodes beside edges, made only when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import graphene


class PageInfo(graphene.ObjectType):
    has_next_page = graphene.Boolean(required=True)
    has_previous_page = graphene.Boolean(required=True)
    start_cursor = graphene.String()
    end_cursor = graphene.String()


class Page(Protocol):
    """What the readers' pages have in common."""

    @property
    def has_next(self) -> bool: ...
    @property
    def has_previous(self) -> bool: ...


class Connection:
    """Source of a connection: graphene's default resolver reads these attributes one by one."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @cached_property
    def edges(self) -> Sequence[Any]:
        """{"cursor", "node", ...} per row."""
        raise NotImplementedError

    @cached_property
    def nodes(self) -> Sequence[Any]:
        return [edge["node"] for edge in self.edges]

    @property
    def page_info(self) -> dict[str, Any]:
        edges = self.edges
        return {
            "has_next_page": self._page.has_next,
            "has_previous_page": self._page.has_previous,
            "start_cursor": edges[0]["cursor"] if edges else None,
            "end_cursor": getattr(self._page, "end_cursor", None) or (edges[-1]["cursor"] if edges else None),
        }
