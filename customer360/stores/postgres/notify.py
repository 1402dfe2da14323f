"""The wake-up of API processes: NOTIFY in a transaction of its own, one for all changes of the last milliseconds."""

from __future__ import annotations

from sqlalchemy import Engine

from customer360.stores.postgres.engine import transaction

CHANNEL = "c360_change"


def notify(engine: Engine) -> None:
    with transaction(engine) as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
