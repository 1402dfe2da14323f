"""The Prometheus metrics: what this process counts, and gauges read from the database when somebody scrapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from customer360.errors import Unavailable
from customer360.stores.postgres.measures import Measured

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meters:
    """A registry of its own. Labels are route templates, methods, statuses and outcomes: a small, fixed set."""

    def __init__(self, waiting: Callable[[], int], measure: Callable[[], Measured]) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, which nobody asks for
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "c360_http_request_seconds",
            "Time to answer a request",
            ("route", "method", "status"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._answered: dict[tuple[str, str, int], Histogram] = {}  # `labels` costs more than what it finds
        self._events = Counter(
            "c360_events", "Events received, by what became of them", ("outcome",), registry=self.registry
        )
        for outcome in ("accepted", "duplicate", "rejected", "conflict"):
            self._events.labels(outcome)
        self.streams = Gauge("c360_streams", "Open event streams", registry=self.registry)
        queue = Gauge("c360_intake_waiting", "Events queued or being committed", registry=self.registry)
        queue.set_function(waiting)
        self.registry.register(_FromLedger(measure))

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        key = (route, method, status)
        histogram = self._answered.get(key)
        if histogram is None:
            histogram = self._answered[key] = self._requests.labels(route, method, status)
        histogram.observe(seconds)

    def received(self, outcome: str, count: int = 1) -> None:
        self._events.labels(outcome).inc(count)

    def exposition(self) -> bytes:
        """Blocking, because the gauges ask the database."""
        return generate_latest(self.registry)


class _FromLedger(Collector):
    def __init__(self, measure: Callable[[], Measured]) -> None:
        self._measure = measure

    def describe(self) -> list[Metric]:
        """Nothing, so that registering asks no database."""
        return []

    def collect(self) -> Iterator[Metric]:
        try:
            measured = self._measure()
        except Unavailable:
            yield GaugeMetricFamily("c360_ledger_up", "Whether the database answers", value=0)
            return
        yield GaugeMetricFamily("c360_ledger_up", "Whether the database answers", value=1)
        for name, text, value in (
            ("c360_projection_lag_seconds", "Age of the oldest event not projected", measured.projection_lag),
            ("c360_delivery_lag_seconds", "Age of the oldest change not searchable", measured.delivery_lag),
            ("c360_quarantine_open", "Refused events waiting for a person", measured.quarantine_open),
            ("c360_failures", "Events whose projection failed and was parked", measured.failures),
            ("c360_undelivered", "Documents the search store refused", measured.undelivered),
            ("c360_drift_documents", "Search documents that differed when last compared", measured.drift),
            ("c360_stalled_partitions", "Partitions released for an unknown event type", measured.stalled),
        ):
            yield GaugeMetricFamily(name, text, value=value)
