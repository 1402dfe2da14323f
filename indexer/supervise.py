"""The worker as a child process of `c360 serve`: started, woken through a pipe, started again when it dies."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping

import dramatiq
from dramatiq.brokers.stub import StubBroker

from indexer.hints import HintSender, declare, make_broker

log = logging.getLogger(__name__)

_STOP_SECONDS = 8.0
_QUICK_DEATH = 5.0  # seconds: dying sooner than this earns a pause before the next start


class WorkerProcess:
    """Keeps one worker running. `wake` never blocks for long and never fails: the worker sweeps by itself."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = {**environ, "C360_CHILD": "1"}
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker-supervisor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def wake(self) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        try:
            os.write(process.stdin.fileno(), b".")
        except (OSError, ValueError):
            return  # it is just ending or full of hints; the next one sweeps at its start

    def stop(self) -> None:
        """Lets it finish its transaction; kills it when that takes too long (nothing is lost by that)."""
        self._ending.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        self._thread.join(timeout=_STOP_SECONDS)

    def _run(self) -> None:
        while not self._ending.is_set():
            started = time.monotonic()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "indexer.worker"],
                env=self._environ,
                stdin=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,  # ctrl+C in the terminal is for the service, which then stops us in its turn
            )
            assert self._process.stdin is not None
            os.set_blocking(self._process.stdin.fileno(), False)
            code = self._process.wait()
            if self._ending.is_set():
                return
            log.error("worker_died", extra={"exit_code": code})
            if time.monotonic() - started < _QUICK_DEATH:
                self._ending.wait(1.0)


class Hints:
    """What intake calls after a commit. Through the queue to any worker, or, without one, down the pipe to our child."""

    def __init__(self, broker_url: str | None, child: WorkerProcess | None) -> None:
        broker = make_broker(broker_url)
        actor = declare(broker, child.wake if child is not None else _nobody)
        self._queue: dramatiq.Worker | None = None
        if isinstance(broker, StubBroker):
            self._queue = dramatiq.Worker(broker, worker_threads=1, worker_timeout=100)
            self._queue.start()
        self._sender = HintSender(actor)

    def send(self) -> None:
        self._sender.send()

    def stop(self) -> None:
        self._sender.stop()
        if self._queue is not None:
            self._queue.stop()


def _nobody() -> None:
    """No worker of ours: a consumer elsewhere sweeps."""
