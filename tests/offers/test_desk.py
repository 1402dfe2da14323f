from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from psycopg2.extras import Json
from sqlalchemy import Engine, event

from customer360 import clock
from customer360.ids import Ids
from customer360.offers.desk import OfferDesk, Request
from customer360.offers.model import Context, Decision
from customer360.stores.postgres.engine import make_engine, transaction
from customer360.stores.postgres.offers import PostgresOffers
from customer360.stores.postgres.reading.session import ReadSession

ZONE = ZoneInfo("America/Sao_Paulo")
NOW = 1_764_000_000_000_000
ANA, HER_PHONE, BIA = "a" * 32, "b" * 32, "c" * 32


class Desk:
    """The desk on a real database, counting statements."""

    def __init__(self, engine: Engine, reading: Engine) -> None:
        self.engine = engine
        self.statements: list[str] = []
        session = ReadSession(reading, self.statements.append)
        self.desk = OfferDesk(PostgresOffers(session, engine), Ids(b"secret"), asyncio.to_thread, ZONE)

    def run(self, statement: str, *rows: Sequence[Any]) -> None:
        with transaction(self.engine) as cursor:
            for row in rows:
                cursor.execute(statement, row)

    def define(self, code: str, *, by: str = "e1", **data: Any) -> None:
        defined = Json({"offer": code, "name": code.title(), **data})
        self.run(
            "INSERT INTO offer (id, defined, defined_at, defined_by) VALUES (%s, %s, 1, %s) "
            "ON CONFLICT (id) DO UPDATE SET defined = excluded.defined, defined_by = excluded.defined_by",
            (code, defined, by),
        )

    def contact(
        self, event_id: str, member: str, offer: str, kind: str, at: int, *, hidden: bool = False
    ) -> None:
        self.run(
            "INSERT INTO offer_contact (event_id, member_id, offer_id, kind, channel, occurred_at, until, hidden) "
            "VALUES (%s, %s, %s, %s, 'email', %s, %s, %s)",
            (event_id, member, offer, kind, at, at + clock.DAY if kind == "deferred" else None, hidden),
        )

    async def ask(self, now: int = NOW, *, channel: str = "voice", first: int = 3) -> Decision:
        context = Context(channel=channel)
        return await self.desk.decide(Request(ANA, [ANA, HER_PHONE], context, "agent-1", now, first))

    def decisions(self) -> int:
        with transaction(self.engine) as cursor:
            cursor.execute("SELECT count(*) FROM decision")
            return int(cursor.fetchone()[0])  # type: ignore[index]  # a count always has its row


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    engine, reading = make_engine(database_url), make_engine(database_url)
    yield Desk(engine, reading)
    engine.dispose()
    reading.dispose()


def offers(decision: Decision) -> list[str]:
    return [suggestion.offer for suggestion in decision.answer.offers]


async def test_the_same_question_within_a_minute_is_one_decision(desk: Desk) -> None:
    # given
    desk.define("seguro", value=5)
    # when asked, asked again a moment before the minute is over, and at its end
    first = await desk.ask()
    again = await desk.ask(NOW + 60 * clock.SECOND - 1)
    later = await desk.ask(NOW + 60 * clock.SECOND)
    # then
    assert (first.reused, again.reused, later.reused) == (False, True, False)
    assert (again.id, again.at, again.answer) == (first.id, first.at, first.answer)
    assert later.id != first.id
    assert desk.decisions() == 2
    assert await desk.desk.decision(first.id) == first


async def test_another_context_or_number_is_another_question(desk: Desk) -> None:
    desk.define("seguro", value=5)
    made = {(await desk.ask()).id, (await desk.ask(channel="chat")).id, (await desk.ask(first=1)).id}
    assert len(made) == 3


async def test_racing_questions_make_one_decision(desk: Desk) -> None:
    desk.define("seguro", value=5)
    made = await asyncio.gather(*(desk.ask() for _ in range(6)))
    assert len({decision.id for decision in made}) == 1
    assert sorted(decision.reused for decision in made) == [False, True, True, True, True, True]


async def test_a_changed_fact_or_catalogue_makes_a_new_decision(desk: Desk) -> None:
    # given
    desk.define("seguro", value=5)
    first = await desk.ask()
    # when a word about one member comes in, and then the offer is defined anew
    desk.run("INSERT INTO segment VALUES (%s, 'gold', 'Gold', true, 1, 'e9')", (HER_PHONE,))
    second = await desk.ask()
    desk.define("seguro", by="e2", value=7)
    third = await desk.ask()
    # then
    assert len({first.id, second.id, third.id}) == 3
    assert third.answer.offers[0].value == 7


