"""A process with shows on a fresh database."""

from collections.abc import AsyncIterator

import pytest

from core.clock import ManualClock
from core.db import Database
from tests.live.house import House, opened


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def house(database: Database, clock: ManualClock) -> AsyncIterator[House]:
    async with opened(database, clock) as house:
        yield house
