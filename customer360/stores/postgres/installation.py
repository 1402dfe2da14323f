"""The few facts an installation keeps about itself, by name; `loading` stands while a first load runs."""

from __future__ import annotations

from sqlalchemy import Engine

from customer360.stores.postgres.engine import transaction

LOADING = "loading"


class Installation:
    """Blocking; call it from a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, name: str) -> str | None:
        with transaction(self._engine) as cursor:
            cursor.execute("SELECT value FROM installation WHERE name = %s", (name,))
            row = cursor.fetchone()
        return None if row is None else str(row[0])

    def set(self, **facts: str) -> None:
        """All of them in one transaction."""
        with transaction(self._engine) as cursor:
            for name, value in facts.items():
                cursor.execute(
                    "INSERT INTO installation (name, value) VALUES (%s, %s)"
                    " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    (name, value),
                )

    def remove(self, name: str) -> None:
        with transaction(self._engine) as cursor:
            cursor.execute("DELETE FROM installation WHERE name = %s", (name,))

    def is_empty(self) -> bool:
        """Whether nothing was ever accepted here."""
        with transaction(self._engine) as cursor:
            cursor.execute("SELECT NOT EXISTS (SELECT FROM event_log)")
            row = cursor.fetchone()
        return bool(row and row[0])

    def unread_documents(self) -> int:
        """How many documents still wait for their text."""
        with transaction(self._engine) as cursor:
            cursor.execute(
                "SELECT count(*) FROM document d LEFT JOIN extraction x ON x.sha256 = d.sha256"
                " WHERE NOT d.paged AND d.sha256 IS NOT NULL AND coalesce(x.state, '') <> 'failed'"
            )
            row = cursor.fetchone()
        return int(row[0]) if row else 0
