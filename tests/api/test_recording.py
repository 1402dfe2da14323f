from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Engine

from api.edge import Edge
from api.recording import Recording
from customer360.privacy.principal import Principal
from customer360.privacy.roles import Role
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.projected import Projections
from tests.api.events import event

ANA = Principal.of_account("a" * 32, "Ana", Role.AGENT, "pt-BR")


@pytest.fixture
async def recording(edge: Edge, engine: Engine) -> AsyncIterator[Recording]:
    yield Recording(edge, ANA, Projections(engine))
    await edge.close()


def change(engine: Engine, statement: str) -> None:
    with transaction(engine) as cursor:
        cursor.execute(statement)


async def test_facts_of_people_are_events_of_the_services_own_source(
    recording: Recording, engine: Engine
) -> None:
    # when a fact is recorded under the reserved source
    (verdict,) = await recording.record([event(source="c360:notes")])

    # then it is in the ledger under the principal
    assert verdict.outcome == "accepted"
    with transaction(engine) as cursor:
        cursor.execute("SELECT event_id, key_id FROM event_log")
        assert cursor.fetchall() == [(verdict.id, ANA.id)]


async def test_an_event_counts_as_projected_when_its_cursor_has_passed_it(
    recording: Recording, engine: Engine
) -> None:
    # given two recorded facts and no worker
    verdicts = await recording.record([event("1", source="c360:x"), event("2", source="c360:x")])
    ids = [str(verdict.id) for verdict in verdicts]
    assert not await recording.projected(ids, timeout=0.02)

    # when the cursors pass the first, then both
    change(engine, "UPDATE consumer_cursor SET pos = 1 WHERE consumer = 'projection'")
    assert await recording.projected(ids[:1])
    assert not await recording.projected(ids, timeout=0.02)
    change(engine, "UPDATE consumer_cursor SET pos = 2 WHERE consumer = 'projection'")

    # then
    assert await recording.projected(ids)
    assert not await recording.projected([*ids, "0" * 32], timeout=0.02)


async def test_a_parked_event_is_not_projected(recording: Recording, engine: Engine) -> None:
    # given a recorded fact whose projection failed
    (verdict,) = await recording.record([event(source="c360:x")])
    change(engine, "UPDATE consumer_cursor SET pos = 1 WHERE consumer = 'projection'")
    change(
        engine,
        "INSERT INTO failure (event_id, seq, partition, attempts, error)"
        f" VALUES ('{verdict.id}', 1, 0, 2, 'ValueError')",
    )

    # then
    assert not await recording.projected([str(verdict.id)], timeout=0.02)
