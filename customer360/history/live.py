"""Live updates out of the change log: replay from a cursor, then the stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from customer360.history.model import FeedUpdate, Update


class LiveFeed:
    """All subscriptions of a process share one reader of the change log."""

    def updates(self, customer_id: str, after: str) -> AsyncIterator[Update]:
        """Every change of the customer's timeline after the cursor, without end. CursorInvalid, NotFound."""
        raise NotImplementedError

    def feed(self, customers: Sequence[tuple[str, str]]) -> AsyncIterator[FeedUpdate]:
        """Several customers in one stream, each as (customer id, cursor)."""
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError
