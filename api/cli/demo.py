"""c360 demo: the service with an invented company's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from api.cli.tables import table
from customer360.config import Settings

if TYPE_CHECKING:
    from api.demo import Demo


@click.command()
@click.option("--customers", type=click.IntRange(2, 2_000), default=2_000, hidden=True)
def demo(customers: int) -> None:
    """Run the service with demo data: 2,000 invented customers, two years of events, offers and documents.

    Loads once into C360_DATA_DIR, which must be fresh; later starts find it loaded. New events keep coming. Prints
    `ready` when everything can be asked for; ctrl+C stops all that was started.
    """
    from api.cli.progress import progress
    from api.demo import Demo
    from api.serve import serve

    settings = Settings.from_env()
    with progress() as show:
        address: list[str] = []
        running = Demo(customers, show, lambda: _say(settings, address[0]))
        serve(settings, ready=address.append, beside=running.run)
    _raise(running)


def _say(settings: Settings, address: str) -> None:
    from api.demo import ACCOUNTS, password_of

    rows = [(login, password_of(login), role.value) for login, (role, _) in ACCOUNTS.items()]
    click.echo(f"\nconsole: {address}/\n\n{table(('login', 'password', 'role'), rows)}\n")
    if settings.host not in ("127.0.0.1", "::1", "localhost"):
        click.echo("these passwords are public: let nobody but you reach this address\n")
    click.echo("ready")


def _raise(running: Demo) -> None:
    if running.failure is not None:
        raise running.failure
