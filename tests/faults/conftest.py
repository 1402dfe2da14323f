from collections.abc import Callable, Iterator, Mapping

import pytest

from customer360.stores.postgres.engine import make_engine
from tests.faults.running import Installation
from tests.faults.senders import Sent
from tests.indexer.scenario import Scenario

Make = Callable[[str, Mapping[str, str] | None], Installation]


@pytest.fixture
def make_installation() -> Iterator[Make]:
    """Installations on any database and search store; all their processes end with the test."""
    made: list[Installation] = []

    def make(database_url: str, more: Mapping[str, str] | None = None) -> Installation:
        installation = Installation(database_url, more)
        made.append(installation)
        return installation

    yield make
    for installation in made:
        installation.close()


@pytest.fixture
def installation(database_url: str) -> Iterator[Installation]:
    """On a fresh database, with PostgreSQL as the search store; nothing of it runs yet."""
    made = Installation(database_url)
    yield made
    made.close()


@pytest.fixture
def sent(installation: Installation) -> Sent:
    return Sent(installation.ids)


@pytest.fixture
def scenario(database_url: str) -> Iterator[Scenario]:
    """Driven by hand, in this process."""
    engine = make_engine(database_url)
    yield Scenario(engine)
    engine.dispose()
