from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import build_app
from api.assembly import make_edge
from api.edge import Edge
from api.readiness import Check
from customer360 import clock
from customer360.config import Settings
from customer360.privacy.roles import Scope
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.measures import Measures
from tests.api.conftest import ORIGIN
from tests.api.events import BATCH, event


def change(engine: Engine, statement: str) -> None:
    with transaction(engine) as cursor:
        cursor.execute(statement)


def measured(text: str) -> dict[str, float]:
    """{name{labels}: value} of an exposition."""
    return {
        sample.name + "".join(f"[{sample.labels[name]}]" for name in sorted(sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_service_with_everything_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "problems": {}})


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            "UPDATE consumer_cursor SET stalled = 'c360.new.v1' WHERE partition = 3",
            {"projection": "PARTITION_STALLED"},
        ),
        (
            "INSERT INTO failure (event_id, seq, partition, attempts, error) VALUES ('e', 1, 0, 2, 'x')",
            {"projection": "EVENTS_PARKED"},
        ),
        ("UPDATE public.alembic_version SET version_num = '0000'", {"database": "MIGRATION_MISSING"}),
    ],
)
def test_what_is_missing_is_named(
    client: TestClient, engine: Engine, statement: str, problem: dict[str, str]
) -> None:
    change(engine, statement)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "problems": problem})


def test_a_first_load_holds_readiness_back_until_its_end(client: TestClient, engine: Engine) -> None:
    Measures(engine).mark_loading(loading=True)
    Measures(engine).mark_loading(loading=True)
    assert client.get("/readyz").json()["problems"] == {"loading": "LOADING"}
    Measures(engine).mark_loading(loading=False)
    assert client.get("/readyz").status_code == 200


def test_others_can_add_checks(client: TestClient, edge: Edge) -> None:
    async def search() -> str | None:
        return "SEARCH_UNAVAILABLE"

    edge.readiness.append(Check("search", search))
    assert client.get("/readyz").json()["problems"] == {"search": "SEARCH_UNAVAILABLE"}


@pytest.fixture
def without_database(settings: Settings) -> Iterator[TestClient]:
    edge = make_edge(settings, "postgresql://nobody@127.0.0.1:1/nothing")
    with TestClient(build_app(edge), base_url=ORIGIN, client=("127.0.0.1", 50_000)) as made:
        yield made


def test_without_the_database_it_is_alive_not_ready_and_says_so_in_metrics(
    without_database: TestClient,
) -> None:
    assert without_database.get("/healthz").status_code == 200
    answer = without_database.get("/readyz")
    assert answer.status_code == 503
    assert set(answer.json()["problems"].values()) == {"LEDGER_UNAVAILABLE"}
    assert measured(without_database.get("/metrics").text)["c360_ledger_up"] == 0
    refused = without_database.post("/events", headers={"X-API-Key": "c360_" + "0" * 12 + "_" + "A" * 43})
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "LEDGER_UNAVAILABLE")


def test_metrics_count_requests_and_events(
    client: TestClient, sender: dict[str, str], engine: Engine
) -> None:
    # given a batch with an accepted, a repeated and a rejected event
    batch = [event("1"), event("1"), event("2", type="c360.nothing.v1")]
    client.post("/events", content=orjson.dumps(batch), headers=BATCH | sender)

    # when
    found = measured(client.get("/metrics").text)

    # then
    assert found["c360_events_total[accepted]"] == 1
    assert found["c360_events_total[duplicate]"] == 1
    assert found["c360_events_total[rejected]"] == 1
    assert found["c360_events_total[conflict]"] == 0
    assert found["c360_http_request_seconds_count[POST][/events][202]"] == 1
    assert found["c360_intake_waiting"] == 0
    assert found["c360_ledger_up"] == 1
    assert found["c360_quarantine_open"] == 1
    assert found["c360_projection_lag_seconds"] > 0
    assert found["c360_delivery_lag_seconds"] == 0
    assert found["c360_failures"] == 0
    assert found["c360_stalled_partitions"] == 0


def test_metrics_are_for_this_machine_or_the_scope(
    edge: Edge, key_header: Callable[..., dict[str, str]], sender: dict[str, str]
) -> None:
    # given a caller on another machine
    with TestClient(build_app(edge), base_url=ORIGIN, client=("10.0.0.9", 50_000)) as other:
        # then
        assert other.get("/metrics").status_code == 401
        assert other.get("/metrics", headers=sender).status_code == 403
        assert other.get("/metrics", headers=key_header(Scope.METRICS_READ)).status_code == 200


def test_a_page_of_another_name_cannot_read_metrics_with_a_made_up_credential(client: TestClient) -> None:
    # given a browser on this machine whose page has rebound its own name to us
    host = {"Host": "evil.example:8360"}

    # then
    assert client.get("/metrics", headers=host).status_code == 421
    assert client.get("/metrics", headers=host | {"Authorization": "Bearer x"}).status_code == 401
    assert client.get("/metrics", headers=host | {"X-API-Key": "x"}).status_code == 401


def test_behind_a_proxy_a_local_peer_proves_nothing(client: TestClient, edge: Edge) -> None:
    edge.settings = replace(edge.settings, public_url="https://c360.example")
    assert client.get("/metrics").status_code == 401


def test_paths_never_become_labels(client: TestClient) -> None:
    client.get("/52998224725")
    client.get("/events/schemas/52998224725")
    client.request("MARIA", "/events")
    text = client.get("/metrics").text
    assert "52998224725" not in text
    assert "MARIA" not in text


def test_events_that_nobody_projects_make_the_service_not_ready(client: TestClient, engine: Engine) -> None:
    # given an event that was accepted an hour ago and is still not projected
    with transaction(engine) as cursor:
        cursor.execute(
            "INSERT INTO event_log (partition, event_id, type, occurred_at, received_at, data)"
            " VALUES (3, 'e', 'c360.note.added.v1', 0, %s, '')",
            (clock.now() - clock.HOUR,),
        )
    # then readiness says so
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, {"projection": "PROJECTION_LATE"})
