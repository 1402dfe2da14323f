"""The timeline on real PostgreSQL: search tables and hot tail as one answer, and what is left without them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from customer360 import clock
from customer360.customers.model import CustomerSnapshot
from customer360.errors import BadInput, CursorInvalid, SearchUnavailable
from customer360.history.batch import SearchBatch
from customer360.history.model import TimelinePage
from customer360.ids import Ids
from customer360.stores.ports import Answer, EntryFilter, Question
from tests.stores.world import BASE, World

CPF = "52998224725"
VOICE = EntryFilter(channels=frozenset({"voice"}))


class Silent:
    """A search store that does not answer: the fault of these tests."""

    async def ask(self, questions: Sequence[Question]) -> list[Answer]:
        raise SearchUnavailable("it is down")

    async def close(self) -> None: ...


async def snapshot_of(world: World, customer_id: str) -> CustomerSnapshot:
    snapshot = await world.services.customers.snapshot(customer_id)
    assert snapshot is not None
    return snapshot


async def read(
    world: World,
    customer_id: str,
    *,
    first: int = 100,
    after: str | None = None,
    where: EntryFilter | None = None,
    batch: SearchBatch | None = None,
) -> TimelinePage:
    snapshot = await snapshot_of(world, customer_id)
    batch = batch or world.services.batch()
    return await world.services.history.timeline(snapshot, batch, first=first, after=after, where=where)


def titles(page: TimelinePage) -> list[str]:
    return [entry.title for entry in page.entries]


async def test_confirmed_and_hot_entries_are_one_timeline(world: World) -> None:
    # given confirmed entries, then one changed, one retracted, one late and one new, none of these confirmed
    cpf = world.member("cpf", CPF)
    world.live_generation()
    ids = {name: world.entry(cpf, name, minute) for minute, name in enumerate(["a", "b", "c", "d"], start=10)}
    world.deliver()
    world.sql("UPDATE timeline_entry SET title = 'b2' WHERE id = %s", ids["b"])
    world.touch(ids["b"])
    world.hide(ids["c"])
    world.entry(cpf, "late", 1)
    world.entry(cpf, "new", 20, channel="chat")
    # when
    page = await read(world, cpf)
    # then each shows once, in its newest version, at its place in time
    assert titles(page) == ["new", "d", "b2", "a", "late"]
    assert page.facets == {"voice": 4, "chat": 1}
    assert (page.has_next, page.has_previous, page.freshness.degraded) == (False, False, False)


async def test_a_filter_looks_at_the_hot_version_not_at_the_indexed_one(world: World) -> None:
    # given an entry that was indexed with one word and now has another, and a hot entry of another channel
    cpf = world.member("cpf", CPF)
    world.live_generation()
    entry = world.entry(cpf, "cartão bloqueado", 1)
    world.entry(cpf, "boleto", 2)
    world.deliver()
    world.sql("UPDATE timeline_entry SET title = 'limite aumentado' WHERE id = %s", entry)
    world.touch(entry)
    world.entry(cpf, "limites", 3, channel="chat")
    # when searched by the old and the new word, only in voice
    old = await read(world, cpf, where=replace(VOICE, text="cartao"))
    new = await read(world, cpf, where=replace(VOICE, text="LIMITE"))
    # then only the new one finds it; the facets count all channels
    assert (titles(old), old.facets) == ([], {})
    assert (titles(new), new.facets) == (["limite aumentado"], {"voice": 1, "chat": 1})


async def test_every_filter_holds_on_both_sides(world: World) -> None:
    cpf = world.member("cpf", CPF)
    world.live_generation()
    kinds: list[dict[str, object]] = [
        {},
        {"channel": "chat"},
        {"direction": "outbound"},
        {"type": "note.added"},
        {"with_document": True},
        {"direction": None},
    ]
    for minute, columns in enumerate(kinds):
        world.entry(cpf, f"indexed {minute}", minute, **columns)
    world.deliver()
    for minute, columns in enumerate(kinds):
        world.entry(cpf, f"hot {minute}", minute, **columns)
    wheres = {
        1: EntryFilter(channels=frozenset({"chat"})),
        2: EntryFilter(directions=frozenset({"outbound"})),
        3: EntryFilter(types=frozenset({"note.added"})),
        4: EntryFilter(with_document=True),
        5: EntryFilter(since=BASE + 5 * clock.MINUTE),
        0: EntryFilter(until=BASE + clock.MINUTE),
    }
    for number, where in wheres.items():
        searched = await read(world, cpf, where=where)
        alone = await read(world, cpf, where=where, batch=SearchBatch(Silent()))
        assert sorted(titles(searched)) == [f"hot {number}", f"indexed {number}"]
        assert titles(alone) == titles(searched)
        assert alone.facets == searched.facets
        assert alone.freshness.degraded


@pytest.mark.parametrize("lost", ["no answer", "no generation"])
async def test_without_the_search_store_postgresql_answers_but_never_guesses_at_text(
    world: World, lost: str
) -> None:
    # given a timeline, and a search store that is lost
    cpf = world.member("cpf", CPF)
    for minute in range(5):
        world.entry(cpf, f"e{minute}", minute)
    if lost == "no answer":
        world.live_generation()
    batch = SearchBatch(Silent())
    # when paged
    first = await read(world, cpf, first=3, batch=batch)
    rest = await read(world, cpf, first=3, after=first.end_cursor, batch=batch)
    # then all is there and marked
    assert titles(first) + titles(rest) == ["e4", "e3", "e2", "e1", "e0"]
    assert (first.has_next, rest.has_next) == (True, False)
    assert (first.freshness.degraded, first.facets, rest.facets) == (True, {"voice": 5}, None)
    # and a text is refused, not answered with nothing
    with pytest.raises(SearchUnavailable):
        await read(world, cpf, where=EntryFilter(text="e1"), batch=batch)


async def test_above_500_hot_entries_postgresql_answers_also_text(world: World) -> None:
    # given 501 hot entries of which two have a word, far apart
    cpf = world.member("cpf", CPF)
    world.live_generation()
    for minute in range(501):
        world.entry(cpf, "reclamações" if minute in (0, 499) else "ligação", minute)
    # when
    page = await read(world, cpf, first=2)
    found = await read(world, cpf, first=2, where=EntryFilter(text="reclamacao"))
    # then
    assert (titles(page), page.has_next, page.freshness.degraded) == (["ligação", "reclamações"], True, True)
    assert (titles(found), found.has_next, found.freshness.degraded) == (["reclamações"] * 2, False, True)
    assert (page.facets, found.facets) == ({"voice": 501}, None)


async def test_a_page_of_text_that_is_not_read_to_the_end_goes_on_from_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given more hot entries than one page may read, the only match at the far end
    monkeypatch.setattr("customer360.history.timeline.SCAN_STEPS", 1)
    cpf = world.member("cpf", CPF)
    world.live_generation()
    for minute in range(502):
        world.entry(cpf, "boleto" if minute == 0 else "ligação", minute)
    # when
    where = EntryFilter(text="boletos")
    empty = await read(world, cpf, first=5, where=where)
    last = await read(world, cpf, first=5, where=where, after=empty.end_cursor)
    # then the first page is empty but not the last
    assert (titles(empty), empty.has_next) == ([], True)
    assert (titles(last), last.has_next) == (["boleto"], False)


async def test_paging_survives_what_happens_meanwhile(world: World) -> None:
    # given ten entries, half of them confirmed, and a first page of three
    cpf = world.member("cpf", CPF)
    phone = world.member("phone", "+5511987654321")
    world.live_generation()
    for minute in range(5):
        world.entry(cpf, f"e{minute}", minute)
    world.deliver()
    for minute in range(5, 10):
        world.entry(cpf, f"e{minute}", minute)
    world.entry(phone, "other", 2)
    page = await read(world, cpf, first=3)
    began = page.live_cursor
    seen = titles(page)
    # when entries arrive at the top, late ones below, all are confirmed, and the customer is merged into another one
    world.entry(cpf, "top", 50)
    world.entry(cpf, "late", 0)
    world.deliver()
    world.join(phone, cpf)
    while page.has_next:
        page = await read(world, cpf, first=3, after=page.end_cursor)
        seen += titles(page)
        assert page.live_cursor == began
    # then every entry of then came once, in order, and nothing of the other customer
    assert [title for title in seen if title.startswith("e")] == [f"e{n}" for n in range(9, -1, -1)]
    assert sorted(set(seen)) == sorted(seen)
    assert "other" not in seen
    assert "top" not in seen
    # and a new paging shows both
    assert "other" in titles(await read(world, cpf))


async def test_paging_goes_on_over_the_members_of_then_after_an_unmerge(world: World) -> None:
    cpf = world.member("cpf", CPF)
    phone = world.member("phone", "+5511987654321", cpf)
    world.live_generation()
    for minute in range(3):
        world.entry(cpf, f"c{minute}", 2 * minute)
        world.entry(phone, f"p{minute}", 2 * minute + 1)
    page = await read(world, cpf, first=2)
    seen = titles(page)
    world.join(phone, phone)
    while page.has_next:
        page = await read(world, cpf, first=2, after=page.end_cursor)
        seen += titles(page)
    assert seen == ["p2", "c2", "p1", "c1", "p0", "c0"]
    # and the cursor is no way to read the first customer's entries as the second's
    with pytest.raises(CursorInvalid):
        await read(world, phone, first=2, after=(await read(world, cpf, first=1)).end_cursor)


Change = Callable[[str], str]
FOREIGN: dict[str, Change] = {
    "not base64": lambda cursor: "*" + cursor[1:],
    "one letter changed": lambda cursor: ("A" if cursor[0] != "A" else "B") + cursor[1:],
    "cut": lambda cursor: cursor[:-4],
    "empty": lambda cursor: "",
    "huge": lambda cursor: cursor * 1_000,
}


@pytest.mark.parametrize("how", FOREIGN)
async def test_a_cursor_that_is_not_ours_is_refused(world: World, how: str) -> None:
    cpf = world.member("cpf", CPF)
    world.entry(cpf, "e", 1)
    world.entry(cpf, "f", 2)
    page = await read(world, cpf, first=1)
    assert page.end_cursor is not None
    with pytest.raises(CursorInvalid) as refused:
        await read(world, cpf, first=1, after=FOREIGN[how](page.end_cursor))
    assert (refused.value.code, refused.value.field) == ("CURSOR_INVALID", "after")


async def test_a_cursor_of_another_filter_list_or_customer_is_refused(world: World) -> None:
    cpf, other = world.member("cpf", CPF), world.member("external", "X")
    for member in (cpf, other):
        world.entry(member, f"e {member}", 1)
    page = await read(world, cpf, first=1)
    with pytest.raises(CursorInvalid):
        await read(world, cpf, after=page.end_cursor, where=VOICE)
    with pytest.raises(CursorInvalid):
        await read(world, other, after=page.end_cursor)
    with pytest.raises(CursorInvalid):
        await world.services.history.offer_history(
            await snapshot_of(world, cpf), first=1, after=page.end_cursor
        )


@pytest.mark.parametrize("first", [0, 101, -1])
async def test_the_size_of_a_page_is_bounded(world: World, first: int) -> None:
    cpf = world.member("cpf", CPF)
    with pytest.raises(BadInput) as refused:
        await read(world, cpf, first=first)
    assert refused.value.field == "first"


async def test_one_entry_and_what_it_was_sent_as(world: World) -> None:
    # given an entry, a re-recorded one, a hidden one and one without a customer
    cpf = world.member("cpf", CPF)
    event = world.ids.event("crm", "42")
    world.sql(
        "INSERT INTO event_log (partition, event_id, type, occurred_at, data) VALUES (1, %s, 't', 1, %s)",
        event, b'\x00{"source": "crm", "id": "42"}',
    )  # fmt: skip
    shown, hidden = world.entry(cpf, "shown", 1, id=event), world.entry(cpf, "hidden", 2)
    again = world.entry(cpf, "again", 3, origin_id=event)
    nobody = world.entry(None, "nobody", 4)
    world.hide(hidden)
    history = world.services.history
    # then
    found = await history.entry(event)
    assert found is not None
    assert found.title == "shown"
    assert [await history.entry(id) for id in (hidden, nobody, Ids(b"x").make("y"))] == [None, None, None]
    originals = [await history.original(id) for id in (shown, again, nobody)]
    assert [original and (original.source, original.source_id) for original in originals] == [
        ("crm", "42"),
        ("crm", "42"),
        None,
    ]


async def test_offer_history_is_paged_newest_first_over_all_members(world: World) -> None:
    cpf = world.member("cpf", CPF)
    phone = world.member("phone", "+5511987654321", cpf)
    world.sql("INSERT INTO offer (id, defined) VALUES ('card', '{\"name\": \"Cartão Ouro\"}')")
    world.contact(cpf, "card", "presented", 1)
    world.contact(phone, "card", "accepted", 2)
    world.contact(cpf, "loan", "declined", 3, reason="caro", hidden=False)
    world.contact(cpf, "loan", "presented", 4, hidden=True)
    snapshot = await snapshot_of(world, cpf)
    history = world.services.history
    first = await history.offer_history(snapshot, first=2)
    rest = await history.offer_history(snapshot, first=2, after=first.cursor_of(first.contacts[-1]))
    assert [(c.offer_id, c.name, c.kind, c.reason) for c in (*first.contacts, *rest.contacts)] == [
        ("loan", "loan", "declined", "caro"),
        ("card", "Cartão Ouro", "accepted", None),
        ("card", "Cartão Ouro", "presented", None),
    ]
    assert (first.has_next, first.has_previous, rest.has_next, rest.has_previous) == (
        True,
        False,
        False,
        True,
    )
