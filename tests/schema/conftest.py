from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.schema.desk import Desk


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk.open(database_url, tmp_path)
    yield desk
    await desk.services.close()
