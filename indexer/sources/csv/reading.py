"""Reading a CSV file, plain or gzip, row by row; memory does not grow with the file."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO

from customer360.errors import BadInput
from indexer.sources.csv.mapping import File

_BROKEN = (UnicodeDecodeError, gzip.BadGzipFile, zlib.error, EOFError, csv.Error)


class FileUnreadable(BadInput):
    """Not a CSV file as the mapping says, with what to look at."""

    code = "FILE_UNREADABLE"


class Table:
    """An open file: its header, and its rows once. FileUnreadable when the bytes are not text, gzip or CSV."""

    def __init__(self, lines: IO[str], delimiter: str) -> None:
        self._reader = csv.reader(lines, delimiter=delimiter)
        self.header = next(self._lines(), [])

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """(number from 1, fields as they stand); empty lines are no rows."""
        yield from enumerate((fields for fields in self._lines() if fields), start=1)

    def _lines(self) -> Iterator[list[str]]:
        try:
            yield from self._reader
        except _BROKEN as error:
            raise FileUnreadable(
                f"the file cannot be read after line {self._reader.line_num}: {error}"
            ) from None


@contextmanager
def opened(path: Path, file: File) -> Iterator[Table]:
    with _text(path, file.encoding) as lines:
        yield Table(lines, file.delimiter)


def count_rows(path: Path, file: File) -> int:
    with opened(path, file) as table:
        return sum(1 for _ in table.rows())


def fingerprint(*paths: Path) -> str:
    """Digest of the files' bytes: a job is the same job only for the same mapping and file."""
    digest = sha256()
    for path in paths:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _text(path: Path, encoding: str) -> IO[str]:
    """The mark that some programs put before UTF-8 text is not part of the first column's name."""
    encoding = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    if packed:
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open("r", encoding=encoding, newline="")
