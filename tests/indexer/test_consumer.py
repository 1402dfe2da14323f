"""What a projection consumer reads when its partitions stand at different places, and after an outage in between."""

from __future__ import annotations

from typing import Any

import pytest

from customer360.errors import LedgerUnavailable
from customer360.events import Event
from customer360.stores.postgres.engine import Cursor
from indexer.projection.consumer import BATCH, ProjectionConsumer
from indexer.projection.project import Projector
from tests.indexer.scenario import ZONE, Scenario, interaction

BUSY = "cpf:52998224725"


def test_a_new_consumer_misses_nothing_behind_a_long_handled_stretch(scenario: Scenario) -> None:
    # given partitions at very different places: many events of one customer, none of the others
    scenario.given(*(interaction(subject=BUSY, id=f"old-{number}") for number in range(BATCH + 50)))

    # when another worker starts, and an event of somebody else comes right then
    scenario.send(interaction(subject="cpf:11144477735", id="new"))
    scenario.project()

    # then it is projected
    assert scenario.rows("SELECT count(*) FROM timeline_entry") == [(BATCH + 51,)]


class FailingOnce(Projector):
    """An error of one event, and PostgreSQL gone right after the first half was committed."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario.ids, ZONE)
        self.calls = 0

    def project(self, cursor: Cursor, events: list[Event] | Any) -> int:
        self.calls += 1
        if self.calls == 1:
            raise ValueError("something about one of them")
        if self.calls == 3:
            raise LedgerUnavailable("gone for a moment")
        return super().project(cursor, events)


def test_an_outage_between_two_halves_projects_nothing_twice(scenario: Scenario) -> None:
    # given four events, the first two of which are committed before the outage
    scenario.send(*(interaction(subject=BUSY, id=f"e{number}") for number in range(4)))
    consumer = ProjectionConsumer(scenario.engine, scenario.ids, FailingOnce(scenario), "test")
    consumer.take_leases()
    with pytest.raises(LedgerUnavailable):
        consumer.run_once()

    # when it goes on
    while consumer.run_once():
        pass

    # then each event is counted once
    assert scenario.rows("SELECT count(*) FROM timeline_entry") == [(4,)]
    assert scenario.rows("SELECT sum(entries) FROM entry_count") == [(4,)]
