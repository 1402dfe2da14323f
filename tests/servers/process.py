"""Starting, watching and ending one real server program on loopback. What a server needs is told by its own module."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from customer360.stores.embedded import launcher
from customer360.stores.embedded.account import Account
from customer360.stores.embedded.launcher import KEEP

OURSELVES = Account(KEEP, KEEP, "this account")
POLL_S = 0.1


class ServerMissing(Exception):
    """A program that the machine lacks; the text is one line: what it is and how to get it."""


class ServerFailed(Exception):
    """It started and did not come to answer; the text holds the end of its log."""


def free_port() -> int:
    """One that nobody listens on now, below those that outgoing connections are given: a server that was killed must
    find it free again. Another program may take it before us: then the start fails loudly."""
    while True:
        port = random.randint(12_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def program(name: str, how: str) -> str:
    """The path of an installed program; ServerMissing says `how` to get it."""
    found = shutil.which(
        name, path=os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    )
    if found is None:
        raise ServerMissing(f"{name} is not installed ({how})")
    return found


class ServerProcess:
    """A program in a session and a private folder of its own, that ends when the test run ends, however it ends."""

    def __init__(self, name: str, account: Account = OURSELVES) -> None:
        self.name = name
        self.account = account
        self.folder = Path(tempfile.mkdtemp(prefix=f"c360-{name}-"))
        if account.dropped:
            os.chown(self.folder, account.uid, account.gid)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal's number when one ended it."""
        return self._process.poll() if self._process is not None else None

    def launch(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Through the launcher, so from the main thread: it sets the account and the death signal."""
        who = self.account
        rights = [str(who.uid), str(who.gid), str(os.getpid()), str(int(signal.SIGTERM))]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", launcher.__file__, *rights, *command],
                env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", **env},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until(self, answers: Callable[[], bool], limit_s: float) -> None:
        """Polls until the server answers; ServerFailed when it ends or takes longer."""
        assert self._process is not None, "launch first"
        give_up = time.monotonic() + limit_s
        while not answers():
            if self._process.poll() is not None:
                raise ServerFailed(f"{self.name} ended with {self._process.returncode}: {self._tail()}")
            if time.monotonic() > give_up:
                raise ServerFailed(f"{self.name} did not answer within {limit_s:.0f} s: {self._tail()}")
            time.sleep(POLL_S)  # the server is polled

    def stop(self, limit_s: float = 60) -> None:
        """Asks it to end (SIGTERM) and reaps it; kills it when it does not."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):  # what is left of it is killed below in any case
            self._process.wait(limit_s)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to the program and every process it started; returns when it is reaped."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):  # all of them have ended
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def close(self) -> None:
        """Ends it and deletes its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _tail(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]
