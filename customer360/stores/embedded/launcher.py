"""The step between the service and a PostgreSQL program: drops rights, asks to die with the service, then becomes it.

Run as a script of its own (`python -I -S launcher.py UID GID PARENT SIGNAL PROGRAM ...`), so that no Python code runs
between fork and exec in a process that has threads. Nothing of the product may be imported here.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
KEEP = -1


def drop_rights(uid: int, gid: int) -> None:
    """Becomes the account for good; KEEP means stay who we are."""
    if uid == KEEP:
        return
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def die_with(parent: int, death_signal: int) -> None:
    """Asks Linux for `death_signal` when the parent is gone. Must follow drop_rights, which clears the request."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:  # it died before we could ask
        sys.exit("the service ended before PostgreSQL was started")


def main(arguments: list[str]) -> None:
    uid, gid, parent, death_signal = (int(word) for word in arguments[:4])
    program = arguments[4:]
    os.umask(0o077)
    drop_rights(uid, gid)
    die_with(parent, death_signal)
    os.execv(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
