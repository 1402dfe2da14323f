"""`c360 serve`: database, migrations, worker, then HTTP; and the same backwards when asked to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self

from api.app import build_app
from api.assembly import add_graphql, make_edge
from api.console import Console
from api.database import Database, own_database
from api.edge import Edge
from api.server import Server, server_config
from customer360 import failpoints
from customer360.config import VARIABLES, Settings, installation_secret
from customer360.errors import ConfigurationError, EmbeddedPostgresError
from customer360.logs import configure
from customer360.stores.embedded import EmbeddedPostgres
from indexer.supervise import Hints, WorkerProcess

log = logging.getLogger("api.serve")
_WATCH = 0.5  # seconds between looks at our own PostgreSQL


Beside = Callable[[Edge], Coroutine[Any, Any, None]]


def serve(
    settings: Settings,
    *,
    worker: bool = True,
    ready: Callable[[str], None] = lambda _: None,
    beside: Beside | None = None,
) -> None:
    """Blocks until SIGTERM or ctrl+C; the main thread only. `ready` gets the address once it answers.

    `beside` is called before the first request, and what it returns runs beside the requests until the end.
    Stops in order: no new requests, those in flight answered, intake, worker, PostgreSQL last.
    """
    configure(settings.log_format)
    failpoints.arm(settings.failpoint)
    console = Console.load(settings)
    with _Stop() as stop, _listening(settings) as listener, own_database(settings) as database:
        with _worker(settings, database, started=worker) as hints:
            edge = make_edge(settings, database.url, console=console, committed=hints.send)
            add_graphql(edge, settings, database.url)
            server = Server(server_config(edge, build_app(edge)), edge)
            server.whenever_started(lambda: ready(_address(settings)))
            server.beside(_keep_running(edge, database.supervisor))
            if beside is not None:
                server.beside(beside(edge))
            log.info("serving", extra={"port": settings.port, "pid": os.getpid()})
            stop.serving = True
            server.run(sockets=[listener])
    log.info("stopped")


class _Stop:
    """Before serving a signal ends the start; while serving uvicorn handles it; afterwards nothing may interrupt the end."""

    serving = False

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._on) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _on(self, _number: int, _frame: FrameType | None) -> None:
        if not self.serving:
            self.serving = True  # a second one does not interrupt the clearing up
            raise SystemExit(0)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """The port is taken first: two services must not start on one machine and then find out."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise ConfigurationError(
                f"cannot listen on {settings.host} port {settings.port}: {error.strerror}; set C360_PORT to a free one",
                field="C360_PORT",
            ) from None
        yield listener


@contextmanager
def _worker(settings: Settings, database: Database, *, started: bool) -> Iterator[Hints]:
    child = WorkerProcess(child_environment(settings, database.url)) if started else None
    if child is not None:
        child.start()
    hints = Hints(settings.broker_url, child)
    try:
        yield hints
    finally:
        hints.stop()
        if child is not None:
            child.stop()


def child_environment(settings: Settings, database_url: str) -> dict[str, str]:
    """The same settings, and where our database is: a child must find this one and start none of its own."""
    ours = {
        VARIABLES["database_url"]: database_url,
        VARIABLES["secret"]: installation_secret(settings).decode(),
    }
    inherited = {name: value for name, value in os.environ.items() if name not in VARIABLES.values()}
    for name, variable in VARIABLES.items():
        value = getattr(settings, name)
        if value is not None:
            inherited[variable] = str(value)
    return inherited | ours


async def _keep_running(edge: Edge, supervisor: EmbeddedPostgres | None) -> None:
    """A PostgreSQL that died is started again; in the main thread, as its supervisor wants it."""
    while supervisor is not None and not edge.stopping.is_set():
        try:
            if not supervisor.ensure_running():
                log.error("postgres_restarted")
        except (
            OSError,
            EmbeddedPostgresError,
        ) as error:  # a full disk, say: tried again, answered 503 meanwhile
            log.error("postgres_not_restarted", extra={"error": type(error).__name__})
        await asyncio.sleep(_WATCH)


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{settings.port}"
