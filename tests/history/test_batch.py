"""Questions of one event-loop turn are one round trip, and one asker's trouble is not another's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from customer360.errors import SearchUnavailable
from customer360.history.batch import SearchBatch
from customer360.stores.ports import Answer, MembersQuestion, Question


class Counting:
    """Answers each question with its own name, or fails: the fault of these tests."""

    def __init__(self, fails: bool = False) -> None:
        self.calls: list[list[str]] = []
        self.fails = fails

    async def ask(self, questions: Sequence[Question]) -> list[Answer]:
        names = [question.name for question in questions if isinstance(question, MembersQuestion)]
        self.calls.append(names)
        await asyncio.sleep(0)
        if self.fails:
            raise SearchUnavailable("it is down")
        return [{name: 1} for name in names]

    async def close(self) -> None: ...


async def ask(batch: SearchBatch, *names: str, steps: int = 0) -> list[Answer]:
    for _ in range(steps):
        await asyncio.sleep(0)
    return await batch.ask([MembersQuestion(name, 1) for name in names])


async def test_siblings_share_a_round_trip_and_get_their_own_answers() -> None:
    reader = Counting()
    batch = SearchBatch(reader)
    answers = await asyncio.gather(ask(batch, "a", "b"), ask(batch, "c", steps=1), ask(batch, "d", steps=2))
    assert list(answers) == [[{"a": 1}, {"b": 1}], [{"c": 1}], [{"d": 1}]]
    assert (reader.calls, batch.asks) == ([["a", "b", "c", "d"]], 1)


async def test_the_next_turn_is_a_round_trip_of_its_own() -> None:
    reader = Counting()
    batch = SearchBatch(reader)
    await ask(batch, "a")
    assert await ask(batch, "b") == [{"b": 1}]
    assert (reader.calls, batch.asks) == ([["a"], ["b"]], 2)


async def test_an_error_reaches_all_who_asked() -> None:
    batch = SearchBatch(Counting(fails=True))
    results = await asyncio.gather(ask(batch, "a"), ask(batch, "b"), return_exceptions=True)
    assert [type(result) for result in results] == [SearchUnavailable, SearchUnavailable]


async def test_who_gives_up_does_not_take_the_others_answers_along() -> None:
    batch = SearchBatch(Counting())
    leaving, staying = asyncio.create_task(ask(batch, "a")), asyncio.create_task(ask(batch, "b"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == [{"b": 1}]
    with pytest.raises(asyncio.CancelledError):
        await leaving
