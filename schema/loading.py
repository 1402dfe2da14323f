"""Customers asked for by sibling fields of one loop turn, read in one statement. Keeps nothing between turns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from customer360.customers.model import CustomerSnapshot

Read = Callable[[Sequence[str]], Awaitable[list[CustomerSnapshot | None]]]


class CustomerLoader:
    """One per request."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._asked: dict[str, asyncio.Future[CustomerSnapshot | None]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def load(self, customer_id: str) -> CustomerSnapshot | None:
        if not self._asked:
            self._reading = asyncio.create_task(self._answer())
        answer = self._asked.setdefault(customer_id, asyncio.get_running_loop().create_future())
        return await asyncio.shield(answer)  # another field may wait for the same customer

    async def load_all(self, customer_ids: Sequence[str]) -> list[CustomerSnapshot]:
        """Those that are found, in the order asked."""
        found = await asyncio.gather(*map(self.load, customer_ids))
        return [snapshot for snapshot in found if snapshot is not None]

    async def _answer(self) -> None:
        await asyncio.sleep(0)  # siblings of the same turn ask first
        asked, self._asked = self._asked, {}
        try:
            found = await self._read(list(asked))
        except Exception as error:  # noqa: BLE001 - whoever asked gets it
            for answer in asked.values():
                answer.set_exception(error)
            return
        for answer, snapshot in zip(asked.values(), found, strict=True):
            answer.set_result(snapshot)
