"""The worker process: projection, delivery and upkeep, woken by hints and by each other, swept every second."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import dramatiq

from customer360 import clock, failpoints
from customer360.archive.extraction.reader import FileReader
from customer360.config import Settings
from customer360.errors import LedgerUnavailable
from customer360.logs import configure
from customer360.services import Services, build
from customer360.stores.postgres.archive import ArchiveRows
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.locks import REBUILD
from customer360.stores.postgres.notify import notify
from customer360.stores.postgres.only_one import AlreadyRunning, only_one
from customer360.stores.postgres.readmodels import change_feed, generations, positions
from customer360.stores.postgres.readmodels.positions import PROJECTION
from indexer.delivery.manager import DeliveryManager
from indexer.extraction.consumer import ExtractionConsumer
from indexer.hints import declare, make_broker
from indexer.loop import SWEEP, Loop
from indexer.projection.consumer import ProjectionConsumer
from indexer.projection.project import Projector
from indexer.reconcile import reconcile

log = logging.getLogger(__name__)

_LEASES = 3.0  # seconds between renewals of the projection leases
_TRIM = 60.0  # seconds between trims of the change log
_FIRST_REST = 0.01  # seconds; doubled to a sweep: what loads beside us, such as an import, sends no hints
_IDLE = 3_600.0  # seconds between two looks at nothing to do
_NOTIFY_GAP = 0.005  # seconds: changes of this time share one NOTIFY


class Worker:
    """Everything that runs in the background of one process. `wake` may be called from any thread."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopping = threading.Event()
        holder = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        projector = Projector(services.ids, services.zone)
        self._projection = ProjectionConsumer(services.engine, services.ids, projector, holder)
        self._delivery = DeliveryManager(
            services.engine,
            services.writer,
            services.search_store,
            holder,
            self._stopping,
            services.settings.refresh_ms if services.settings.elasticsearch_url else 0,
        )
        self._extraction = ExtractionConsumer(
            ArchiveRows(services.engine, services.ids),
            services.blobs,
            FileReader(services.settings.max_pages),
            holder,
        )
        self._leased = self._trimmed = self._extraction_leased = 0.0
        self._projecting = Loop("projection", self._project, self._stopping)
        self._notifying = Loop("notify", self._notify, self._stopping)
        self._looking = Loop("delivery", self._look, self._stopping)
        self._keeping = Loop("upkeep", self._keep, self._stopping)
        self._extracting = Loop("extraction", self._extract, self._stopping)
        self._rest: float = _FIRST_REST  # seconds until the next look when there was nothing to do
        self._comparing = Loop("reconcile", self._reconcile, self._stopping)
        self._compared = time.monotonic()
        self._changed = threading.Event()

    def start(self) -> None:
        with transaction(self._services.engine) as cursor:
            if generations.distrust_after_a_move(cursor):
                log.error("search_store_lost", extra={"reason": "the database was restored elsewhere"})
        positions.unstall(self._services.engine, PROJECTION)
        for loop in self._loops:
            loop.start()

    def wake(self) -> None:
        self._projecting.wake()

    def stop(self) -> None:
        self._stopping.set()
        for loop in self._loops:
            loop.wake()
        for loop in self._loops:
            loop.thread.join(timeout=10)
        with suppress(LedgerUnavailable):  # without a database the leases end by themselves
            self._delivery.stop()
            self._projection.release()
            self._extraction.release()

    @property
    def _loops(self) -> tuple[Loop, ...]:
        return (
            self._projecting,
            self._notifying,
            self._looking,
            self._keeping,
            self._extracting,
            self._comparing,
        )

    def _project(self) -> float | None:
        if time.monotonic() - self._leased >= _LEASES:
            self._projection.take_leases()
            self._leased = time.monotonic()
        if not self._projection.run_once():
            self._rest = min(SWEEP, self._rest * 2)
            return self._rest
        self._rest = _FIRST_REST
        self._changed.set()
        self._notifying.wake()
        self._delivery.wake()
        return 0

    def _notify(self) -> float | None:
        if not self._changed.is_set():
            return None
        self._changed.clear()
        notify(self._services.engine)
        self._stopping.wait(_NOTIFY_GAP)
        return 0

    def _extract(self) -> float | None:
        if time.monotonic() - self._extraction_leased >= _LEASES:
            self._extraction.take_leases()
            self._extraction_leased = time.monotonic()
        if not self._extraction.run_once():
            return None
        self._changed.set()
        self._notifying.wake()
        self._delivery.wake()
        return 0

    def _look(self) -> float:
        self._delivery.look()
        return SWEEP

    def _reconcile(self) -> float:
        """At most one worker compares, and none beside a rebuild."""
        services, pause = self._services, self._services.settings.reconcile_minutes * 60.0
        if pause and time.monotonic() - self._compared >= pause:
            self._compared = time.monotonic()
            with suppress(AlreadyRunning), only_one(services.engine, REBUILD, "a rebuild"):
                reconcile(services.engine, services.writer, services.search_store, self._stopping)
        return pause or _IDLE

    def _keep(self) -> float:
        if time.monotonic() - self._trimmed >= _TRIM:
            self._trimmed = time.monotonic()
            window = self._services.settings.replay_window_minutes * clock.MINUTE
            with transaction(self._services.engine) as cursor:
                change_feed.trim(cursor, clock.now() - window)
        return SWEEP


def run_worker(settings: Settings) -> None:
    """Runs until SIGTERM, SIGINT or, when started by `c360 serve`, until its pipe closes. The main thread only."""
    failpoints.arm(settings.failpoint)
    services = build(settings)
    worker = Worker(services)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    queue = _listen(settings, worker.wake)
    worker.start()
    if not sys.stdin.isatty() and os.environ.get("C360_CHILD") == "1":
        threading.Thread(target=_follow_parent, args=(worker.wake, ended), daemon=True).start()
    log.info("worker_started")
    ended.wait()
    if queue is not None:
        queue.stop()
    worker.stop()
    services.shut()
    log.info("worker_ended")


def _listen(settings: Settings, wake: Callable[[], None]) -> dramatiq.Worker | None:
    if settings.broker_url is None:
        return None
    broker = make_broker(settings.broker_url)
    declare(broker, wake)
    queue = dramatiq.Worker(broker, worker_threads=1)
    queue.start()
    return queue


def _follow_parent(wake: Callable[[], None], ended: threading.Event) -> None:
    """Each byte on the pipe is a hint; its end means that the parent is gone."""
    while os.read(sys.stdin.fileno(), 4_096):
        wake()
    ended.set()


if __name__ == "__main__":
    loaded = Settings.from_env()
    configure(loaded.log_format)
    run_worker(loaded)
