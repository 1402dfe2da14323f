"""The installed service as a user starts it: `c360 serve` in a process of its own, on a folder and port of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

START_SECONDS = 90.0
STOP_SECONDS = 20.0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class RunningService:
    """`folder` becomes its data folder. `extra` adds environment variables; none of ours but PATH are inherited."""

    folder: Path
    extra: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    login: str = "agente"
    password: str = ""
    key: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/tmp"),
            "C360_DATA_DIR": str(self.folder),
            "C360_PORT": str(self.port),
            "C360_FREE_SPACE_FLOOR_MB": "1",
            **self.extra,
        }

    def command(self, *arguments: str) -> str:
        """Runs `c360` to its end; its standard output. The output of a failed one is in the error."""
        done = subprocess.run(
            [program(), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"c360 {arguments[0]}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, *arguments: str) -> None:
        log = self.log_file.open("ab")
        self.process = subprocess.Popen(
            [program(), *(arguments or ("serve",))], env=self.environment, stdout=log, stderr=log
        )
        log.close()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self.process is None or self.process.poll() is None, self.log()
            try:
                if httpx2.get(f"{self.url}/readyz").status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            time.sleep(0.1)  # between two looks at a server that is starting
        raise AssertionError(f"not ready in time: {self.log()}")

    def log(self) -> str:
        return self.log_file.read_text()[-4_000:]

    @property
    def log_file(self) -> Path:
        return self.folder / "service.log"

    def add_people(self) -> None:
        """An agent's account, and a key that may send events and documents."""
        self.password = last_line(self.command("user", "add", self.login, "--role", "agent", "--name", "Ana Atendente",
                                               "--generate"))  # fmt: skip
        self.key = last_line(
            self.command(
                "key", "create", "--scope", "events:write", "--scope", "documents:write", "--name", "tests"
            )
        )

    def token(self, role: str) -> str:
        return last_line(self.command("token", "--role", role))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(STOP_SECONDS)
        self.process = None


def program() -> str:
    return str(Path(sysconfig.get_path("scripts")) / "c360")


def last_line(text: str) -> str:
    return text.strip().splitlines()[-1]
