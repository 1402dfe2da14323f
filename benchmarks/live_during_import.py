"""How fresh live events are while a file is being imported beside them."""

from __future__ import annotations

import csv
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.backlog import Backlog, polled
from benchmarks.freshness import probing
from benchmarks.rows import Row, Scale, percentile
from benchmarks.service import service
from benchmarks.traffic import CUSTOMERS

_MAPPING = """
source = "bench-import"
id = ["number"]

[file]
time-zone = "America/Sao_Paulo"

[clock]
date = "date"
time = "time"

[[events]]
type = "interaction.recorded"

[events.subject]
type = "cpf"
value = { column = "cpf" }

[events.data]
channel = { const = "voice" }
title = { column = "title" }
"""


def run(scale: Scale) -> list[Row]:
    """The import is stopped when enough was probed; it brakes itself by the lag, so it would take long."""
    seconds = scale.of(10, 60)
    with service() as ours, tempfile.TemporaryDirectory(prefix="c360-bench-import-") as folder:
        connection = ours.database()
        polled(Backlog(connection).delivering, 60, "the search store is there")
        with probing(ours, searchable=False) as seen:
            alone = _during(seconds / 2)
        before = list(seen.visible)
        mapping, file = _files(Path(folder), seconds * 8_000)
        command = ours.begin("import", str(mapping), str(file), "--errors", str(Path(folder) / "errors.csv"))
        try:
            polled(lambda: _count(connection) > len(before) + 3_000, 60, "the import has begun")
            first = _count(connection)
            with probing(ours, searchable=False) as seen:
                took = _during(seconds)
            imported = (_count(connection) - first) / took
            running = command.poll() is None
        finally:
            command.terminate()
            command.wait(30)
        connection.close()
    return [
        Row("import: live event visible p99 beside it", percentile(seen.visible, 0.99) * 1e3, "ms", "<= 200"),
        Row("import: live event visible p50 beside it", statistics.median(seen.visible) * 1e3, "ms"),
        Row(
            "import: live event visible p99 without it",
            percentile(before, 0.99) * 1e3,
            "ms",
            note=f"{len(before)} probes in {alone:.0f} s",
        ),
        Row(
            "import: rate beside live events",
            imported,
            "events/s",
            note=f"{len(seen.visible)} probes" + ("" if running else "; it ended before the measurement"),
        ),
    ]


def _during(seconds: float) -> float:
    began = time.monotonic()
    time.sleep(seconds)  # the probe works meanwhile
    return time.monotonic() - began


def _count(connection: object) -> int:
    from psycopg2.extensions import connection as Connection

    assert isinstance(connection, Connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM event_log")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _files(folder: Path, rows: int) -> tuple[Path, Path]:
    mapping, file = folder / "mapping.toml", folder / "calls.csv"
    mapping.write_text(_MAPPING)
    with file.open("w", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(["number", "cpf", "date", "time", "title"])
        for number in range(rows):
            day, second = number // 86_400, number % 86_400
            at = f"{second // 3_600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
            lines.writerow(
                [number, CUSTOMERS[number % 2_000], f"2025-03-{1 + day:02d}", at, f"Ligação {number}"]
            )
    return mapping, file
