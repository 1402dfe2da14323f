"""Customers out of PostgreSQL: found by any id or key, folded over members, as one instant shows them."""

from __future__ import annotations

import pytest

from customer360 import clock
from customer360.errors import BadInput, CursorInvalid
from customer360.keys import Key
from customer360.stores.ports import SearchDocument
from tests.stores.world import BASE, World

CPF = "52998224725"
PHONE = "+5511987654321"


async def test_every_member_and_protocol_finds_the_customer(world: World) -> None:
    # given a customer of two members, and a protocol that points at the second
    cpf = world.member("cpf", CPF)
    phone = world.member("phone", PHONE, cpf)
    protocol = world.ids.member("protocol", "2025ABC")
    world.sql("INSERT INTO alias VALUES (%s, '2025ABC', %s, 1, '', false)", protocol, phone)
    # when it is read by each of them
    found = await world.services.customers.snapshots([cpf, phone, protocol, "f" * 32, "not an id"])
    # then all lead to the one customer, and nothing else does
    assert [snapshot and snapshot.id for snapshot in found] == [cpf, cpf, cpf, None, None]
    assert found[0] is not None
    assert found[0].member_ids == tuple(sorted([cpf, phone]))
    assert [(key.type, key.value) for key in found[0].keys] == [("cpf", CPF), ("phone", PHONE)]
    by_key = await world.services.customers.by_key(Key.make("protocol", "2025-abc"))
    assert by_key is not None
    assert by_key.id == cpf


async def test_a_protocol_with_rows_of_its_own_is_read_with_the_customer(world: World) -> None:
    # given an entry stored under a protocol that was the subject of an event
    cpf = world.member("cpf", CPF)
    protocol, other = world.ids.member("protocol", "P1"), world.ids.member("protocol", "P2")
    world.sql("INSERT INTO alias VALUES (%s, 'P1', %s, 1, '', true)", protocol, cpf)
    world.sql("INSERT INTO alias VALUES (%s, 'P2', %s, 1, '', false)", other, cpf)
    entry = world.entry(protocol, "under the protocol", 1)
    world.live_generation()
    # when the customer's timeline is read
    snapshot = await world.services.customers.snapshot(cpf)
    assert snapshot is not None
    page = await world.services.history.timeline(snapshot, world.services.batch(), first=10)
    # then the entry is on it, and the protocol that is nobody's subject is not asked for
    assert snapshot.reading_ids == tuple(sorted([cpf, protocol]))
    assert [shown.id for shown in page.entries] == [entry]


async def test_a_protocol_that_nobody_carried_is_a_customer_of_its_own(world: World) -> None:
    protocol = world.ids.member("protocol", "P1")
    world.sql("INSERT INTO alias VALUES (%s, 'P1', NULL, 1, '', true)", protocol)
    snapshot = await world.services.customers.snapshot(protocol)
    assert snapshot is not None
    assert (snapshot.id, snapshot.member_ids, snapshot.keys[0].type) == (protocol, (protocol,), "protocol")


async def test_what_several_members_say_is_folded(world: World) -> None:
    # given two members that disagree
    cpf = world.member("cpf", CPF)
    phone = world.member("phone", PHONE, cpf)
    for member, name, at in ((cpf, "Ana Sousa", 5), (phone, "Ana Souza", 9)):
        world.sql("INSERT INTO profile_attribute VALUES (%s, 'name', %s, %s, 'e')", member, f'"{name}"', at)
    world.sql("INSERT INTO profile_attribute VALUES (%s, 'city', '\"Recife\"', 3, 'a')", cpf)
    world.sql("INSERT INTO profile_attribute VALUES (%s, 'city', 'null', 4, 'a')", phone)
    world.sql("INSERT INTO segment VALUES (%s, 'gold', 'Ouro', true, 1, 'a')", cpf)
    world.sql("INSERT INTO segment VALUES (%s, 'vip', NULL, true, 1, 'a')", cpf)
    world.sql("INSERT INTO segment VALUES (%s, 'gold', 'Ouro', false, 2, 'a')", phone)
    world.sql("INSERT INTO score VALUES (%s, 'churn', 0.2, NULL, 1, 'b')", cpf)
    world.sql("INSERT INTO score VALUES (%s, 'churn', 0.7, 99, 1, 'a')", phone)
    world.sql("INSERT INTO consent VALUES (%s, 'marketing', '', true, 'crm', 1, 'a')", cpf)
    world.sql("INSERT INTO consent VALUES (%s, 'marketing', '', false, 'app', 2, 'a')", phone)
    world.sql("INSERT INTO ownership VALUES ('e1', %s, 'card', 1), ('e2', %s, 'card', 2)", cpf, phone)
    world.sql("INSERT INTO merge VALUES ('m1', %s, %s, 7, 'same person', 'bia', NULL)", cpf, phone)
    world.sql("INSERT INTO merge VALUES ('m2', %s, %s, 8, 'undone', 'bia', 9)", cpf, phone)
    # when
    snapshot = await world.services.customers.snapshot(phone)
    # then the latest word of each holds
    assert snapshot is not None
    assert snapshot.name == "Ana Souza"
    assert snapshot.attributes == ()
    assert [(segment.id, segment.name) for segment in snapshot.segments] == [("vip", "vip")]
    assert [(score.name, score.value, score.valid_until) for score in snapshot.scores] == [
        ("churn", 0.2, None)
    ]
    assert [(c.purpose, c.channel, c.granted, c.source) for c in snapshot.consents] == [
        ("marketing", None, False, "app")
    ]
    assert snapshot.products == ("card",)
    assert [(merge.id, merge.reason, merge.by) for merge in snapshot.merges] == [("m1", "same person", "bia")]


