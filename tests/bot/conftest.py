"""The shop of `tests.commerce_bridge`, for what the bot asks of it."""

import pytest

from commerce_bridge.loyalty.service import Loyalty
from core.clock import ManualClock
from core.db import Database
from core.notices import Notices
from core.settings import Settings
from tests.commerce_bridge.conftest import clock as clock
from tests.commerce_bridge.conftest import commerce as commerce
from tests.commerce_bridge.conftest import goods as goods
from tests.commerce_bridge.conftest import ledger_holds as ledger_holds
from tests.commerce_bridge.conftest import outbox as outbox
from tests.commerce_bridge.conftest import rooms as rooms
from tests.commerce_bridge.conftest import settings as settings
from tests.commerce_bridge.conftest import shop as shop


@pytest.fixture
def loyalty(database: Database, clock: ManualClock, settings: Settings) -> Loyalty:
    return Loyalty(database, clock, settings, Notices(database, clock, settings))
