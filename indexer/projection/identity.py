"""What events say about keys, applied first in a projection transaction; each member of a changed customer is told of."""

from __future__ import annotations

from collections.abc import Sequence

from customer360.customers.facts import identity_changes
from customer360.events import Event
from customer360.ids import Ids, partition_of
from customer360.stores.postgres.engine import Cursor
from customer360.stores.postgres.identity import apply_identity
from customer360.stores.postgres.readmodels.changes import Change


def apply(cursor: Cursor, events: Sequence[Event], ids: Ids) -> list[Change]:
    told = [change for event in events for change in identity_changes(event, ids)]
    touched = apply_identity(cursor, told) if told else set()
    return [
        Change(partition_of(member_id), member_id, "group", "put", member_id) for member_id in sorted(touched)
    ]