async def test_channels_come_from_the_counters_and_one_look_at_each_channel(world: World) -> None:
    cpf = world.member("cpf", CPF)
    for minute in range(3):
        world.entry(cpf, f"call {minute}", minute)
    hidden = world.entry(cpf, "gone", 9)
    world.hide(hidden)
    world.entry(cpf, "chat", 4, channel="chat")
    world.contact(cpf, "card", "accepted", 4, channel="chat")
    world.contact(cpf, "card", "declined", 5, channel="chat")
    snapshot = await world.services.customers.snapshot(cpf)
    assert snapshot is not None
    assert snapshot.counts == {"voice": 3, "chat": 1}
    shown = {
        use.channel: (use.interactions, use.last_at, use.preference, use.sample_size)
        for use in snapshot.channels
    }
    assert shown == {
        "voice": (3, BASE + 2 * clock.MINUTE, "PREFERRED", 3),
        "chat": (1, BASE + 4 * clock.MINUTE, "USED", 2),
    }
    assert next(use.best_hour for use in snapshot.channels if use.channel == "voice") == 10


async def test_as_of_is_the_oldest_event_that_waits_for_projection_in_any_partition(world: World) -> None:
    # given a customer, and nothing waiting
    cpf = world.member("cpf", CPF)
    before = clock.now()
    still = await world.services.customers.snapshot(cpf)
    # when events are accepted in other partitions, and one of them is projected
    for partition, received in ((3, 500), (4, 400), (5, 300)):
        world.sql(
            "INSERT INTO event_log (partition, event_id, type, occurred_at, received_at, data)"
            " VALUES (%s, %s, 't', 1, %s, '')",
            partition, str(partition), received,
        )  # fmt: skip
    world.sql("UPDATE consumer_cursor SET pos = 3 WHERE consumer = 'projection' AND partition = 5")
    waiting = await world.services.customers.snapshot(cpf)
    # then
    assert still is not None
    assert waiting is not None
    assert abs(still.as_of - before) < clock.MINUTE
    assert waiting.as_of == 400
    assert not waiting.incomplete


async def test_a_parked_event_makes_the_customer_incomplete(world: World) -> None:
    cpf = world.member("cpf", CPF)
    world.sql(
        "INSERT INTO failure (event_id, seq, partition, member_id, attempts, error) VALUES ('e', 1, 1, %s, 2, 'x')",
        cpf,
    )
    snapshot = await world.services.customers.snapshot(cpf)
    assert snapshot is not None
    assert snapshot.incomplete


async def test_index_lag_is_the_age_of_the_oldest_change_not_confirmed(world: World) -> None:
    # given changes of which all are confirmed
    cpf = world.member("cpf", CPF)
    entry = world.entry(cpf, "old", 1)
    world.live_generation()
    world.confirm()
    confirmed = await world.services.customers.snapshot(cpf)
    # when one more happened ten seconds ago
    world.touch(entry)
    world.sql("UPDATE change_log SET at = at - 10000000 WHERE seq = (SELECT max(seq) FROM change_log)")
    waiting = await world.services.customers.snapshot(cpf)
    # then
    assert confirmed is not None
    assert waiting is not None
    assert confirmed.index_lag_ms == 0
    assert confirmed.hot.entries == ()
    assert 10_000 <= waiting.index_lag_ms < 60_000
    assert [hot.id for hot in waiting.hot.entries] == [entry]
    assert waiting.live_cursor == confirmed.live_cursor + 1


