"""Progress bars of commands, on standard error, so that standard output stays for answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Show = Callable[[str, int, int], None]  # what is being done, how much of it, of how much (0: not known)


@contextmanager
def progress() -> Iterator[Show]:
    """One bar that says what is being done; where there is no terminal only its last state is printed."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task("", total=None, visible=False)
        yield lambda said, done, total: shown.update(
            task, description=said, completed=done, total=total or None, visible=True
        )
