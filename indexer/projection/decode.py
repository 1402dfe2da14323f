"""From a row of the ledger to an Event. Upcasters from older versions of a type belong here too; the log is never rewritten."""

from __future__ import annotations

from customer360.events import DEFINITIONS, Event, restore
from customer360.events.envelope import PREFIX, VERSION
from customer360.ids import Ids
from customer360.stores.postgres.ledger import decode as open_envelope
from customer360.stores.postgres.readmodels.positions import LogRow


def known(event_type: str) -> bool:
    name = event_type.removeprefix(PREFIX).removesuffix(VERSION)
    return name in DEFINITIONS and event_type == f"{PREFIX}{name}{VERSION}"


def decode(row: LogRow, ids: Ids) -> Event:
    return restore(
        open_envelope(row.data),
        ids,
        event_id=row.event_id,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
    )
