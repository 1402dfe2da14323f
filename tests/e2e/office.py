"""A call center on one search store or the other: real servers, the real write side, the executor of production.

Delivery is driven by hand (`deliver`), or by a real worker (`working`) where things must happen at the same time.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from customer360.config import Settings
from customer360.services import build
from customer360.stores.elasticsearch import ElasticsearchReader
from indexer.delivery.consumer import DeliveryConsumer
from indexer.delivery.manager import DeliveryManager
from indexer.rebuild import SearchRebuild
from indexer.worker import Worker
from schema.nodes import CUSTOMER, to_global
from tests.indexer.scenario import SECRET, Scenario
from tests.schema.desk import ANA, Desk

PATIENCE = 30.0  # seconds a search may take: these tests are about answers, on a machine that may be busy


class Office(Desk):
    """`store` is postgres or elasticsearch; `client` looks at the latter from outside."""

    client: Elasticsearch | None = None

    @property
    def store(self) -> str:
        return self.services.search_store

    @property
    def prefix(self) -> str:
        return self.services.settings.index_prefix

    def customer(self, subject: str = ANA) -> str:
        kind, _, value = subject.partition(":")
        return to_global(CUSTOMER, self.services.ids.member(kind, value))

    def timeline_rows(self, subject: str) -> list[tuple[Any, ...]]:
        """What is projected for one key."""
        kind, _, value = subject.partition(":")
        return list(self.scenario.timeline(self.services.ids.member(kind, value)))

    # ------------------------------------------------------------ the search store

    def open_store(self) -> None:
        """The first look of a worker: makes the first generation."""
        manager = DeliveryManager(
            self.scenario.engine, self.services.writer, self.store, "first", threading.Event(), 0
        )
        manager._first()  # the step that `look` starts with, without its threads

    def deliver(self) -> None:
        """Everything projected is written and confirmed, in each generation that is delivered to."""
        for name in self.generations("live", "filling"):
            stopping = threading.Event()
            consumer = DeliveryConsumer(self.scenario.engine, self.services.writer, name, "hand", stopping, 0)
            consumer.take_leases()
            while consumer.run_once() or consumer.waiting:
                pass
            consumer.release()

    def write_unconfirmed(self) -> None:
        """Everything projected is written, and visible to searches, but nobody has confirmed it."""
        (name,) = self.generations("live")
        never = 10**12
        consumer = DeliveryConsumer(
            self.scenario.engine, self.services.writer, name, "hand", threading.Event(), never
        )
        consumer.take_leases()
        while consumer.run_once():
            pass
        consumer.release()
        assert self.services.writer.refresh(name)

    def generations(self, *states: str) -> list[str]:
        rows = self.scenario.rows(
            "SELECT name FROM search_generation WHERE state = ANY (%s) ORDER BY name", list(states)
        )
        return [name for (name,) in rows]

    def rebuild(self) -> int:
        stopping = threading.Event()
        rebuild = SearchRebuild(
            self.scenario.engine,
            self.services.writer,
            self.store,
            "rebuild",
            stopping,
            lambda _: None,
            grace=0.5,
        )
        return rebuild.run()

    def wipe(self) -> None:
        """Everything of the search store goes, behind the product's back."""
        if self.client is None:
            for name in self.generations("live", "filling", "lost"):
                self.scenario.rows(f"DROP SCHEMA search_{name} CASCADE; SELECT 1")
        else:
            held = list(self.client.indices.get(index=f"{self.prefix}-*").body)
            self.client.indices.delete(index=",".join(held))

    @contextmanager
    def working(self) -> Iterator[Worker]:
        """A real worker beside the readers."""
        worker = Worker(self.services)
        worker.start()
        try:
            yield worker
        finally:
            worker.stop()

    # ------------------------------------------------------------ asking

    async def nodes(self, subject: str = ANA, **more: Any) -> list[dict[str, Any]]:
        return [edge["node"] for edge in (await self.timeline(subject, **more))["edges"]]

    async def titles(self, subject: str = ANA, **more: Any) -> list[str]:
        return [node["title"] for node in await self.nodes(subject, **more)]

    async def timeline(self, subject: str = ANA, *, first: int = 50, **more: Any) -> dict[str, Any]:
        answer = await self.ask(TIMELINE, id=self.customer(subject), first=first, **more)
        found: dict[str, Any] = answer["customer"]["timeline"]
        return found


TIMELINE = """
query($id: ID!, $first: Int!, $after: String, $filter: TimelineFilter) { customer(id: $id) { id
  timeline(first: $first, after: $after, filter: $filter) {
    edges { cursor node { id title summary channel occurredAt } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
    facets { channel count } freshness { asOf indexLagMs degraded } liveCursor } } }"""


@asynccontextmanager
async def an_office(database_url: str, folder: Path, elasticsearch_url: str | None) -> AsyncIterator[Office]:
    prefix = f"t{secrets.token_hex(6)}"
    settings = Settings(
        database_url=database_url,
        secret=SECRET.decode(),
        data_dir=folder,
        elasticsearch_url=elasticsearch_url,
        index_prefix=prefix,
        refresh_ms=50,
    )
    services = build(settings, database_url)
    office = Office(services, Scenario(services.engine, services.ids))
    if elasticsearch_url is not None:
        await services.search.close()
        services.search = ElasticsearchReader(elasticsearch_url, prefix, timeout=PATIENCE)
        office.client = Elasticsearch(elasticsearch_url, request_timeout=PATIENCE)
    office.open_store()
    yield office
    await services.close()
    if office.client is not None:
        held = list(office.client.indices.get(index=f"{prefix}-*").body)
        if held:
            office.client.indices.delete(index=",".join(held))
        office.client.close()
