"""c360 rebuild, c360 reconcile: the search store and the read models, made again or compared and healed."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from api.cli.database import services_of
from api.cli.tables import table
from customer360.config import Settings

if TYPE_CHECKING:
    from customer360.services import Services
    from indexer.rebuild import Report
    from indexer.reconcile import Drift

DRIFT_FOUND = 3  # exit code of a comparison that found differences and left them
ENDED = 130  # exit code after ctrl+C, as shells have it
# What a rebuild is doing, in words; the code's own names of kinds are their plural's beginning.
_STAGES = {
    "entry": "copying entries",
    "member": "copying members",
    "document": "copying documents",
    "page": "copying pages",
    "deliver": "delivering what came meanwhile",
    "verify": "verifying",
    "swap": "moving searches over",
    "project": "projecting the ledger",
    "compare": "comparing",
}


@click.command()
@click.option("--read-models", is_flag=True, help="Derive the read models again from the ledger instead.")
def rebuild(read_models: bool) -> None:
    """Fill a new search store beside the one in use, verify it, and move searches over in one step.

    Searches go on meanwhile. One that was ended goes on where it was. With --read-models everything that was derived
    from the ledger is derived again beside what is in use, and swapped in; only what comes out otherwise changes.
    """
    from customer360.stores.postgres.locks import REBUILD
    from customer360.stores.postgres.only_one import only_one

    with services_of(Settings.from_env()) as services, _stoppable() as stopping, _report() as report:
        with only_one(services.engine, REBUILD, "a rebuild"):
            if read_models:
                said = _read_models(services, stopping, report)
            else:
                said = _search(services, stopping, report)
    click.echo(said)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only look; exit code 3 when something differs.")
def reconcile(dry_run: bool) -> None:
    """Compare the search store with the read models, and heal what is missing, stale or foreign."""
    from indexer import reconcile as reconciling

    with services_of(Settings.from_env()) as services, _stoppable() as stopping, _counting() as told:
        drifts = reconciling.reconcile(
            services.engine, services.writer, services.search_store, stopping, told, mend=not dry_run
        )
    if not drifts:
        click.echo("there is no search store in use; `c360 rebuild` makes one", err=True)
        sys.exit(1)
    _say(drifts)
    found = sum(drift.total for drift in drifts.values())
    click.echo("nothing differs" if not found else f"{found} {'differ' if dry_run else 'healed'}")
    if dry_run and found:
        sys.exit(DRIFT_FOUND)


def _search(services: Services, stopping: threading.Event, report: Report) -> str:
    from indexer.rebuild import SearchRebuild

    copied = SearchRebuild(
        services.engine, services.writer, services.search_store, _holder(), stopping, report
    ).run()
    return f"rebuilt: {copied} documents; searches use the new store"


def _read_models(services: Services, stopping: threading.Event, report: Report) -> str:
    from indexer.rebuild_models import rebuild_models

    differing = rebuild_models(services.engine, services.ids, services.zone, _holder(), stopping, report)
    return f"read models rebuilt: {differing} documents came out otherwise"


def _say(drifts: dict[str, Drift]) -> None:
    rows = [
        (name, len(drift.missing), len(drift.stale), len(drift.foreign)) for name, drift in drifts.items()
    ]
    click.echo(table(("store", "missing", "stale", "foreign"), rows))


def _holder() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-command"


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """ctrl+C and SIGTERM let the step under way finish."""
    from indexer.delivery.writing import Stopped

    stopping = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: stopping.set()) for number in numbers]
    try:
        yield stopping
    except Stopped:
        click.echo("ended before it was done; run it again to go on", err=True)
        sys.exit(ENDED)
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def _report() -> Iterator[Report]:
    from api.cli.progress import progress

    with progress() as show:
        yield lambda at: show(_STAGES.get(at.stage, at.stage), at.done, at.total)


@contextmanager
def _counting() -> Iterator[Callable[[int], None]]:
    from api.cli.progress import progress

    looked = 0
    with progress() as show:

        def told(more: int) -> None:
            nonlocal looked
            looked += more
            show("comparing", looked, 0)

        yield told
