"""Collects the questions of sibling resolvers in one event-loop turn and sends one ask."""

from __future__ import annotations

from collections.abc import Sequence

from customer360.stores.ports import Answer, Question


class SearchBatch:
    """One per request. `asks` counts round trips."""

    asks: int

    async def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """Answers in the order asked; SearchUnavailable as the reader raises it."""
        raise NotImplementedError
