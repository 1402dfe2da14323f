"""CPU time of running processes, to the nanosecond, as the Linux scheduler counted it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def cpu_seconds(*pids: int) -> float:
    """Of all threads alive in these processes; a difference of two calls is what was used between them."""
    return sum(_of(pid) for pid in pids) / 1e9


def _of(pid: int) -> int:
    total = 0
    for task in (PROC / str(pid) / "task").iterdir():
        with suppress(FileNotFoundError):  # a thread that ended between the listing and the look
            total += int((task / "schedstat").read_text().split()[0])
    return total


def below(pid: int) -> set[int]:
    """The process and everything it started, in whatever session."""
    parents: dict[int, int] = {}
    for entry in PROC.iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):
            if entry.name.isdecimal():
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found
