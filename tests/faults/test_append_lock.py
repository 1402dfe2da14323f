"""The append lock: with it a plain `seq > last` reader sees every row, without it rows are lost; a stopped holder frees it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import cursor as Cursor
from sqlalchemy import Engine

from customer360 import failpoints
from customer360.errors import LedgerUnavailable
from customer360.ids import Ids
from customer360.stores.postgres import ledger
from customer360.stores.postgres.engine import make_engine, transaction
from customer360.stores.postgres.ledger import Ledger
from customer360.stores.postgres.locks import EVENT_LOG, append_lock
from indexer.batch import Submission, commit
from tests.faults.ledger_check import eventually
from tests.faults.senders import interaction

WRITERS, COMMITS, ROWS = 8, 25, 5
TOLD = 3  # exit code of a holder that was told as senders are: nothing was stored, try again
IDS = Ids(b"a secret for fault tests")


def write(engine: Engine, writer: int) -> None:
    """COMMITS group commits of ROWS events each, through the product's own intake."""
    for number in range(COMMITS):
        raws = [
            interaction(f"{writer}-{number}-{row}", 1, f"email:w{writer}@example.com") for row in range(ROWS)
        ]
        commit(Ledger(engine), IDS, [Submission(raws, "key", own=False)])


def poll(url: str, done: threading.Event) -> set[int]:
    """What a reader that only remembers the last seq gets to see while the writers write, and after them."""
    seen: set[int] = set()
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            while True:
                ended = done.is_set()
                cursor.execute(
                    "SELECT seq FROM event_log WHERE seq > %s ORDER BY seq", (max(seen, default=0),)
                )
                found = [row[0] for row in cursor.fetchall()]
                seen.update(found)
                if ended and not found:
                    return seen
    finally:
        connection.close()


def lost(url: str) -> int:
    """How many rows the reader never saw."""
    engine = make_engine(url, size=WRITERS)
    done, seen = threading.Event(), set[int]()
    reader = threading.Thread(target=lambda: seen.update(poll(url, done)))
    writers = [threading.Thread(target=write, args=(engine, number)) for number in range(WRITERS)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    with transaction(engine) as cursor:
        cursor.execute("SELECT seq FROM event_log")
        held = {row[0] for row in cursor.fetchall()}
    engine.dispose()
    assert len(held) == WRITERS * COMMITS * ROWS
    return len(held - seen)


def test_eight_writers_lose_no_row_against_the_cursor(database_url: str) -> None:
    assert lost(database_url) == 0


def without_lock(cursor: Cursor, log: int) -> None:
    """What the log would be without it."""


def test_without_the_append_lock_rows_are_lost(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # given transactions that commit in another order than they took their seq: each holds its own for a moment
    monkeypatch.setattr(ledger, "append_lock", without_lock)
    reach: Callable[[str], None] = failpoints.reach
    turn = iter(range(WRITERS * COMMITS))

    def hold(name: str) -> None:
        if name == "before_commit" and next(turn) % 3 == 0:
            time.sleep(0.01)  # the later seq is committed first: the fault this control is about
        reach(name)

    monkeypatch.setattr(failpoints, "reach", hold)
    # when; then the same reader misses some
    assert lost(database_url) > 0


def hold_the_lock(url: str, held: multiprocessing.synchronize.Event) -> None:
    """A process that gets as far as the insert and is stopped there."""
    engine = make_engine(url)
    try:
        with transaction(engine) as cursor:
            append_lock(cursor, EVENT_LOG)
            held.set()
            os.kill(os.getpid(), signal.SIGSTOP)
            cursor.execute("SELECT 1")
    except LedgerUnavailable:
        sys.exit(TOLD)


@pytest.mark.slow
def test_a_stopped_holder_of_the_append_lock_frees_it(database_url: str) -> None:
    # given a process that holds the lock and is stopped
    spawn = multiprocessing.get_context("spawn")
    held = spawn.Event()
    holder = spawn.Process(target=hold_the_lock, args=(database_url, held))
    holder.start()
    try:
        assert held.wait(60)
        eventually(lambda: _state(holder.pid) == "T", "it was not stopped")
        engine = make_engine(database_url)
        # when somebody else appends
        raws = [interaction("1", 1, "cpf:52998224725")]
        ((verdict,),) = commit(Ledger(engine), IDS, [Submission(raws, "key", own=False)])
        # then it waited for the server to end the stopped session, and was done
        assert verdict.outcome == "accepted"
        with transaction(engine) as cursor:
            cursor.execute("SELECT count(*) FROM event_log")
            assert cursor.fetchall() == [(1,)]
        engine.dispose()
    finally:
        assert holder.pid is not None
        os.kill(holder.pid, signal.SIGCONT)
        holder.join(30)
    # and the holder, once it goes on, learns that its transaction is gone
    assert holder.exitcode == TOLD


def _state(pid: int | None) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
