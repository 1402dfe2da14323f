"""The real servers, one of each for a whole run, started by the first test that asks; and a database for each test."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import pytest

from customer360.stores.postgres.migrate import upgrade
from tests.elasticsearch.server import ElasticsearchServer
from tests.servers.postgres import FAST, PostgresServer
from tests.servers.process import ServerMissing
from tests.servers.rabbitmq import RabbitServer
from tests.servers.redis import RedisServer
from tests.servers.s3 import S3Server

CI = os.environ.get("CI", "").lower() in ("1", "true")


class Server(Protocol):
    """What every server of the tests can do."""

    def start(self) -> None: ...

    def close(self) -> None: ...


MISSING = pytest.StashKey[dict[str, None]]()  # a set in order


def pytest_configure(config: pytest.Config) -> None:
    config.stash[MISSING] = {}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash[MISSING]:
        terminalreporter.write_line(f"NOT TESTED: {line}", red=True, bold=True)


Start = Callable[[Server], AbstractContextManager[None]]


@pytest.fixture(scope="session")
def had(request: pytest.FixtureRequest) -> Callable[[Callable[[], None]], None]:
    """Does what may need a thing the machine lacks: then it fails in CI, elsewhere skips with a line in the summary."""

    def attempt(action: Callable[[], None]) -> None:
        try:
            action()
        except ServerMissing as missing:
            if CI:
                raise
            request.config.stash[MISSING][str(missing)] = None
            pytest.skip(str(missing))

    return attempt


@pytest.fixture(scope="session")
def running(had: Callable[[Callable[[], None]], None]) -> Start:
    """Starts a server, or skips as `had` does, and ends it."""

    @contextmanager
    def run(server: Server) -> Iterator[None]:
        try:
            had(server.start)
            yield
        finally:
            server.close()

    return run


@pytest.fixture(scope="session")
def postgres(running: Start) -> Iterator[PostgresServer]:
    """PostgreSQL of the wheel, without fsync. Not to be stopped or killed: take `own_postgres` for that."""
    server = PostgresServer(FAST)
    with running(server):
        yield server


@pytest.fixture
def own_postgres(running: Start) -> Iterator[PostgresServer]:
    """A PostgreSQL for this test alone, with the product's settings: to be killed, stopped, filled."""
    server = PostgresServer()
    with running(server):
        yield server


@pytest.fixture(scope="session")
def migrated_template(postgres: PostgresServer) -> str:
    """The name of a database with every migration, to be copied, never to be connected to."""
    name = postgres.create_database()
    upgrade(postgres.url(name))
    postgres.run(name, "DELETE FROM installation WHERE name = 'place'")  # a copy is no move
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


@pytest.fixture(scope="session")
def elasticsearch(running: Start) -> Iterator[ElasticsearchServer]:
    """A real Elasticsearch for the whole run; every test takes an index prefix of its own. Not to be killed."""
    server = ElasticsearchServer()
    with running(server):
        yield server


@pytest.fixture
def elasticsearch_url(elasticsearch: ElasticsearchServer) -> str:
    return elasticsearch.url


@pytest.fixture
def index_prefix() -> str:
    """For the indices of one test on the shared Elasticsearch."""
    return f"t{secrets.token_hex(6)}"


@pytest.fixture(scope="module")
def own_elasticsearch(running: Start) -> Iterator[ElasticsearchServer]:
    """An Elasticsearch for the tests of one module: to be killed, stopped, wiped; running again when it is left."""
    server = ElasticsearchServer(heap="512m")
    with running(server):
        yield server


@pytest.fixture(scope="session")
def rabbitmq(running: Start) -> Iterator[RabbitServer]:
    server = RabbitServer()
    with running(server):
        yield server


@pytest.fixture
def rabbitmq_url(rabbitmq: RabbitServer) -> str:
    return rabbitmq.url


@pytest.fixture(scope="module")
def own_rabbitmq(running: Start) -> Iterator[RabbitServer]:
    """A RabbitMQ for the tests of one module: to be killed and stopped; running again when it is left."""
    server = RabbitServer()
    with running(server):
        yield server


@pytest.fixture(scope="session")
def redis(running: Start) -> Iterator[RedisServer]:
    server = RedisServer()
    with running(server):
        yield server


@pytest.fixture
def redis_url(redis: RedisServer) -> str:
    return redis.url


@pytest.fixture(scope="session")
def s3(running: Start) -> Iterator[S3Server]:
    """A real S3 server with one bucket; `s3.environment()` is what the service's settings need."""
    server = S3Server()
    with running(server):
        yield server
