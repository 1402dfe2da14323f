"""What every fault test ends with: accepted = ledger = projection = index, nothing twice, order per customer kept."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from typing import Any

import orjson
from sqlalchemy import Engine

from customer360.stores.ports import SearchWriter
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.ledger import decode
from indexer.backlog import Backlog

PATIENCE = 60.0  # seconds; two cores are shared with the servers
_NUMBERED = re.compile(r"#(\d+)$")


def numbered(number: int) -> str:
    """The title of a customer's n-th event, by which the check knows the order in which it was sent."""
    return f"Atendimento #{number}"


def eventually(holds: Callable[[], object], otherwise: str, patience: float = PATIENCE) -> None:
    """Asks again until it holds; another process is doing the work, and nothing tells us when it is done."""
    until = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < until, otherwise
        time.sleep(0.05)  # between two questions


def check(
    engine: Engine, writer: SearchWriter, accepted: Collection[str], *, parked: Collection[str] = ()
) -> None:
    """`accepted`: ids inside of every event that was answered with 2xx, here each one an interaction.

    `parked`: those among them whose projection fails for a reason of their own. Waits until the worker has caught up.
    """
    wait_until_done(engine)
    expected = sorted(accepted)
    shown = sorted(set(accepted) - set(parked))
    assert len(set(expected)) == len(expected), "the test itself counted an event twice"
    assert _column(engine, "SELECT event_id FROM event_log") == expected, "ledger"
    assert _column(engine, "SELECT event_id FROM event_key") == expected, "keys of the ledger"
    assert _column(engine, "SELECT event_id FROM failure") == sorted(parked), "parked"
    assert _column(engine, "SELECT id FROM timeline_entry WHERE NOT hidden") == shown, "projection"
    assert sum(_column(engine, "SELECT entries FROM entry_count")) == len(shown), (
        "counted twice or not at all"
    )
    assert _indexed(engine, writer) == _projected(engine), "index"
    assert_order_kept(engine)


def wait_until_done(engine: Engine) -> None:
    """Everything accepted is projected, delivered and confirmed."""
    backlog = Backlog(engine)
    try:
        eventually(lambda: backlog.reached().done, "not done")
    except AssertionError:
        with transaction(engine) as cursor:
            cursor.execute("SELECT name, state FROM search_generation")
            generations = cursor.fetchall()
            cursor.execute(
                "SELECT consumer, holder, count(*), max(leased_until) - now() FROM consumer_lease GROUP BY 1, 2"
            )
            leases = cursor.fetchall()
        raise AssertionError(f"not caught up: {backlog.reached()}, {generations}, {leases}") from None


def assert_order_kept(engine: Engine) -> None:
    """Each customer's events are in the ledger in the order in which their sender sent them, without a gap."""
    numbers: dict[str, list[int]] = defaultdict(list)
    with transaction(engine) as cursor:
        cursor.execute("SELECT member_id, data FROM event_log WHERE member_id IS NOT NULL ORDER BY seq")
        for member_id, data in cursor.fetchall():
            found = _NUMBERED.search(orjson.loads(decode(data))["data"].get("title", ""))
            if found:
                numbers[member_id].append(int(found.group(1)))
    for member_id, given in numbers.items():
        assert given == list(range(1, len(given) + 1)), f"order of {member_id}"


def live_generation(engine: Engine) -> str:
    (name,) = _column(engine, "SELECT name FROM search_generation WHERE state = 'live'")
    return str(name)


def _projected(engine: Engine) -> list[tuple[str, int]]:
    with transaction(engine) as cursor:
        cursor.execute("SELECT id, version FROM timeline_entry WHERE NOT hidden ORDER BY id")
        return cursor.fetchall()


def _indexed(engine: Engine, writer: SearchWriter) -> list[tuple[str, int]]:
    return list(_fingerprints(writer, live_generation(engine)))


def _fingerprints(writer: SearchWriter, generation: str) -> Iterator[tuple[str, int]]:
    after = ""
    while page := writer.fingerprints(generation, "entry", after, 1_000):
        yield from ((doc_id, version) for doc_id, version, deleted in page if not deleted)
        after = page[-1][0]


def _column(engine: Engine, statement: str) -> list[Any]:
    """One column, sorted bytewise as ids are."""
    with transaction(engine) as cursor:
        cursor.execute(statement)
        return sorted(row[0] for row in cursor.fetchall())
