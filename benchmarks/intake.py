"""How fast events become durable: HTTP against bare SQL, group commit against a commit per request."""

from __future__ import annotations

import time

from psycopg2.extensions import connection as Connection
from psycopg2.extras import execute_values

from benchmarks.cpu import cpu_seconds
from benchmarks.load import run_closed
from benchmarks.rows import Row, Scale
from benchmarks.service import WITHOUT_WORKER, Service, service
from benchmarks.traffic import batch, event
from customer360 import clock
from customer360.ids import Ids, partition_of

PAGE, BATCH = 500, 100
BATCH_CONNECTIONS, SINGLE_CONNECTIONS = 8, 64
_ids = Ids(b"bench")

LedgerRows = list[tuple[int, str, str, str, int, str, bytes, bytes]]


def run(scale: Scale) -> list[Row]:
    """No worker runs beside it: this is what intake can do. The best of interleaved rounds on each side."""
    return [*batches(scale), *singles(scale)]


def batches(scale: Scale) -> list[Row]:
    count = scale.of(5_000, 20_000)
    with service(WITHOUT_WORKER) as ours:
        over_http(ours, 2_000)  # both sides warm
        connection = ours.database()
        bare(connection, 2_000)
        rounds = [(over_http(ours, count), bare(connection, count)) for _ in range(scale.of(2, 5))]
        connection.close()
        cpu = cpu_per_event(ours, count)
    http, sql = max(first for first, _ in rounds), max(second for _, second in rounds)
    return [
        Row("intake: batches of 100 over HTTP / execute_values", http / sql, "x", ">= 0.5"),
        Row("intake: batches of 100 over HTTP", http, "events/s"),
        Row("intake: execute_values, pages of 500", sql, "events/s"),
        Row("intake: CPU of the API process per event of a batch", cpu, "us"),
    ]


def singles(scale: Scale) -> list[Row]:
    count = scale.of(3_000, 20_000)
    with service(WITHOUT_WORKER) as ours, service(WITHOUT_WORKER, C360_INTAKE_BATCH="1") as each:
        for side in (ours, each):
            one_by_one(side, 1_000)
        rounds = [(one_by_one(ours, count), one_by_one(each, count // 4)) for _ in range(scale.of(2, 5))]
    group, single = max(first for first, _ in rounds), max(second for _, second in rounds)
    return [
        Row("intake: single events, group commit / a commit per request", group / single, "x", ">= 3"),
        Row("intake: single events over 64 connections", group, "events/s"),
        Row("intake: the same with a commit per request", single, "events/s"),
    ]


def over_http(ours: Service, count: int) -> float:
    """Events per second in batches of 100."""
    requests = [ours.batch(batch(BATCH)) for _ in range(count // BATCH)]
    load = run_closed(ours.port, requests, BATCH_CONNECTIONS).only(202)
    return load.rate * BATCH


def one_by_one(ours: Service, count: int) -> float:
    requests = [ours.single(event()[1]) for _ in range(count)]
    return run_closed(ours.port, requests, SINGLE_CONNECTIONS).only(202).rate


def cpu_per_event(ours: Service, count: int) -> float:
    """Microseconds of the API process, PostgreSQL's not counted."""
    before = cpu_seconds(ours.pid)
    over_http(ours, count)
    return (cpu_seconds(ours.pid) - before) / count * 1e6


def bare(connection: Connection, count: int) -> float:
    """Rows per second that one connection writes to the same two tables, one commit a page; rows are made before."""
    pages = [ledger_rows(PAGE) for _ in range(count // PAGE)]
    connection.autocommit = False
    began = time.perf_counter()
    for page in pages:
        _write(connection, page)
    return len(pages) * PAGE / (time.perf_counter() - began)


def ledger_rows(count: int) -> LedgerRows:
    rows: LedgerRows = []
    for _ in range(count):
        number, body = event()
        member = _ids.member("bench", number)
        rows.append(
            (
                partition_of(member),
                member,
                _ids.event("bare", number),
                "c360.interaction.recorded.v1",
                clock.now(),
                "bench",
                b"\x00" + body,
                _ids.body_hash(body),
            )
        )
    return rows


def _write(connection: Connection, rows: LedgerRows) -> None:
    with connection, connection.cursor() as cursor:
        keys = [(event_id, body_hash) for _, _, event_id, _, _, _, _, body_hash in rows]
        execute_values(cursor, "INSERT INTO event_key VALUES %s", keys, page_size=PAGE)
        execute_values(
            cursor,
            "INSERT INTO event_log (partition, member_id, event_id, type, occurred_at, key_id, data) VALUES %s",
            [row[:7] for row in rows],
            page_size=PAGE,
        )
