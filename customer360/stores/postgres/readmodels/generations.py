"""Generations of the search store: which are being filled, which are asked, what they were known to consist of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import Json

from customer360.stores.postgres.engine import scalar
from customer360.stores.postgres.locks import MOVE


@dataclass(frozen=True, slots=True)
class Generation:
    """state: filling, live, retired or lost. `backfill` holds the last id written per kind, or done."""

    name: str
    store: str
    state: str
    marks: Mapping[str, str]
    backfill: Mapping[str, str]

    @property
    def consumer(self) -> str:
        return f"search:{self.name}"


def all_of(cursor: Cursor, store: str) -> list[Generation]:
    cursor.execute(
        "SELECT name, store, state, marks, backfill FROM search_generation WHERE store = %s ORDER BY created_at, name",
        (store,),
    )
    return [Generation(*row) for row in cursor.fetchall()]


def log_is_complete(cursor: Cursor) -> bool:
    """Whether the change log has every change since the first: it is trimmed only of what a generation has confirmed."""
    cursor.execute(
        "SELECT NOT EXISTS (SELECT FROM search_generation) OR (SELECT NOT is_called FROM change_log_seq_seq)"
    )
    return bool(scalar(cursor))


def distrust_after_a_move(cursor: Cursor) -> bool:
    """Whether this database now lives elsewhere than before, as one restored from a dump does.

    Then no search store outside of it is known to hold what we confirmed, however its versions compare: all are lost.
    To be called before anything is projected: new changes would take versions that the old index has given already.
    """
    cursor.execute(
        "SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())"
        " FROM pg_control_system()"
    )
    place = str(scalar(cursor))
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", (MOVE,))
    cursor.execute("SELECT value FROM installation WHERE name = 'place'")
    held = cursor.fetchone()
    if held == (place,):
        return False
    cursor.execute(
        "INSERT INTO installation (name, value) VALUES ('place', %s)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (place,),
    )
    if held is None:
        return False
    cursor.execute(
        "UPDATE search_generation SET state = 'lost' WHERE store <> 'postgres' AND state IN ('live', 'filling')"
    )
    return True


def add(cursor: Cursor, name: str, store: str, state: str, position: int) -> None:
    """Registers a generation whose live delivery starts after change seq `position`."""
    cursor.execute(
        "INSERT INTO search_generation (name, store, state) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        (name, store, state),
    )
    cursor.execute(
        "INSERT INTO consumer_cursor (consumer, partition, pos) SELECT %s, p, %s FROM generate_series(0, 64) p"
        " ON CONFLICT DO NOTHING",
        (f"search:{name}", position),
    )


def set_state(cursor: Cursor, name: str, state: str) -> None:
    cursor.execute("UPDATE search_generation SET state = %s WHERE name = %s", (state, name))


def set_marks(cursor: Cursor, name: str, marks: Mapping[str, str]) -> None:
    cursor.execute("UPDATE search_generation SET marks = %s WHERE name = %s", (Json(dict(marks)), name))


def set_backfill(cursor: Cursor, name: str, progress: Mapping[str, str]) -> None:
    cursor.execute("UPDATE search_generation SET backfill = %s WHERE name = %s", (Json(dict(progress)), name))


def set_drift(cursor: Cursor, name: str, documents: int) -> None:
    cursor.execute("UPDATE search_generation SET drift = %s WHERE name = %s", (documents, name))


def forget(cursor: Cursor, name: str) -> None:
    cursor.execute("DELETE FROM undelivered WHERE generation = %s", (name,))
    cursor.execute("DELETE FROM consumer_cursor WHERE consumer = %s", (f"search:{name}",))
    cursor.execute("DELETE FROM consumer_lease WHERE consumer = %s", (f"search:{name}",))
    cursor.execute("DELETE FROM search_generation WHERE name = %s", (name,))
