"""`c360 serve` as a person runs it: a process of its own, its PostgreSQL and worker, on a fresh data folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import orjson
import pytest

from tests.api.events import STRUCTURED, event

COMMAND = [sys.executable, "-m", "api"]
ROOT = Path(__file__).parents[2]
LIVE = "subscription Live($id: ID!, $after: String!) { customerTimeline(customerId: $id, after: $after) { __typename } }"
CUSTOMER = """
{ customer(key: {type: CPF, value: "529.982.247-25"}) { id timeline(first: 5) { nodes { title } liveCursor } } }
"""


@dataclass
class Installation:
    """One data folder and port, and commands on it."""

    environment: dict[str, str]
    url: str
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once the service says that it serves."""
        self.process = subprocess.Popen(
            [*COMMAND, "serve"],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == f"serving on {self.url}\n".encode()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            check=False,
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def last(self, *arguments: str) -> str:
        done = self.command(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    def post(self, headers: dict[str, str], event_id: str) -> httpx2.Response:
        body = orjson.dumps(event(event_id))
        return httpx2.post(f"{self.url}/events", content=body, headers=STRUCTURED | headers, timeout=30)

    def ask(self, headers: dict[str, str], query: str) -> httpx2.Response:
        return httpx2.post(f"{self.url}/graphql", json={"query": query}, headers=headers, timeout=30)

    def descendants(self) -> set[int]:
        """The service and everything below it, in whatever session."""
        assert self.process is not None
        found = {self.process.pid}
        parents = {
            int(entry.name): int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            for entry in Path("/proc").iterdir()
            if entry.name.isdecimal() and (entry / "stat").exists()
        }
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found


@pytest.fixture
def installation() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="c360-serve-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("C360_")}
    environment.pop("DATABASE_URL", None)
    environment |= {
        "C360_DATA_DIR": str(folder),
        "C360_PORT": str(port),
        "C360_CONSOLE_REQUIRED": "false",
        "C360_FREE_SPACE_FLOOR_MB": "0",
    }
    made = Installation(environment, f"http://127.0.0.1:{port}")
    yield made
    if made.process is not None:
        if made.process.poll() is None:
            made.process.send_signal(signal.SIGTERM)
            made.process.wait(30)
        assert made.process.stdout is not None
        made.process.stdout.close()
    shutil.rmtree(folder, ignore_errors=True)


def eventually(found: Callable[[], bool]) -> None:
    """Projection runs in another process; nothing tells us when."""
    import time

    until = time.monotonic() + 30
    while not found():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)  # asked again, not waited for luck


def test_the_main_job_and_an_orderly_end(installation: Installation) -> None:
    # given a service on a fresh folder, and credentials made by commands beside it
    installation.start()
    sender = {"X-API-Key": installation.last("key", "create", "--scope", "events:write")}
    agent = {"Authorization": f"Bearer {installation.last('token', '--role', 'agent')}"}

    # when an event is sent
    assert installation.post(sender, "1").status_code == 202

    # then it is on the customer's timeline
    def shown() -> bool:
        customer = installation.ask(agent, CUSTOMER).json()["data"]["customer"]
        return customer is not None and customer["timeline"]["nodes"] == [{"title": "Ligação"}]

    eventually(shown)
    assert httpx2.get(f"{installation.url}/readyz").json() == {"ready": True, "problems": {}}

    # and when it is asked to stop while somebody follows the customer
    customer = installation.ask(agent, CUSTOMER).json()["data"]["customer"]
    variables = {"id": customer["id"], "after": customer["timeline"]["liveCursor"]}
    processes = installation.descendants()
    assert len(processes) > 3
    assert installation.process is not None
    with httpx2.stream(
        "POST",
        f"{installation.url}/graphql/stream",
        json={"query": LIVE, "variables": variables},
        headers=agent | {"Accept": "text/event-stream"},
        timeout=30,
    ) as response:
        assert response.status_code == 200
        installation.process.send_signal(signal.SIGTERM)
        response.read()

    # then it ends well, and nothing of it is left
    assert installation.process.wait(10) == 0
    assert [pid for pid in processes if Path(f"/proc/{pid}").exists()] == []


def test_what_was_accepted_is_there_after_a_restart(installation: Installation) -> None:
    # given an accepted event, and ctrl+C in the terminal
    token = installation.last("token", "--role", "integrator")
    sender = {"Authorization": f"Bearer {token}"}
    installation.start()
    assert installation.post(sender, "1").status_code == 202
    assert installation.process is not None
    os.killpg(installation.process.pid, signal.SIGINT)
    assert installation.process.wait(10) == 0

    # when it is started again
    assert installation.process.stdout is not None
    installation.process.stdout.close()
    installation.start()

    # then the event is a duplicate, and the token still good
    again = installation.post(sender, "1")
    assert (again.status_code, again.json()["outcome"]) == (200, "duplicate")


def test_a_killed_database_is_started_again_and_nothing_accepted_is_lost(installation: Installation) -> None:
    # given an accepted event
    token = installation.last("token", "--role", "integrator")
    sender = {"Authorization": f"Bearer {token}"}
    installation.start()
    assert installation.post(sender, "1").status_code == 202

    # when PostgreSQL is killed
    folder = Path(installation.environment["C360_DATA_DIR"]) / "postgres"
    os.kill(int((folder / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)

    # then events are refused for a moment with 503, never anything else, and then taken again
    statuses: list[int] = []

    def taken() -> bool:
        statuses.append(installation.post(sender, "2").status_code)
        return statuses[-1] in (200, 202)

    eventually(taken)
    assert set(statuses[:-1]) <= {503}
    assert installation.post(sender, "1").json()["outcome"] == "duplicate"


def test_a_port_in_use_is_said_and_nothing_is_started(installation: Installation) -> None:
    # given the port taken
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(installation.environment["C360_PORT"])))
        taken.listen()

        # when
        done = installation.command("serve")

    # then
    assert done.returncode == 1
    assert "CONFIGURATION: cannot listen on 127.0.0.1 port" in done.stderr
    assert "C360_PORT" in done.stderr
    assert not (Path(installation.environment["C360_DATA_DIR"]) / "postgres").exists()
