from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.edge import Edge
from customer360.errors import Busy, C360Error, DiskFull, LedgerUnavailable
from customer360.events import DEFINITIONS
from customer360.privacy.roles import Scope
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.quarantine import Quarantine
from tests.api.events import BATCH, STRUCTURED, event


def stored(engine: Engine) -> int:
    with transaction(engine) as cursor:
        cursor.execute("SELECT count(*) FROM event_log")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def test_a_single_event_is_accepted_then_a_duplicate(
    client: TestClient, sender: dict[str, str], engine: Engine
) -> None:
    # given one event
    body = orjson.dumps(event())

    # when it is sent twice
    first = client.post("/events", content=body, headers=STRUCTURED | sender)
    second = client.post("/events", content=body, headers=STRUCTURED | sender)

    # then it is stored once, and both answers name the same event
    assert (first.status_code, first.json()["outcome"]) == (202, "accepted")
    assert (second.status_code, second.json()) == (200, {"outcome": "duplicate", "id": first.json()["id"]})
    assert stored(engine) == 1


def test_other_content_under_the_same_id_is_a_conflict_and_kept(
    client: TestClient, sender: dict[str, str], engine: Engine
) -> None:
    # given an accepted event
    client.post("/events", content=orjson.dumps(event()), headers=STRUCTURED | sender)

    # when its id comes with other content
    changed = event(data={"channel": "chat"})
    answer = client.post("/events", content=orjson.dumps(changed), headers=STRUCTURED | sender)

    # then it is refused, and quarantine holds what was sent
    assert answer.status_code == 409
    assert answer.json()["outcome"] == "conflict"
    assert answer.json()["error"]["code"] == "ID_CONFLICT"
    assert stored(engine) == 1
    assert [orjson.loads(kept.body) for kept in Quarantine(engine).page()] == [changed]


def test_a_refused_event_says_code_and_field(
    client: TestClient, sender: dict[str, str], engine: Engine
) -> None:
    # given an event with an unknown channel
    body = orjson.dumps(event(data={"channel": "fax"}))

    # when it is sent
    answer = client.post("/events", content=body, headers=STRUCTURED | sender)

    # then
    assert answer.status_code == 400
    assert answer.json()["outcome"] == "rejected"
    assert answer.json()["error"]["code"] == "INVALID_DATA"
    assert answer.json()["error"]["field"] == "data.channel"
    assert stored(engine) == 0


def test_a_batch_answers_each_event_in_order(
    client: TestClient, sender: dict[str, str], engine: Engine
) -> None:
    # given an accepted event, and a batch with it again, another, a bad one and one that contradicts
    client.post("/events", content=orjson.dumps(event("1")), headers=STRUCTURED | sender)
    batch = [event("1"), event("2"), event("3", type="c360.nothing.v1"), event("1", data={"channel": "chat"})]

    # when
    answer = client.post("/events", content=orjson.dumps(batch), headers=BATCH | sender)

    # then
    assert answer.status_code == 202
    told = answer.json()
    assert {name: told[name] for name in ("accepted", "duplicate", "rejected", "conflict")} == {
        "accepted": 1,
        "duplicate": 1,
        "rejected": 1,
        "conflict": 1,
    }
    assert [(result["index"], result["outcome"], result.get("code")) for result in told["results"]] == [
        (0, "duplicate", None),
        (1, "accepted", None),
        (2, "rejected", "UNKNOWN_TYPE"),
        (3, "conflict", "ID_CONFLICT"),
    ]
    assert stored(engine) == 2


