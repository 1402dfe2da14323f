"""Waits until the change log may have grown: a signal from the database, or the sweep's second."""

from __future__ import annotations

import asyncio

from customer360.errors import LedgerUnavailable
from customer360.history.ports import ChangeSignal
from customer360.threads import Threads

SWEEP_SECONDS = 1.0


class Wakeup:
    """Reconnects by itself; while it cannot, only the sweep wakes."""

    def __init__(self, signal: ChangeSignal, threads: Threads, sweep: float = SWEEP_SECONDS) -> None:
        self._signal = signal
        self._threads = threads
        self._sweep = sweep
        self._woken = asyncio.Event()
        self._watched: int | None = None

    async def wait(self) -> None:
        if self._watched is None:
            await self._connect()
        try:
            async with asyncio.timeout(self._sweep):
                await self._woken.wait()
        except TimeoutError:
            pass
        self._woken.clear()

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        self._unwatch()
        self._signal.close()

    async def _connect(self) -> None:
        try:
            self._watched = await self._threads.run(self._signal.open)
        except LedgerUnavailable:
            return
        asyncio.get_running_loop().add_reader(self._watched, self._arrived)

    def _arrived(self) -> None:
        if not self._signal.drain():
            self._unwatch()
        self._woken.set()

    def _unwatch(self) -> None:
        if self._watched is not None:
            asyncio.get_running_loop().remove_reader(self._watched)
            self._watched = None
