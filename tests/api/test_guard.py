from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from api.access.origins import Origins
from api.edge import Edge
from customer360.errors import ConfigurationError, IntegrityBroken
from customer360.logs import configure
from tests.api.events import STRUCTURED, event
from tests.api.test_session import sign_in

PERSONAL = ("529.982.247-25", "52998224725", "Maria", "maria@example.com", "segredo")


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Every log line of the test, as the service writes it."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure("json", stream)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the client of the tests logs addresses
    yield lambda: [orjson.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8360", "", "127.0.0.1.evil.example", "[::2]", "["]
)
def test_another_host_name_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/session", headers={"Host": host})
    assert (answer.status_code, answer.json()["error"]["code"]) == (421, "HOST_NOT_ALLOWED")


@pytest.mark.parametrize("host", ["localhost:8360", "127.0.0.1:1", "[::1]:8360", "LOCALHOST"])
def test_loopback_names_are_ours(client: TestClient, host: str) -> None:
    assert client.get("/session", headers={"Host": host}).status_code == 401


def test_the_public_address_is_ours(client: TestClient, edge: Edge) -> None:
    edge.authentication.origins = Origins(replace(edge.settings, public_url="https://c360.example:8443/"))
    assert client.get("/session", headers={"Host": "c360.example:8443"}).status_code == 401


def test_machines_with_a_credential_may_use_any_name_and_probes_too(
    client: TestClient, sender: dict[str, str]
) -> None:
    # given a name that only the inner network knows
    host = {"Host": "api:8360"}

    # then
    answer = client.post("/events", content=orjson.dumps(event()), headers=STRUCTURED | sender | host)
    assert answer.status_code == 202
    assert client.get("/healthz", headers=host).status_code == 200


def test_every_answer_carries_safe_headers_and_an_id(client: TestClient) -> None:
    answers = [client.get("/healthz"), client.get("/session"), client.get("/nothing"), client.put("/events")]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert answer.headers["cache-control"] == "no-store" or answer.status_code in (404, 405)
        assert len(answer.headers["x-request-id"]) == 16
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)


def test_paths_and_methods_that_are_not_there(client: TestClient) -> None:
    nothing = client.get("/nothing")
    method = client.put("/session")
    assert (nothing.status_code, nothing.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert (method.status_code, method.json()["error"]["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert "allow" in method.headers


@pytest.mark.parametrize(
    "error", [RuntimeError("Maria 529.982.247-25"), ConfigurationError("segredo"), IntegrityBroken("segredo")]
)
def test_an_unexpected_error_tells_only_a_trace_id(
    client: TestClient,
    sender: dict[str, str],
    edge: Edge,
    monkeypatch: pytest.MonkeyPatch,
    lines: Callable[[], list[dict[str, Any]]],
    error: Exception,
) -> None:
    # given a failure whose message quotes somebody
    async def submit(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(edge.intake, "submit", submit)

    # when
    answer = client.post("/events", content=orjson.dumps(event()), headers=STRUCTURED | sender)

    # then the caller and the log share an id, and neither holds the message
    assert answer.status_code == 500
    shown = answer.json()["error"]
    assert shown == {"code": "INTERNAL", "message": "internal error", "traceId": shown["traceId"]}
    (failed,) = [line for line in lines() if line["event"] == "request_failed"]
    assert failed["trace_id"] == shown["traceId"]
    assert failed["error"] == type(error).__name__
    assert "submit" in failed["stack"]
    assert not any(word in orjson.dumps(lines()).decode() for word in PERSONAL)


def test_the_log_holds_route_and_status_and_nothing_personal(
    client: TestClient, sender: dict[str, str], lines: Callable[[], list[dict[str, Any]]]
) -> None:
    # given requests full of personal data: in query, path, body and headers
    refused = event(data={"channel": "Maria"}, subject="cpf:529.982.247-25")

    # when
    client.post("/events?atomic=Maria", content=orjson.dumps([refused]), headers=STRUCTURED | sender)
    client.get('/graphql?query={customer(key:"52998224725")}')
    client.get("/events/schemas/maria@example.com", headers={"X-Name": "Maria"})
    client.get("/Maria/52998224725")
    sign_in(client, "maria@example.com", "segredo segredo")

    # then
    written = lines()
    assert not any(word.lower() in orjson.dumps(written).decode().lower() for word in PERSONAL)
    requests = [line for line in written if line["event"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in requests] == [
        ("POST", "/events", 400),
        ("GET", "/graphql", 401),
        ("GET", "/events/schemas/{type}", 404),
        ("GET", "console", 404),
        ("POST", "/session", 401),
    ]
    assert all(line["ms"] >= 0 and len(line["request_id"]) == 16 for line in requests)


def test_accepted_events_are_counted_not_logged(
    client: TestClient, sender: dict[str, str], lines: Callable[[], list[dict[str, Any]]]
) -> None:
    client.post("/events", content=orjson.dumps(event()), headers=STRUCTURED | sender)
    assert lines() == []


def test_text_logs_have_one_line_for_each_request(
    client: TestClient, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    # given a log for people, put back by the fixture
    assert lines() == []
    stream = io.StringIO()
    configure("text", stream)

    # when
    client.get("/session")

    # then
    (line,) = stream.getvalue().splitlines()
    assert " info request " in line
    assert "route=/session status=401" in line
