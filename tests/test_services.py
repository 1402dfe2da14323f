"""Which adapters a process gets for its settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from customer360.config import Settings
from customer360.errors import LedgerUnavailable
from customer360.services import build
from customer360.stores.elasticsearch.reader import ElasticsearchReader
from customer360.stores.postgres.search.reader import PostgresSearchReader

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


async def test_search_is_postgresql_unless_elasticsearch_is_named() -> None:
    services = build(Settings(database_url=NOWHERE, secret="s"))
    assert services.search_store == "postgres"
    assert isinstance(services.search, PostgresSearchReader)
    await services.close()
    services = build(Settings(database_url=NOWHERE, secret="s", elasticsearch_url="http://127.0.0.1:1"))
    assert services.search_store == "elasticsearch"
    assert isinstance(services.search, ElasticsearchReader)
    await services.close()


async def test_a_database_that_does_not_answer_is_an_error_of_ours() -> None:
    services = build(Settings(database_url=NOWHERE, secret="s"))
    with pytest.raises(LedgerUnavailable):
        await services.customers.snapshot("f" * 32)
    await services.close()


def test_without_a_running_embedded_database_there_is_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnavailable):
        build(Settings(data_dir=tmp_path, secret="s"))
    assert list(tmp_path.iterdir()) == []
