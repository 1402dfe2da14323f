"""`python -m benchmarks`: runs the figures, each with servers of its own, and shows which lines hold."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import cast

import click

from benchmarks import report
from benchmarks.rows import Row, Scale

FIGURES = (
    "intake",
    "chain",
    "live_during_import",
    "delivery",
    "customer_page",
    "deep_timeline",
    "worker_place",
)
FOLDER = Path(__file__).parent / "results"


@click.command()
@click.option("--only", type=click.Choice(FIGURES), multiple=True, help="May be given several times.")
@click.option("--quick", is_flag=True, help="Short measurements, to see that everything works.")
def main(only: tuple[str, ...], quick: bool) -> None:
    """Measure, side by side, what the product promises. Ratios of one run count, not absolute rates."""
    figures: dict[str, list[Row]] = {}
    for name in only or FIGURES:
        click.echo(f"{name} ...")
        run = cast("Callable[[Scale], list[Row]]", import_module(f"benchmarks.{name}").run)
        figures[name] = run(Scale(quick))
        report.show(figures[name])
        report.write(FOLDER, figures, quick=quick)


if __name__ == "__main__":
    main()
