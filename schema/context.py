"""What a GraphQL request brings along: who asks, the services, and the way to record facts. Made by the HTTP edge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from customer360 import clock
from customer360.customers.model import CustomerSnapshot
from customer360.history.batch import SearchBatch
from customer360.privacy.principal import Principal
from customer360.services import Services
from schema.loading import CustomerLoader


class Verdict(Protocol):
    """What became of one recorded event; `outcome` is accepted, duplicate, rejected or conflict."""

    @property
    def outcome(self) -> str: ...
    @property
    def id(self) -> str | None: ...
    @property
    def code(self) -> str | None: ...
    @property
    def field(self) -> str | None: ...
    @property
    def reason(self) -> str | None: ...


class Record(Protocol):
    """Takes raw CloudEvents of source `c360:...`; one verdict each, in order, once they are durable."""

    def __call__(self, events: Sequence[dict[str, Any]], /) -> Awaitable[Sequence[Verdict]]: ...


class Projected(Protocol):
    """Waits at most `timeout` seconds; True when the read models show all these events."""

    def __call__(self, event_ids: Sequence[str], /, timeout: float = 2.0) -> Awaitable[bool]: ...


@dataclass
class RequestContext:
    """One per GraphQL operation. `batch` gathers the search questions of sibling fields into one ask."""

    principal: Principal
    services: Services
    record: Record
    projected: Projected
    batch: SearchBatch = field(init=False)
    customers: CustomerLoader = field(init=False)
    now: Callable[[], int] = clock.now

    def __post_init__(self) -> None:
        self.batch = self.services.batch()
        self.customers = CustomerLoader(self.services.customers.snapshots)

    async def customer(self, customer_id: str) -> CustomerSnapshot | None:
        return await self.services.customers.snapshot(customer_id)


def context_of(info: Any) -> RequestContext:
    """The typed context of a resolve info."""
    context: RequestContext = info.context
    return context
