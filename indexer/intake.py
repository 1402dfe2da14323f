"""Accepting events: one queue, group commits in a few threads, an answer per event only after COMMIT."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import Engine

from customer360.errors import Busy, DiskFull
from customer360.ids import Ids
from customer360.stores.postgres.ledger import Ledger
from indexer.batch import Submission, Verdict, commit, commit_atomic
from indexer.space import FreeSpace

__all__ = ["Intake", "Verdict"]

_COMMITTERS = 2  # one parses and inserts keys while the other waits for the disk


@dataclass(frozen=True, slots=True)
class _Waiting:
    submission: Submission
    answer: asyncio.Future[list[Verdict]]


class Intake:
    """Lives in one event loop. `committed` is called from a committer thread after each commit, and must not block."""

    def __init__(
        self,
        engine: Engine,
        ids: Ids,
        *,
        queue_limit: int = 20_000,
        batch: int = 500,
        space: FreeSpace | None = None,
        committed: Callable[[], None] = lambda: None,
    ) -> None:
        self._ledger = Ledger(engine)
        self._ids = ids
        self._limit = queue_limit
        self._batch = batch  # events of one commit
        self._space = space
        self._committed = committed
        self._queue: deque[_Waiting] = deque()
        self._threads = ThreadPoolExecutor(_COMMITTERS, thread_name_prefix="intake")
        self._running: set[asyncio.Task[None]] = set()
        self.waiting = 0  # events queued or being committed

    async def submit(
        self, raws: Sequence[object], *, key_id: str | None, own: bool = False, atomic: bool = False
    ) -> list[Verdict]:
        """One Verdict per decoded CloudEvent, in order, once all of them are durable.

        Raises Busy when the queue is full, DiskFull below the floor, LedgerUnavailable when nothing was stored.
        """
        if self._space is not None and not self._space.enough():
            raise DiskFull("not enough free disk space to accept events")
        if self.waiting + len(raws) > self._limit:
            raise Busy("too many events are waiting; send them again in a moment")
        submission = Submission(raws, key_id, own)
        if atomic:
            return await self._alone(submission)
        waiting = _Waiting(submission, asyncio.get_running_loop().create_future())
        self.waiting += len(raws)
        self._queue.append(waiting)
        self._pump()
        return await waiting.answer

    async def stop(self) -> None:
        """Commits and answers what was taken, then ends the threads."""
        while self._running:
            await asyncio.wait(self._running)
        self._threads.shutdown(wait=True)

    async def _alone(self, submission: Submission) -> list[Verdict]:
        """Counted until its thread is done with it, also when the sender has gone."""
        count = len(submission.raws)
        self.waiting += count
        work = self._threads.submit(commit_atomic, self._ledger, self._ids, submission)
        loop = asyncio.get_running_loop()
        work.add_done_callback(lambda _: loop.call_soon_threadsafe(self._done_alone, count))
        verdicts = await asyncio.wrap_future(work)
        self._committed()
        return verdicts

    def _done_alone(self, count: int) -> None:
        self.waiting -= count

    def _pump(self) -> None:
        while self._queue and len(self._running) < _COMMITTERS:
            task = asyncio.get_running_loop().create_task(self._commit(self._next_batch()))
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        task.result()
        self._pump()

    def _next_batch(self) -> list[_Waiting]:
        batch = [self._queue.popleft()]
        size = len(batch[0].submission.raws)
        while self._queue and size + len(self._queue[0].submission.raws) <= self._batch:
            size += len(self._queue[0].submission.raws)
            batch.append(self._queue.popleft())
        return batch

    async def _commit(self, batch: list[_Waiting]) -> None:
        loop = asyncio.get_running_loop()
        work = [waiting.submission for waiting in batch]
        try:
            answers = await loop.run_in_executor(self._threads, commit, self._ledger, self._ids, work)
        except Exception as error:  # noqa: BLE001 - whatever it was, each sender must be answered, and none with success
            for waiting in batch:
                if not waiting.answer.cancelled():
                    waiting.answer.set_exception(error)
            return
        finally:
            self.waiting -= sum(len(waiting.submission.raws) for waiting in batch)
        self._committed()
        for waiting, verdicts in zip(batch, answers, strict=True):
            if not waiting.answer.cancelled():
                waiting.answer.set_result(verdicts)
