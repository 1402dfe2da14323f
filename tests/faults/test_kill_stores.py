"""kill -9 of PostgreSQL, Elasticsearch and RabbitMQ under load."""

from __future__ import annotations

import pytest

from tests.elasticsearch.server import ElasticsearchServer
from tests.faults.conftest import Make
from tests.faults.ledger_check import check, eventually
from tests.faults.running import Installation
from tests.faults.senders import Sent, load
from tests.servers.postgres import PostgresServer
from tests.servers.rabbitmq import RabbitServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]  # the servers are started twice


def test_postgres_killed_under_load(own_postgres: PostgresServer, make_installation: Make) -> None:
    # given a service on a PostgreSQL with the product's own durability
    installation = make_installation(own_postgres.url(), None)
    sent = Sent(installation.ids)
    installation.api(worker=True)
    with load(installation.url, installation.key, sent):
        eventually(lambda: len(sent.answered) > 100, "the senders were not answered")
        # when it is killed; then nothing is answered with 2xx while it is away, only 503
        own_postgres.kill()
        during = len(sent.answered)
        eventually(lambda: sent.refusals[503] > 20, "nobody was refused")
        assert len(sent.answered) == during
        # and when it is back
        own_postgres.start()
        installation.engine.dispose()  # our own connections to the one that died
        eventually(lambda: len(sent.answered) > during + 100, "the senders were not answered again")
    # then
    assert set(sent.refusals) == {503}
    check(installation.engine, installation.writer, sent.answered)


def test_elasticsearch_killed_under_load(
    own_elasticsearch: ElasticsearchServer, database_url: str, index_prefix: str, make_installation: Make
) -> None:
    # given a service that delivers to Elasticsearch
    more = {"ELASTICSEARCH_URL": own_elasticsearch.url, "C360_INDEX_PREFIX": index_prefix}
    installation = make_installation(database_url, more)
    sent = Sent(installation.ids)
    installation.api(worker=True)
    with load(installation.url, installation.key, sent):
        eventually(lambda: _confirmed(installation) > 50, "nothing was delivered")
        # when it is killed
        own_elasticsearch.kill()
        before = len(sent.answered)
        # then intake and projection go on
        eventually(lambda: _entries(installation) > before + 100, "projection stopped")
        own_elasticsearch.start()
    assert not sent.refusals, "intake does not depend on the search store"
    # and when it is back, it gets what it missed
    check(installation.engine, installation.writer, sent.answered)


def test_rabbitmq_killed_under_load(
    own_rabbitmq: RabbitServer, database_url: str, make_installation: Make
) -> None:
    # given hints that go through RabbitMQ to a worker of its own
    installation = make_installation(database_url, {"BROKER_URL": own_rabbitmq.url})
    sent = Sent(installation.ids)
    installation.api()
    installation.worker()
    with load(installation.url, installation.key, sent):
        eventually(lambda: _entries(installation) > 50, "nothing was projected")
        # when it is killed
        own_rabbitmq.kill()
        before = len(sent.answered)
        # then the sweep finds what no hint told
        eventually(lambda: _entries(installation) > before + 100, "projection stopped")
        own_rabbitmq.start()
        eventually(lambda: len(sent.answered) > before + 200, "the senders were not answered any more")
    assert not sent.refusals, "intake does not depend on the broker"
    check(installation.engine, installation.writer, sent.answered)


def _entries(installation: Installation) -> int:
    return _number(installation, "SELECT count(*) FROM timeline_entry")


def _confirmed(installation: Installation) -> int:
    return _number(installation, "SELECT max(pos) FROM consumer_cursor WHERE consumer LIKE 'search:%%'") or 0


def _number(installation: Installation, statement: str) -> int:
    with installation.engine.connect() as connection:
        return int(connection.exec_driver_sql(statement).scalar() or 0)
