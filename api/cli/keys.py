"""c360 key ...: API keys of systems that send events or ask questions."""

from __future__ import annotations

import click

from api.cli.database import ledger
from api.cli.tables import table
from customer360 import clock
from customer360.config import Settings
from customer360.privacy.roles import Scope
from customer360.stores.postgres.api_keys import ApiKeys

SCOPES = click.Choice([scope.value for scope in Scope])


@click.group()
def key() -> None:
    """API keys: `c360_<id>_<secret>`, sent as `Authorization: Bearer ...` or `X-API-Key: ...`."""


@key.command()
@click.option(
    "--scope", "scopes", type=SCOPES, multiple=True, required=True, help="May be given several times."
)
@click.option("--name", default="", help="What it is for.")
def create(scopes: tuple[str, ...], name: str) -> None:
    """Create a key and print it alone on the last line; it cannot be shown again."""
    with ledger(Settings.from_env()) as engine:
        made = ApiKeys(engine).create(name, [Scope(scope) for scope in scopes])
    click.echo(f"key {made.id} with {', '.join(sorted(scopes))}:", err=True)
    click.echo(str(made))


@key.command()
@click.argument("key_id")
def rotate(key_id: str) -> None:
    """Add a second secret to a key and print it alone on the last line.

    The one before keeps working, so that the sender can change over; then `c360 key revoke KEY_ID --old`.
    """
    with ledger(Settings.from_env()) as engine:
        made = ApiKeys(engine).rotate(key_id)
    click.echo(f"a new secret of key {made.id}:", err=True)
    click.echo(str(made))


@key.command()
@click.argument("key_id")
@click.option("--old", is_flag=True, help="Only the secrets before the newest one.")
def revoke(key_id: str, old: bool) -> None:
    """End a key; it is refused within seconds."""
    with ledger(Settings.from_env()) as engine:
        ApiKeys(engine).revoke(key_id, old_only=old)
    click.echo(f"revoked {'the old secret of ' if old else ''}{key_id}")


@key.command("list")
def list_keys() -> None:
    """Show every key, without secrets."""
    with ledger(Settings.from_env()) as engine:
        found = ApiKeys(engine).all()
    rows = [
        (
            held.id,
            held.name or "-",
            ",".join(sorted(held.scopes)),
            "revoked" if held.revoked else f"{len(held.hashes)} active",
            "never" if held.last_used is None else clock.isoformat(held.last_used),
        )
        for held in found
    ]
    click.echo(table(("id", "name", "scopes", "secrets", "last used"), rows))
