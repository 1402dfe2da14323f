"""The one reader of the change log in a process: hands each change to the subscriptions that follow its member."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from customer360.clock import MINUTE
from customer360.errors import LedgerUnavailable, NotFound, Unavailable
from customer360.history.changes import Change, Extent
from customer360.history.cursors import CursorCodec, LiveCursor
from customer360.history.outbox import Outbox
from customer360.history.ports import ChangeStore, EntryStore
from customer360.history.subscription import Subscription, first_of_each, once_each
from customer360.history.wakeup import Wakeup
from customer360.threads import Threads

STEP = 2_000  # change rows read at once
MARGIN = MINUTE  # a row is stamped before it is visible, and trimmed by that stamp

# The ids a customer is read with, or None for an unknown id; blocking.
MembersOf = Callable[[str], frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class _Joining:
    """A subscription that waits to be taken up; `at` is the age of its cursor."""

    subscription: Subscription
    at: int
    joined: asyncio.Future[None]

    def settle(self, error: BaseException | None = None) -> bool:
        """True when it may begin. The one who waited may have gone, or been told of an error already."""
        if self.joined.done():
            return False
        if error is None:
            self.joined.set_result(None)
        else:
            self.joined.set_exception(error)
        return error is None


class Hub:
    """Runs while anybody subscribes. Every change after `_seq` is still to be handed out."""

    def __init__(
        self,
        changes: ChangeStore,
        entries: EntryStore,
        members_of: MembersOf,
        wakeup: Wakeup,
        codec: CursorCodec,
        threads: Threads,
        window: int,
    ) -> None:
        self._changes = changes
        self._entries = entries
        self._members_of = members_of
        self._wakeup = wakeup
        self._codec = codec
        self._threads = threads
        self._window = window  # µs for which change rows are kept
        self._subscriptions: set[Subscription] = set()
        self._joining: list[_Joining] = []
        self._task: asyncio.Task[None] | None = None
        self._seq = 0
        self._interrupted = False

    async def subscribe(self, customer_id: str, after: LiveCursor, outbox: Outbox) -> Subscription:
        """Returns when everything up to now is in the outbox; NotFound for an id that nothing has."""
        members = await self._threads.run(self._members_of, customer_id)
        if members is None:
            raise NotFound("there is no such customer", field="customerId")
        subscription = Subscription(customer_id, members, after.seq, outbox, self._codec)
        joined = asyncio.get_running_loop().create_future()
        self._joining.append(_Joining(subscription, after.at, joined))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
            self._task.add_done_callback(self._ended)
        self._wakeup.wake()
        try:
            await joined
        except BaseException:  # also when the one who asked went away meanwhile
            self.unsubscribe(subscription)
            raise
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._wakeup.close()

    # ------------------------------------------------------------ the reader

    async def _run(self) -> None:
        self._seq = (await self._threads.run(self._changes.extent)).newest
        while self._subscriptions or self._joining:
            try:
                await self._join()
                await self._recover()
                await self._advance()
            except LedgerUnavailable:
                self._interrupted = True  # the next turn finds what was missed
            if not self._joining:
                await self._wakeup.wait()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A reader that broke must not leave streams waiting for ever."""
        error = Unavailable("the service is stopping") if task.cancelled() else task.exception()
        if error is None:
            return
        for subscription in self._subscriptions:
            subscription.outbox.fail(error)
        for joining in self._joining:
            joining.settle(error)
        self._subscriptions.clear()
        self._joining.clear()

    async def _join(self) -> None:
        while self._joining:
            joining = self._joining[0]
            try:
                await self._begin(joining.subscription, joining.at)
            except LedgerUnavailable as error:
                joining.settle(error)
            if joining.settle():
                self._subscriptions.add(joining.subscription)
            self._joining.pop(0)

    async def _begin(self, subscription: Subscription, at: int) -> None:
        extent = await self._threads.run(self._changes.extent)
        if subscription.after > extent.highest:
            subscription.resync(self._seq, extent.now, "CURSOR_AHEAD")
        elif self._is_trimmed(subscription.after, at, extent):
            subscription.resync(self._seq, extent.now, "CURSOR_TOO_OLD")
        if subscription.stale:
            await self._renew(subscription)
        await self._replay(subscription)

    def _is_trimmed(self, after: int, at: int, extent: Extent) -> bool:
        """Rows are trimmed by age, partition by partition: so a gap tells, and where none shows, the cursor's age."""
        return 0 < after < extent.oldest - 1 or at < extent.now - self._window + MARGIN

    async def _replay(self, subscription: Subscription) -> None:
        """What the log holds for it from its own place to the reader's."""
        while subscription.after < self._seq:
            members = sorted(subscription.members)
            changes = await self._threads.run(
                self._changes.of_members, members, subscription.after, self._seq, STEP
            )
            await self._tell([subscription], changes)
            if subscription.stale:
                await self._renew(subscription)
            elif len(changes) < STEP:
                return

    async def _renew(self, subscription: Subscription) -> None:
        """After a resync: the members of now, and nothing of what the log holds already."""
        members = await self._threads.run(self._members_of, subscription.customer_id)
        subscription.members = members or frozenset()
        subscription.after = self._seq
        subscription.stale = False

    async def _recover(self) -> None:
        if not self._interrupted:
            return
        extent = await self._threads.run(self._changes.extent)
        if 0 < self._seq < extent.oldest - 1 or self._seq > extent.highest:
            self._seq = extent.newest
            for subscription in list(self._subscriptions):
                subscription.resync(self._seq, extent.now, "CURSOR_TOO_OLD")
                await self._renew(subscription)
        self._interrupted = False

    async def _advance(self) -> None:
        while True:
            changes = await self._threads.run(self._changes.after, self._seq, STEP)
            if not changes:
                return
            await self._tell(list(self._subscriptions), changes)
            self._seq = changes[-1].seq
            for subscription in [held for held in self._subscriptions if held.stale]:
                await self._renew(subscription)
            if len(changes) < STEP:
                return

    async def _tell(self, subscriptions: Sequence[Subscription], changes: Sequence[Change]) -> None:
        followers = _followers(subscriptions)
        relevant = [c for c in changes if c.member_id in followers and c.kind in ("entry", "group")]
        if not relevant:
            return
        first = first_of_each(relevant)
        entries = await self._threads.run(self._entries.entries, [change.doc_id for change in first])
        known = await self._threads.run(self._changes.known_before, first)
        for change in once_each(relevant):
            for subscription in followers[change.member_id]:
                if subscription.wants(change):
                    subscription.tell(change, entries.get(change.doc_id), known=change.doc_id in known)


def _followers(subscriptions: Iterable[Subscription]) -> dict[str | None, list[Subscription]]:
    followers: dict[str | None, list[Subscription]] = defaultdict(list)
    for subscription in subscriptions:
        for member in subscription.members:
            followers[member].append(subscription)
    return dict(followers)
