"""From sending an event to seeing it: posted one at a time, polled through the API and in the cursors of delivery."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection

import orjson
from psycopg2.extensions import connection as Connection

from benchmarks.load import SINGLE
from benchmarks.service import Agent, Service
from benchmarks.traffic import cpf
from customer360 import clock

_POLL, _GAP = 0.004, 0.05  # seconds between polls, and between events
_GIVE_UP = 20.0
_TIMELINE = "query Seen($cpf: String!) { customer(key: {type: CPF, value: $cpf}) { timeline(first: 1) { nodes { title } } } }"
# Searchable: confirmed by every generation that is delivered to.
_CONFIRMED = """
SELECT bool_and(c.pos >= t.version) FROM timeline_entry t
  JOIN consumer_cursor c ON c.partition = t.partition AND c.consumer LIKE 'search:%%' WHERE t.title = %s AND t.member_id = (
    SELECT id FROM member WHERE key_type = 'cpf' AND key_value = %s)
"""


@dataclass
class Seen:
    """Seconds from just before the request is sent, one value for each event; parallel lists."""

    visible: list[float] = field(default_factory=list)
    searchable: list[float] = field(default_factory=list)


class Probe:
    """One thread that sends, looks, and sends again."""

    def __init__(self, service: Service, *, searchable: bool) -> None:
        self.seen = Seen()
        self._service = service
        self._post = HTTPConnection("127.0.0.1", service.port, timeout=30)
        self._agent = Agent(service.port, service.token)
        self._database: Connection | None = service.database() if searchable else None
        self._number = 0
        self._first = 900_000_000 + secrets.randbelow(
            90_000_000
        )  # probes side by side have their own customers

    def once(self) -> None:
        self._number += 1
        customer = cpf(self._first + self._number % 50)
        title = f"sonda {self._number}"  # few digits: a CPF in a text would be masked
        began = time.perf_counter()
        self._send(customer, title)
        self._wait(lambda: self._shown(customer) == title)
        self.seen.visible.append(time.perf_counter() - began)
        if self._database is not None:
            self._wait(lambda: self._confirmed(customer, title))
            self.seen.searchable.append(time.perf_counter() - began)

    def close(self) -> None:
        self._post.close()
        self._agent.close()
        if self._database is not None:
            self._database.close()

    def _send(self, customer: str, title: str) -> None:
        event = {
            "specversion": "1.0",
            "id": f"probe-{time.time_ns()}",
            "source": "probe",
            "type": "c360.interaction.recorded.v1",
            "subject": f"cpf:{customer}",
            "time": clock.isoformat(clock.now()),
            "data": {"channel": "voice", "title": title},
        }
        headers = {"x-api-key": self._service.key, "content-type": SINGLE}
        self._post.request("POST", "/events", orjson.dumps(event), headers)
        answer = self._post.getresponse()
        told = answer.read()
        if answer.status != 202:
            raise RuntimeError(f"the probe was answered {answer.status}: {told[:200]!r}")

    def _shown(self, customer: str) -> str | None:
        found = self._agent.ask(_TIMELINE, {"cpf": customer})["customer"]
        nodes = found["timeline"]["nodes"] if found else []
        return nodes[0]["title"] if nodes else None

    def _confirmed(self, customer: str, title: str) -> bool:
        assert self._database is not None
        with self._database.cursor() as cursor:
            cursor.execute(_CONFIRMED, (title, customer))
            row = cursor.fetchone()
        return bool(row and row[0])

    @staticmethod
    def _wait(found: object) -> None:
        assert callable(found)
        give_up = time.perf_counter() + _GIVE_UP
        while not found():
            if time.perf_counter() > give_up:
                raise RuntimeError(f"an event was not seen within {_GIVE_UP:g} s")
            time.sleep(_POLL)  # polled


@contextmanager
def probing(service: Service, *, searchable: bool) -> Iterator[Seen]:
    """Probes while the block runs, after three that only warm up; an error of the probe is raised at the end."""
    probe = Probe(service, searchable=searchable)
    for _ in range(3):
        probe.once()
    probe.seen = Seen()
    ended = threading.Event()
    errors: list[Exception] = []

    def go() -> None:
        try:
            while not ended.wait(_GAP):
                probe.once()
        except Exception as error:  # noqa: BLE001 - told by the thread that asked for it
            errors.append(error)

    thread = threading.Thread(target=go, name="probe")
    thread.start()
    try:
        yield probe.seen
    finally:
        ended.set()
        thread.join()
        probe.close()
    if errors:
        raise errors[0]
