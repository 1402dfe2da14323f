"""The file of errors: a line per event or row that was refused, and nothing twice after a kill."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from customer360.errors import BadInput


class Problem(NamedTuple):
    """Why a row, or one event of it, was refused. Rows count from 1, without the header."""

    row: int
    code: str
    field: str
    reason: str

    @classmethod
    def of(cls, row: int, error: BadInput) -> Problem:
        return cls(row, error.code, error.field or "", error.reason)


class ProblemFile:
    """Made with its first problem. `size` bytes of an earlier run are kept, what a killed run wrote after is cut."""

    def __init__(self, path: Path, size: int = 0) -> None:
        self.path = path
        self.size = size if size and path.exists() else 0
        if self.size:
            with path.open("r+b") as stream:
                stream.truncate(size)

    def write(self, problems: Sequence[Problem]) -> None:
        if not problems:
            return
        with self.path.open("a" if self.size else "w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            if not self.size:
                writer.writerow(Problem._fields)
            writer.writerows(problems)
        self.size = self.path.stat().st_size

    @property
    def written(self) -> Path | None:
        """None while nothing was wrong."""
        return self.path if self.size else None
