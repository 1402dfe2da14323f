"""Brings a database to the newest revision, under a lock so that several processes may start at once."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from customer360.errors import ConfigurationError
from customer360.stores.postgres.engine import Cursor, driver_url
from customer360.stores.postgres.readmodels import generations

_LOCK = 360_000_001


def upgrade(database_url: str, *, fingerprint: str | None = None) -> None:
    """Runs all missing revisions. With `fingerprint` (of the installation secret) refuses a database made with another."""
    config = _config()
    engine = create_engine(driver_url(database_url), poolclass=NullPool)
    try:
        with engine.connect() as guard, engine.connect() as connection:
            guard.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            if fingerprint is not None:
                _check_fingerprint(connection, fingerprint)
                connection.commit()
            raw = connection.connection
            with cast("Cursor", raw.cursor()) as cursor:
                generations.distrust_after_a_move(cursor)
            raw.commit()
    finally:
        engine.dispose()


def newest_revision() -> str:
    """The revision that `upgrade` leads to."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # there is a first revision, and the revisions form one line
    return head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _check_fingerprint(connection: Connection, fingerprint: str) -> None:
    connection.execute(
        text(
            "INSERT INTO installation (name, value) VALUES ('secret_fingerprint', :value) ON CONFLICT DO NOTHING"
        ),
        {"value": fingerprint},
    )
    held = connection.scalar(text("SELECT value FROM installation WHERE name = 'secret_fingerprint'"))
    if held != fingerprint:
        raise ConfigurationError(
            "this database was made with another installation secret; set C360_SECRET to that one",
            field="C360_SECRET",
        )
