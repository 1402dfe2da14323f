"""One installation run as real processes: API and workers with their environment, to be killed, stopped, started again."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Engine

from customer360.config import Settings
from customer360.ids import Ids
from customer360.privacy.roles import Scope
from customer360.services import Services, build
from customer360.stores.ports import SearchWriter
from customer360.stores.postgres.api_keys import ApiKeys
from customer360.stores.postgres.migrate import upgrade
from tests.servers.process import ServerProcess, free_port

SECRET = "a secret for fault tests"
START_LIMIT_S = 60.0


class Installation:
    """`url` stays the same over kill and start. Call `close` at the end, also of a test that failed."""

    engine: Engine
    key: str

    def __init__(self, database_url: str | None, more: Mapping[str, str] | None = None) -> None:
        """Without a URL it runs a PostgreSQL of its own: then call `connect` once its API answers."""
        self.folder = Path(tempfile.mkdtemp(prefix="c360-faults-"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "C360_SECRET": SECRET,
            "C360_DATA_DIR": str(self.folder),
            "C360_PORT": str(self.port),
            "C360_CONSOLE_REQUIRED": "false",
            "C360_FREE_SPACE_FLOOR_MB": "0",
            "C360_REFRESH_MS": "50",
            "HOME": str(self.folder),
            **({} if database_url is None else {"DATABASE_URL": database_url}),
            **(more or {}),
        }
        self.ids = Ids(SECRET.encode())
        self._processes: list[ServerProcess] = []
        self._services: Services | None = None
        if database_url is not None:
            upgrade(database_url, fingerprint=self.ids.fingerprint)
            self.connect()

    def connect(self) -> None:
        """Looks into the database from here."""
        self._services = build(Settings.from_env(self.environment))
        self.engine = self._services.engine
        self.key = str(ApiKeys(self.engine).create("faults", [Scope.EVENTS_WRITE, Scope.DOCUMENTS_WRITE]))

    @property
    def writer(self) -> SearchWriter:
        """Of the search store that the installation has."""
        assert self._services is not None, "connect first"
        return self._services.writer

    def api(self, *, worker: bool = False, failpoint: str | None = None) -> ServerProcess:
        """Started and answering. With `failpoint` it dies there."""
        process = self._process("api")
        arguments = ["serve"] if worker else ["serve", "--no-worker"]
        process.launch([sys.executable, "-m", "api", *arguments], self._with(failpoint))
        process.wait_until(self._answers, START_LIMIT_S)
        return process

    def worker(self, *, failpoint: str | None = None, more: Mapping[str, str] | None = None) -> ServerProcess:
        """Started; what it does shows in the tables."""
        process = self._process("worker")
        process.launch([sys.executable, "-m", "api", "work"], self._with(failpoint) | dict(more or {}))
        process.wait_until(lambda: "worker_started" in process.log.read_text(), START_LIMIT_S)
        return process

    def command(self, *arguments: str) -> ServerProcess:
        """`c360 ...` beside the service, launched; wait for it with `ended`."""
        process = self._process("command")
        process.launch([sys.executable, "-m", "api", *arguments], self._with(None))
        return process

    def stop(self) -> None:
        """Asks every process to end, the last one first."""
        for process in reversed(self._processes):
            process.stop()

    def close(self) -> None:
        for process in reversed(self._processes):
            process.kill()
            print(process.log, process.log.read_text()[-4_000:], sep="\n")  # shown when the test failed
            process.close()
        if self._services is not None:
            self._services.shut()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _process(self, name: str) -> ServerProcess:
        process = ServerProcess(name)
        self._processes.append(process)
        return process

    def _with(self, failpoint: str | None) -> dict[str, str]:
        armed = {} if failpoint is None else {"C360_FAILPOINT": failpoint}
        return {**self.environment, **armed, "PYTHONPATH": os.pathsep.join(sys.path)}

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
