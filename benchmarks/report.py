"""What was measured as a table on the terminal, and as JSON and markdown in a folder."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.rows import Row

_HELD = {True: "yes", False: "NO", None: ""}


def show(rows: Sequence[Row]) -> None:
    table = Table("figure", "value", "unit", "line", "held", "note")
    for row in rows:
        table.add_row(row.name, shown(row.value), row.unit, row.line, _HELD[row.held], row.note)
    Console(width=140).print(table)


def shown(value: float) -> str:
    """Three significant digits, thousands apart."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def write(folder: Path, figures: Mapping[str, Sequence[Row]], *, quick: bool) -> None:
    """`results.json` and `results.md`."""
    folder.mkdir(exist_ok=True)
    told = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "machine": machine(),
        "figures": {
            name: [
                {
                    "name": row.name,
                    "value": row.value,
                    "unit": row.unit,
                    "line": row.line,
                    "held": row.held,
                    "note": row.note,
                }
                for row in rows
            ]
            for name, rows in figures.items()
        },
    }
    (folder / "results.json").write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    (folder / "results.md").write_text(markdown(figures, quick=quick))


def markdown(figures: Mapping[str, Sequence[Row]], *, quick: bool) -> str:
    lines = [
        f"{'A quick run' if quick else 'One run'} of `make bench`, {machine()}.",
        "",
        "| figure | value | unit | line | held | note |",
        "|---|---:|---|---|---|---|",
    ]
    for rows in figures.values():
        for row in rows:
            cells = row.name, shown(row.value), row.unit, row.line, _HELD[row.held], row.note
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def machine() -> str:
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, load average {load:.1f}"
