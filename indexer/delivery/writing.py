"""Getting documents into one generation: retried with growing pauses, split when too large, the poisonous set aside."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence

from customer360.stores.ports import Fate, SearchDocument, SearchWriter, WriteResult

log = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 5.0  # seconds


class Stopped(Exception):
    """The worker is ending; what was not written is written by the next one."""


def write_all(
    writer: SearchWriter,
    generation: str,
    documents: Sequence[SearchDocument],
    stopping: threading.Event,
    *,
    size: int = 1_000,
    waiting: Callable[[str], None] = lambda reason: None,
) -> list[WriteResult]:
    """Writes all of them, whatever it takes; returns those that the store will never accept (POISON).

    A batch that the store could not take is halved, one that it took lets the next grow by a tenth of `size`.

    Raises Stopped when the worker ends first. `waiting` hears why, each time it has to wait.
    """
    poison: list[WriteResult] = []
    left = list(documents)
    largest = size
    pause = _FIRST_PAUSE
    while left:
        batch, rest = left[:size], left[size:]
        results = writer.write(generation, batch)
        again = []
        for document, result in zip(batch, results, strict=True):
            if result.fate is Fate.POISON or (result.fate is Fate.SPLIT and len(batch) == 1):
                poison.append(result)
            elif result.fate not in (Fate.DONE, Fate.STALE):
                again.append(document)
        held_up = [result for result in results if result.fate in (Fate.RETRY, Fate.STOP)]
        if held_up:
            log.warning("delivery_waits", extra={"fate": held_up[0].fate.value, "documents": len(held_up)})
            waiting(held_up[0].reason)
            jitter = random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, keeps no secret
            if stopping.wait(pause * jitter):
                raise Stopped
            pause = min(pause * 2, _LONGEST_PAUSE)
            size = max(1, size // 2)
        elif again:
            size = max(1, size // 2)
        else:
            pause = _FIRST_PAUSE
            size = min(largest, size + largest // 10)
        left = again + rest
    return poison
