from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api import server
from api.edge import EVENT_BYTES, Edge
from tests.api.events import BATCH, STRUCTURED, event
from tests.api.test_events import stored

GZIP = {"Content-Encoding": "gzip"}


def big(size: int, **changes: Any) -> dict[str, Any]:
    """An event of exactly `size` bytes."""
    made = event(**changes, filler="")
    made["filler"] = "x" * (size - len(orjson.dumps(made)))
    return made


def test_an_event_of_exactly_the_limit_passes_and_one_byte_more_does_not(
    client: TestClient, sender: dict[str, str], engine: Engine
) -> None:
    # when
    fits = client.post("/events", content=orjson.dumps(big(EVENT_BYTES)), headers=STRUCTURED | sender)
    over = client.post("/events", content=orjson.dumps(big(EVENT_BYTES + 1)), headers=STRUCTURED | sender)

    # then
    assert fits.status_code == 202
    assert (over.status_code, over.json()["error"]["code"]) == (413, "TOO_LARGE")
    assert stored(engine) == 1


def test_a_body_without_announced_length_is_stopped_at_the_limit(
    client: TestClient, sender: dict[str, str], engine: Engine
) -> None:
    # given a body that comes in pieces and is too long
    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 65_536

    # when
    answer = client.post("/events", content=pieces(), headers=BATCH | sender)

    # then
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "TOO_LARGE")
    assert stored(engine) == 0


def test_a_batch_of_1001_events_is_refused_whole(
    client: TestClient, sender: dict[str, str], engine: Engine
) -> None:
    # given
    batch = [event(str(number)) for number in range(1_001)]

    # when
    over = client.post("/events", content=orjson.dumps(batch), headers=BATCH | sender)
    fits = client.post("/events", content=orjson.dumps(batch[:1_000]), headers=BATCH | sender)

    # then
    assert (over.status_code, over.json()["error"]["code"]) == (413, "TOO_MANY_EVENTS")
    assert (fits.status_code, fits.json()["accepted"]) == (202, 1_000)
    assert stored(engine) == 1_000


def test_an_event_too_large_inside_a_batch_is_named(
    client: TestClient, sender: dict[str, str], engine: Engine
) -> None:
    # given
    batch = [event("1"), big(EVENT_BYTES + 1, event_id="2")]

    # when
    answer = client.post("/events", content=orjson.dumps(batch), headers=BATCH | sender)

    # then
    assert answer.status_code == 413
    assert answer.json()["error"]["field"] == "[1]"
    assert stored(engine) == 0


@pytest.mark.parametrize(("depth", "status"), [(31, 202), (32, 400), (900, 400)])
def test_depth_is_limited(
    client: TestClient, sender: dict[str, str], engine: Engine, depth: int, status: int
) -> None:
    # given an event with arrays inside each other; the event itself is the first level
    nested = b'{"x":' + b"[" * depth + b"]" * depth + b"," + orjson.dumps(event())[1:]

    # when
    answer = client.post("/events", content=nested, headers=STRUCTURED | sender)

    # then
    assert answer.status_code == status
    assert stored(engine) == (1 if status == 202 else 0)
    if status == 400:
        assert answer.json()["error"]["code"] == "TOO_DEEP"


def test_json_too_deep_to_be_read_is_a_plain_refusal(client: TestClient, sender: dict[str, str]) -> None:
    answer = client.post("/events", content=b"[" * 200_000, headers=STRUCTURED | sender)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_JSON")


def test_gzip_is_understood(client: TestClient, sender: dict[str, str], engine: Engine) -> None:
    # given
    batch = gzip.compress(orjson.dumps([event(str(number)) for number in range(500)]))

    # when
    answer = client.post("/events", content=batch, headers=BATCH | GZIP | sender)

    # then
    assert (answer.status_code, answer.json()["accepted"]) == (202, 500)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (gzip.compress(b"0" * 4_000_000), 413, "ZIP_BOMB"),
        (gzip.compress(orjson.dumps(list(range(1_200_000)))), 413, "TOO_LARGE"),
        (b"not gzip", 400, "INVALID_GZIP"),
        (gzip.compress(b"[]")[:-4], 400, "INVALID_GZIP"),
        (gzip.compress(b"[]") + gzip.compress(b"[]"), 400, "INVALID_GZIP"),
        (b"", 400, "INVALID_GZIP"),
        (gzip.compress(gzip.compress(b"[]")), 400, "INVALID_JSON"),
    ],
    ids=["bomb", "inflated too large", "no gzip", "cut", "two members", "empty", "twice"],
)
def test_bad_gzip_is_refused(
    client: TestClient, sender: dict[str, str], engine: Engine, body: bytes, status: int, code: str
) -> None:
    answer = client.post("/events", content=body, headers=BATCH | GZIP | sender)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert stored(engine) == 0


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "deflate", "gzip, identity, gzip", "zstd"])
def test_other_content_codings_are_not_supported(
    client: TestClient, sender: dict[str, str], coding: str
) -> None:
    answer = client.post("/events", content=b"[]", headers=BATCH | {"Content-Encoding": coding} | sender)
    assert answer.status_code == 415


def talk(url: str, sent: bytes) -> bytes:
    """Sends and reads until the other side closes or answers."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(sent)
        return connection.recv(65_536)


def test_a_body_that_drips_in_is_given_up(
    edge: Edge, served: str, sender: dict[str, str], engine: Engine
) -> None:
    # given a body that never comes to its end, and little patience
    edge.event_body = replace(edge.event_body, seconds=0.2)
    head = (
        "POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n"
        f"Content-Type: application/cloudevents+json\r\nAuthorization: {sender['Authorization']}\r\n\r\n"
    )

    # when
    answer = talk(served, head.encode() + b"{")

    # then
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"BODY_TIMEOUT" in answer
    assert b"connection: close" in answer
    assert stored(engine) == 0


def test_a_head_that_drips_in_is_given_up(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # given little patience
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.2)

    # then the connection ends without an answer
    assert talk(served, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n") == b""


def test_a_silent_connection_is_given_up(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.2)
    assert talk(served, b"") == b""


def test_a_head_without_end_is_cut(served: str) -> None:
    # given headers of 200 KB
    lines = b"".join(b"x-%d: %s\r\n" % (number, b"y" * 1_000) for number in range(200))

    # then
    try:
        answer = talk(served, b"GET /healthz HTTP/1.1\r\n" + lines + b"Host: 127.0.0.1\r\n\r\n")
    except ConnectionError:
        answer = b""  # it was cut while we were still sending
    assert not answer.startswith(b"HTTP/1.1 200")
