"""A world to read from: one database, its services, and ways to write rows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.stores.world import World


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    made = World(database_url)
    yield made
    await made.services.close()
    made.close()
