"""Which account runs PostgreSQL (it refuses root), and whether that account can reach a path. Changes nothing."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from customer360.errors import ConfigurationError
from customer360.stores.embedded.launcher import KEEP

UNPRIVILEGED = "nobody"

# Prints the first path that fails the test, in the words of POSIX sh.
_FIRST_FAILING = 'test_flag=$1; shift; for p; do [ "$test_flag" "$p" ] || { printf %s "$p"; exit 0; }; done'


@dataclass(frozen=True, slots=True)
class Account:
    """The user and group of the PostgreSQL processes; KEEP when the service is not root and they stay what it is."""

    uid: int
    gid: int
    name: str

    @property
    def dropped(self) -> bool:
        return self.uid != KEEP

    def first_failing(self, flag: str, paths: list[Path]) -> Path | None:
        """The first path for which `test FLAG PATH` is false to this account ("-x": may pass, "-r": may read)."""
        rights = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.dropped else {}
        command = ["/bin/sh", "-c", _FIRST_FAILING, "sh", flag, *map(str, paths)]
        # bytes of a path may be anything, so they are not decoded as text; "/" as folder because ours may be unreadable
        asked = subprocess.run(command, cwd="/", capture_output=True, check=True, **rights)  # type: ignore[call-overload]
        return Path(os.fsdecode(asked.stdout)) if asked.stdout else None


def choose(cluster: Path) -> Account:
    """Ourselves; or for root the owner of the existing cluster, else `nobody`."""
    if os.geteuid() != 0:
        return Account(KEEP, KEEP, "this account")
    try:
        found = _owner(cluster) or pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise ConfigurationError(
            f"PostgreSQL refuses to run as root and there is no account {UNPRIVILEGED!r} to run it; "
            "start the service as an ordinary account"
        ) from None
    return Account(found.pw_uid, found.pw_gid, found.pw_name)


def _owner(cluster: Path) -> pwd.struct_passwd | None:
    """Who owns a cluster made earlier, if that is a known account other than root."""
    try:
        owner = cluster.lstat().st_uid
        return pwd.getpwuid(owner) if owner != 0 else None
    except (FileNotFoundError, KeyError):
        return None
