"""Reading a CSV file, plain or gzip, row by row; memory does not grow with the file."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO

from customer360.errors import BadInput
from indexer.sources.csv.mapping import File


class FileUnreadable(BadInput):
    """Not a CSV file as the mapping says, with what to look at."""

    code = "FILE_UNREADABLE"


@contextmanager
def opened(path: Path, file: File) -> Iterator[csv.DictReader[str]]:
    with _text(path, file.encoding) as lines:
        yield csv.DictReader(lines, delimiter=file.delimiter, restkey="", restval="")


def rows(reader: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(number from 1, row). FileUnreadable when the bytes are not text or not gzip."""
    try:
        yield from enumerate(reader, start=1)
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError, csv.Error) as error:
        raise FileUnreadable(f"the file cannot be read after line {reader.line_num}: {error}") from None


def count_rows(path: Path, file: File) -> int:
    with opened(path, file) as reader:
        return sum(1 for _ in rows(reader))


def fingerprint(*paths: Path) -> str:
    """Digest of the files' bytes: a job is the same job only for the same mapping and file."""
    digest = sha256()
    for path in paths:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _text(path: Path, encoding: str) -> IO[str]:
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    if packed:
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open("r", encoding=encoding, newline="")
