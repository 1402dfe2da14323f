"""Expected outcomes that are no success: a Refusal in the payload, not an error beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import graphene

from customer360.errors import AccessError, BadInput, C360Error, Conflict, NotFound

Resolver = Callable[..., Awaitable[Any]]


class UserError(graphene.Interface):
    code = graphene.String(required=True)
    message = graphene.String(required=True)
    field = graphene.String()


class Refusal(graphene.ObjectType):
    class Meta:
        interfaces = (UserError,)


class Refused(C360Error):
    """Raised by a mutation; reaches the caller as a Refusal."""

    code = "REFUSED"

    def __init__(self, code: str, reason: str, field: str | None = None) -> None:
        super().__init__(reason, code=code, field=field)


EXPECTED = (Refused, BadInput, NotFound, Conflict)


def refusable(resolver: Resolver) -> Resolver:
    """Turns what a caller can have done wrong into a Refusal; outages and missing rights stay errors."""

    @wraps(resolver)
    async def answered(*args: Any, **kwargs: Any) -> Any:
        try:
            return await resolver(*args, **kwargs)
        except AccessError:
            raise
        except EXPECTED as error:
            return {
                "__typename": "Refusal",
                "code": error.code,
                "message": error.reason,
                "field": error.field,
            }

    return answered


def payload(name: str, **fields: Any) -> dict[str, Any]:
    """A member of a result union."""
    return {"__typename": name, **fields}
