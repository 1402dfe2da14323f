"""The PostgreSQL of the tests: the product's own supervisor, and a fresh database for every test that wants one."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from customer360.stores.embedded import EmbeddedPostgres

# Thousands of databases are created and dropped: without fsync that takes a fifth of the time. A killed process loses
# nothing by it, only a machine would. Tests of durability take a server of their own, with the product's settings.
FAST: Mapping[str, str] = {"fsync": "off", "max_connections": "200"}


class PostgresServer:
    """`url(database)` connects as the service's role, which may create databases."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="c360-postgres-"))
        self.supervisor = EmbeddedPostgres(self.folder, settings=settings, ballast_mb=0)
        self._numbers = itertools.count(1)
        self._url = ""

    def start(self) -> None:
        self._url = self.supervisor.start()

    def stop(self) -> None:
        """Fast shutdown; `start` again finds the same data behind the same URLs."""
        self.supervisor.stop()

    def kill(self) -> None:
        """SIGKILL to the postmaster, as if it had crashed; `start` again recovers."""
        pid = self.supervisor.pid
        assert pid is not None, "it does not run"
        os.kill(pid, signal.SIGKILL)
        self.supervisor.stop()

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "c360") -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{database}"))

    @property
    def superuser_url(self) -> str:
        return self.supervisor.superuser_url

    def create_database(self, template: str = "template0") -> str:
        """The name of a new database, a copy of `template`, which nobody may be connected to."""
        name = f"test_{next(self._numbers)}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._administer(create.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop_database(self, name: str) -> None:
        """Also when connections to it are still open."""
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        self._administer(
            drop, self.superuser_url
        )  # it may have to end an autovacuum worker, which is nobody's

    def run(self, database: str, statement: str) -> None:
        self._administer(sql.SQL(statement), self.url(database))

    def _administer(self, statement: sql.Composable, url: str | None = None) -> None:
        connection = psycopg2.connect(url or self.url("postgres"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()
