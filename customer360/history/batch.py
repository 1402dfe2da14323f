"""Collects the questions of sibling resolvers in one event-loop turn and sends one ask."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from customer360.stores.ports import Answer, Question, SearchReader

_TURNS = 3  # a sibling may need a step or two more to reach its question


class SearchBatch:
    """One per request. `asks` counts round trips."""

    def __init__(self, reader: SearchReader) -> None:
        self._reader = reader
        self._questions: list[Question] = []
        self._sent: asyncio.Task[list[Answer]] | None = None
        self.asks = 0

    async def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """Answers in the order asked; SearchUnavailable as the reader raises it."""
        start = len(self._questions)
        self._questions.extend(questions)
        if self._sent is None:
            self._sent = asyncio.create_task(self._send())
            self._sent.add_done_callback(_seen)
        # One waiter that is cancelled must not take the answers of the others with it.
        answers = await asyncio.shield(self._sent)
        return answers[start : start + len(questions)]

    async def _send(self) -> list[Answer]:
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        questions, self._questions, self._sent = self._questions, [], None
        self.asks += 1
        return await self._reader.ask(questions)


def _seen(task: asyncio.Task[list[Answer]]) -> None:
    """All who asked may have gone before an error came: it is nobody's then, not the loop's."""
    if not task.cancelled():
        task.exception()
