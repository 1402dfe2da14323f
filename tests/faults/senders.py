"""Senders as they should be: they remember what was answered, and send again, unchanged, whatever was not."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from customer360.ids import Ids
from tests.faults.ledger_check import numbered

CPFS = ("52998224725", "11144477735", "12345678909", "98765432100", "39053344705", "86288366757")
BATCH = "application/cloudevents-batch+json"
SINGLE = "application/cloudevents+json"
_PAUSE = 0.02  # seconds between two tries while the service is away
_PACE = 0.03  # seconds between two requests of one sender: a load that a small machine can carry while it recovers


def interaction(event_id: str, number: int, subject: str | None, **data: Any) -> dict[str, Any]:
    """A customer's n-th event; it happened at a fixed time that grows with n."""
    raw = {
        "specversion": "1.0",
        "id": event_id,
        "source": "urn:tests:faults",
        "type": "c360.interaction.recorded.v1",
        "time": f"2026-03-{number // 86_400 + 1:02d}T{number // 3_600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}Z",
        "data": {"channel": "voice", "title": numbered(number), **data},
    }
    return raw if subject is None else {**raw, "subject": subject}


@dataclass
class Sent:
    """What the senders of one test were told. `answered`: ids inside, of 2xx answers only."""

    ids: Ids
    answered: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    refusals: Counter[int] = field(default_factory=Counter)  # by status; 0 is a connection that broke
    lock: threading.Lock = field(default_factory=threading.Lock)

    def told(self, raws: Sequence[dict[str, Any]], outcomes: Sequence[str]) -> None:
        with self.lock:
            for raw, outcome in zip(raws, outcomes, strict=True):
                assert outcome in ("accepted", "duplicate"), outcome
                self.answered.append(self.ids.event(raw["source"], raw["id"]))
                self.outcomes[outcome] += 1

    def refused(self, status: int) -> None:
        with self.lock:
            self.refusals[status] += 1


class Sender(threading.Thread):
    """Sends one customer's events in order, one at a time or a few together, until told to stop."""

    def __init__(self, url: str, key: str, sent: Sent, cpf: str, size: int, stop_at: int = 1_000_000) -> None:
        super().__init__(name=f"sender-{size}", daemon=True)
        self._client = httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=20,
            trust_env=False,
        )
        self._sent, self._cpf, self._size = sent, cpf, size
        self._numbers = iter(range(1, stop_at + 1))
        self._last = threading.Event()
        self._abandoned = threading.Event()
        self.error: BaseException | None = None

    def finish(self) -> None:
        """What is under way is still sent until it is answered."""
        self._last.set()

    def abandon(self) -> None:
        """The test has failed: nobody will answer any more."""
        self._last.set()
        self._abandoned.set()

    def run(self) -> None:
        try:
            with self._client:
                while not self._last.is_set() and (batch := self._next()):
                    self._until_answered(batch)
        except BaseException as error:  # noqa: BLE001 - whatever it was, the test that joins us must hear of it
            self.error = error

    def _next(self) -> list[dict[str, Any]]:
        numbers = itertools.islice(self._numbers, self._size)
        return [interaction(f"{self._cpf}-{number}", number, f"cpf:{self._cpf}") for number in numbers]

    def _until_answered(self, batch: list[dict[str, Any]]) -> None:
        while (outcomes := post(self._client, batch, self._sent)) is None:
            if self._abandoned.wait(_PAUSE):
                return
        self._sent.told(batch, outcomes)
        self._last.wait(_PACE)


def post(client: httpx2.Client, batch: Sequence[dict[str, Any]], sent: Sent) -> list[str] | None:
    """The outcome of each event, None when nothing is known of them: the service was away, or told us to wait."""
    single = len(batch) == 1
    try:
        answer = client.post(
            "/events",
            json=batch[0] if single else batch,
            headers={"Content-Type": SINGLE if single else BATCH},
        )
    except httpx2.TransportError:
        sent.refused(0)
        return None
    if answer.status_code not in (200, 202):
        assert answer.status_code in (429, 503, 507), answer.text
        sent.refused(answer.status_code)
        return None
    told = answer.json()
    return [told["outcome"]] if single else [result["outcome"] for result in told["results"]]


@contextmanager
def load(
    url: str, key: str, sent: Sent, *, customers: int = 4, stop_at: int = 1_000_000
) -> Iterator[list[Sender]]:
    """Several customers at once, every second one in batches. At the end all that was begun has been answered."""
    senders = [
        Sender(url, key, sent, cpf, 1 if number % 2 else 10, stop_at)
        for number, cpf in enumerate(CPFS[:customers])
    ]
    for sender in senders:
        sender.start()
    try:
        yield senders
        for sender in senders:
            sender.finish()
        for sender in senders:
            sender.join(60)
        assert not any(sender.is_alive() for sender in senders), "a sender was never answered"
    finally:
        for sender in senders:
            sender.abandon()
    for sender in senders:
        if sender.error is not None:
            raise sender.error
