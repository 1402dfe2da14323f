"""Appending to the audit log inside the transaction of what it tells about. Never a value of a personal key in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import Json


def record(
    cursor: Cursor,
    action: str,
    *,
    by: str | None,
    object_id: str | None = None,
    member_id: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """`action` is a past-tense name such as session.opened; `by` the principal's id, None for the command line."""
    cursor.execute(
        "INSERT INTO audit_entry (principal_id, action, object_id, member_id, detail) VALUES (%s, %s, %s, %s, %s)",
        (by, action, object_id, member_id, Json(dict(detail or {}))),
    )
