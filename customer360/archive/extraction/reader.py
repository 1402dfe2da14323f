"""Starting one child per file, from a warm process forked for this alone, and giving up on it in time."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from types import ModuleType

from customer360.archive.extraction import child

WALL_SECONDS = 30.0
_PRELOADED = ["customer360.archive.extraction.child"]
_STARTING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Extracted:
    """`code` None: the file was read. `text` holds one string per page, empty when only looked at."""

    pages: int = 0
    text: tuple[str, ...] = ()
    code: str | None = None
    reason: str = ""


class FileReader:
    """Blocking; thread-safe. The warm process starts with the first file and ends with this one."""

    def __init__(self, max_pages: int) -> None:
        self._max_pages = max_pages
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(_PRELOADED)

    def inspect(self, path: str, media_type: str) -> Extracted:
        """Whether it can be read at all, and how many pages it has."""
        return self._run(path, media_type, with_text=False)

    def extract(self, path: str, media_type: str) -> Extracted:
        return self._run(path, media_type, with_text=True)

    def _run(self, path: str, media_type: str, *, with_text: bool) -> Extracted:
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(
            target=child.run, args=(path, media_type, self._max_pages, with_text, theirs), daemon=True
        )
        with _without_main():
            process.start()
        theirs.close()
        try:
            answer = ours.recv() if ours.poll(WALL_SECONDS) else None
        except (
            EOFError,
            OSError,
        ):  # it died: too much memory or processor time, or a crash in the PDF library
            answer = None
        finally:
            ours.close()
            process.kill()
            process.join()
            process.close()
        if answer is None:
            return Extracted(
                code="DOCUMENT_TOO_HEAVY", reason="reading the file took too much memory or time"
            )
        return Extracted(
            pages=answer.get("pages", 0),
            text=tuple(answer.get("text", ())),
            code=answer.get("code"),
            reason=answer.get("reason", ""),
        )


@contextmanager
def _without_main() -> Iterator[None]:
    """Else every child would run the program that started it again, a second of work: preloading does not spare it."""
    with _STARTING:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main
