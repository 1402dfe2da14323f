"""c360 quarantine ...: what was received but could not be used. `show` prints what was sent, personal data included."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import click
import orjson
from sqlalchemy import Engine

from api.cli.database import ledger
from api.cli.tables import table
from customer360 import clock
from customer360.config import Settings, installation_secret
from customer360.errors import BadInput
from customer360.events import OWN_SOURCE
from customer360.ids import Ids
from customer360.stores.postgres.quarantine import Quarantine, Quarantined
from indexer.intake import Intake, Verdict
from indexer.sources import lenient

STATES = click.Choice(["open", "replayed", "dropped"])


@click.group()
def quarantine() -> None:
    """Events that were received but could not be used: kept whole, with the reason."""


@quarantine.command("list")
@click.option("--state", type=STATES, default="open", show_default=True)
@click.option("--after", type=int, default=0, help="Continue after this number.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
def list_quarantined(state: Any, after: int, limit: int) -> None:
    """Show number, code, field and how often it came; not what was sent."""
    with ledger(Settings.from_env()) as engine:
        found = Quarantine(engine).page(state, after=after, limit=limit)
    rows = [
        (kept.id, kept.code, kept.field or "-", kept.repeats, clock.isoformat(kept.last_at)) for kept in found
    ]
    click.echo(table(("number", "code", "field", "times", "last"), rows))


@quarantine.command()
@click.argument("number", type=int)
def show(number: int) -> None:
    """Print one as JSON, with what was sent."""
    with ledger(Settings.from_env()) as engine:
        kept = Quarantine(engine).get(number)
    shown = {
        "number": kept.id,
        "state": kept.state,
        "code": kept.code,
        "field": kept.field,
        "reason": kept.reason,
        "key": kept.key_id,
        "times": kept.repeats,
        "first": clock.isoformat(kept.first_at),
        "last": clock.isoformat(kept.last_at),
        "sent": _readable(kept.body),
    }
    click.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2))


@quarantine.command()
@click.argument("numbers", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every open one.")
def replay(numbers: tuple[int, ...], everything: bool) -> None:
    """Send events through intake again, as when a type has become known; those accepted are marked replayed."""
    settings = Settings.from_env()
    with ledger(settings) as engine:
        kept = list(_chosen(Quarantine(engine), numbers, everything=everything))
        verdicts = asyncio.run(_submit(settings, engine, kept))
        done = [item.id for item, verdict in zip(kept, verdicts, strict=True) if verdict.stored]
        Quarantine(engine).close(done, "replayed")
    for item, verdict in zip(kept, verdicts, strict=True):
        click.echo(f"{item.id}: {verdict.outcome}" + (f" ({verdict.code})" if verdict.code else ""))
    click.echo(f"{len(done)} of {len(kept)} replayed")


@quarantine.command()
@click.argument("numbers", type=int, nargs=-1, required=True)
def drop(numbers: tuple[int, ...]) -> None:
    """Mark as not wanted; what was sent stays stored."""
    with ledger(Settings.from_env()) as engine:
        closed = Quarantine(engine).close(numbers, "dropped")
    click.echo(f"{closed} dropped")


def _chosen(held: Quarantine, numbers: Sequence[int], *, everything: bool) -> Iterator[Quarantined]:
    if not everything and not numbers:
        raise click.UsageError("name the numbers, or --all")
    if not everything:
        yield from (kept for number in numbers if (kept := held.get(number)).state == "open")
        return
    after = 0
    while page := held.page("open", after=after):
        yield from page
        after = page[-1].id


async def _submit(settings: Settings, engine: Engine, kept: Sequence[Quarantined]) -> list[Verdict]:
    """One by one, so that each keeps the key it came with."""
    intake = Intake(engine, Ids(installation_secret(settings)))
    try:
        verdicts = []
        for item in kept:
            raw = _sent(item.body)
            own = isinstance(raw, dict) and str(raw.get("source", "")).startswith(OWN_SOURCE)
            own = own and item.code != "RESERVED_SOURCE"  # a stranger's stays a stranger's
            verdicts += await intake.submit([raw], key_id=item.key_id, own=own)
        return verdicts
    finally:
        await intake.stop()


def _sent(body: bytes) -> Any:
    """As intake got it."""
    try:
        return lenient.decode(body)
    except BadInput:
        return body.decode("utf-8", "backslashreplace")


def _readable(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode("utf-8", "backslashreplace")
