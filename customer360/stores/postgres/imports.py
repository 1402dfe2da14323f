"""How far an import came, so that a killed one goes on where it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from psycopg2.extras import Json
from sqlalchemy import Engine

from customer360.stores.postgres.engine import transaction


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows done, counts so far, and where the errors went: a path, and how long the file was then, in bytes."""

    rows_done: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    errors_file: str = ""
    errors_size: int = 0


class ImportJobs:
    """Blocking; a job is named by the digest of its mapping and file."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def progress(self, job: str) -> Progress:
        """Nothing done for a job never seen."""
        with transaction(self._engine) as cursor:
            cursor.execute("SELECT rows_done, counts, state FROM import_job WHERE id = %s", (job,))
            row = cursor.fetchone()
        return Progress() if row is None else Progress(row[0], row[1], **row[2])

    def record(self, job: str, progress: Progress) -> None:
        with transaction(self._engine) as cursor:
            cursor.execute(
                "INSERT INTO import_job (id, rows_done, counts, state) VALUES (%s, %s, %s, %s) ON CONFLICT (id)"
                " DO UPDATE SET rows_done = excluded.rows_done, counts = excluded.counts, state = excluded.state,"
                " updated_at = now()",
                (job, progress.rows_done, Json(dict(progress.counts)), Json(_errors(progress))),
            )


def _errors(progress: Progress) -> dict[str, object]:
    return {"errors_file": progress.errors_file, "errors_size": progress.errors_size}
