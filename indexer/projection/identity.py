"""What events say about keys: members first seen, claims, merges and protocol aliases."""

from __future__ import annotations

from collections.abc import Sequence

from customer360.events import Event
from customer360.ids import Ids
from customer360.stores.postgres.engine import Cursor
from customer360.stores.postgres.readmodels.changes import Change


def apply(cursor: Cursor, events: Sequence[Event], ids: Ids) -> list[Change]:
    from psycopg2.extras import execute_values

    from customer360.ids import partition_of

    rows = {
        e.member_id: (
            e.member_id,
            e.subject.type,
            e.subject.value,
            partition_of(e.member_id),
            e.member_id,
            e.member_id,
            e.occurred_at,
            e.id,
        )
        for e in events
        if e.member_id
    }
    execute_values(
        cursor,
        "INSERT INTO member (id,key_type,key_value,partition,group_id,root_id,first_at,first_event) VALUES %s ON CONFLICT DO NOTHING",
        [rows[k] for k in sorted(rows)],
    )
    return []
