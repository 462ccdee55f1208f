"""The shop put together: its services over one database, and the task that watches deadlines."""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import web

from commerce_bridge.cart import store as cart_store
from commerce_bridge.cart.service import Carts
from commerce_bridge.cart.whereabouts import Whereabouts
from commerce_bridge.checkout import intents
from commerce_bridge.checkout.service import Checkout
from commerce_bridge.embedded.shop import EmbeddedShop
from commerce_bridge.loyalty import points
from commerce_bridge.loyalty.coupons.service import Coupons
from commerce_bridge.orders import service as order_service
from commerce_bridge.orders.mail import OrderMail
from commerce_bridge.orders.paying import Paying
from commerce_bridge.orders.service import Orders
from commerce_bridge.orders.test_page import TestPage
from commerce_bridge.payments.test_provider import TestProvider
from commerce_bridge.rooms import ClaimRooms
from core.clock import Clock
from core.db import Database
from core.errors import PlusOneError
from core.notices import Notices
from core.outbox import Outbox
from core.settings import Settings

SWEEP_S = 5
"""How late an unpaid order may lapse."""
ACTS_KEPT_MS = 86_400_000

merge = cart_store.merge
"""For `Identity.merge_hooks`: the guest's cart moves into the customer's."""

log = structlog.get_logger(__name__)


class Commerce:
    """What the rest of the product uses of the shop.

    `payment_key` signs the test provider's calls; for `whereabouts` see `Carts`. `join` subscribes
    to the outbox; `run` is its one task.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        rooms: ClaimRooms,
        notices: Notices,
        payment_key: bytes,
        whereabouts: Whereabouts | None = None,
    ) -> None:
        self._database = database
        self.clock = clock
        self.settings = settings
        self.shop = EmbeddedShop(database, clock)
        provider = (
            TestProvider(settings, payment_key, clock) if settings.card_provider == "test" else None
        )
        mail = OrderMail(notices, settings)
        self.orders = Orders(database, clock, self.shop, mail)
        self.paying = Paying(database, clock, self.orders, provider)
        self.test_page = TestPage(database, self.paying, provider)
        self.carts = Carts(database, clock, settings, whereabouts)
        self.coupons = Coupons(database, clock, settings)
        self.checkout = Checkout(
            database, clock, settings, self.shop, rooms, self.paying, mail, self.coupons
        )

    def join(self, outbox: Outbox) -> None:
        outbox.subscribe(order_service.REFUND, self.paying.refund)

    async def run(self) -> None:
        """Let what is unpaid lapse, and release what was begun, until cancelled."""
        while True:
            try:
                await self.sweep()
            except PlusOneError as error:  # the database is away: nothing is lost, only later
                log.warning("commerce.unavailable", code=error.error_code)
            except Exception:
                # Whatever it is, claims and stock must not stay tied up because of it.
                log.exception("commerce.sweep_failed")
            await asyncio.sleep(SWEEP_S)

    async def sweep(self) -> None:
        """Whatever is due now."""
        now = self.clock.now()
        await self.orders.lapse_due(now)
        await self.checkout.close_due(now)
        while await self._database.write(lambda c: points.tidy(c, now)) >= points.TIDIED:
            pass

    async def forget_old(self) -> None:
        """Drop what is kept for a day only, so that a request sent twice is known."""
        now = self.clock.now()
        await self._database.write(lambda c: cart_store.forget_acts(c, now - ACTS_KEPT_MS))
        await self._database.write(lambda c: intents.forget(c, now))


COMMERCE = web.AppKey("commerce", Commerce)
"""The shop of an application."""
