"""c360 user ..., c360 token: local accounts and bearer tokens."""

from __future__ import annotations

import secrets
import sys

import click

from api.cli.database import ledger
from api.cli.tables import table
from customer360 import clock
from customer360.config import Settings
from customer360.privacy.credentials import fingerprint, new_token
from customer360.privacy.passwords import Passwords
from customer360.privacy.roles import Role
from customer360.stores.postgres.accounts import Accounts
from customer360.stores.postgres.sessions import Sessions

ROLES = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """Local accounts: people who sign in to the console."""


@user.command()
@click.argument("login")
@click.option("--role", type=ROLES, required=True, help="What the account may do.")
@click.option("--name", help="How the person is shown; by default the login.")
@click.option("--locale", type=click.Choice(["pt-BR", "en"]), default="pt-BR", show_default=True)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
@click.option("--generate", is_flag=True, help="Make up a password and print it alone on the last line.")
def add(login: str, role: str, name: str | None, locale: str, password_stdin: bool, generate: bool) -> None:
    """Add an account. Asks for the password unless told where it comes from."""
    password = _password(from_stdin=password_stdin, generate=generate)
    hashed = Passwords().hash(password)
    with ledger(Settings.from_env()) as engine:
        made = Accounts(engine).add(login, name or login, Role(role), hashed, locale=locale)
    click.echo(f"added {made.login} ({made.role})")
    if generate:
        click.echo(password)


@user.command()
@click.argument("login")
def disable(login: str) -> None:
    """Disable an account; its sessions and tokens end within seconds."""
    with ledger(Settings.from_env()) as engine:
        Accounts(engine).disable(login)
    click.echo(f"disabled {login}")


@user.command()
@click.argument("login")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
@click.option("--generate", is_flag=True, help="Make up a password and print it alone on the last line.")
def password(login: str, password_stdin: bool, generate: bool) -> None:
    """Set a new password; the account's sessions and tokens end within seconds."""
    chosen = _password(from_stdin=password_stdin, generate=generate)
    hashed = Passwords().hash(chosen)
    with ledger(Settings.from_env()) as engine:
        Accounts(engine).set_password(login, hashed)
    click.echo(f"changed the password of {login}")
    if generate:
        click.echo(chosen)


@user.command("list")
def list_users() -> None:
    """Show every account."""
    with ledger(Settings.from_env()) as engine:
        found = Accounts(engine).all()
    rows = [
        (account.login, account.role, account.name, "disabled" if account.disabled else "active")
        for account in found
    ]
    click.echo(table(("login", "role", "name", "state"), rows))


@click.command()
@click.option("--role", type=ROLES, required=True, help="What the bearer may do.")
@click.option(
    "--hours", type=click.IntRange(1, 24 * 366), default=24, show_default=True, help="How long it is good."
)
def token(role: str, hours: int) -> None:
    """Print a bearer token alone on the last line.

    Send it as `Authorization: Bearer ...`. Only its hash is stored: it cannot be shown again.
    `c360 user disable token-ROLE` ends all tokens of a role.
    """
    made = new_token()
    with ledger(Settings.from_env()) as engine:
        account = Accounts(engine).for_tokens(Role(role))
        Sessions(engine).open(account.id, fingerprint(made), None, clock.now() + hours * clock.HOUR)
    click.echo(f"bearer token of role {role}, good for {hours} hours:", err=True)
    click.echo(made)


def _password(*, from_stdin: bool, generate: bool) -> str:
    if generate:
        return secrets.token_urlsafe(12)
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked
