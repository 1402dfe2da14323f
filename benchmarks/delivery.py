"""Delivery of the change log to Elasticsearch against a bare `_bulk` loop of the same documents, and a rebuild."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Sequence

from psycopg2.extensions import cursor as Cursor
from sqlalchemy import Engine

from benchmarks.chain import elasticsearch
from benchmarks.rows import Row, Scale
from benchmarks.search_delivery import BareBulk
from benchmarks.service import SERVE, Service, service
from benchmarks.story import grow
from customer360.stores.elasticsearch import ElasticsearchWriter
from customer360.stores.elasticsearch.names import Names
from customer360.stores.embedded import running_url
from customer360.stores.ports import SearchDocument
from customer360.stores.postgres.engine import make_engine, transaction
from customer360.stores.postgres.readmodels import documents, generations
from indexer.delivery.consumer import DeliveryConsumer

_BULK = 1_000  # documents of one request of the bare loop, as delivery has it
_PAUSE_MS = 500


def run(scale: Scale) -> list[Row]:
    count = scale.of(5_000, 30_000)
    with elasticsearch() as url:
        with service() as ours:  # projected beside the PostgreSQL store: Elasticsearch is left to us
            grow(ours, None, count)
            rows = compared(ours, url, scale.of(2, 3))
        return rows + rebuilt(url, count)


def compared(ours: Service, url: str, rounds: int) -> list[Row]:
    """Each round of each side fills a generation of its own; the best of each."""
    database = running_url(ours.folder)
    assert database is not None, "its PostgreSQL does not run"
    engine = make_engine(database)
    prefix = f"bench{secrets.token_hex(4)}"
    writer = ElasticsearchWriter(url, prefix)
    bare = BareBulk(url, Names(prefix))
    with transaction(engine) as cursor:
        everything = _all(cursor)
    try:
        _bare(writer, bare, everything)  # the Java machine warms up
        taken = [
            (_delivered(engine, writer, everything), _bare(writer, bare, everything)) for _ in range(rounds)
        ]
    finally:
        bare.close()
        writer.close()
        engine.dispose()
    delivery, loop = (len(everything) / min(each[side] for each in taken) for side in (0, 1))
    return [
        Row("delivery to Elasticsearch / bare _bulk loop", delivery / loop, "x", ">= 0.5"),
        Row("delivery: change log to confirmed", delivery, "documents/s"),
        Row("delivery: bare _bulk loop", loop, "documents/s"),
    ]


def _all(cursor: Cursor) -> list[SearchDocument]:
    found: list[SearchDocument] = []
    after = ""
    while page := documents.scan(cursor, "entry", after, 5_000):
        found += page
        after = page[-1].id
    return found


def _delivered(engine: Engine, writer: ElasticsearchWriter, everything: Sequence[SearchDocument]) -> float:
    """Seconds from the first change row read to the last confirmed."""
    generation = f"d{secrets.token_hex(3)}"
    _prepare(writer, generation, everything)
    with transaction(engine) as cursor:
        generations.add(cursor, generation, "elasticsearch", "live", 0)
    consumer = DeliveryConsumer(engine, writer, generation, "bench", threading.Event(), _PAUSE_MS)
    consumer.take_leases()
    began = time.perf_counter()
    while consumer.run_once():
        pass
    while consumer.waiting:
        consumer.confirm(now=True)
    took = time.perf_counter() - began
    consumer.release()
    with transaction(engine) as cursor:
        generations.forget(cursor, generation)
    writer.drop(generation)
    return took


def _bare(writer: ElasticsearchWriter, bare: BareBulk, everything: Sequence[SearchDocument]) -> float:
    generation = f"b{secrets.token_hex(3)}"
    _prepare(writer, generation, everything)
    began = time.perf_counter()
    for at in range(0, len(everything), _BULK):
        bare.write(generation, everything[at : at + _BULK])
    writer.refresh(generation)
    took = time.perf_counter() - began
    writer.drop(generation)
    return took


def _prepare(writer: ElasticsearchWriter, generation: str, everything: Sequence[SearchDocument] = ()) -> None:
    """The bare loop makes no indices: one tombstone of an older version in each quarter makes them before."""
    writer.create(generation)
    quarters = {document.occurred_at // (30 * 86_400_000_000): document for document in everything}
    first = [
        SearchDocument(d.kind, f"first{d.id}", 1, d.member_id, d.occurred_at, deleted=True)
        for d in quarters.values()
    ]
    writer.write(generation, first)


def rebuilt(url: str, count: int) -> list[Row]:
    with service(SERVE, ELASTICSEARCH_URL=url, C360_INDEX_PREFIX="rebuild") as ours:
        grow(ours, None, count)
        began = time.perf_counter()
        ours.command("rebuild")
        took = time.perf_counter() - began
    return [
        Row(
            "c360 rebuild",
            count / took,
            "documents/s",
            note=f"{count:,} documents, {took:.0f} s with its start",
        )
    ]
