"""Points, tiers, coupons and wishes, opened as a part of the application."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from commerce_bridge.loyalty import routes, wish_routes, wishes
from commerce_bridge.loyalty.coupons import routes as coupon_routes
from commerce_bridge.loyalty.service import LOYALTY, Loyalty
from commerce_bridge.loyalty.wishes import WISHES, Wishes
from core.identity.service import IDENTITY
from core.notices import NOTICES
from web.keys import CLOCK, DATABASE, OUTBOX, SETTINGS


def attach(app: web.Application) -> None:
    """Make the routes part of `app`, before it starts."""
    routes.routes.join(app)
    coupon_routes.routes.join(app)
    wish_routes.routes.join(app)


async def loyalty(app: web.Application) -> AsyncIterator[None]:
    """After the shop, and before the outbox hands over."""
    database, clock, settings, notices = app[DATABASE], app[CLOCK], app[SETTINGS], app[NOTICES]
    app[LOYALTY] = Loyalty(database, clock, settings, notices)
    app[WISHES] = Wishes(database, clock, settings, notices)
    app[WISHES].join(app[OUTBOX])
    app[IDENTITY].merge_hooks += (app[LOYALTY].merge, wishes.merge)
    yield


async def forget_old(app: web.Application) -> None:
    """Forget what is kept only so that nobody is told anything twice."""
    await app[WISHES].forget_old()
