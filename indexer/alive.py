"""`python -m indexer.alive`: exit code 0 while a worker of this machine, or container, holds its lease. For health checks."""

from __future__ import annotations

import socket
import sys

from customer360.config import Settings
from customer360.services import build
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.readmodels import positions
from customer360.stores.postgres.readmodels.positions import PROJECTION


def alive(settings: Settings) -> bool:
    """LedgerUnavailable when the database does not answer."""
    services = build(settings)
    try:
        with transaction(services.engine) as cursor:
            return positions.attended(cursor, PROJECTION, f"{socket.gethostname()}-")
    finally:
        services.shut()


if __name__ == "__main__":
    sys.exit(0 if alive(Settings.from_env()) else 1)
