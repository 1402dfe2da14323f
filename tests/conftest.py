"""The real servers, one of each for a whole run, started by the first test that asks; and a database for each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from customer360.stores.postgres.migrate import upgrade
from tests.servers.postgres import FAST, PostgresServer
from tests.servers.process import ServerMissing

CI = os.environ.get("CI", "").lower() in ("1", "true")
MISSING = pytest.StashKey[dict[str, None]]()  # a set in order


def pytest_configure(config: pytest.Config) -> None:
    config.stash[MISSING] = {}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash[MISSING]:
        terminalreporter.write_line(f"NOT TESTED: {line}", red=True, bold=True)


@pytest.fixture(scope="session")
def had(request: pytest.FixtureRequest) -> Callable[[Callable[[], None]], None]:
    """Starts a server: what the machine lacks fails in CI, and elsewhere skips with one line in the summary."""

    def start(action: Callable[[], None]) -> None:
        try:
            action()
        except ServerMissing as missing:
            if CI:
                raise
            request.config.stash[MISSING][str(missing)] = None
            pytest.skip(str(missing))

    return start


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """PostgreSQL of the wheel, without fsync. Not to be stopped or killed: take `own_postgres` for that."""
    server = PostgresServer(FAST)
    server.start()
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL for this test alone, with the product's settings: to be killed, stopped, filled."""
    server = PostgresServer()
    server.start()
    try:
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def migrated_template(postgres: PostgresServer) -> str:
    """The name of a database with every migration, to be copied, never to be connected to."""
    name = postgres.create_database()
    upgrade(postgres.url(name))
    return name


@pytest.fixture
def database_url(postgres: PostgresServer, migrated_template: str) -> Iterator[str]:
    """A fresh database with every migration, dropped after the test."""
    name = postgres.create_database(migrated_template)
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture
def empty_database_url(postgres: PostgresServer) -> Iterator[str]:
    """A fresh database with nothing in it, dropped after the test."""
    name = postgres.create_database()
    yield postgres.url(name)
    postgres.drop_database(name)
