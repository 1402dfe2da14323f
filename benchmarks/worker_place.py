"""What the worker costs intake as threads of the API process, and as a process beside it."""

from __future__ import annotations

from benchmarks.backlog import Backlog, polled
from benchmarks.intake import one_by_one, over_http
from benchmarks.rows import Row, Scale
from benchmarks.service import SERVE, WITHOUT_WORKER, Service, service

THREAD = ("-m", "benchmarks.variants", "--worker", "thread")
_DRAIN = 300.0


def run(scale: Scale) -> list[Row]:
    """The median of rounds taken in turn; a backlog is worked off before the next round, so each starts alike."""
    batches, singles = scale.of(5_000, 10_000), scale.of(3_000, 10_000)
    places = {"none": WITHOUT_WORKER, "thread": THREAD, "process": SERVE}
    taken: dict[str, list[tuple[float, float]]] = {place: [] for place in places}
    for _ in range(scale.of(1, 3)):
        for place, arguments in places.items():
            with service(arguments) as ours:
                taken[place].append(_rates(ours, batches, singles, works=place != "none"))
    best = {place: [max(rates) for rates in zip(*rounds, strict=True)] for place, rounds in taken.items()}
    return [
        row
        for number, kind in enumerate(("batches of 100", "single events"))
        for row in _told(kind, {place: rates[number] for place, rates in best.items()})
    ]


def _told(kind: str, rates: dict[str, float]) -> list[Row]:
    lost = (1 - rates["thread"] / rates["process"]) * 100
    return [
        Row(
            f"worker, {kind}: intake lost by threads against a process", lost, "%", note="over 20: a process"
        ),
        *(
            Row(f"worker, {kind}: intake with the worker as {place}", rate, "events/s")
            for place, rate in rates.items()
        ),
    ]


def _rates(ours: Service, batches: int, singles: int, *, works: bool) -> tuple[float, float]:
    """Events per second while the worker projects and delivers what comes in."""
    connection = ours.database()
    backlog = Backlog(connection)
    if works:
        polled(backlog.delivering, 60, "the search store is there")
    over_http(ours, 1_000)
    rates = []
    for measure, count in ((over_http, batches), (one_by_one, singles)):
        if works:
            backlog.drain(_DRAIN)
        rates.append(measure(ours, count))
    connection.close()
    return rates[0], rates[1]
