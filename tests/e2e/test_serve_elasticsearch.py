"""The installed service with its worker on a real Elasticsearch: an event comes in, is visible, is searchable."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.e2e.service import RunningService

QUERY = """query($text: String) { customer(key: {type: CPF, value: "52998224725"}) {
  timeline(first: 5, filter: {text: $text}) { nodes { title } freshness { degraded indexLagMs } } } }"""
SECONDS = 30.0


def ask(service: RunningService, token: str, text: str | None) -> dict[str, Any] | None:
    """The timeline; None while there is no such customer."""
    answer = httpx2.post(
        f"{service.url}/graphql",
        headers={"authorization": f"Bearer {token}"},
        json={"query": QUERY, "variables": {"text": text}},
        timeout=SECONDS,
    ).json()
    assert "errors" not in answer, answer
    customer = answer["data"]["customer"]
    found: dict[str, Any] | None = customer and customer["timeline"]
    return found


def when(service: RunningService, token: str, text: str | None, *, confirmed: bool) -> dict[str, Any]:
    """The timeline once it shows something, confirmed by the search store or not."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        found = ask(service, token, text)
        if found and found["nodes"] and (found["freshness"]["indexLagMs"] == 0 or not confirmed):
            return found
        time.sleep(0.05)  # between two looks at a service that is working
    raise AssertionError(service.log())


@pytest.fixture
def service(elasticsearch_url: str, index_prefix: str) -> Iterator[RunningService]:
    """On a folder that the account of its PostgreSQL can pass, with Elasticsearch."""
    extra = {
        "ELASTICSEARCH_URL": elasticsearch_url,
        "C360_INDEX_PREFIX": index_prefix,
        "C360_CONSOLE_REQUIRED": "false",
    }
    with tempfile.TemporaryDirectory(prefix="c360-e2e-") as folder:
        running = RunningService(Path(folder), extra)
        try:
            running.start()
            running.add_people()
            yield running
        finally:
            running.stop()


def test_an_event_sent_to_the_service_becomes_visible_and_searchable(
    service: RunningService, elasticsearch_url: str, index_prefix: str
) -> None:
    # given a running service, an agent, and an event of a key that may send it
    token = service.token("agent")
    event = {
        "specversion": "1.0",
        "type": "c360.interaction.recorded.v1",
        "source": "crm",
        "id": "1",
        "time": "2026-03-01T12:00:00-03:00",
        "subject": "cpf:52998224725",
        "data": {"channel": "voice", "title": "Reclamações da cobrança"},
    }
    # when it is sent
    sent = httpx2.post(
        f"{service.url}/events",
        headers={"authorization": f"Bearer {service.key}", "content-type": "application/cloudevents+json"},
        json=event,
    )
    assert sent.status_code == 202, sent.text
    # then it is visible, then searchable, and found by a word as people type it
    visible = when(service, token, None, confirmed=False)
    found = when(service, token, "reclamacao", confirmed=True)
    assert visible["nodes"] == found["nodes"] == [{"title": "Reclamações da cobrança"}]
    assert found["freshness"] == {"degraded": False, "indexLagMs": 0}
    # and Elasticsearch itself holds it
    indices = httpx2.get(f"{elasticsearch_url}/{index_prefix}-entries/_count").json()
    assert indices["count"] == 1
