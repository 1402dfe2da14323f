"""What a demo consists of: how many customers, events and documents, and the day it ends on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from random import Random
from typing import Any

import orjson

from customer360.errors import ConfigurationError
from customer360.stores.postgres.installation import LOADING, Installation
from indexer.demo.people import Person, people
from indexer.demo.story import Bill, Story, bills, catalogue
from indexer.demo.talk import OFFERS

SEED = 360
EVENTS_PER_CUSTOMER = 50  # on average, offers and documents among them
_FACT = "demo"


@dataclass(frozen=True)
class DemoPlan:
    """The same customers and end give the same events and documents, byte for byte."""

    customers: int
    end: datetime

    @cached_property
    def people(self) -> list[Person]:
        return people(Random(SEED), self.customers)

    @property
    def documents(self) -> int:
        return self.customers // 2

    @property
    def events(self) -> int:
        """All events: those told here, and one of each document."""
        return self.customers * EVENTS_PER_CUSTOMER

    @property
    def told(self) -> int:
        """How many events `tell` makes."""
        return self.events - self.documents

    def tell(self) -> Iterator[dict[str, Any]]:
        """The catalogue, then each customer's two years."""
        yield from catalogue(self.end)
        each, more = divmod(self.told - len(OFFERS), self.customers)
        for number, person in enumerate(self.people):
            yield from Story(SEED, number, person, self.end, each + (number < more)).tell()

    def bills(self) -> Iterator[Bill]:
        return bills(SEED, self.people, self.end, self.documents)


def begin(installation: Installation, customers: int) -> tuple[DemoPlan, bool]:
    """The plan of this installation, made when it is new, and whether it must still be loaded.

    ConfigurationError on an installation that holds anything else: demo accounts have no place there.
    """
    held = installation.get(_FACT)
    if held is not None:
        told = orjson.loads(held)
        plan = DemoPlan(told["customers"], datetime.fromisoformat(told["end"]))
        return plan, installation.get(LOADING) is not None
    if not installation.is_empty():
        raise ConfigurationError(
            "this installation holds data that is not the demo's; set C360_DATA_DIR to a fresh folder",
            field="C360_DATA_DIR",
        )
    plan = DemoPlan(customers, datetime.now(UTC).replace(microsecond=0))
    fact = orjson.dumps({"customers": customers, "end": plan.end.isoformat()}).decode()
    installation.set(**{_FACT: fact, LOADING: _FACT})
    return plan, True


def finish(installation: Installation) -> None:
    """From now on the service is ready."""
    installation.remove(LOADING)
