"""Live updates on a real change log: nothing missed between the page and the stream, and a Resync where it could be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import pytest

from customer360 import clock
from customer360.errors import CursorInvalid, NotFound, Unavailable
from customer360.history.cursors import CursorCodec, LiveCursor
from customer360.history.model import EntryAdded, EntryChanged, EntryRemoved, Resync, Update
from customer360.stores.postgres.notify import notify
from tests.stores.world import World

CPF = "52998224725"


def shown(update: Update) -> tuple[str, str]:
    """An update as (kind, title, id or reason)."""
    match update:
        case EntryAdded() | EntryChanged():
            return type(update).__name__, update.entry.title
        case EntryRemoved():
            return "EntryRemoved", update.id
        case Resync():
            return "Resync", update.reason


async def cursor_of(world: World, customer_id: str) -> str:
    snapshot = await world.services.customers.snapshot(customer_id)
    assert snapshot is not None
    page = await world.services.history.timeline(snapshot, world.services.batch(), first=1)
    return page.live_cursor


def cursor_at(world: World, seq: int, at: int | None = None) -> str:
    return CursorCodec(world.ids.digest).encode(LiveCursor(seq, clock.now() if at is None else at))


async def take(updates: AsyncIterator[Update], count: int) -> list[tuple[str, str]]:
    return [shown(await asyncio.wait_for(anext(updates), 20)) for _ in range(count)]


async def test_what_happened_since_the_page_and_what_happens_next(world: World) -> None:
    # given a page, and changes after it
    cpf, other = world.member("cpf", CPF), world.member("external", "X")
    old = world.entry(cpf, "old", 1)
    gone = world.entry(cpf, "gone", 2)
    after = await cursor_of(world, cpf)
    world.entry(cpf, "missed", 3)
    world.touch(old)
    world.hide(gone)
    world.entry(other, "not theirs", 4)
    # when subscribed
    async with aclosing(world.services.live.updates(cpf, after)) as updates:
        replayed = await take(updates, 3)
        # and more happens, without and with a wake-up
        late = world.entry(cpf, "live", 5)
        swept = await take(updates, 1)
        world.touch(late)
        notify(world.services.engine)
        woken = await take(updates, 1)
    # then
    assert replayed == [("EntryAdded", "missed"), ("EntryChanged", "old"), ("EntryRemoved", gone)]
    assert swept == [("EntryAdded", "live")]
    assert woken == [("EntryChanged", "live")]


async def test_a_stream_goes_on_from_the_cursor_of_its_last_update(world: World) -> None:
    cpf = world.member("cpf", CPF)
    after = await cursor_of(world, cpf)
    for minute in range(3):
        world.entry(cpf, f"e{minute}", minute)
    async with aclosing(world.services.live.updates(cpf, after)) as updates:
        first = await asyncio.wait_for(anext(updates), 20)
    async with aclosing(world.services.live.updates(cpf, first.cursor)) as updates:
        rest = await take(updates, 2)
    assert shown(first) == ("EntryAdded", "e0")
    assert rest == [("EntryAdded", "e1"), ("EntryAdded", "e2")]


async def test_several_changes_of_one_entry_tell_once_and_the_last(world: World) -> None:
    cpf = world.member("cpf", CPF)
    after = await cursor_of(world, cpf)
    entry = world.entry(cpf, "new", 1)
    world.sql("UPDATE timeline_entry SET title = 'newer' WHERE id = %s", entry)
    world.touch(entry)
    world.entry(cpf, "next", 2)
    async with aclosing(world.services.live.updates(cpf, after)) as updates:
        assert await take(updates, 2) == [("EntryAdded", "newer"), ("EntryAdded", "next")]


async def test_a_change_of_members_is_a_resync_and_the_stream_follows_the_new_members(world: World) -> None:
    # given a stream of a customer
    cpf, phone = world.member("cpf", CPF), world.member("phone", "+5511987654321")
    after = await cursor_of(world, cpf)
    async with aclosing(world.services.live.updates(cpf, after)) as updates:
        world.entry(cpf, "before", 1)
        assert await take(updates, 1) == [("EntryAdded", "before")]
        # when it is merged with another one
        world.join(phone, cpf, phone)
        assert await take(updates, 1) == [("Resync", "CUSTOMER_CHANGED")]
        # then what happens to the other's key comes too
        world.entry(phone, "after", 2)
        later = await take(updates, 1)
        if later[0][0] == "Resync":  # each member's change may come in a read of its own
            later = await take(updates, 1)
    assert later == [("EntryAdded", "after")]


Place = Callable[[World, int], str]
LOST: dict[str, tuple[Place, str]] = {
    "too old by its age": (
        lambda world, seq: cursor_at(world, seq, clock.now() - 15 * clock.MINUTE),
        "CURSOR_TOO_OLD",
    ),
    "trimmed": (lambda world, seq: cursor_at(world, 1), "CURSOR_TOO_OLD"),
    "ahead of the log": (lambda world, seq: cursor_at(world, seq + 1), "CURSOR_AHEAD"),
}


@pytest.mark.parametrize("how", LOST)
async def test_a_cursor_that_cannot_be_followed_is_a_resync(world: World, how: str) -> None:
    # given a log whose beginning was trimmed
    cpf = world.member("cpf", CPF)
    for minute in range(5):
        world.entry(cpf, f"e{minute}", minute)
    world.sql("DELETE FROM change_log WHERE seq <= 3")
    [(newest,)] = world.sql("SELECT max(seq) FROM change_log")
    make, reason = LOST[how]
    # when
    async with aclosing(world.services.live.updates(cpf, make(world, newest))) as updates:
        first = await take(updates, 1)
        world.entry(cpf, "next", 9)
        following = await take(updates, 1)
    # then it is told, and the stream goes on from now
    assert first == [("Resync", reason)]
    assert following == [("EntryAdded", "next")]


async def test_a_log_trimmed_to_nothing_does_not_count_as_lost(world: World) -> None:
    # given cursors of a log with one change, all confirmed, and of the same log emptied
    cpf = world.member("cpf", CPF)
    world.entry(cpf, "old", 1)
    world.live_generation()
    world.confirm()
    held = await cursor_of(world, cpf)
    world.sql("DELETE FROM change_log")
    fresh = await cursor_of(world, cpf)
    # when something happens after the log was emptied
    world.entry(cpf, "new", 2)
    # then cursors of before and after that both lead to it
    for after in (held, fresh):
        async with aclosing(world.services.live.updates(cpf, after)) as updates:
            assert await take(updates, 1) == [("EntryAdded", "new")]


async def test_a_feed_of_several_customers_tells_whose_each_update_is(world: World) -> None:
    # given three customers of which two are followed, one of them twice, by an older id too
    first, second, third = (world.member("external", name) for name in "ABC")
    second_key = world.member("phone", "+5511987654321", second)
    pairs = [(first, await cursor_of(world, first)), (second_key, await cursor_of(world, second))]
    # when something happens to each
    async with aclosing(world.services.live.feed(pairs)) as feed:
        for member in (third, second, first):
            world.entry(member, f"of {member}", 1)
        told = [await asyncio.wait_for(anext(feed), 20) for _ in range(2)]
    # then each carries the id it was asked with
    assert sorted((update.customer_id, shown(update.update)[1]) for update in told) == sorted(
        [(first, f"of {first}"), (second_key, f"of {second}")]
    )


async def test_a_stream_for_nobody_or_with_a_foreign_cursor_is_refused(world: World) -> None:
    cpf = world.member("cpf", CPF)
    with pytest.raises(NotFound):
        await anext(world.services.live.updates("f" * 32, await cursor_of(world, cpf)))
    with pytest.raises(CursorInvalid):
        await anext(world.services.live.updates(cpf, "12"))


async def test_many_streams_read_the_log_once(world: World) -> None:
    # given twenty streams of one customer
    cpf = world.member("cpf", CPF)
    after = await cursor_of(world, cpf)
    streams = [world.services.live.updates(cpf, after) for _ in range(20)]
    try:
        world.entry(cpf, "first", 1)
        assert (
            await asyncio.gather(*(take(stream, 1) for stream in streams)) == [[("EntryAdded", "first")]] * 20
        )
        # when something happens
        statements: list[str] = []
        world.services.session.on_statement = statements.append
        world.entry(cpf, "second", 2)
        await asyncio.gather(*(take(stream, 1) for stream in streams))
        # then the entry was read once
        assert sum("FROM timeline_entry" in statement for statement in statements) == 1
    finally:
        for stream in streams:
            await stream.aclose()


async def test_a_stream_survives_the_loss_of_its_connections(world: World) -> None:
    # given a stream that was told something
    cpf = world.member("cpf", CPF)
    async with aclosing(world.services.live.updates(cpf, await cursor_of(world, cpf))) as updates:
        world.entry(cpf, "before", 1)
        assert await take(updates, 1) == [("EntryAdded", "before")]
        # when the server ends every connection but ours
        world.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        world.entry(cpf, "after", 2)
        # then
        assert await take(updates, 1) == [("EntryAdded", "after")]


async def test_closing_the_services_ends_the_streams(world: World) -> None:
    cpf = world.member("cpf", CPF)
    updates = world.services.live.updates(cpf, await cursor_of(world, cpf))
    world.entry(cpf, "e", 1)
    await take(updates, 1)
    await world.services.live.close()
    with pytest.raises(Unavailable):
        await asyncio.wait_for(anext(updates), 20)
