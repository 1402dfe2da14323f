"""Live updates out of the change log: replay from a cursor, then the stream."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from customer360.history.cursors import CursorCodec, LiveCursor
from customer360.history.hub import Hub
from customer360.history.model import FeedUpdate, Update
from customer360.history.outbox import Outbox


class LiveFeed:
    """All subscriptions of a process share one reader of the change log."""

    def __init__(self, hub: Hub, codec: CursorCodec) -> None:
        self._hub = hub
        self._codec = codec

    async def updates(self, customer_id: str, after: str) -> AsyncGenerator[Update, None]:
        """Every change of the customer's timeline after the cursor, without end. CursorInvalid, NotFound."""
        async with aclosing(self.feed([(customer_id, after)])) as feed:
            async for update in feed:
                yield update.update

    async def feed(self, customers: Sequence[tuple[str, str]]) -> AsyncGenerator[FeedUpdate, None]:
        """Several customers in one stream, each as (customer id, cursor). Close the iterator to end it.

        A customer named several times is followed once, from the earliest of its cursors.
        """
        places: dict[str, LiveCursor] = {}
        for customer_id, text in customers:
            after = self._codec.live(text)
            places[customer_id] = min(places.get(customer_id, after), after, key=lambda place: place.seq)
        outbox = Outbox()
        subscriptions = []
        try:
            for customer_id, after in places.items():
                subscriptions.append(await self._hub.subscribe(customer_id, after, outbox))
            while True:
                yield await outbox.take()
        finally:
            for subscription in subscriptions:
                self._hub.unsubscribe(subscription)

    async def close(self) -> None:
        """Ends the shared reader; streams that are still open get nothing more."""
        await self._hub.close()
