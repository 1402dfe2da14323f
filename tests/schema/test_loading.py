from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from customer360.customers.model import CustomerSnapshot
from customer360.errors import LedgerUnavailable
from schema.loading import CustomerLoader

ANA: Any = "a"  # stands for a snapshot: the loader only hands it on


class Reads:
    """Stands for the readers: answers each id with itself, except those that nothing has."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.asked: list[list[str]] = []
        self.failure = failure

    async def __call__(self, ids: Sequence[str]) -> list[CustomerSnapshot | None]:
        self.asked.append(list(ids))
        if self.failure is not None:
            raise self.failure
        return [None if id == "nobody" else cast("Any", id) for id in ids]


async def test_what_siblings_ask_is_read_once_each() -> None:
    reads = Reads()
    loader = CustomerLoader(reads)
    found: list[Any] = await asyncio.gather(*map(loader.load, ["a", "b", "a", "nobody"]))
    assert found == ["a", "b", "a", None]
    assert reads.asked == [["a", "b", "nobody"]]


async def test_a_later_question_reads_again() -> None:
    reads = Reads()
    loader = CustomerLoader(reads)
    await loader.load("a")
    assert await loader.load_all(["a", "nobody"]) == [ANA]
    assert reads.asked == [["a"], ["a", "nobody"]]


async def test_a_failure_reaches_everybody_who_asked_and_the_next_question_is_asked() -> None:
    reads = Reads(LedgerUnavailable("down"))
    loader = CustomerLoader(reads)
    found = await asyncio.gather(*map(loader.load, ["a", "b"]), return_exceptions=True)
    assert [type(failure) for failure in found] == [LedgerUnavailable] * 2
    reads.failure = None
    assert await loader.load("a") == ANA


async def test_one_who_gives_up_does_not_take_the_answer_of_the_others() -> None:
    loader = CustomerLoader(Reads())
    first, second = asyncio.create_task(loader.load("a")), asyncio.create_task(loader.load("a"))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == ANA
    with pytest.raises(asyncio.CancelledError):
        await first
