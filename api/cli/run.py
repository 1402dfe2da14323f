"""c360 serve, c360 work: the long-running processes."""

from __future__ import annotations

import click

from customer360.config import Settings


@click.command()
@click.option("--no-worker", is_flag=True, help="HTTP only: workers run elsewhere, by `c360 work`.")
def serve(no_worker: bool) -> None:
    """Run the service: HTTP, console and a worker.

    Without DATABASE_URL it runs a PostgreSQL of its own in C360_DATA_DIR. ctrl+C or SIGTERM stops everything it
    started, PostgreSQL last.
    """
    from api.serve import serve as run

    run(Settings.from_env(), worker=not no_worker, ready=lambda address: click.echo(f"serving on {address}"))


@click.command()
def work() -> None:
    """Run a worker alone: projection, delivery to search, upkeep.

    As many as you like, on any machine, with the DATABASE_URL and C360_SECRET of the service. An installation with
    the embedded PostgreSQL has its worker beside `c360 serve` already.
    """
    from customer360.errors import ConfigurationError
    from customer360.logs import configure
    from indexer.worker import run_worker

    settings = Settings.from_env()
    if settings.embedded:
        raise ConfigurationError(
            "a worker alone needs DATABASE_URL; `c360 serve` runs one beside itself", field="DATABASE_URL"
        )
    configure(settings.log_format)
    run_worker(settings)
