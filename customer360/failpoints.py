"""Named places where a fault test makes this process die. In ordinary running each is one comparison."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass


@dataclass(slots=True)
class _Armed:
    name: str = ""
    left: int = 0


_armed = _Armed()


def arm(setting: str | None) -> None:
    """`name:kill` dies at the first pass, `name:kill:3` at the third. None disarms."""
    parts = (setting or "").split(":")
    _armed.name = parts[0]
    _armed.left = int(parts[2]) if len(parts) > 2 else 1


def reach(name: str) -> None:
    if name != _armed.name:
        return
    _armed.left -= 1
    if _armed.left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
