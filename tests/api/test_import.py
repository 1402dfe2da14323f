"""c360 import as a person runs it: summary, file of errors, exit codes, twice, after a kill, with nobody projecting."""

from __future__ import annotations

import csv
import gzip
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from customer360.stores.postgres.engine import transaction
from tests.api.test_cli import Run, run

__all__ = ["run"]  # the fixture

ROOT = Path(__file__).parents[2]
MAPPING = """
source = "calls"
id = ["n"]
[clock]
date = "day"
time = "at"
[[setup]]
specversion = "1.0"
id = "fibra"
source = "calls"
type = "c360.offer.defined.v1"
time = "2026-01-01T00:00:00Z"
data = { offer = "fibra", name = "Fibra", value = 1.0 }
[[events]]
type = "interaction.recorded"
subject = { type = "cpf", value = { column = "cpf" } }
[events.data]
channel = { column = "channel" }
title = { template = "Ligação {n}" }
"""
HEADER = "n,day,at,cpf,channel\n"
GOOD = "1,2026-01-31,9:00,529.982.247-25,voice\n2,2026-01-31,9:30,,chat\n"
BROKEN = (
    "3,2026-02-30,9:00,,voice\n"  # no such day
    "4,2026-01-31,9:00,,fax\n"  # no such channel
    "5,2026-01-31,9:00,111.111.111-11,voice\n"  # check digits
    "6,2026-01-31\n"  # a line that was cut
    "7,2026-01-31,9:00,,voice,more\n"
)


@pytest.fixture
def mapping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The mapping; the current folder is a fresh one."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "calls.toml"
    file.write_text(MAPPING, encoding="utf-8")
    return file


def stored(engine: Engine) -> int:
    with transaction(engine) as cursor:
        cursor.execute("SELECT count(*) FROM event_log WHERE type = 'c360.interaction.recorded.v1'")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def counts(output: str) -> dict[str, int]:
    rows = [line.rsplit(maxsplit=1) for line in output.splitlines()]
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdecimal() and row[0] != "WHAT"}


def test_good_rows_are_stored_and_broken_ones_listed(run: Run, mapping: Path, engine: Engine) -> None:
    # given a packed file with good and broken rows
    file = mapping.with_name("calls.csv.gz")
    file.write_bytes(gzip.compress((HEADER + GOOD + BROKEN).encode()))

    # when it is imported while nobody projects
    answer = run("import", str(mapping), str(file))

    # then the good ones are stored, the others are listed with their reason, and the exit code says that there are some
    assert answer.exit_code == 3, answer.output
    assert counts(answer.stdout) == {
        "rows": 7, "rows failed": 5, "accepted": 2, "duplicate": 0, "rejected": 2, "conflict": 0,
    }  # fmt: skip
    assert "refused rows: calls.csv.gz.errors.csv" in answer.stdout
    assert "no worker is running" in answer.stderr
    with Path("calls.csv.gz.errors.csv").open(encoding="utf-8") as stream:
        problems = [(row["row"], row["code"], row["field"]) for row in csv.DictReader(stream)]
    assert problems == [
        ("3", "ROW_INVALID", "day"),
        ("4", "INVALID_DATA", "data.channel"),
        ("5", "INVALID_KEY", "subject"),
        ("6", "ROW_INVALID", ""),
        ("7", "ROW_INVALID", ""),
    ]
    assert stored(engine) == 2


def test_again_changes_nothing(run: Run, mapping: Path, engine: Engine) -> None:
    # given a file that was imported
    file = mapping.with_name("calls.csv")
    file.write_text(HEADER + GOOD, encoding="utf-8")
    assert run("import", str(mapping), str(file)).exit_code == 0

    # when it is imported again, and again in a longer file
    again = run("import", str(mapping), str(file))
    longer = mapping.with_name("longer.csv")
    longer.write_text(HEADER + GOOD + "8,2026-01-31,9:00,,voice\n", encoding="utf-8")
    more = run("import", str(mapping), str(longer))

    # then only the new row is accepted
    assert (again.exit_code, more.exit_code) == (0, 0)
    assert "went on after row 2" in again.stdout
    assert (counts(more.stdout)["accepted"], counts(more.stdout)["duplicate"]) == (1, 2)
    assert stored(engine) == 3


def test_a_dry_run_stores_nothing_and_needs_no_database(
    run: Run, mapping: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    file = mapping.with_name("calls.csv")
    file.write_text(HEADER + GOOD + BROKEN, encoding="utf-8")
    answer = run("import", str(mapping), str(file), "--dry-run", "--errors", "why.csv")
    assert answer.exit_code == 3
    assert counts(answer.stdout) == {"rows": 7, "rows failed": 5, "events": 4}
    assert len(Path("why.csv").read_text().splitlines()) == 6
    assert stored(engine) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "FILE_UNREADABLE: the file cannot be read after line 0"),
        (gzip.compress(b"n,day\n1,2\n" * 100)[:-20], "FILE_UNREADABLE: the file cannot be read after line"),
        (b"n,day,at,cpf\n", "MAPPING_INVALID: the file has no column channel"),
    ],
    ids=["not text", "cut gzip", "wrong columns"],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    run: Run, mapping: Path, engine: Engine, content: bytes, said: str
) -> None:
    file = mapping.with_name("calls.csv")
    file.write_bytes(content)
    answer = run("import", str(mapping), str(file))
    assert (answer.exit_code, stored(engine)) == (1, 0)
    assert said in answer.stderr


def test_a_killed_import_goes_on_where_it_was(run: Run, mapping: Path, engine: Engine) -> None:
    # given an import in a process of its own, killed in the middle
    rows = 20_000
    lines = [f"{number},2026-01-31,9:00,,{'voice' if number % 10 else 'fax'}\n" for number in range(rows)]
    file = mapping.with_name("calls.csv")
    file.write_text(HEADER + "".join(lines), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "import", str(mapping), str(file)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while stored(engine) < 1_000:
        assert process.poll() is None, "it ended too soon"
        assert time.monotonic() < until, "it never began"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert stored(engine) < rows * 9 // 10

    # when it is run again
    answer = run("import", str(mapping), str(file))

    # then every row is counted, stored and listed once
    assert answer.exit_code == 3
    told = counts(answer.stdout)
    assert (told["rows"], told["rows failed"], told["rejected"]) == (rows, rows // 10, rows // 10)
    assert told["accepted"] + told["duplicate"] == rows * 9 // 10
    assert stored(engine) == rows * 9 // 10
    with Path("calls.csv.errors.csv").open(encoding="utf-8") as stream:
        listed = [int(row["row"]) for row in csv.DictReader(stream)]
    assert listed == list(range(1, rows, 10))
