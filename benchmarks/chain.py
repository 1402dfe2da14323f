"""The highest rate of single events that the whole chain to the index holds, and how fresh answers are at half of it."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvloop

from benchmarks.backlog import Backlog, polled
from benchmarks.freshness import probing
from benchmarks.intake import over_http
from benchmarks.load import Load, paced, run_closed
from benchmarks.rows import Row, Scale, percentile
from benchmarks.service import WITHOUT_WORKER, Service, service
from benchmarks.traffic import batch, event
from tests.elasticsearch.server import ElasticsearchServer

_SAMPLE = 0.25  # seconds between looks at the backlog
_GROWTH, _OLD = 0.3, 3.0  # seconds by which the wait may differ between early and late, and that it may reach
_DRAIN = 120.0
_LOWERED = 8  # times


def run(scale: Scale) -> list[Row]:
    """The rate over batches is taken from a service without a worker, between those of the two adapters."""
    intake = batch_rate(scale)
    rows = adapter("postgres", {}, intake, scale)
    with elasticsearch() as url:
        rows += adapter("elasticsearch", {"ELASTICSEARCH_URL": url}, intake, scale)
    return rows


@contextmanager
def elasticsearch() -> Iterator[str]:
    """A real node of our own."""
    server = ElasticsearchServer()
    try:
        server.start()
        yield server.url
    finally:
        server.close()


def batch_rate(scale: Scale) -> float:
    with service(WITHOUT_WORKER) as ours:
        over_http(ours, 2_000)
        return max(over_http(ours, scale.of(5_000, 20_000)) for _ in range(scale.of(2, 3)))


def adapter(name: str, environment: dict[str, str], intake: float, scale: Scale) -> list[Row]:
    with service(**environment) as ours:
        connection = ours.database()
        backlog = Backlog(connection)
        polled(backlog.delivering, 60, "the search store is there")
        capacity = drained_rate(ours, backlog, scale.of(2_000, 10_000))
        rate = highest(ours, backlog, capacity, scale)
        with probing(ours, searchable=False) as shown, probing(ours, searchable=True) as found:
            load(ours, rate / 2, scale.of(8, 30))
        connection.close()
    label = f"chain, {name}"
    return [
        Row(f"{label}: rate held / batch intake rate", rate / intake, "x", ">= 0.25"),
        Row(f"{label}: rate held to the index", rate, "events/s", note=f"for {scale.of(8, 60)} s"),
        Row(f"{label}: batch intake rate of this run", intake, "events/s"),
        Row(f"{label}: a backlog is worked off at", capacity, "events/s"),
        Row(f"{label}: visible p50 at half the rate", statistics.median(shown.visible) * 1e3, "ms"),
        Row(f"{label}: visible p99 at half the rate", percentile(shown.visible, 0.99) * 1e3, "ms", "<= 100"),
        Row(f"{label}: searchable p50 at half the rate", statistics.median(found.searchable) * 1e3, "ms"),
        Row(
            f"{label}: searchable p99 at half the rate",
            percentile(found.searchable, 0.99) * 1e3,
            "ms",
            "<= 1000",
            f"{len(shown.visible)} and {len(found.searchable)} probes",
        ),
    ]


def drained_rate(ours: Service, backlog: Backlog, count: int) -> float:
    """Events per second from a standing backlog to the index."""
    for size in (2 * count, count):  # the first warms up, a Java machine above all
        began = time.monotonic()
        run_closed(ours.port, [ours.batch(batch(100)) for _ in range(size // 100)], 4).only(202)
        backlog.drain(_DRAIN)
    return count / (time.monotonic() - began)


def highest(ours: Service, backlog: Backlog, capacity: float, scale: Scale) -> float:
    """Found with short loads, up or down by a fifth; then shown with a long one, lower by a tenth until it holds."""
    short, rate = scale.of(4, 8), capacity / 2
    while not _twice(ours, backlog, rate, short):
        rate /= 1.2
    while _twice(ours, backlog, rate * 1.2, short):
        rate *= 1.2
    for _ in range(_LOWERED):
        if holds(ours, backlog, rate, scale.of(8, 60)):
            return rate
        rate *= 0.9
    raise RuntimeError(f"{rate:.0f} events/s, held for a short time, were not held for long")


def _twice(ours: Service, backlog: Backlog, rate: float, seconds: float) -> bool:
    """A failure counts when it repeats: something else may have wanted the machine."""
    if rate < 1:
        raise RuntimeError("no rate was held")
    return holds(ours, backlog, rate, seconds) or holds(ours, backlog, rate, seconds)


def holds(ours: Service, backlog: Backlog, rate: float, seconds: float) -> bool:
    """Everything was answered in time, and what waits for the index at the end is no older than it was early on."""
    ages: list[float] = []
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(_SAMPLE):
            ages.append(backlog.worst())

    watcher = threading.Thread(target=sample, name="backlog")
    watcher.start()
    try:
        loaded = load(ours, rate, seconds)
    finally:
        ended.set()
        watcher.join()
    backlog.drain(_DRAIN)
    quarter = max(1, len(ages) // 4)
    early, late = statistics.median(ages[quarter : 2 * quarter]), statistics.median(ages[-quarter:])
    return loaded.seconds < seconds * 1.05 + 0.5 and late <= early + _GROWTH and late <= _OLD


def load(ours: Service, rate: float, seconds: float) -> Load:
    return uvloop.run(paced(ours.port, lambda: ours.single(event()[1]), rate, seconds)).only(202)
