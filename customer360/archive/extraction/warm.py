"""The warm process: has the PDF library loaded and forks a child for each file. Run as a module; its stdin is a socket.

A request is JSON with the descriptor of the pipe that takes the answer, JSON too: nothing a child says is executed.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from typing import Any

from customer360.archive.extraction import child

REQUEST_BYTES = 64 * 1024


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are not waited for
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl+C is for the service; we end with our socket
    control = socket.socket(fileno=sys.stdin.fileno())
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, REQUEST_BYTES, 1)
        if not message:
            return
        (answer,) = descriptors
        if os.fork() == 0:
            _answer(json.loads(message), answer)
        os.close(answer)


def _answer(request: dict[str, Any], descriptor: int) -> None:
    """In the child; never returns."""
    status = 1
    try:
        child.limit()
        found = child.read(
            request["path"], request["media_type"], request["max_pages"], with_text=request["with_text"]
        )
        with os.fdopen(descriptor, "wb") as pipe:
            pipe.write(json.dumps(found).encode())
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