def test_of_a_batch_only_what_is_no_json_is_refused(
    client: TestClient, sender: dict[str, str], engine: Engine
) -> None:
    # given good events around half a character and around what is no number
    good = [orjson.dumps(event(str(number))) for number in range(2)]
    half = orjson.dumps(event("half")).replace(b'"voice"', b'"\\ud800"')
    score = event("score", type="c360.score.updated.v1", data={"name": "risk", "value": 7})
    number = orjson.dumps(score).replace(b"7}", b"NaN}")
    # when they are sent together
    body = b"[" + b",".join((good[0], half, number, good[1])) + b"]"
    answer = client.post("/events", content=body, headers=BATCH | sender)
    # then each has its own answer, and the guilty ones are kept as they were written
    assert answer.status_code == 202
    assert [(result["outcome"], result.get("code")) for result in answer.json()["results"]] == [
        ("accepted", None),
        ("rejected", "INVALID_TEXT"),
        ("rejected", "INVALID_NUMBER"),
        ("accepted", None),
    ]
    assert stored(engine) == 2
    kept = {item.code: item.body for item in Quarantine(engine).page()}
    assert b'"\\ud800"' in kept["INVALID_TEXT"]
    assert b'"value": NaN' in kept["INVALID_NUMBER"]
    # and the good ones are the same events when they come without the others
    again = client.post("/events", content=b"[" + b",".join(good) + b"]", headers=BATCH | sender)
    assert again.json()["duplicate"] == 2


def test_a_batch_with_nothing_new_is_200(client: TestClient, sender: dict[str, str]) -> None:
    # given a batch accepted before
    batch = orjson.dumps([event("1"), event("2")])
    first = client.post("/events", content=batch, headers=BATCH | sender)

    # when it comes again
    again = client.post("/events", content=batch, headers=BATCH | sender)

    # then
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json()["duplicate"] == 2


def test_atomic_is_all_or_nothing(client: TestClient, sender: dict[str, str], engine: Engine) -> None:
    # given a batch with one bad event
    batch = orjson.dumps([event("1"), event("2", subject="cpf:1")])

    # when it is sent as a whole
    answer = client.post("/events?atomic=true", content=batch, headers=BATCH | sender)

    # then nothing is stored and each event says why
    assert answer.status_code == 400
    assert answer.json()["accepted"] == 0
    assert answer.json()["results"][0]["code"] == "ATOMIC_ABORTED"
    assert stored(engine) == 0


@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        (Busy("full"), 429, "1"),
        (LedgerUnavailable("down"), 503, "5"),
        (DiskFull("full"), 507, "5"),
    ],
)
def test_what_cannot_be_stored_is_never_2xx(
    client: TestClient,
    sender: dict[str, str],
    edge: Edge,
    monkeypatch: pytest.MonkeyPatch,
    error: C360Error,
    status: int,
    retry_after: str,
) -> None:
    # given an intake that cannot take anything
    async def submit(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(edge.intake, "submit", submit)

    # when an event is sent
    answer = client.post("/events", content=orjson.dumps(event()), headers=STRUCTURED | sender)

    # then the sender is told to come back
    assert answer.status_code == status
    assert answer.headers["retry-after"] == retry_after
    assert answer.json()["error"]["code"] == error.code


def test_events_need_their_scope(
    client: TestClient, key_header: Callable[..., dict[str, str]], engine: Engine
) -> None:
    # given nobody, and a key that may only read
    body = orjson.dumps(event())

    # when they send an event
    anonymous = client.post("/events", content=body, headers=STRUCTURED)
    reader = client.post("/events", content=body, headers=STRUCTURED | key_header(Scope.GRAPHQL_READ))

    # then both are refused and nothing is stored
    assert anonymous.status_code == 401
    assert reader.status_code == 403
    assert reader.json()["error"] == {"code": "FORBIDDEN", "message": "this needs the scope events:write"}
    assert stored(engine) == 0


def test_the_catalogue_of_types_leads_to_their_schemas(client: TestClient) -> None:
    # given
    listed = client.get("/events/types").json()["types"]

    # when each schema is read
    answers = [client.get(entry["schema"]) for entry in listed]

    # then every type has one of its own name
    assert len(listed) == len(DEFINITIONS)
    assert [answer.json()["title"] for answer in answers] == [entry["type"] for entry in listed]
    assert client.get("/events/schemas/c360.nothing.v1").status_code == 404


def test_the_handshake_of_webhooks_allows_the_asker(client: TestClient) -> None:
    # when a sender asks before it sends
    answer = client.options("/events", headers={"WebHook-Request-Origin": "crm.example"})

    # then
    assert answer.status_code == 200
    assert answer.headers["webhook-allowed-origin"] == "crm.example"
    assert answer.headers["webhook-allowed-rate"] == "*"
    assert answer.headers["allow"] == "OPTIONS, POST"
