"""How many visible entries each member has per channel and hour; kept as sums of +1 and -1."""

from __future__ import annotations

from collections import Counter

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

# (member_id, channel, interaction, hour of the installation's zone)
Deltas = Counter[tuple[str, str, bool, int]]


def add(cursor: Cursor, deltas: Deltas) -> None:
    rows = [(*place, amount) for place, amount in sorted(deltas.items()) if amount]
    if rows:
        execute_values(
            cursor,
            "INSERT INTO entry_count (member_id, channel, interaction, hour, entries) VALUES %s"
            " ON CONFLICT (member_id, channel, interaction, hour)"
            " DO UPDATE SET entries = entry_count.entries + excluded.entries",
            rows,
            page_size=1_000,
        )
