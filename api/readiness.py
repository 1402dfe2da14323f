"""Whether the service may be sent work: named checks, each None or a stable code of what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from customer360.errors import C360Error

# None when all is well, else a stable code. A C360Error counts as its code.
Ask = Callable[[], Awaitable[str | None]]
PATIENCE = 5.0  # seconds, for each check


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ask: Ask


async def problems(checks: Sequence[Check]) -> dict[str, str]:
    """{check: code} of those that failed; {} means ready. All are asked at once."""
    answers = await asyncio.gather(*(_answer(check) for check in checks))
    return {check.name: code for check, code in zip(checks, answers, strict=True) if code is not None}


async def _answer(check: Check) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await check.ask()
    except TimeoutError:
        return "NO_ANSWER"
    except C360Error as error:
        return error.code
