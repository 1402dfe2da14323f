"""`c360` itself: the groups put together, and how a refusal looks on a terminal."""

from __future__ import annotations

import sys
from typing import Any

import click

from api.cli import accounts, demo, doctor, importing, keys, parked, quarantine, rebuilding, run
from customer360.errors import C360Error


class Commands(click.Group):
    """Shows an error of the product as one line with its code, without a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except C360Error as error:
            click.echo(f"{error.code}: {error.reason}", err=True)
            sys.exit(1)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="customer360")
def main() -> None:
    """Customer 360: history, next best offer and document archive for call centers.

    Settings come from the environment (C360_DATA_DIR, C360_PORT, DATABASE_URL, ...); every command reads the same
    ones as the service. `c360 doctor` says what is wrong with them.
    """


for command in (
    run.serve,
    demo.demo,
    run.work,
    accounts.user,
    accounts.token,
    keys.key,
    importing.import_file,
    quarantine.quarantine,
    parked.failures,
    rebuilding.rebuild,
    rebuilding.reconcile,
    doctor.doctor,
):
    main.add_command(command)
