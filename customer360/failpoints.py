"""Named places where a fault test makes this process die. In ordinary running each is one comparison."""

from __future__ import annotations

import os
import signal

_name = ""
_left = 0


def arm(setting: str | None) -> None:
    """`name:kill` dies at the first pass, `name:kill:3` at the third. None disarms."""
    global _name, _left
    parts = (setting or "").split(":")
    _name = parts[0]
    _left = int(parts[2]) if len(parts) > 2 else 1


def reach(name: str) -> None:
    global _left
    if name != _name:
        return
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
