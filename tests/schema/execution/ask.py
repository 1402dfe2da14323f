"""Short ways to ask an executor over the toy schema."""

from __future__ import annotations

import asyncio
from typing import Any

from schema.execution import Executor, Request, Response
from schema.execution.limits import Limits

from . import toy


def executor(**limits: Any) -> Executor:
    return Executor(toy.make_schema(), limits=Limits(**limits))


def ask(
    query: str,
    variables: dict[str, Any] | None = None,
    *,
    by: Executor | None = None,
    context: dict[str, Any] | None = None,
    name: str | None = None,
    explore: bool = False,
    mutate: bool = True,
) -> Response:
    return asyncio.run(
        (by or executor()).execute(
            Request(query, variables, name),
            context or toy.context(),
            visibility="agent",
            allow_introspection=explore,
            allow_mutation=mutate,
        )
    )


def codes(response: Response) -> list[str]:
    return [error["extensions"]["code"] for error in response.errors]


def stream(
    query: str, variables: dict[str, Any] | None = None, *, context: dict[str, Any] | None = None
) -> list[Response]:
    async def collected() -> list[Response]:
        responses = executor().subscribe(
            Request(query, variables), context or toy.context(), visibility="agent", allow_introspection=False
        )
        return [response async for response in responses]

    return asyncio.run(collected())
