"""A scripted server that answers like Elasticsearch until told otherwise: what a healthy node will not do on demand."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

PREFIX, GENERATION = "faulty", "g1"

# What a server may do with one request; returns when it has done it. None of them answers twice.
Act = Callable[["Request", asyncio.StreamWriter], Any]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: bytes
    target: str = ""  # the path with its query
    kind: str = ""  # of the body
    accepts: str = ""

    @property
    def documents(self) -> int:
        """Of a bulk request, or questions of an _msearch: two lines each."""
        return self.body.count(b"\n") // 2


def answer(status: int, body: Any, *, product: bool = True) -> Act:
    """A whole, well-formed answer; `body` as JSON unless it is bytes."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda request, writer: writer.write(_head(status, len(payload), product=product) + payload)


def items(*statuses: tuple[int, str, str]) -> Act:
    """A bulk answer: (status, error type, reason) for each document in turn; those that are left are stored."""

    def act(request: Request, writer: asyncio.StreamWriter) -> None:
        told = [_item(*status) for status in statuses]
        told += [_item(201, "", "")] * (request.documents - len(told))
        answer(200, {"errors": True, "items": told[: request.documents]})(request, writer)

    return act


def half_a_body(request: Request, writer: asyncio.StreamWriter) -> None:
    """Promises a whole answer and closes in the middle of it."""
    payload = json.dumps({"errors": False, "items": [_item(201, "", "")] * request.documents}).encode()
    writer.write(_head(200, len(payload)) + payload[: len(payload) // 2])
    writer.close()


def broken_json(request: Request, writer: asyncio.StreamWriter) -> None:
    """The right length for what it sends, which stops in the middle of a value."""
    answer(200, b'{"errors":false,"items":[{"index":{"sta')(request, writer)


def drop(request: Request, writer: asyncio.StreamWriter) -> None:
    """Takes the request and closes without a word."""
    writer.close()


async def hang(request: Request, writer: asyncio.StreamWriter) -> None:
    """Takes the request and never answers; ends with the server."""
    await asyncio.Event().wait()


class FaultyElasticsearch:
    """`script` says what happens to the next requests for a path that ends so; then `otherwise` answers again."""

    def __init__(self, otherwise: Act) -> None:
        self.url = ""
        self._otherwise = otherwise
        self.requests: list[Request] = []
        self._scripts: dict[str, list[Act]] = {}
        self._serving: set[asyncio.Task[None] | None] = set()  # a task that only waits would be collected

    def script(self, ending: str, *acts: Act) -> None:
        self._scripts[ending] = list(acts)

    def asked(self, ending: str) -> int:
        """How many requests came for it."""
        return sum(request.path.endswith(ending) for request in self.requests)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.current_task())
        try:
            # cancelled only at the end of the test, when a service may still be connected
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._one(reader, writer):
                    pass
        finally:
            writer.close()
            self._serving.discard(asyncio.current_task())

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """False when the answer closed the connection."""
        request = await _read(reader)
        self.requests.append(request)
        acts = next(
            (acts for end, acts in self._scripts.items() if acts and request.path.endswith(end)), None
        )
        done = (acts.pop(0) if acts else self._otherwise)(request, writer)
        if done is not None:
            await done
        return not writer.is_closing()


def healthy(request: Request, writer: asyncio.StreamWriter) -> None:
    """As much of a good answer as the adapter looks at."""
    shards = {"total": 1, "successful": 1, "failed": 0}
    if request.path.endswith("/_settings/index.uuid"):
        base = f"{PREFIX}-members-all-{GENERATION}"
        answer(200, {base: {"settings": {"index": {"uuid": "u1"}}}})(request, writer)
    elif request.path.endswith("/_bulk"):
        items()(request, writer)
    elif request.path.endswith("/_msearch"):
        good = {"status": 200, "timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": []}}
        answer(200, {"responses": [good] * request.documents})(request, writer)
    else:
        answer(200, {"acknowledged": True, "_shards": shards})(request, writer)


def forwarding(url: str) -> Act:
    """Asks a real node and answers what it said."""

    async def act(request: Request, writer: asyncio.StreamWriter) -> None:
        status, body = await asyncio.get_running_loop().run_in_executor(None, _forward, url, request)
        answer(status, body)(request, writer)

    return act


def first_of_many(url: str) -> Act:
    """A real node that takes the request, and says 429 of its first document nevertheless."""

    async def act(request: Request, writer: asyncio.StreamWriter) -> None:
        _, body = await asyncio.get_running_loop().run_in_executor(None, _forward, url, request)
        told = json.loads(body)
        told["items"][0] = _item(429, "es_rejected_execution_exception", "queue is full")
        answer(200, {**told, "errors": True})(request, writer)

    return act


def _forward(url: str, request: Request) -> tuple[int, bytes]:
    asked = urllib.request.Request(
        url + request.target,
        data=request.body or None,
        method=request.method,
        headers={"Content-Type": request.kind, "Accept": request.accepts},
    )
    try:
        with urllib.request.urlopen(asked, timeout=60) as answered:
            return answered.status, answered.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


@contextmanager
def faulty_elasticsearch(otherwise: Act = healthy) -> Iterator[FaultyElasticsearch]:
    """In a thread of its own, as blocking clients need it."""
    server = FaultyElasticsearch(otherwise)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="faulty-elasticsearch")
    thread.start()
    try:
        listening = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(server.serve, "127.0.0.1", 0), loop
        ).result()
        host, port = listening.sockets[0].getsockname()[:2]
        server.url = f"http://{host}:{port}"
        yield server
        asyncio.run_coroutine_threadsafe(_end(listening), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(listening: asyncio.Server) -> None:
    listening.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    headers = dict(line.lower().split(": ", 1) for line in lines if line)
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    kind, accepts = headers.get("content-type", ""), headers.get("accept", "")
    return Request(method, target.partition("?")[0], body, target, kind, accepts)


def _item(status: int, kind: str, reason: str) -> dict[str, Any]:
    error = {"error": {"type": kind, "reason": reason}} if kind else {}
    return {"index": {"status": status, **error}}


def _head(status: int, length: int, *, product: bool = True) -> bytes:
    lines = [f"HTTP/1.1 {status} X", "Content-Type: application/json", f"Content-Length: {length}"]
    if product:
        lines.append("X-Elastic-Product: Elasticsearch")
    return "\r\n".join([*lines, "", ""]).encode()
