"""c360 import: any CSV file, by a declared mapping."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.tables import table
from customer360.config import Settings, installation_secret

if TYPE_CHECKING:
    from api.cli.progress import Show
    from indexer.backlog import Backlog
    from indexer.sources.csv.importing import CsvImport, Outcome

SOME_REFUSED = 3  # exit code: everything else of the file is stored
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("mapping", type=_FILE)
@click.argument("file", type=_FILE)
@click.option("--dry-run", is_flag=True, help="Look at every row and store nothing; needs no database.")
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where refused rows are listed; by default NAME.errors.csv in the current folder.",
)
def import_file(mapping: Path, file: Path, dry_run: bool, errors: Path | None) -> None:
    """Load a CSV file, plain or gzip, as the MAPPING (TOML) says; see docs/import.md.

    Safe to run again: what is stored stays as it is, and a run that was ended goes on where it was. Exit code 3 when
    some rows were refused; they are listed in the file of errors.
    """
    from api.cli.progress import progress
    from indexer.sources.csv.importing import CsvImport

    job = CsvImport(mapping, file, errors or Path(f"{file.name}.errors.csv"))
    with progress() as show:
        rows = job.count_rows()
        outcome = _dry_run(job, rows, show) if dry_run else _run(job, rows, show)
    _summarise(outcome, dry_run=dry_run)
    if outcome.counts["rows_failed"]:
        sys.exit(SOME_REFUSED)


def _dry_run(job: CsvImport, rows: int, show: Show) -> Outcome:
    from customer360.ids import Ids

    return job.dry_run(Ids(b"a dry run stores nothing"), _counting("looking at rows", rows, show))


def _run(job: CsvImport, rows: int, show: Show) -> Outcome:
    from api.cli.database import attended_ledger
    from customer360.ids import Ids
    from customer360.stores.postgres.imports import ImportJobs
    from customer360.stores.postgres.ledger import Ledger
    from indexer.backlog import Backlog

    settings = Settings.from_env()
    with attended_ledger(settings) as engine:
        ids, backlog = Ids(installation_secret(settings)), Backlog(engine)
        outcome = job.run(
            Ledger(engine), ids, ImportJobs(engine), backlog, _counting("importing rows", rows, show)
        )
        _finish(backlog, show)
    return outcome


def _finish(backlog: Backlog, show: Show) -> None:
    """Everything is stored by now: this only waits until it is shown, and says so when nobody will do it."""
    done = backlog.attended() and backlog.wait_until_done(
        lambda reached: show("projecting events", reached.projected, reached.events), threading.Event()
    )
    if not done:
        click.echo(
            "no worker is running: the events are stored and will be shown once `c360 serve` or `c360 work` runs",
            err=True,
        )


def _summarise(outcome: Outcome, *, dry_run: bool) -> None:
    counts = outcome.counts
    if outcome.resumed_at:
        click.echo(f"went on after row {outcome.resumed_at}")
    names = (
        ["rows", "rows_failed", "events"]
        if dry_run
        else ["rows", "rows_failed", "accepted", "duplicate", "rejected", "conflict"]
    )
    click.echo(table(("what", "count"), [(name.replace("_", " "), counts[name]) for name in names]))
    if outcome.errors_file is not None:
        click.echo(f"refused rows: {outcome.errors_file}")
    if dry_run:
        click.echo("nothing was stored")


def _counting(said: str, total: int, show: Show) -> Callable[[int], None]:
    done = 0

    def told(rows: int) -> None:
        nonlocal done
        done += rows
        show(said, done, total)

    return told
