"""A thread that does one step again and again: at once while there is work, else on a wake-up or once a second."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from customer360.errors import C360Error
from indexer.delivery.writing import Stopped

log = logging.getLogger(__name__)

SWEEP = 1.0  # seconds: how long a lost hint can delay anything


class Loop:
    """`step` returns for how many seconds it may rest (0: call again at once); None rests until the sweep."""

    def __init__(self, name: str, step: Callable[[], float | None], stopping: threading.Event) -> None:
        self._name = name
        self._step = step
        self._stopping = stopping
        self._awake = threading.Event()
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> Loop:
        self.thread.start()
        return self

    def wake(self) -> None:
        self._awake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._awake.clear()
            rest = self._once()
            if rest != 0:
                self._awake.wait(SWEEP if rest is None else rest)

    def _once(self) -> float | None:
        try:
            return self._step()
        except Stopped:
            return None
        except C360Error as error:  # an outage: said once a second until it is over
            log.warning("loop_waits", extra={"loop": self._name, "code": error.code})
            return self._rest_after_error()
        except Exception:  # a defect must not end the thread: the others depend on it
            log.exception("loop_failed", extra={"loop": self._name})
            return self._rest_after_error()

    def _rest_after_error(self) -> float:
        self._stopping.wait(SWEEP)
        return SWEEP
