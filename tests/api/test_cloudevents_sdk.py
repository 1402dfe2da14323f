"""The CloudEvents SDK as a sender that does not know us."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from sqlalchemy import Engine
from starlette.testclient import TestClient

from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.ledger import decode


def ledger(engine: Engine) -> list[Any]:
    with transaction(engine) as cursor:
        cursor.execute("SELECT data FROM event_log ORDER BY seq")
        return [orjson.loads(decode(row[0])) for row in cursor.fetchall()]


@pytest.mark.parametrize("bind", [to_binary_event, to_structured_event])
def test_the_sdk_sends_and_the_ledger_holds_what_it_meant(
    bind: Callable[[CloudEvent], HTTPMessage], client: TestClient, sender: dict[str, str], engine: Engine
) -> None:
    # given an event of the SDK with text that headers cannot hold as it is
    sent = CloudEvent(
        {
            "specversion": "1.0",
            "id": "ligação 1",
            "source": "crm/são paulo",
            "type": "c360.interaction.recorded.v1",
            "subject": "email:joao@example.com",
            "time": datetime(2026, 1, 2, 13, tzinfo=UTC),
            "datacontenttype": "application/json",
            "comexampletrace": "abc",
        },
        {"channel": "voice", "title": "Ligação"},
    )
    message = bind(sent)

    # when
    answer = client.post("/events", content=message.body, headers=dict(message.headers) | sender)

    # then
    assert answer.status_code == 202, answer.text
    (held,) = ledger(engine)
    assert held["id"] == "ligação 1"
    assert held["source"] == "crm/são paulo"
    assert held["comexampletrace"] == "abc"
    assert held["data"] == {"channel": "voice", "title": "Ligação"}
    assert datetime.fromisoformat(held["time"]) == datetime(2026, 1, 2, 13, tzinfo=UTC)


def test_data_that_is_not_json_is_rejected_and_kept(
    client: TestClient, sender: dict[str, str], engine: Engine
) -> None:
    # given a binary event with XML
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "1",
        "ce-source": "crm",
        "ce-type": "c360.note.added.v1",
        "content-type": "text/xml",
    }

    # when
    answer = client.post("/events", content=b"<note/>", headers=headers | sender)

    # then
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "INVALID_DATA"
    assert ledger(engine) == []
    with transaction(engine) as cursor:
        cursor.execute("SELECT body FROM quarantine")
        (kept,) = cursor.fetchall()
    assert orjson.loads(decode(kept[0]))["data"] == "<note/>"
