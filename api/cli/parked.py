"""c360 failures ...: events that are stored but could not be projected. Their customers are marked incomplete."""

from __future__ import annotations

import sys

import click

from api.cli.database import ledger
from api.cli.tables import table
from customer360 import clock
from customer360.config import Settings, installation_secret

STILL_PARKED = 3  # exit code: some of those asked for could not be projected again


@click.group()
def failures() -> None:
    """Events that are in the ledger but could not be projected; they hold up nothing else."""


@failures.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
def list_failures(limit: int) -> None:
    """Show event, type, attempts and the kind of error, oldest first; not what was sent."""
    from customer360.stores.postgres.engine import transaction
    from customer360.stores.postgres.readmodels.failures import page

    with ledger(Settings.from_env()) as engine, transaction(engine) as cursor:
        found = page(cursor, limit)
    rows = [(item.event_id, item.type, item.attempts, item.error, clock.isoformat(item.at)) for item in found]
    click.echo(table(("event", "type", "attempts", "error", "last"), rows))


@failures.command()
@click.argument("event_ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every parked one.")
def replay(event_ids: tuple[str, ...], everything: bool) -> None:
    """Project events again, as when their cause is gone. Exit code 3 when some stay parked."""
    from customer360.ids import Ids
    from customer360.stores.postgres.engine import transaction
    from customer360.stores.postgres.readmodels.failures import parked
    from indexer.projection.consumer import replay_parked
    from indexer.projection.project import Projector

    if not everything and not event_ids:
        raise click.UsageError("name the events, or --all")
    settings = Settings.from_env()
    wanted = () if everything else event_ids
    with ledger(settings) as engine:
        with transaction(engine) as cursor:
            asked = len(parked(cursor, wanted))
        ids = Ids(installation_secret(settings))
        done = replay_parked(engine, ids, Projector(ids, settings.zone), wanted)
    click.echo(f"{len(done)} of {asked} projected")
    if len(done) < asked:
        sys.exit(STILL_PARKED)
