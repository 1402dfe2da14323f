"""`c360 demo` as a newcomer runs it: killed while loading, started again, loaded once, signed in to, ended by ctrl+C."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from datetime import datetime
from pathlib import Path

import httpx2
import orjson
import psycopg2
import pytest

from customer360.stores.embedded import running_url
from indexer.demo.plan import DemoPlan
from tests.api.test_serve import COMMAND, ROOT, Installation, installation

__all__ = ["installation"]  # the fixture

SIZE = 20
CUSTOMER = """
query Customer($cpf: String!) { customer(key: {type: CPF, value: $cpf}) {
  name timeline(first: 5) { facets { channel count } } documents(first: 5) { nodes { title } } offerHistory(first: 1) { nodes { id } }
} }
"""


def start(installation: Installation) -> subprocess.Popen[bytes]:
    installation.process = subprocess.Popen(
        [*COMMAND, "demo", "--customers", str(SIZE)],
        env=installation.environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    return installation.process


def until_ready(process: subprocess.Popen[bytes]) -> list[str]:
    """What it printed; ends with the line `ready`."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.decode().rstrip())
        if lines[-1] == "ready":
            return lines
    raise AssertionError(f"it ended: {lines}")


def held(installation: Installation) -> dict[str, int]:
    """What was loaded, without what trickles in."""
    url = running_url(Path(installation.environment["C360_DATA_DIR"]))
    assert url is not None
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM event_log"
                "  WHERE convert_from(substr(data, 2), 'UTF8')::json ->> 'id' NOT LIKE 'live-%'),"
                " (SELECT count(*) FROM model.member WHERE name IS NOT NULL), (SELECT count(*) FROM model.offer),"
                " (SELECT count(*) FROM model.document WHERE paged), (SELECT count(*) FROM model.page),"
                " (SELECT count(*) FROM failure), (SELECT count(*) FROM quarantine)"
            )
            row = cursor.fetchone()
    finally:
        connection.close()
    assert row is not None
    names = ("events", "customers", "offers", "documents", "pages", "failures", "quarantine")
    return dict(zip(names, row, strict=True))


LOADED = {
    "events": SIZE * 50,
    "customers": SIZE,
    "offers": 30,
    "documents": SIZE // 2,
    "pages": SIZE,
    "failures": 0,
    "quarantine": 0,
}


def plan(installation: Installation) -> DemoPlan:
    url = running_url(Path(installation.environment["C360_DATA_DIR"]))
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT value FROM installation WHERE name = 'demo'")
            row = cursor.fetchone()
    finally:
        connection.close()
    assert row is not None
    return DemoPlan(SIZE, datetime.fromisoformat(orjson.loads(row[0])["end"]))


@pytest.mark.slow
@pytest.mark.timeout(400)  # the leases of the killed worker must run out first
def test_from_a_fresh_folder_to_the_end(installation: Installation) -> None:
    # given a first start that is killed while it loads: it answers, and is not ready
    process = start(installation)
    assert first_answer(installation).json() == {"ready": False, "problems": {"loading": "LOADING"}}
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()

    # when it is started again
    printed = until_ready(start(installation))

    # then it is ready, and everything is there once
    assert httpx2.get(f"{installation.url}/readyz", timeout=30).status_code == 200
    assert f"console: {installation.url}/" in printed
    assert held(installation) == LOADED

    # and a customer of the plan can be asked for, by somebody with a demo account
    assert "agente       demo-agente       agent" in printed
    signed = httpx2.post(
        f"{installation.url}/session",
        json={"login": "agente", "password": "demo-agente"},
        headers={"Origin": installation.url},
        timeout=30,
    )
    assert signed.status_code == 200, signed.text
    person = plan(installation).people[0]
    agent = {"Authorization": f"Bearer {installation.last('token', '--role', 'agent')}"}
    body = {"query": CUSTOMER, "variables": {"cpf": person.cpf}}
    customer = httpx2.post(f"{installation.url}/graphql", json=body, headers=agent, timeout=30).json()[
        "data"
    ]["customer"]
    assert customer["name"] == person.name
    assert sum(facet["count"] for facet in customer["timeline"]["facets"]) > 30
    assert len(customer["documents"]["nodes"]) == 1

    # and it ends whole by ctrl+C
    ended_by_ctrl_c(installation)

    # and when it is started once more nothing is loaded again
    until_ready(start(installation))
    assert held(installation) == LOADED
    ended_by_ctrl_c(installation)


def first_answer(installation: Installation) -> httpx2.Response:
    until = time.monotonic() + 60
    while True:
        try:
            return httpx2.get(f"{installation.url}/readyz", timeout=30)
        except httpx2.ConnectError:
            assert time.monotonic() < until, "it never answered"
            time.sleep(0.05)  # nothing tells that the port is open before everything is loaded


def ended_by_ctrl_c(installation: Installation) -> None:
    process = installation.process
    assert process is not None
    assert process.stdout is not None
    processes = installation.descendants()
    assert len(processes) > 3
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(20) == 0
    process.stdout.close()
    assert [pid for pid in processes if Path(f"/proc/{pid}").exists()] == []
