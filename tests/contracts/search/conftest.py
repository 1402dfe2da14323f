"""Every test of this folder runs once for each adapter, on one store for a module: each test takes members of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from tests.contracts.search.stores import SearchStore, elasticsearch_store, postgres_store


@pytest.fixture(scope="module", params=["postgres", "elasticsearch"])
def search(request: pytest.FixtureRequest) -> Iterator[SearchStore]:
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        database = server.create_database(request.getfixturevalue("migrated_template"))
        with postgres_store(server.url(database)) as store:
            yield store
        server.drop_database(database)
    else:
        url = request.getfixturevalue("elasticsearch").url
        with elasticsearch_store(url, f"t{secrets.token_hex(6)}") as store:
            yield store
