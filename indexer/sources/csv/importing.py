"""Importing a file: translate, append in batches behind the projection, remember how far, write down what failed."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from customer360 import clock
from customer360.errors import EventRejected
from customer360.events import parse
from customer360.ids import Ids
from customer360.stores.postgres.imports import ImportJobs
from customer360.stores.postgres.ledger import Ledger
from indexer.backlog import Backlog
from indexer.batch import Submission, Verdict, commit
from indexer.sources.csv.mapping import Mapping, check_columns, load
from indexer.sources.csv.moments import RowInvalid
from indexer.sources.csv.reading import fingerprint, opened, rows
from indexer.sources.csv.rows import RowTranslator

_ROWS = 250  # of one commit

Told = Callable[[int], None]  # rows done since the last call


@dataclass(slots=True)
class Outcome:
    """What became of the file. `counts`: rows, rows_failed, and events accepted, duplicate, rejected, conflict."""

    counts: Counter[str] = field(default_factory=Counter)
    errors_file: Path | None = None
    resumed_at: int = 0


@dataclass(frozen=True, slots=True)
class _Made:
    number: int
    events: list[dict[str, Any]]
    problem: RowInvalid | None


class CsvImport:
    """One mapping and one file. Safe to run again: events repeat their ids, and a finished part is skipped."""

    def __init__(self, mapping_file: Path, file: Path) -> None:
        self.mapping: Mapping = load(mapping_file)
        self._file = file
        self._job = fingerprint(mapping_file, file)
        self._errors = file.with_name(file.name + ".errors.csv")

    def dry_run(self, ids: Ids, told: Told = lambda rows: None) -> Outcome:
        """Validates every row and event and stores nothing."""
        outcome = Outcome()
        for made in _batches(self._translated()):
            problems = [problem for row in made for problem in _refused(row, ids)]
            outcome.counts["rows"] += len(made)
            outcome.counts["rows_failed"] += len({number for number, *_ in problems})
            outcome.counts["events"] += sum(len(row.events) for row in made)
            self._write_errors(outcome, problems)
            told(len(made))
        return outcome

    def run(self, ledger: Ledger, ids: Ids, jobs: ImportJobs, backlog: Backlog, told: Told) -> Outcome:
        """Appends everything that is not yet in the ledger; LedgerUnavailable when the database is gone."""
        done, counts = jobs.progress(self._job)
        outcome = Outcome(Counter(counts), resumed_at=done)
        if self.mapping.setup and not done:
            commit(ledger, ids, [Submission(self.mapping.setup, None, own=False)])
        for made in _batches(self._translated()):
            if made[-1].number > done:
                backlog.wait()
                self._append([row for row in made if row.number > done], ledger, ids, outcome)
                jobs.record(self._job, made[-1].number, outcome.counts)
            told(len(made))
        return outcome

    def _append(self, made: Sequence[_Made], ledger: Ledger, ids: Ids, outcome: Outcome) -> None:
        verdicts = commit(ledger, ids, [Submission(row.events, None, own=False) for row in made])
        problems: list[tuple[int, str, str, str]] = []
        for row, answers in zip(made, verdicts, strict=True):
            outcome.counts["rows"] += 1
            outcome.counts.update(verdict.outcome for verdict in answers)
            refused = _problems(row, answers)
            outcome.counts["rows_failed"] += bool(refused)
            problems += refused
        self._write_errors(outcome, problems)

    def _translated(self) -> Iterator[_Made]:
        translator = RowTranslator(self.mapping)
        with opened(self._file, self.mapping.file) as reader:
            check_columns(self.mapping, list(reader.fieldnames or []))
            for number, row in rows(reader):
                try:
                    yield _Made(number, translator.translate(number, row), None)
                except RowInvalid as problem:
                    yield _Made(number, [], problem)

    def _write_errors(self, outcome: Outcome, problems: Sequence[tuple[int, str, str, str]]) -> None:
        if not problems:
            return
        first = outcome.errors_file is None and not (outcome.resumed_at and self._errors.exists())
        outcome.errors_file = self._errors
        with self._errors.open("w" if first else "a", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            if first:
                writer.writerow(("row", "code", "field", "reason"))
            writer.writerows(problems)


def _refused(row: _Made, ids: Ids) -> list[tuple[int, str, str, str]]:
    if row.problem is not None:
        return [_line(row.number, row.problem)]
    problems = []
    for raw in row.events:
        try:
            parse(raw, ids, clock.now())
        except EventRejected as error:
            problems.append(_line(row.number, error))
    return problems


def _problems(row: _Made, verdicts: Sequence[Verdict]) -> list[tuple[int, str, str, str]]:
    if row.problem is not None:
        return [_line(row.number, row.problem)]
    return [
        (row.number, verdict.code or "", verdict.field or "", verdict.reason or "")
        for verdict in verdicts
        if not verdict.stored
    ]


def _line(number: int, error: RowInvalid | EventRejected) -> tuple[int, str, str, str]:
    return number, error.code, error.field or "", error.reason


def _batches(made: Iterator[_Made]) -> Iterator[list[_Made]]:
    while batch := list(islice(made, _ROWS)):
        yield batch
