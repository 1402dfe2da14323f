"""A slow reader of live updates costs a bounded amount, and is told what it lost."""

from __future__ import annotations

import asyncio

import pytest

from customer360.errors import Unavailable
from customer360.history.model import EntryRemoved, FeedUpdate, Resync
from customer360.history.outbox import MAX_WAITING, Outbox


def removed(customer_id: str, number: int) -> FeedUpdate:
    return FeedUpdate(customer_id, EntryRemoved(f"cursor {number}", str(number)))


async def test_updates_come_in_order_and_wake_who_waits() -> None:
    outbox = Outbox()
    waiting = asyncio.create_task(outbox.take())
    await asyncio.sleep(0)
    outbox.put(removed("a", 1))
    outbox.put(removed("a", 2))
    assert [await waiting, await outbox.take()] == [removed("a", 1), removed("a", 2)]


async def test_too_many_waiting_updates_of_a_customer_become_one_resync() -> None:
    # given one update of one customer, and as many of another as may wait
    outbox = Outbox()
    outbox.put(removed("quiet", 0))
    for number in range(1, MAX_WAITING + 1):
        outbox.put(removed("busy", number))
    # when it goes on
    outbox.put(removed("busy", MAX_WAITING + 1))
    # then the quiet one loses nothing, and the busy one is told to read again and then goes on
    assert [await outbox.take() for _ in range(3)] == [
        removed("quiet", 0),
        FeedUpdate("busy", Resync(f"cursor {MAX_WAITING}", "TOO_SLOW")),
        removed("busy", MAX_WAITING + 1),
    ]


async def test_a_broken_outbox_gives_what_waits_and_then_the_error() -> None:
    outbox = Outbox()
    outbox.put(removed("a", 1))
    outbox.fail(Unavailable("stopping"))
    assert await outbox.take() == removed("a", 1)
    with pytest.raises(Unavailable):
        await outbox.take()
