"""What events say about keys goes to the identity tables; every member of a customer that changed gets a `group` row."""

from __future__ import annotations

from collections.abc import Sequence

from customer360.customers.facts import identity_changes
from customer360.events import Event
from customer360.ids import Ids, partition_of
from customer360.stores.postgres.engine import Cursor
from customer360.stores.postgres.identity import apply_identity
from customer360.stores.postgres.readmodels.changes import Change


def apply(cursor: Cursor, events: Sequence[Event], ids: Ids) -> list[Change]:
    """First thing in a projection transaction: it may take the identity lock."""
    told = [change for event in events for change in identity_changes(event, ids)]
    touched = apply_identity(cursor, told)
    return [Change(partition_of(member), member, "group", "put", member) for member in sorted(touched)]
