"""What lies in the data folder beside the cluster: lock, passwords, ballast, socket folder, log. Paths and files only."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import stat
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import IO
from urllib.parse import quote

from customer360.errors import DataFolderInUse, DataFolderUnusable, EmbeddedPostgresError
from customer360.stores.embedded.account import Account

SUPERUSER = "postgres"
SERVICE = "c360"  # the role and the database of the service
PORT = 5432  # only a part of the socket's file name; no TCP port is opened
SOCKET_NAME = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_PATH = 99  # the system's limit is 107, on some systems 103
MIB = 1024 * 1024
LOG_LIMIT = 8 * MIB

_locked: dict[Path, int] = {}  # by which process; POSIX locks do not stop a second one of the same process


class DataFolder:
    """Names every path. `root` is resolved; nothing is created until `prepare`."""

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().resolve()
        self.cluster = self.root / "postgres"
        self.draft = self.root / "postgres.new"  # initdb works here, so that a half-made cluster never counts
        self.log = self.root / "postgres.log"
        self.ballast = self.root / "ballast"
        self.lock_file = self.root / "postgres.lock"
        self._lock: IO[str] | None = None

    # --- the folder itself ---
    def prepare(self, account: Account) -> None:
        """Makes the folder and gives it, never a parent, to the account. DataFolderUnusable names what is in the way."""
        self._refuse_unreachable(account)
        self._refuse_foreign()
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise DataFolderUnusable(
                f"cannot create the data folder {self.root}: {error.strerror}"
            ) from error
        self._refuse_unreachable(account)  # again, for the parents that were made just now
        if account.dropped:
            os.chown(self.root, account.uid, account.gid, follow_symlinks=False)

    def _refuse_unreachable(self, account: Account) -> None:
        parents = [path for path in reversed(self.root.parents) if path.exists()]
        blocked = account.first_failing("-x", parents)
        if blocked is not None:
            raise DataFolderUnusable(
                f"the account {account.name!r} that runs PostgreSQL cannot pass the folder {blocked}; "
                f"let others pass it (chmod o+x {blocked}) or choose another data folder",
                field="C360_DATA_DIR",
            )

    def _refuse_foreign(self) -> None:
        """A folder that others use, such as /tmp, must not be taken over."""
        if self.root.parent == self.root or (self.root.exists() and self.root.stat().st_mode & stat.S_ISVTX):
            raise DataFolderUnusable(
                f"{self.root} is a folder of the system; choose a folder of its own below it",
                field="C360_DATA_DIR",
            )

    def own(self, path: Path, account: Account) -> None:
        """Gives one file or folder of ours to the account. Links are not followed."""
        if account.dropped:
            os.chown(path, account.uid, account.gid, follow_symlinks=False)

    # --- the lock ---
    def lock(self) -> None:
        """DataFolderInUse when another supervisor, here or in another process, has it. Freed by the death of its holder.

        A POSIX lock, because a lock of the other kind (flock) would live on in every forked child of the service.
        """
        if self.root in _locked:  # before the file is opened: closing it again would free the lock
            raise self._in_use(str(_locked[self.root]))
        handle = os.fdopen(os.open(self.lock_file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+")
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            holder = handle.read().strip()
            handle.close()
            raise self._in_use(holder or "unknown") from None
        handle.seek(0)
        handle.truncate()
        handle.write(str(os.getpid()))
        handle.flush()
        self._lock = handle
        _locked[self.root] = os.getpid()

    def _in_use(self, holder: str) -> DataFolderInUse:
        return DataFolderInUse(
            f"process {holder} already runs PostgreSQL on {self.root}; stop it or use another C360_DATA_DIR",
            field="C360_DATA_DIR",
        )

    def unlock(self) -> None:
        if self._lock is not None:
            _locked.pop(self.root, None)
            self._lock.close()
            self._lock = None

    # --- passwords ---
    def password(self, role: str) -> str:
        """Of one role, from its file (mode 0600, owned by the account of the service); made at the first call."""
        path = self.root / f"{role}.password"
        try:
            with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), encoding="ascii") as file:
                return file.read().strip()
        except FileNotFoundError:
            if self.cluster.exists():
                raise EmbeddedPostgresError(f"the file {path} is gone; restore it from a backup") from None
        made = secrets.token_urlsafe(32)
        draft = path.with_name(path.name + ".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
        ) as file:
            file.write(made)
            os.fsync(file.fileno())
        draft.rename(path)
        return made

    # --- the socket ---
    @property
    def socket_dir(self) -> Path:
        """In the data folder, or where that path is too long for a socket in the system's folder for temporary files."""
        inside = self.root / "run"
        if len(os.fsencode(inside / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return inside
        return Path(tempfile.gettempdir()) / f"c360-{sha256(os.fsencode(self.root)).hexdigest()[:16]}"

    def make_socket_dir(self, account: Account) -> Path:
        """Mode 0700 and of the account alone; one that somebody else made beforehand is refused."""
        path = self.socket_dir
        if not path.exists():
            path.mkdir(mode=0o700)
            self.own(path, account)
        found = path.lstat()
        expected = account.uid if account.dropped else os.geteuid()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != expected or found.st_mode & 0o077:
            raise DataFolderUnusable(f"{path} must be a folder of mode 0700 owned by {account.name!r}")
        return path

    # --- space ---
    def free_bytes(self) -> int:
        return shutil.disk_usage(self.root).free

    def make_ballast(self, size: int, floor: int) -> None:
        """Blocks that can be given back on a full disk; not made when less than `floor` bytes would stay free."""
        if size == 0 or self.ballast.exists() or self.free_bytes() < size + floor:
            return
        draft = self.ballast.with_name("ballast.new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for _ in range(size // MIB):  # written, not only reserved: some file systems reserve nothing
                file.write(os.urandom(MIB))
        draft.rename(self.ballast)

    def release_ballast(self) -> bool:
        """Whether there was one to delete."""
        try:
            self.ballast.unlink()
        except FileNotFoundError:
            return False
        return True

    # --- the log ---
    def open_log(self) -> IO[bytes]:
        """For appending; the one before is kept as `.1` when it has grown over 8 MiB."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.rename(self.log.with_name(self.log.name + ".1"))
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        return os.fdopen(os.open(self.log, flags, 0o600), "ab")

    def log_since(self, offset: int) -> str:
        """The text written after `offset`, at most its last 4 KiB."""
        with self.log.open("rb") as file:
            file.seek(max(offset, self.log.stat().st_size - 4096))
            return file.read().decode("utf-8", "replace").strip()


def url(socket_dir: Path, role: str, password: str, database: str) -> str:
    """A libpq URL over the unix socket."""
    host = quote(str(socket_dir), safe="")
    return f"postgresql://{role}:{quote(password, safe='')}@/{database}?host={host}&port={PORT}"
