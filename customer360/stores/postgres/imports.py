"""How far an import came, so that a killed one goes on where it was."""

from __future__ import annotations

from collections.abc import Mapping

from psycopg2.extras import Json
from sqlalchemy import Engine

from customer360.stores.postgres.engine import transaction


class ImportJobs:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def progress(self, job: str) -> tuple[int, dict[str, int]]:
        """(rows done, counts so far); (0, {}) for a job never seen."""
        with transaction(self._engine) as cursor:
            cursor.execute("SELECT rows_done, counts FROM import_job WHERE id = %s", (job,))
            row = cursor.fetchone()
        return (0, {}) if row is None else (row[0], row[1])

    def record(self, job: str, rows_done: int, counts: Mapping[str, int]) -> None:
        with transaction(self._engine) as cursor:
            cursor.execute(
                "INSERT INTO import_job (id, rows_done, counts, state) VALUES (%s, %s, %s, '{}') ON CONFLICT (id)"
                " DO UPDATE SET rows_done = excluded.rows_done, counts = excluded.counts, updated_at = now()",
                (job, rows_done, Json(dict(counts))),
            )
