"""Names of members, as the latest profile tells them."""

from __future__ import annotations

from collections.abc import Mapping

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values


def set_names(cursor: Cursor, names: Mapping[str, str | None]) -> None:
    if names:
        execute_values(
            cursor,
            "UPDATE member m SET name = v.name FROM (VALUES %s) v (id, name) WHERE m.id = v.id",
            sorted(names.items()),
            template="(%s, %s::text)",
        )
