"""Loading the demo: events, then bills as PDF documents. A load that was ended goes on where it was."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from customer360.errors import C360Error
from customer360.ids import Ids
from customer360.stores.postgres.imports import ImportJobs, Progress
from customer360.stores.postgres.ledger import Ledger
from indexer.archiving import Archiving
from indexer.backlog import Backlog
from indexer.batch import Submission, commit
from indexer.demo.bill_pdf import draw
from indexer.demo.plan import DemoPlan
from indexer.demo.story import SOURCE, Bill

_EVENTS, _DOCUMENTS = "demo events", "demo documents"  # names of the jobs
_COMMIT = 500  # events
_TOGETHER = 4  # documents: while one is read by its child the next is drawn and stored

T = TypeVar("T")
Told = Callable[[int], None]  # how many are done


class DemoRefused(C360Error):
    """The demo's own data did not fit: a defect of the demo."""

    code = "DEMO_REFUSED"


def load_events(plan: DemoPlan, engine: Engine, ids: Ids, told: Told, stopping: threading.Event) -> None:
    """Blocking, for a thread. Returns early when told to stop."""
    ledger, jobs, backlog = Ledger(engine), ImportJobs(engine), Backlog(engine)
    done = jobs.progress(_EVENTS).rows_done
    for batch in _batches(islice(plan.tell(), done, None), _COMMIT):
        backlog.wait(stopping)
        if stopping.is_set():
            return
        (verdicts,) = commit(ledger, ids, [Submission(batch, None, own=False)])
        for verdict in verdicts:
            if not verdict.stored:
                raise DemoRefused(f"{verdict.code} {verdict.field}: {verdict.reason}")
        done += len(batch)
        jobs.record(_EVENTS, Progress(done))
        told(done)


async def load_documents(plan: DemoPlan, engine: Engine, archiving: Archiving, told: Told) -> None:
    """Through the intake that POST /documents uses; cancelled when the service stops."""
    jobs = ImportJobs(engine)
    done = (await asyncio.to_thread(jobs.progress, _DOCUMENTS)).rows_done
    for batch in _batches(islice(plan.bills(), done, None), _TOGETHER):
        await asyncio.gather(*(_archive(bill, archiving) for bill in batch))
        done += len(batch)
        await asyncio.to_thread(jobs.record, _DOCUMENTS, Progress(done))
        told(done)


async def _archive(bill: Bill, archiving: Archiving) -> None:
    metadata = {
        "id": f"bill-{bill.number}",
        "source": SOURCE,
        "subject": bill.person.subject,
        "time": bill.at.isoformat(),
        "title": f"Fatura {bill.at:%m/%Y}",
        "kind": "bill",
        "channel": "email",
        "direction": "outbound",
        "number": bill.number,
    }
    with tempfile.NamedTemporaryFile(prefix="c360-demo-") as file:
        await asyncio.to_thread(Path(file.name).write_bytes, await asyncio.to_thread(draw, bill))
        archived = await archiving.archive(metadata, Path(file.name), "application/pdf")
    if not archived.verdict.stored:
        raise DemoRefused(f"{archived.verdict.code} {archived.verdict.field}: {archived.verdict.reason}")


def _batches(made: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(made)
    while batch := list(islice(iterator, size)):
        yield batch
