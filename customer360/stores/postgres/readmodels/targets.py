"""The folded states of messages and presentations: locked in id order, changed, shown on their entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from customer360.stores.postgres.readmodels.json_values import jsonb


def lock(cursor: Cursor, target_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Each target's state, made empty by whoever comes first; locked until the end of the transaction."""
    rows = execute_values(
        cursor,
        "INSERT INTO target (id) VALUES %s ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING id, state",
        [(target_id,) for target_id in sorted(set(target_ids))],
        page_size=1_000,
        fetch=True,
    )
    return dict(rows)


def store(cursor: Cursor, states: Mapping[str, Mapping[str, Any]]) -> None:
    if states:
        execute_values(
            cursor,
            "UPDATE target t SET state = v.state FROM (VALUES %s) v (id, state) WHERE t.id = v.id",
            [(target_id, jsonb(state)) for target_id, state in sorted(states.items())],
            template="(%s, %s::jsonb)",
            page_size=1_000,
        )


def show(cursor: Cursor, shown: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str | None, int]]:
    """Puts what is told on the entries of these targets; (id, member, partition) of the visible ones that changed."""
    if not shown:
        return []
    rows = execute_values(
        cursor,
        "UPDATE timeline_entry e SET state = v.state FROM (VALUES %s) v (id, state)"
        " WHERE e.target_id = v.id AND e.state <> v.state RETURNING e.id, e.member_id, e.partition, e.hidden",
        [(target_id, jsonb(state)) for target_id, state in sorted(shown.items())],
        template="(%s, %s::jsonb)",
        page_size=1_000,
        fetch=True,
    )
    return [(entry_id, member_id, partition) for entry_id, member_id, partition, hidden in rows if not hidden]
