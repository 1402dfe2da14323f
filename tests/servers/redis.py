"""A Redis of the system's package on loopback, writing every command to its log."""

from __future__ import annotations

import socket

from tests.servers.process import ServerProcess, free_port, program

START_LIMIT_S = 30


class RedisServer:
    """`url` stays the same over stop, kill and start; so does what it holds."""

    def __init__(self) -> None:
        self._port = free_port()
        self._process: ServerProcess | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        server = program("redis-server", "apt-get install redis-server")
        if self._process is None:
            self._process = ServerProcess("redis")
        settings = {
            "port": str(self._port),
            "bind": "127.0.0.1",
            "dir": str(self._process.folder),
            "appendonly": "yes",
            "save": "",
        }
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self._process.launch([server, *words], {})
        self._process.wait_until(self._answers, START_LIMIT_S)

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        if self._process is not None:
            self._process.close()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=2) as client:
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
