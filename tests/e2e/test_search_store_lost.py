"""Invariant 5: the search store can be deleted and rebuilt to the same answers while searches run; so can the read models."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from customer360.stores.ports import SearchDocument
from indexer.rebuild_models import rebuild_models
from indexer.reconcile import compare, heal
from tests.e2e.office import TIMELINE, Office
from tests.indexer.scenario import ZONE, event, interaction
from tests.schema.archive.test_documents import DOCUMENTS
from tests.schema.customers.test_page import PAGE
from tests.schema.desk import ANA, BIA

CUSTOMERS = """query($search: String!) { customers(search: $search, first: 10) {
  edges { node { id name } matchedOn } } }"""
# What differs from one moment to the next by its nature.
MOMENTARY = frozenset({"freshness", "liveCursor", "cursor", "startCursor", "endCursor", "reused", "at"})


def fill(office: Office) -> None:
    """Two customers with entries in several quarters since 1998, documents, offers; one entry is retracted."""
    raws = [
        interaction(
            title=f"fatura {n}" if n % 3 else f"cartão {n}",
            channel=("voice", "chat", "email")[n % 3],
            subject=(ANA, BIA)[n % 2],
            id=f"i{n}",
            time=f"{1998 + 2 * (n % 5)}-02-1{n % 10}T1{n % 7}:00:{n:02d}-03:00",
        )
        for n in range(56)
    ]
    raws += [
        event("profile.updated", {"name": "Ana Lúcia Gonçalves"}),
        event("profile.updated", {"name": "Beatriz Conceição"}, subject=BIA),
        event("offer.defined", {"offer": "o1", "name": "Cartão Ouro", "value": 9}, subject=None),
        event("offer.presented", {"offer": "o1", "channel": "web"}, subject=BIA),
        event("document.archived", {"title": "Contrato", "kind": "contract"}),
        event("document.archived", {"title": "Fatura de maio", "kind": "invoice"}, subject=BIA),
        event("entry.retracted", {"source": "crm", "id": "i7", "reason": "engano"}, subject=None),
    ]
    office.scenario.given(*raws)


async def answers(office: Office) -> dict[str, Any]:
    """Of many questions, by name, without what is of the moment."""
    ana, bia = office.customer(ANA), office.customer(BIA)
    asked: dict[str, Any] = {}
    for name, id in (("ana", ana), ("bia", bia)):
        asked[f"page of {name}"] = await office.ask(PAGE, id=id)
        for where in FILTERS:
            subject = ANA if name == "ana" else BIA
            asked[f"{name} {where}"] = await office.timeline(subject, filter=where)
    for text in ("ana", "gonsalves", "beatris conceicao", "52998224725", "ninguem"):
        asked[f"customers {text}"] = await office.ask(CUSTOMERS, search=text)
    asked["documents"] = await office.ask(DOCUMENTS, first=10)
    asked["contracts"] = await office.ask(DOCUMENTS, first=10, filter={"kinds": ["contract"]})
    return {name: lasting(answer) for name, answer in asked.items()}


FILTERS: list[dict[str, Any] | None] = [
    None,
    {"channels": ["CHAT"]},
    {"text": "cartao"},
    {"text": "faturas", "channels": ["VOICE", "EMAIL"]},
    {"from": "2000-02-15T00:00:00Z", "to": "2005-01-01T00:00:00Z"},
    {"withDocument": True},
]


def lasting(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: lasting(value) for name, value in part.items() if name not in MOMENTARY}
    return [lasting(value) for value in part] if isinstance(part, list) else part


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not condition():
            await asyncio.sleep(0.02)  # between two looks at what a worker is doing


async def test_a_deleted_store_degrades_answers_and_a_rebuild_restores_them(office: Office) -> None:
    # given answers with a whole store
    fill(office)
    office.deliver()
    before = await answers(office)
    with office.working():
        await until(lambda: office.scenario.rows("SELECT marks <> '{}' FROM search_generation") == [(True,)])
        # when everything of the store is deleted while readers ask
        readers = Readers(office, before)
        reading = asyncio.create_task(readers.read())
        await until(lambda: readers.rounds > 2)
        await asyncio.to_thread(office.wipe)
        await until(lambda: office.generations("lost") != [])
        at = readers.rounds
        await until(lambda: readers.rounds > at + 1)
        # and it is rebuilt, with an event arriving meanwhile
        office.scenario.send(interaction(title="novo", subject="cpf:39053344705"))
        copied = await asyncio.to_thread(office.rebuild)
        at = readers.rounds
        await until(lambda: readers.rounds > at + 1)
        readers.done.set()
        await reading
    # then no reader ever got a wrong or an empty answer: PostgreSQL answered, and texts were refused
    assert readers.wrong == []
    assert readers.degraded > 0
    assert readers.refused > 0
    # and afterwards all answers are what they were
    assert copied >= 60
    assert await answers(office) == before
    assert len(office.generations("live")) == 1
    assert (await office.timeline())["freshness"]["degraded"] is False
    assert await office.titles("cpf:39053344705") == ["novo"]


async def test_searches_never_fail_while_the_store_is_rebuilt_twice_beside_live_events(
    office: Office,
) -> None:
    # given a whole store and a worker
    fill(office)
    office.deliver()
    before = await answers(office)
    live = "cpf:39053344705"
    with office.working():
        # when it is rebuilt, twice, while searches run and events arrive
        readers = Readers(office, before, may_degrade=False)
        reading = asyncio.create_task(readers.read())
        arriving = asyncio.create_task(arrivals(office, live, readers.done))
        for _ in range(2):
            assert await asyncio.to_thread(office.rebuild) >= 60
        readers.done.set()
        await reading
        seen = await arriving
    # then every search was answered rightly by the search store, and every event was seen as soon as it was projected
    assert readers.wrong == []
    assert readers.rounds > 2
    assert all(visible == expected for visible, expected in seen)
    # and afterwards all answers are what they were, from the newest generation
    assert await answers(office) == before
    assert office.generations("live", "retired", "filling") == [f"{office.store[0]}0003"]


async def arrivals(office: Office, subject: str, done: asyncio.Event) -> list[tuple[list[str], list[str]]]:
    """Sends one event after the other; what a text search showed as soon as each was projected, and what it should."""
    seen: list[tuple[list[str], list[str]]] = []
    while not done.is_set() and len(seen) < 90:
        titles = [f"chegada {n}" for n in range(len(seen), -1, -1)]
        office.scenario.send(interaction(title=titles[0], subject=subject))
        await until(lambda: len(office.timeline_rows(subject)) > len(seen))
        seen.append((await office.titles(subject, first=100, filter={"text": "chegada"}), titles))
    return seen


async def test_read_models_rebuilt_from_the_ledger_give_the_same_answers(office: Office) -> None:
    # given answers, some of entries that are not confirmed
    fill(office)
    office.deliver()
    office.scenario.given(interaction(title="cartão quente"))
    before = await answers(office)
    # when all read models are derived again, while readers ask
    readers = Readers(office, before, may_degrade=False)
    reading = asyncio.create_task(readers.read())
    scenario = office.scenario
    changed = await asyncio.to_thread(
        rebuild_models, scenario.engine, scenario.ids, ZONE, "cli", threading.Event(), lambda _: None
    )
    readers.done.set()
    await reading
    # then nothing came out otherwise, and no reader noticed
    assert changed == 0
    assert readers.wrong == []
    assert await answers(office) == before
    # and the search store still follows
    office.deliver()
    assert await answers(office) == before


async def test_a_document_that_the_database_does_not_know_is_buried_where_it_lies(office: Office) -> None:
    # given a confirmed entry, and a stranger of the same customer in a quarter of its own
    office.scenario.given(interaction(title="nosso"))
    office.deliver()
    (name,) = office.generations("live")
    member = office.services.ids.member("cpf", ANA[4:])
    body = {"type": "note.added", "channel": "web", "title": "estranho", "source": "x", "received_at": 1}
    stranger = SearchDocument("entry", "f" * 32, 2, member, 1_200_000_000_000_000, body=body)
    office.services.writer.write(name, [stranger])
    office.services.writer.refresh(name)
    assert await office.titles(filter={"text": "estranho"}) == ["estranho"]
    # when store and database are compared, and an entry comes in between comparing and healing
    drift = compare(office.scenario.engine, office.services.writer, name)
    (late,) = office.scenario.given(interaction(title="tarde"))
    office.deliver()
    drift.foreign.append(("entry", late, 1))  # as a comparison sees one that was projected while it ran
    heal(office.scenario.engine, office.services.writer, name, drift, threading.Event())
    # then the stranger is gone, and nothing else is
    assert [(kind, id) for kind, id, _ in drift.foreign] == [("entry", "f" * 32), ("entry", late)]
    assert await office.titles(filter={"text": "estranho"}) == []
    assert await office.titles(filter={"text": "tarde"}) == ["tarde"]
    assert await office.titles() == ["tarde", "nosso"]
    assert compare(office.scenario.engine, office.services.writer, name).total == 0


class Readers:
    """Asks a plain and a text timeline again and again; each must be right, or say that it cannot."""

    def __init__(self, office: Office, before: dict[str, Any], *, may_degrade: bool = True) -> None:
        self.office = office
        self.before = before
        self.may_degrade = may_degrade
        self.done = asyncio.Event()
        self.rounds = self.degraded = self.refused = 0
        self.wrong: list[Any] = []

    async def read(self) -> None:
        while not self.done.is_set():
            await asyncio.gather(self._plain(), self._text())
            self.rounds += 1

    async def _plain(self) -> None:
        page = await self.office.timeline(ANA, filter={"channels": ["CHAT"]})
        degraded = page["freshness"]["degraded"]
        self.degraded += degraded
        if lasting(page) != self.before["ana {'channels': ['CHAT']}"] or (degraded and not self.may_degrade):
            self.wrong.append(page)

    async def _text(self) -> None:
        answer = await self.office.answer(
            TIMELINE, id=self.office.customer(ANA), first=50, filter={"text": "cartao"}
        )
        if answer.errors:
            code = answer.errors[0]["extensions"]["code"]
            if code != "SEARCH_UNAVAILABLE" or not self.may_degrade:
                self.wrong.append(answer.errors)
            self.refused += 1
        elif lasting((answer.data or {})["customer"]["timeline"]) != self.before["ana {'text': 'cartao'}"]:
            self.wrong.append(answer.data)
