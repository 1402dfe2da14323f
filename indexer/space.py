"""Free disk space under the data folder, looked at once a second at the most."""

from __future__ import annotations

import shutil
import time
from pathlib import Path


class FreeSpace:
    def __init__(self, folder: Path, floor_mb: int) -> None:
        self._folder = folder
        self._floor = floor_mb * 1_000_000
        self._looked = 0.0
        self._enough = True

    def enough(self) -> bool:
        now = time.monotonic()
        if now - self._looked >= 1.0:
            self._looked = now
            self._enough = shutil.disk_usage(self._folder).free >= self._floor
        return self._enough
