"""The demo company: exactly as much as is promised, all of it acceptable, and the same each time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from customer360 import clock
from customer360.errors import ConfigurationError
from customer360.events import parse
from customer360.ids import Ids
from customer360.stores.postgres.installation import LOADING, Installation
from indexer.demo.bill_pdf import draw
from indexer.demo.plan import DemoPlan, begin, finish
from indexer.demo.trickle import Trickle
from tests.indexer.scenario import Scenario, interaction

END = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHANNELS = {
    "voice", "ivr", "chat", "email", "sms", "mms", "whatsapp", "web", "mobile_app", "branch", "social", "print", "qr",
}  # fmt: skip


def test_a_whole_demo_is_as_large_as_promised() -> None:
    plan = DemoPlan(2_000, END)
    told = list(plan.tell())
    assert len({raw["id"] for raw in told}) == len(told) == 99_000
    assert (plan.documents, plan.events) == (1_000, 100_000)
    assert len({raw["subject"] for raw in told if "subject" in raw}) == 2_000
    assert Counter(raw["type"] for raw in told)["c360.offer.defined.v1"] == 30
    assert {raw["data"]["channel"] for raw in told if "channel" in raw["data"]} == CHANNELS
    times = [datetime.fromisoformat(raw["time"]) for raw in told]
    assert END - timedelta(days=730) <= min(times) < END - timedelta(days=700)
    assert END - timedelta(days=3) < max(times) <= END


def test_every_event_is_acceptable() -> None:
    ids, now = Ids(b"x"), clock.from_datetime(END)
    events = [parse(raw, ids, now) for raw in DemoPlan(60, END).tell()]
    assert len(events) == 60 * 50 - 30
    assert not any(event.future for event in events)


def test_the_same_plan_tells_the_same() -> None:
    plan, again = DemoPlan(20, END), DemoPlan(20, END)
    assert list(plan.tell()) == list(again.tell())
    assert [draw(bill) for bill in plan.bills()] == [draw(bill) for bill in again.bills()]
    assert len({draw(bill) for bill in plan.bills()}) == 10


def test_what_trickles_in_is_acceptable_and_never_repeats() -> None:
    ids, now = Ids(b"x"), clock.now()
    plan = DemoPlan(5, END)
    happenings = [next(iter(Trickle(plan.people))) for _ in range(50)]
    trickle = iter(Trickle(plan.people))
    happenings += [next(trickle) for _ in range(50)]
    events = [parse(raw, ids, now) for happening in happenings for raw in happening]
    assert len({event.id for event in events}) == len(events)
    assert {event.subject for event in events} <= {parse(raw, ids, now).subject for raw in plan.tell()}


def test_the_end_is_kept_and_a_loaded_demo_is_not_loaded_again(scenario: Scenario) -> None:
    # given a demo that began
    installation = Installation(scenario.engine)
    plan, needed = begin(installation, 20)
    assert needed
    assert installation.get(LOADING) == "demo"

    # when it is started again before and after it was loaded, with another size asked for
    resumed = begin(installation, 2_000)
    finish(installation)
    loaded = begin(installation, 2_000)

    # then it is the same demo, and only the first has to be loaded
    assert resumed == (plan, True)
    assert loaded == (plan, False)


def test_an_installation_with_other_data_is_left_alone(scenario: Scenario) -> None:
    scenario.given(interaction())
    installation = Installation(scenario.engine)
    with pytest.raises(ConfigurationError, match="not the demo's"):
        begin(installation, 20)
    assert (installation.get("demo"), installation.get(LOADING)) == (None, None)
