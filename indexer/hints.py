"""Hints through dramatiq: "there is work". Nothing is lost with one; the sweep of each worker finds what it missed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.errors import DramatiqError

log = logging.getLogger(__name__)

QUEUE = "c360_hints"
_GAP = 0.02  # seconds between two hints of one process: many commits share one
_MAX_AGE_MS = 60_000  # an old hint is worthless: the sweep has been by


def make_broker(url: str | None) -> dramatiq.Broker:
    """In-process without a URL, RabbitMQ for amqp://, Redis for redis://."""
    if url is None:
        return StubBroker()
    if url.startswith("redis"):
        return RedisBroker(url=url)  # type: ignore[no-untyped-call]  # dramatiq does not type it
    return RabbitmqBroker(url=url, confirm_delivery=True)


def declare(broker: dramatiq.Broker, on_hint: Callable[[], None]) -> dramatiq.Actor[[], None]:
    """The one actor: PostgreSQL owns retries, so the queue has none."""

    @dramatiq.actor(
        actor_name="c360_hint", queue_name=QUEUE, broker=broker, max_retries=0, max_age=_MAX_AGE_MS
    )
    def hint() -> None:
        on_hint()

    return hint


class HintSender:
    """`send` returns at once; a thread of its own talks to the broker, one hint for all that came meanwhile."""

    def __init__(self, actor: dramatiq.Actor[[], None]) -> None:
        self._actor = actor
        self._wanted = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hints", daemon=True)
        self._thread.start()

    def send(self) -> None:
        self._wanted.set()

    def stop(self) -> None:
        self._ended.set()
        self._wanted.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            if self._ended.is_set():
                return
            self._wanted.clear()
            try:
                self._actor.send()
            except (DramatiqError, OSError) as error:
                log.warning("hint_lost", extra={"error": type(error).__name__})
            self._ended.wait(_GAP)
