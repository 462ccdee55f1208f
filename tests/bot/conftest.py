"""The shop of `tests.commerce_bridge`, for what the bot asks of it."""

from tests.commerce_bridge.conftest import clock as clock
from tests.commerce_bridge.conftest import commerce as commerce
from tests.commerce_bridge.conftest import goods as goods
from tests.commerce_bridge.conftest import ledger_holds as ledger_holds
from tests.commerce_bridge.conftest import outbox as outbox
from tests.commerce_bridge.conftest import rooms as rooms
from tests.commerce_bridge.conftest import settings as settings
from tests.commerce_bridge.conftest import shop as shop
