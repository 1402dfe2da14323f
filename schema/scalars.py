"""The scalars of the contract. Resolvers hand over instants as integer microseconds."""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLError, StringValueNode, Undefined

from customer360 import clock
from customer360.errors import EventRejected
from customer360.events.envelope import instant


class DateTime(graphene.Scalar):
    """An instant, ISO 8601 with offset"""

    fast_serialize = {int: clock.isoformat, str: None}  # noqa: RUF012 - graphene reads class attributes

    @staticmethod
    def serialize(value: Any) -> str:
        return clock.isoformat(value) if isinstance(value, int) else str(value)

    @staticmethod
    def parse_value(value: Any) -> int:
        """Microseconds; a time without offset is refused."""
        if not isinstance(value, str):
            raise GraphQLError("DateTime must be a text")
        try:
            return instant(value, "")
        except EventRejected as error:
            raise GraphQLError(error.reason) from None

    @classmethod
    def parse_literal(cls, node: Any, _variables: Any = None) -> Any:
        return cls.parse_value(node.value) if isinstance(node, StringValueNode) else Undefined


def shown_time(text: str | None) -> str | None:
    """A time kept as its sender wrote it, in the one form all answers have."""
    return None if text is None else clock.isoformat(instant(text, ""))
