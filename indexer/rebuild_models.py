"""Deriving all read models again from the ledger, beside the ones in use, then swapping both in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from customer360.ids import Ids
from customer360.stores.postgres.engine import Cursor, make_engine, transaction
from customer360.stores.postgres.readmodels import positions, second_set
from customer360.stores.postgres.readmodels.changes import Change, publish
from indexer.delivery.writing import Stopped
from indexer.projection.consumer import ProjectionConsumer
from indexer.projection.project import Projector
from indexer.rebuild import Progress, Report

_LONG = "3600000"  # ms: the last comparison runs over every row, in one transaction


def rebuild_models(
    engine: Engine, ids: Ids, zone: ZoneInfo, holder: str, stopping: threading.Event, report: Report
) -> int:
    """Returns how many documents came out otherwise than they were. Reading and intake go on; Stopped when ended."""
    second_set.create(engine)
    url = engine.url.render_as_string(hide_password=False)
    beside = make_engine(url, size=2, search_path=f"{second_set.NEXT},public")
    patient = make_engine(
        url, size=1, statement_timeout=_LONG, idle_in_transaction_session_timeout=_LONG, lock_timeout="60000"
    )
    try:
        consumer = ProjectionConsumer(
            beside, ids, Projector(ids, zone, _unpublished), holder, second_set.REBUILD
        )
        _fill(engine, consumer, stopping, report)
        with transaction(patient) as cursor:
            second_set.stop_projection(cursor)
            _fill(engine, consumer, stopping, report)
            report(Progress("compare", 0, 0))
            second_set.copy_pages(cursor)
            changes = second_set.differences(cursor)
            cursor.execute(f"SET LOCAL search_path TO {second_set.NEXT}, public")
            publish(cursor, changes)
            second_set.swap(cursor)
        consumer.release()
        second_set.drop_old(engine)
    finally:
        beside.dispose()
        patient.dispose()
    return len(changes)


def _fill(engine: Engine, consumer: ProjectionConsumer, stopping: threading.Event, report: Report) -> None:
    consumer.take_leases()
    with transaction(engine) as cursor:
        total = positions.head(cursor, "event_log")
    done = 0
    while handled := consumer.run_once():
        if stopping.is_set():
            raise Stopped
        done += handled
        consumer.take_leases()
        report(Progress("project", min(done, total), total))


def _unpublished(cursor: Cursor, changes: Iterable[Change]) -> int:
    """The second set is nobody's business until it is swapped in; only what differs is published then."""
    return 0
