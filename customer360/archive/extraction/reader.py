"""Asking the warm process for one child per file, and giving up on it in time."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
import weakref
from dataclasses import dataclass
from threading import Lock
from typing import Any

from customer360.archive.extraction.child import WALL_SECONDS

_GRACE = 5.0  # seconds that a child may be late to die of its own alarm
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Extracted:
    """`code` None: the file was read. `text` holds one string per page, empty when only looked at."""

    pages: int = 0
    text: tuple[str, ...] = ()
    code: str | None = None
    reason: str = ""


_TOO_HEAVY = Extracted(code="DOCUMENT_TOO_HEAVY", reason="reading the file took too much memory or time")


class FileReader:
    """Blocking; thread-safe. The warm process starts with the first file and ends with this one."""

    def __init__(self, max_pages: int) -> None:
        self._max_pages = max_pages
        self._lock = Lock()
        self._control: socket.socket | None = None

    def inspect(self, path: str, media_type: str) -> Extracted:
        """Whether it can be read at all, and how many pages it has."""
        return self._run(path, media_type, with_text=False)

    def extract(self, path: str, media_type: str) -> Extracted:
        return self._run(path, media_type, with_text=True)

    def _run(self, path: str, media_type: str, *, with_text: bool) -> Extracted:
        request = {
            "path": path,
            "media_type": media_type,
            "max_pages": self._max_pages,
            "with_text": with_text,
        }
        reading, writing = os.pipe()
        try:
            try:
                self._ask(json.dumps(request).encode(), writing)
            finally:
                os.close(writing)
            answer = _received(reading)
        finally:
            os.close(reading)
        if answer is None:
            return _TOO_HEAVY
        return Extracted(
            pages=answer.get("pages", 0),
            text=tuple(answer.get("text", ())),
            code=answer.get("code"),
            reason=answer.get("reason", ""),
        )

    def _ask(self, request: bytes, writing: int) -> None:
        """A warm process that has died is started again, once."""
        with self._lock:
            for _ in range(2):
                control = self._control or self._started()
                try:
                    socket.send_fds(control, [request], [writing])
                except OSError:
                    control.close()
                    self._control = None
                    continue
                return
        raise RuntimeError("the reader of files cannot be started")

    def _started(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "customer360.archive.extraction.warm"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        weakref.finalize(self, _end, ours, process)
        self._control = ours
        return ours


def _end(control: socket.socket, process: subprocess.Popen[bytes]) -> None:
    """The warm process ends when its socket does."""
    control.close()
    process.wait()


def _received(reading: int) -> dict[str, Any] | None:
    """What the child wrote until it closed the pipe; None when it died first or was too slow."""
    until, parts = time.monotonic() + WALL_SECONDS + _GRACE, []
    while (left := until - time.monotonic()) > 0:
        if not select.select([reading], [], [], left)[0]:
            return None
        part = os.read(reading, _CHUNK)
        if not part:
            break
        parts.append(part)
    try:
        found = json.loads(b"".join(parts))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
