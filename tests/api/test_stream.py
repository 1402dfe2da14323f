from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import orjson
import pytest
from sqlalchemy import Engine
from starlette.requests import Request as HttpRequest

from api import stream
from api.edge import Edge
from customer360.privacy.principal import Principal
from customer360.privacy.roles import Role
from customer360.stores.postgres.accounts import Accounts
from schema.execution import Request
from tests.api.conftest import Running
from tests.api.toy import World, graphql

TICKS = "subscription { ticks }"


@pytest.fixture(autouse=True)
def world(edge: Edge) -> World:
    made = World()
    edge.graphql = graphql(made)
    return made


@pytest.fixture
def agent(bearer: Callable[[Role], dict[str, str]]) -> dict[str, str]:
    return bearer(Role.AGENT)


class Reader:
    """Server-sent events as blocks of text."""

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self._blocks = self._read()

    async def _read(self) -> AsyncIterator[str]:
        rest = ""
        async for text in self.response.aiter_text():
            *blocks, rest = (rest + text).split("\n\n")
            for block in blocks:
                yield block

    async def block(self) -> str:
        return await asyncio.wait_for(anext(self._blocks), 20)

    async def ended(self) -> bool:
        try:
            await self.block()
        except StopAsyncIteration:
            return True
        return False


@asynccontextmanager
async def opened(url: str, headers: dict[str, str], query: str = TICKS) -> AsyncIterator[Reader]:
    sent = headers | {"Accept": "text/event-stream"}
    async with (
        httpx2.AsyncClient(timeout=30) as client,
        client.stream("POST", f"{url}/graphql/stream", json={"query": query}, headers=sent) as response,
    ):
        yield Reader(response)


def next_event(number: int) -> str:
    payload = orjson.dumps({"data": {"ticks": number}}).decode()
    return f"event: next\ndata: {payload}"


def without_extensions(block: str) -> str:
    """Costs are the executor's business."""
    head, _, data = block.partition("data: ")
    payload = orjson.loads(data)
    payload.pop("extensions", None)
    return f"{head}data: {orjson.dumps(payload).decode()}"


async def test_events_come_as_they_happen_and_end_with_complete(
    served: str, agent: dict[str, str], world: World
) -> None:
    # given two events and the end, waiting
    for number in (1, 2, -1):
        world.ticks.put_nowait(number)

    # when
    async with opened(served, agent) as reader:
        # then
        assert reader.response.status_code == 200
        assert reader.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert reader.response.headers["cache-control"] == "no-store"
        assert without_extensions(await reader.block()) == next_event(1)
        assert without_extensions(await reader.block()) == next_event(2)
        assert await reader.block() == "event: complete\ndata:"
        assert await reader.ended()
    assert world.closed.is_set()


async def test_a_query_gives_its_one_answer(served: str, agent: dict[str, str]) -> None:
    async with opened(served, agent, "{ who }") as reader:
        assert without_extensions(await reader.block()) == 'event: next\ndata: {"data":{"who":"Token agent"}}'
        assert await reader.block() == "event: complete\ndata:"


async def test_what_is_wrong_with_the_request_is_an_event(served: str, agent: dict[str, str]) -> None:
    async with opened(served, agent, "subscription { nothing }") as reader:
        payload = orjson.loads((await reader.block()).partition("data: ")[2])
        assert payload["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        assert await reader.block() == "event: complete\ndata:"


async def test_silence_is_filled_with_comments(
    served: str, agent: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "CHECK", 0.05)
    monkeypatch.setattr(stream, "KEEP_ALIVE", 0.1)
    async with opened(served, agent) as reader:
        assert await reader.block() == ":"
        assert await reader.block() == ":"


async def test_a_client_that_goes_ends_its_source(
    served: str, edge: Edge, agent: dict[str, str], world: World
) -> None:
    # given an open stream
    world.ticks.put_nowait(1)
    async with opened(served, agent) as reader:
        await reader.block()
        assert edge.streams.open.total() == 1

    # then its source is closed and it counts no more
    for _ in range(200):
        if world.closed.is_set() and not edge.streams.open:
            break
        await asyncio.sleep(0.02)  # the server notices in its own thread
    assert world.closed.is_set()
    assert edge.streams.open.total() == 0


async def test_a_revoked_credential_ends_its_stream(
    served: str,
    edge: Edge,
    agent: dict[str, str],
    engine: Engine,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given an open stream, asked for often
    monkeypatch.setattr(stream, "CHECK", 0.05)
    world.ticks.put_nowait(1)
    async with opened(served, agent) as reader:
        await reader.block()

        # when its account is disabled and what is remembered has run out
        Accounts(engine).disable("token-agent")
        edge.authentication.lookups.expire()

        # then the stream says so and ends
        payload = orjson.loads((await reader.block()).partition("data: ")[2])
        assert payload["errors"][0]["extensions"]["code"] == "NOT_SIGNED_IN"
        assert await reader.block() == "event: complete\ndata:"
        assert await reader.ended()
    assert world.closed.is_set()


async def test_the_end_of_the_service_ends_every_stream(
    serving: Running, agent: dict[str, str], world: World
) -> None:
    # given an open stream
    world.ticks.put_nowait(1)
    async with opened(serving.url, agent) as reader:
        await reader.block()

        # when the service is asked to stop
        serving.server.should_exit = True

        # then the stream ends by itself
        assert await reader.ended()
    assert world.closed.is_set()


async def test_too_many_streams_of_one_principal_are_refused(
    served: str, edge: Edge, agent: dict[str, str], world: World
) -> None:
    # given as many as are allowed
    edge.streams = stream.Streams(per_principal=1)
    world.ticks.put_nowait(1)
    async with opened(served, agent) as reader:
        await reader.block()

        # when another one is asked for
        async with opened(served, agent) as refused:
            # then
            assert refused.response.status_code == 429
            assert refused.response.headers["retry-after"] == "1"


@pytest.mark.parametrize(("accept", "status"), [("application/json", 406), ("*/*", 200)])
async def test_the_client_must_take_an_event_stream(
    served: str, agent: dict[str, str], accept: str, status: int
) -> None:
    async with (
        httpx2.AsyncClient() as client,
        client.stream(
            "POST", f"{served}/graphql/stream", json={"query": "{ who }"}, headers=agent | {"Accept": accept}
        ) as response,
    ):
        assert response.status_code == status


async def test_nobody_gets_no_stream(served: str) -> None:
    async with opened(served, {}) as reader:
        assert reader.response.status_code == 401


async def test_a_client_that_takes_nothing_is_given_up(
    edge: Edge, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a stream whose client never takes the first event
    monkeypatch.setattr(stream, "SEND", 0.05)
    principal = Principal.of_account("a" * 32, "Ana", Role.AGENT, "pt-BR")
    request = HttpRequest({"type": "http", "method": "POST", "headers": [], "c360.edge": edge})
    assert edge.graphql is not None
    responses = edge.graphql.executor.subscribe(
        Request(TICKS), world, visibility="", allow_introspection=False
    )
    for number in range(1_000):
        world.ticks.put_nowait(number)

    async def receive() -> dict[str, str]:
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message.get("body"):
            await asyncio.Event().wait()

    # when
    await stream.EventStream(request, principal, responses)({}, receive, send)

    # then it ended, with its source, and only one event was asked for ahead
    assert world.closed.is_set()
    assert edge.streams.open.total() == 0
    assert world.ticks.qsize() >= 998
    await edge.close()
