"""What a customer page costs: as many statements and asks for a large customer as for a small one."""

from __future__ import annotations

import asyncio

from customer360.stores.ports import EntryFilter
from tests.stores.world import World


async def page_of(world: World, customer_id: str, where: EntryFilter) -> tuple[list[str], int, int]:
    """Statements, asks and entries of a customer page as GraphQL reads it: siblings side by side."""
    statements: list[str] = []
    world.services.session.on_statement = statements.append
    services, batch = world.services, world.services.batch()
    snapshot = await services.customers.snapshot(customer_id)
    assert snapshot is not None
    timeline, _, _ = await asyncio.gather(
        services.history.timeline(snapshot, batch, first=50, where=where),
        services.history.offer_history(snapshot, first=10),
        services.documents.of_customer(snapshot, batch, first=5),
    )
    world.services.session.on_statement = None
    return sorted(statements), batch.asks, len(timeline.entries)


async def test_a_customer_page_is_three_statements_and_one_ask_whatever_its_size(world: World) -> None:
    # given a customer with almost nothing, and one of five members with much of everything
    small = world.member("external", "small")
    world.entry(small, "one", 1)
    large = world.member("external", "large")
    members = [large, *(world.member("external", f"m{n}", large) for n in range(4))]
    world.live_generation()
    for number in range(300):
        member = members[number % 5]
        world.entry(member, f"e{number}", number, channel=("voice", "chat", "email")[number % 3])
        if number % 10 == 0:
            world.document(member, f"d{number}", number)
            world.contact(member, f"o{number % 7}", "presented", number)
    world.deliver()
    for number in range(40):
        world.entry(members[number % 5], f"hot{number}", number)
    # when
    for where in (EntryFilter(), EntryFilter(text="e1", channels=frozenset({"voice"}))):
        little = await page_of(world, small, where)
        much = await page_of(world, large, where)
        # then
        assert little[0] == much[0]
        assert len(much[0]) == 3
        assert little[1] == much[1] == 1
    assert (await page_of(world, large, EntryFilter()))[2] == 50


async def test_siblings_of_one_turn_share_an_ask_and_later_ones_have_their_own(world: World) -> None:
    world.live_generation()
    snapshots = await world.services.customers.snapshots(
        [world.member("external", f"m{number}") for number in range(4)]
    )
    batch, history = world.services.batch(), world.services.history
    known = [snapshot for snapshot in snapshots if snapshot is not None]
    await asyncio.gather(*(history.timeline(snapshot, batch, first=5) for snapshot in known))
    assert (len(known), batch.asks) == (4, 1)
    await history.timeline(known[0], batch, first=5)
    assert batch.asks == 2
