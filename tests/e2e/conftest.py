"""The running service that end-to-end tests share: with the built console, embedded PostgreSQL and one worker."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.office import Office, an_office
from tests.e2e.service import RunningService
from tests.servers.process import ServerMissing

CONSOLE = Path(__file__).parents[2] / "agent_ui" / "dist" / "index.html"


@pytest.fixture(scope="module")
def service(had: Callable[[Callable[[], None]], None]) -> Iterator[RunningService]:
    def check() -> None:
        if not CONSOLE.exists():
            raise ServerMissing("the console is not built (make console)")

    had(check)
    with tempfile.TemporaryDirectory(prefix="c360-e2e-") as folder:
        running = RunningService(Path(folder))
        try:
            running.start()
            running.add_people()
            yield running
        finally:
            running.stop()


@pytest.fixture(params=["postgres", "elasticsearch"])
async def office(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """A call center without events, once on each search store."""
    url = None
    if request.param == "elasticsearch":
        url = request.getfixturevalue("elasticsearch_url")
    async with an_office(database_url, tmp_path, url) as made:
        yield made
