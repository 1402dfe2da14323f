"""Each real server answers its real client, and comes back on the same data after a kill."""

from __future__ import annotations

import psycopg2


def test_a_database_has_every_migration(database_url: str) -> None:
    connection = psycopg2.connect(database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('event_log') IS NOT NULL, count(*) FROM event_log")
            assert cursor.fetchone() == (True, 0)
    finally:
        connection.close()
