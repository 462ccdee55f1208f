"""A shop with bookings, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.clock import ManualClock
from core.db import Database
from core.settings import Settings
from tests.video.consult.booking.shop import NOW, Shop


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def shop(database: Database, clock: ManualClock, tmp_path: Path) -> Shop:
    return Shop.over(database, clock, Settings(data_folder=tmp_path))
