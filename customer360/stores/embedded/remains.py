"""What a killed PostgreSQL leaves in its folder: a pid file whose process is dead, a zombie, or somebody else by now."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc/self")


def running_postmaster(cluster: Path) -> int | None:
    """The pid in postmaster.pid if that process is alive and really works on this folder."""
    pid = _recorded_pid(cluster)
    return pid if pid is not None and _works_on(pid, cluster) else None


def ask_to_stop(pid: int) -> None:
    """Fast shutdown of a postmaster that has lost its supervisor."""
    with suppress(ProcessLookupError):  # it ended by itself meanwhile, which is what was wanted
        os.kill(pid, signal.SIGINT)


def disown(cluster: Path) -> None:
    """Makes a stale postmaster.pid harmless: a zombie, or another process with its old number, would block the start.

    Only the number is replaced, by ours: PostgreSQL takes its parent's number for stale. The shared memory key in the
    file stays, so PostgreSQL itself still refuses to start beside orphans of the last run. To be called under the lock.
    """
    path = cluster / "postmaster.pid"
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return
    if len(lines) < 2:  # a crash of the machine left it empty; PostgreSQL would ask a person to delete it
        path.unlink()
        return
    owner = path.stat()
    draft = path.with_name("postmaster.pid.new")
    draft.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    draft.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(draft, owner.st_uid, owner.st_gid)
    draft.rename(path)


def _recorded_pid(cluster: Path) -> int | None:
    try:
        return int((cluster / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _works_on(pid: int, cluster: Path) -> bool:
    """Alive, no zombie, and its working folder is the cluster (PostgreSQL always works there)."""
    if not PROC.exists():
        return _alive(pid)
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state not in "ZX" and Path(f"/proc/{pid}/cwd").readlink() == cluster
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return False
    except PermissionError:
        return False  # hidden from us: left to PostgreSQL's own check of the shared memory


def _alive(pid: int) -> bool:
    """All that systems without /proc tell; they have no death signal either, so an orphan is likely ours."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
