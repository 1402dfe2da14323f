"""A light load generator: raw connections, requests made before the clock starts, one answer awaited per connection."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

import uvloop

SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
_TICK = 0.005  # seconds between looks at what is due
_PATIENCE = 20.0  # seconds without any answer


@dataclass
class Load:
    """What came of it. `latencies` in seconds; of a paced load they begin when the request was due."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests answered per second."""
        return len(self.latencies) / self.seconds

    def only(self, *statuses: int) -> Load:
        """Itself; RuntimeError when anything else was answered."""
        if set(self.statuses) - set(statuses):
            raise RuntimeError(f"unexpected answers: {dict(self.statuses)}")
        return self


def post(path: str, content_type: str, key: str, body: bytes) -> bytes:
    """A whole request, ready to be sent."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\nx-api-key: {key}\r\n"
        f"content-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    def __init__(self, free: Callable[[_Connection, int], None]) -> None:
        self._free = free
        self._answer = b""
        self.due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def send(self, request: bytes, due: float) -> None:
        self.due = due
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) >= length:
            self._answer = b""
            self._free(self, int(head[9:12]))


class _Run:
    """The connections of one load; `next_request` is asked when one is free and gives None for nothing now."""

    def __init__(self, next_request: Callable[[], tuple[bytes, float] | None]) -> None:
        self.load = Load()
        self._next = next_request
        self.idle: deque[_Connection] = deque()
        self.busy = 0
        self.last = 0.0  # when the last answer came

    def free(self, connection: _Connection, status: int) -> None:
        self.busy -= 1
        self.load.statuses[status] += 1
        self.last = time.perf_counter()
        self.load.latencies.append(self.last - connection.due)
        self.idle.append(connection)
        self.pump()

    def pump(self) -> None:
        while self.idle:
            request = self._next()
            if request is None:
                return
            self.busy += 1
            self.idle.popleft().send(*request)

    async def connect(self, port: int, connections: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(connections):
            _, connection = await loop.create_connection(lambda: _Connection(self.free), "127.0.0.1", port)
            self.idle.append(connection)

    async def quiet(self) -> None:
        began = time.perf_counter()
        while self.busy:
            if time.perf_counter() > max(began, self.last) + _PATIENCE:
                raise RuntimeError(f"{self.busy} requests were not answered")
            await asyncio.sleep(_TICK)

    def close(self) -> None:
        for connection in self.idle:
            connection.transport.close()


async def closed(port: int, requests: Sequence[bytes], connections: int) -> Load:
    """All requests as fast as they are answered."""
    waiting = iter(requests)

    def next_request() -> tuple[bytes, float] | None:
        request = next(waiting, None)
        return None if request is None else (request, time.perf_counter())

    run = _Run(next_request)
    await run.connect(port, connections)
    began = time.perf_counter()
    run.pump()
    await run.quiet()
    run.load.seconds = time.perf_counter() - began
    run.close()
    return run.load


async def paced(
    port: int, make: Callable[[], bytes], rate: float, seconds: float, connections: int = 64
) -> Load:
    """`rate` requests a second, whatever the service does; what finds no free connection waits, and that counts."""
    due: deque[float] = deque()

    def next_request() -> tuple[bytes, float] | None:
        return (make(), due.popleft()) if due else None

    run = _Run(next_request)
    await run.connect(port, connections)
    began = time.perf_counter()
    sent = 0
    while (elapsed := time.perf_counter() - began) < seconds:
        while sent < elapsed * rate:
            due.append(began + sent / rate)
            sent += 1
        run.pump()
        await asyncio.sleep(_TICK)
    while due:
        await asyncio.sleep(_TICK)
        if time.perf_counter() - began > seconds + _PATIENCE:
            raise RuntimeError(f"{len(due)} requests could not be sent")
    await run.quiet()
    run.load.seconds = time.perf_counter() - began
    run.close()
    return run.load


def run_closed(port: int, requests: Sequence[bytes], connections: int) -> Load:
    """`closed` from code without an event loop."""
    return uvloop.run(closed(port, requests, connections))
