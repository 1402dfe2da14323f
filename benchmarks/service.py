"""The real service as a child process on a fresh folder and a free port; ended by its pid, its folder deleted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import orjson
import psycopg2
from psycopg2.extensions import connection as Connection

from benchmarks.load import BATCH, SINGLE, post
from customer360.config import VARIABLES
from customer360.stores.embedded import running_url
from tests.servers.process import free_port

SERVE = ("-m", "api", "serve")
WITHOUT_WORKER = (*SERVE, "--no-worker")
ROOT = Path(__file__).parents[1]
_START, _STOP = 90.0, 30.0  # seconds


class Service:
    """One installation; `key` posts events, `token` is an agent's."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="c360-bench-"))
        self.port = free_port()
        inherited = {name: value for name, value in os.environ.items() if name not in VARIABLES.values()}
        self._environment = inherited | {
            "C360_DATA_DIR": str(self.folder),
            "C360_PORT": str(self.port),
            "C360_CONSOLE_REQUIRED": "false",
            "C360_LOG": "text",
            **environment,
        }
        self._process: subprocess.Popen[str] | None = None
        self.key = self.token = ""

    @property
    def pid(self) -> int:
        assert self._process is not None, "it does not run"
        return self._process.pid

    @property
    def log(self) -> Path:
        return self.folder.with_suffix(".log")

    def start(self, arguments: Sequence[str] = SERVE) -> None:
        """Returns once it serves. A second start, after `stop`, finds the same data."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                env=self._environment,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        if not self._process.stdout.readline().startswith("serving on"):
            raise RuntimeError(f"the service did not start: {self.log.read_text()[-2000:]}")
        if not self.key:
            self.key = self.command("key", "create", "--scope", "events:write")
            self.token = self.command("token", "--role", "agent")

    def command(self, *arguments: str) -> str:
        """The last line that a `c360` command prints; RuntimeError when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "api", *arguments],
            check=False,
            env=self._environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"c360 {arguments[0]} failed: {done.stderr[-2000:]}")
        return done.stdout.splitlines()[-1] if done.stdout else ""

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A `c360` command beside the service; whoever begins it waits for it."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "api", *arguments],
                env=self._environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def single(self, body: bytes) -> bytes:
        """A request with one event."""
        return post("/events", SINGLE, self.key, body)

    def batch(self, body: bytes) -> bytes:
        return post("/events", BATCH, self.key, body)

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """The data of an agent's query; RuntimeError when there are errors."""
        return Agent(self.port, self.token).ask(query, variables)

    def database(self) -> Connection:
        """A connection of our own to its PostgreSQL."""
        url = running_url(self.folder)
        assert url is not None, "its PostgreSQL does not run"
        connection = psycopg2.connect(url, options="-c search_path=model,public")
        connection.autocommit = True
        return connection


class Agent:
    """Asks GraphQL over one connection that stays open; not for several threads."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}

    def ask(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """The data; RuntimeError when there are errors."""
        body = orjson.dumps({"query": query, "variables": variables or {}})
        self._connection.request("POST", "/graphql", body, self._headers)
        told = orjson.loads(self._connection.getresponse().read())
        if told.get("errors"):
            raise RuntimeError(str(told["errors"])[:500])
        return told["data"]

    def close(self) -> None:
        self._connection.close()


@contextmanager
def service(arguments: Sequence[str] = SERVE, **environment: str) -> Iterator[Service]:
    """Running inside the block."""
    made = Service(environment)
    try:
        made.start(arguments)
        yield made
    finally:
        made.close()
