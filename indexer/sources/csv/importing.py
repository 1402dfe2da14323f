"""Importing a file: translate, append in batches behind the projection, remember how far, write down what failed."""

from __future__ import annotations

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
from customer360.stores.postgres.imports import ImportJobs, Progress
from customer360.stores.postgres.ledger import Ledger
from indexer.backlog import Backlog
from indexer.batch import Submission, Verdict, commit
from indexer.sources.csv.mapping import Mapping, MappingInvalid, check_columns, load
from indexer.sources.csv.moments import RowInvalid
from indexer.sources.csv.problems import Problem, ProblemFile
from indexer.sources.csv.reading import count_rows, fingerprint, opened
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

    def __init__(self, mapping_file: Path, file: Path, errors_file: Path) -> None:
        self.mapping: Mapping = load(mapping_file)
        self._file = file
        self._job = fingerprint(mapping_file, file)
        self._errors_file = errors_file

    def count_rows(self) -> int:
        """Reads the whole file; FileUnreadable when that does not work."""
        return count_rows(self._file, self.mapping.file)

    def dry_run(self, ids: Ids, told: Told = lambda rows: None) -> Outcome:
        """Validates every row and event and stores nothing."""
        self._check_setup(ids)
        outcome, problem_file = Outcome(), ProblemFile(self._errors_file)
        for made in _batches(self._translated()):
            problems = [problem for row in made for problem in _refused(row, ids)]
            outcome.counts["rows"] += len(made)
            outcome.counts["rows_failed"] += len({problem.row for problem in problems})
            outcome.counts["events"] += sum(len(row.events) for row in made)
            problem_file.write(problems)
            told(len(made))
        outcome.errors_file = problem_file.written
        return outcome

    def run(
        self, ledger: Ledger, ids: Ids, jobs: ImportJobs, backlog: Backlog, told: Told = lambda rows: None
    ) -> Outcome:
        """Appends everything that is not yet in the ledger; LedgerUnavailable when the database is gone."""
        self._check_setup(ids)
        before = jobs.progress(self._job)
        outcome = Outcome(Counter(before.counts), resumed_at=before.rows_done)
        problem_file = self._problem_file(before)
        if self.mapping.setup and not before.rows_done:
            _set_up(self.mapping, ledger, ids)
        for made in _batches(self._translated()):
            if made[-1].number > before.rows_done:
                backlog.wait()
                fresh = [row for row in made if row.number > before.rows_done]
                problem_file.write(_append(fresh, ledger, ids, outcome.counts))
                at = str(self._errors_file.resolve())
                jobs.record(self._job, Progress(made[-1].number, outcome.counts, at, problem_file.size))
            told(len(made))
        outcome.errors_file = problem_file.written
        return outcome

    def _problem_file(self, before: Progress) -> ProblemFile:
        same = before.errors_file == str(self._errors_file.resolve())
        return ProblemFile(self._errors_file, before.errors_size if same else 0)

    def _check_setup(self, ids: Ids) -> None:
        for number, raw in enumerate(self.mapping.setup):
            try:
                parse(raw, ids, clock.now())
            except EventRejected as error:
                place = f"setup[{number}].{error.field or ''}".rstrip(".")
                raise MappingInvalid(error.reason, field=place) from None

    def _translated(self) -> Iterator[_Made]:
        translator = RowTranslator(self.mapping)
        with opened(self._file, self.mapping.file) as table:
            header = table.header
            check_columns(self.mapping, header)
            for number, fields in table.rows():
                try:
                    yield _Made(number, _events(translator, number, header, fields), None)
                except RowInvalid as problem:
                    yield _Made(number, [], problem)


def _events(
    translator: RowTranslator, number: int, header: Sequence[str], fields: Sequence[str]
) -> list[dict[str, Any]]:
    if len(fields) != len(header):
        raise RowInvalid(f"{len(fields)} columns where the header has {len(header)}")
    return translator.translate(number, dict(zip(header, fields, strict=True)))


def _set_up(mapping: Mapping, ledger: Ledger, ids: Ids) -> None:
    (verdicts,) = commit(ledger, ids, [Submission(mapping.setup, None, own=False)])
    for number, verdict in enumerate(verdicts):
        if not verdict.stored:
            raise MappingInvalid(verdict.reason or verdict.outcome, field=f"setup[{number}]")


def _append(made: Sequence[_Made], ledger: Ledger, ids: Ids, counts: Counter[str]) -> list[Problem]:
    verdicts = commit(ledger, ids, [Submission(row.events, None, own=False) for row in made])
    problems: list[Problem] = []
    for row, answers in zip(made, verdicts, strict=True):
        counts["rows"] += 1
        counts.update(verdict.outcome for verdict in answers)
        refused = _problems(row, answers)
        counts["rows_failed"] += bool(refused)
        problems += refused
    return problems


def _refused(row: _Made, ids: Ids) -> list[Problem]:
    if row.problem is not None:
        return [Problem.of(row.number, row.problem)]
    problems = []
    for raw in row.events:
        try:
            parse(raw, ids, clock.now())
        except EventRejected as error:
            problems.append(Problem.of(row.number, error))
    return problems


def _problems(row: _Made, verdicts: Sequence[Verdict]) -> list[Problem]:
    if row.problem is not None:
        return [Problem.of(row.number, row.problem)]
    return [
        Problem(row.number, verdict.code or "", verdict.field or "", verdict.reason or "")
        for verdict in verdicts
        if not verdict.stored
    ]


def _batches(made: Iterator[_Made]) -> Iterator[list[_Made]]:
    while batch := list(islice(made, _ROWS)):
        yield batch
