from collections.abc import Iterator

import pytest

from customer360.stores.postgres.engine import make_engine
from tests.indexer.scenario import Scenario


@pytest.fixture
def scenario(database_url: str) -> Iterator[Scenario]:
    engine = make_engine(database_url)
    yield Scenario(engine)
    engine.dispose()
