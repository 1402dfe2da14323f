"""c360 doctor: each part of a configuration looked at, with what to do about what is wrong."""

from __future__ import annotations

import sys

import click

from customer360.config import Settings, unknown_variables
from customer360.errors import ConfigurationError


@click.command()
def doctor() -> None:
    """Check settings, database, migrations, search store, broker, documents, disk, console and port.

    Changes nothing and starts nothing. Exit code 1 when something must be done.
    """
    from api.diagnosis import examine

    try:
        settings = Settings.from_env()
    except ConfigurationError as error:
        click.echo(f"wrong    settings: {error.reason}")
        sys.exit(1)
    click.echo("ok       settings")
    for variable in unknown_variables():
        click.echo(f"note     settings: {variable} is not a setting and does nothing; is it misspelt?")
    findings = examine(settings)
    for finding in findings:
        click.echo(f"{finding.state:<8} {finding.part}: {finding.text}")
    if any(finding.state == "wrong" for finding in findings):
        sys.exit(1)