async def test_only_a_presentation_not_retracted_counts_and_it_counts_for_every_member(desk: Desk) -> None:
    # given one offer of each history
    for code in ("shown", "seen", "retracted", "hers"):
        desk.define(code, by=code)
    desk.contact("1", HER_PHONE, "shown", "presented", NOW - clock.DAY)
    desk.contact("2", ANA, "seen", "seen", NOW - clock.DAY)
    desk.contact("3", ANA, "retracted", "presented", NOW - clock.DAY, hidden=True)
    desk.contact("4", BIA, "hers", "presented", NOW - clock.DAY)
    # then
    decision = await desk.ask()
    assert offers(decision) == ["hers", "retracted", "seen"]
    (exclusion,) = decision.answer.excluded
    assert (exclusion.offer, exclusion.reasons[0].until) == ("shown", NOW + 29 * clock.DAY)


async def test_a_deferral_holds_until_a_later_answer(desk: Desk) -> None:
    desk.define("seguro")
    desk.contact("1", ANA, "seguro", "deferred", NOW - 10)
    assert offers(await desk.ask()) == []
    desk.contact("2", HER_PHONE, "seguro", "declined", NOW - 5)
    assert offers(await desk.ask()) == ["seguro"]


async def test_reads_every_kind_of_fact_folded_over_members(desk: Desk) -> None:
    # given words of both members, the later one of each pair in the phone's
    for member, at, uf, entered in ((ANA, 1, "SP", True), (HER_PHONE, 2, "PR", False)):
        row = (member, at)
        desk.run("INSERT INTO profile_attribute VALUES (%s, 'uf', %s, %s, 'e')", (member, Json(uf), at))
        desk.run("INSERT INTO segment VALUES (%s, 'gold', 'Gold', %s, %s, 'e')", (member, entered, at))
        desk.run("INSERT INTO score VALUES (%s, 'churn', %s, NULL, %s, 'e')", (member, at / 10, at))
        desk.run("INSERT INTO consent VALUES (%s, 'marketing', '', true, 's', %s, 'e')", row)
    desk.run("INSERT INTO ownership VALUES ('e', %s, 'conta', 1)", (ANA,))
    rules = [
        {"fact": "profile", "name": "uf", "op": "eq", "value": "PR"},
        {"fact": "segment", "name": "gold", "op": "is_not"},
        {"fact": "score", "name": "churn", "op": "ge", "value": 0.2},
        {"fact": "owns", "name": "conta"},
    ]
    desk.define("seguro", rules=rules, consent="marketing")
    # then each rule finds its fact
    decision = await desk.ask()
    assert offers(decision) == ["seguro"]
    stages = [reason.stage for reason in decision.answer.offers[0].reasons]
    assert stages == ["eligibility"] * 4 + ["contact_policy", "consent", "arbitration"]


async def test_a_withdrawn_offer_says_so_and_is_back_when_defined_again(desk: Desk) -> None:
    desk.define("seguro")
    desk.run("UPDATE offer SET withdrawn_at = %s, withdrawn_by = 'e2'", (NOW,))
    decision = await desk.ask()
    assert decision.answer.excluded[0].reasons[0].rule == "withdrawn"
    desk.run("UPDATE offer SET defined_at = %s, defined_by = 'e3'", (NOW + 1,))
    assert offers(await desk.ask()) == ["seguro"]


async def test_an_offer_that_ended_long_ago_is_no_longer_told_of(desk: Desk) -> None:
    # given one withdrawn 90 days ago and one a moment later
    for code, at in (("velha", NOW - 90 * clock.DAY), ("recente", NOW - 90 * clock.DAY + 1)):
        desk.define(code, by=code)
        desk.run("UPDATE offer SET withdrawn_at = %s, withdrawn_by = 'w' WHERE id = %s", (at, code))
    # then
    assert [exclusion.offer for exclusion in (await desk.ask()).answer.excluded] == ["recente"]


async def test_asks_two_statements_whatever_the_catalogue_holds(desk: Desk) -> None:
    for number in range(40):
        desk.define(f"o{number}", by=str(number), value=number)
    await desk.ask()
    desk.statements.clear()
    kept: list[str] = []
    event.listen(desk.engine, "checkout", lambda *_: kept.append("transaction"))
    await desk.ask(NOW + clock.MINUTE)
    assert (len(desk.statements), len(kept)) == (1, 1)