async def test_another_stores_generation_is_not_asked(world: World) -> None:
    cpf = world.member("cpf", CPF)
    world.sql("INSERT INTO search_generation (name, store, state) VALUES ('e0001', 'elasticsearch', 'live')")
    snapshot = await world.services.customers.snapshot(cpf)
    assert snapshot is not None
    assert snapshot.confirmed is None


async def test_while_two_generations_live_the_lower_position_counts(world: World) -> None:
    cpf = world.member("cpf", CPF)
    entry = world.entry(cpf, "new", 1)
    world.live_generation()
    world.confirm()
    world.live_generation("p0002")
    snapshot = await world.services.customers.snapshot(cpf)
    assert snapshot is not None
    assert snapshot.confirmed is not None
    assert set(snapshot.confirmed.values()) == {0}
    assert [hot.id for hot in snapshot.hot.entries] == [entry]


async def test_what_could_not_be_delivered_is_hot(world: World) -> None:
    cpf = world.member("cpf", CPF)
    entry = world.entry(cpf, "poison", 1)
    world.live_generation()
    world.confirm()
    world.sql(
        "INSERT INTO undelivered (generation, doc_id, kind, partition, member_id, version, reason)"
        " VALUES ('p0001', %s, 'entry', 1, %s, 2, 'x')",
        entry, cpf,
    )  # fmt: skip
    snapshot = await world.services.customers.snapshot(cpf)
    assert snapshot is not None
    assert [hot.id for hot in snapshot.hot.entries] == [entry]


# ---------------------------------------------------------------- search


def named(world: World, member_id: str, name: str) -> SearchDocument:
    return SearchDocument("member", member_id, 1, member_id, 1, body={"name": name, "key_type": "cpf"})


async def test_customers_are_found_by_key_before_name_and_once_each(world: World) -> None:
    # given a customer of two members of the same name, and another one whose account is that name
    cpf = world.member("cpf", CPF, name="Maria Silva")
    phone = world.member("phone", PHONE, cpf, name="Maria Silva")
    account = world.member("account", "MARIA SILVA")
    world.live_generation()
    world.write([named(world, cpf, "Maria Silva"), named(world, phone, "Maria Silva")])
    # when
    page = await world.services.customers.search(world.services.batch(), text=" maria silva ", first=10)
    # then
    assert [(hit.customer.id, hit.matched_on) for hit in page.hits] == [(account, "account"), (cpf, "name")]
    assert (page.has_next, page.has_previous, page.degraded) == (False, False, False)


@pytest.mark.parametrize(("text", "matched_on"), [("529.982.247-25", "cpf"), ("(11) 98765-4321", "phone")])
async def test_a_key_is_found_however_it_is_written(world: World, text: str, matched_on: str) -> None:
    cpf = world.member("cpf", CPF)
    world.member("phone", PHONE, cpf)
    page = await world.services.customers.search(world.services.batch(), text=text, first=10)
    assert [(hit.customer.id, hit.matched_on) for hit in page.hits] == [(cpf, matched_on)]
    assert not page.degraded


async def test_a_search_pages_to_the_end(world: World) -> None:
    # given 25 customers of one name
    world.live_generation()
    members = [world.member("external", f"x{number}", name="João Souza") for number in range(25)]
    world.write([named(world, member, "João Souza") for member in members])
    # when paged by ten
    seen, after, pages = [], None, 0
    while True:
        page = await world.services.customers.search(
            world.services.batch(), text="joao souza", first=10, after=after
        )
        seen += [hit.customer.id for hit in page.hits]
        pages += 1
        if not page.has_next:
            break
        after = page.hits[-1].cursor
    # then each came once
    assert sorted(seen) == sorted(members)
    assert pages == 3


async def test_without_the_search_store_only_exact_names_are_found_and_it_says_so(world: World) -> None:
    cpf = world.member("cpf", CPF, name="Maria Silva")
    page = await world.services.customers.search(world.services.batch(), text="maria silva", first=10)
    typo = await world.services.customers.search(world.services.batch(), text="mariah silva", first=10)
    assert [(hit.customer.id, hit.matched_on) for hit in page.hits] == [(cpf, "name")]
    assert (page.degraded, typo.degraded, typo.hits) == (True, True, ())


@pytest.mark.parametrize("text", ["", "  ", "x" * 201])
async def test_a_search_for_nothing_is_refused(world: World, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        await world.services.customers.search(world.services.batch(), text=text, first=10)
    assert refused.value.field == "search"


async def test_a_cursor_of_another_search_is_refused(world: World) -> None:
    world.member("external", "ANA")
    page = await world.services.customers.search(world.services.batch(), text="ANA", first=1)
    with pytest.raises(CursorInvalid):
        await world.services.customers.search(
            world.services.batch(), text="BIA", first=1, after=page.hits[0].cursor
        )
