"""Query.reviewQueue: keys that point at several customers, and customers that are full."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import graphene

from customer360.customers.linking import Waiting
from customer360.customers.model import CustomerKey as KnownKey
from customer360.errors import BadInput, CursorInvalid
from schema.connections import Connection, PageInfo
from schema.context import context_of
from schema.customers.customer import Customer, CustomerNode
from schema.customers.parts import CustomerKey, shown_key
from schema.nodes import REVIEW, to_global
from schema.scalars import DateTime


class ReviewEntry(graphene.ObjectType):
    """reason: SHARED (the key points at several customers) or GROUP_FULL"""

    id = graphene.ID(required=True)
    reason = graphene.String(required=True)
    key = graphene.Field(CustomerKey, required=True)
    customers = graphene.List(graphene.NonNull(Customer), required=True)
    since = DateTime(required=True)

    @staticmethod
    async def resolve_customers(row: dict[str, Any], info: Any) -> list[CustomerNode]:
        """The customers it lies between, each once; all rows of a page are read together."""
        found = await context_of(info).customers.load_all(row["between"])
        return [CustomerNode(snapshot) for snapshot in {one.id: one for one in found}.values()]


class ReviewEdge(graphene.ObjectType):
    cursor = graphene.String(required=True)
    node = graphene.Field(ReviewEntry, required=True)


class ReviewConnection(graphene.ObjectType):
    edges = graphene.List(graphene.NonNull(ReviewEdge), required=True)
    nodes = graphene.List(graphene.NonNull(ReviewEntry), required=True)
    page_info = graphene.Field(PageInfo, required=True)


@dataclass(frozen=True, slots=True)
class WaitingPage:
    rows: Sequence[Waiting]
    has_next: bool
    has_previous: bool


class ReviewQueue(Connection):
    def __init__(self, page: WaitingPage) -> None:
        super().__init__(page)
        self._rows = page.rows

    @cached_property
    def edges(self) -> list[dict[str, Any]]:
        return [{"cursor": cursor_of(row), "node": shown_waiting(row)} for row in self._rows]


class ReviewQueries(graphene.ObjectType):
    review_queue = graphene.Field(
        ReviewConnection,
        required=True,
        first=graphene.Int(required=True),
        after=graphene.String(),
        description="Keys that point at two customers, and groups that are full; supervisors and administrators.",
    )

    @staticmethod
    async def resolve_review_queue(
        _root: Any, info: Any, first: int, after: str | None = None
    ) -> ReviewQueue:
        """Oldest first."""
        if not 1 <= first <= 100:
            raise BadInput("`first` must be between 1 and 100", field="first", code="FIRST_OUT_OF_RANGE")
        place = None if after is None else place_of(after)
        rows = await context_of(info).services.linking.waiting(place, first + 1)
        return ReviewQueue(WaitingPage(rows[:first], len(rows) > first, after is not None))


def shown_waiting(row: Waiting) -> dict[str, Any]:
    return {
        "id": to_global(REVIEW, row.member_id),
        "reason": row.reason,
        "key": shown_key(KnownKey(row.member_id, row.key_type, row.key_value, row.shared)),
        "since": row.since,
        "between": row.customers,
    }


def cursor_of(row: Waiting) -> str:
    return urlsafe_b64encode(f"review:{row.since}:{row.member_id}".encode()).rstrip(b"=").decode()


def place_of(cursor: str) -> tuple[int, str]:
    """(since, member id) of a cursor of ours; CursorInvalid for any other text."""
    try:
        kind, since, member = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(":")
        if kind == "review" and len(member) == 32 and member.isalnum():
            return int(since), member
    except (binascii.Error, ValueError):
        pass
    raise CursorInvalid("this cursor is not one of the review queue", field="after")
