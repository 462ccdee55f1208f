"""Shows and what the shop asks of them, opened and closed as parts of the application."""

from collections.abc import AsyncIterator

from aiohttp import web

from commerce_bridge.port import Shop
from core.identity.service import IDENTITY
from core.rooms.broadcast import FanOut
from live import routes
from live.audience import Audience
from live.namespace import NAMESPACE, LiveNamespace
from live.orders import ShowClaims
from live.perks import ShopPerks
from live.replay import Replay
from live.service import Shows
from live.stock import Stock
from web.keys import CLOCK, DATABASE, OUTBOX, SETTINGS
from web.rooms import RELAY, ROOMS, SOCKETS
from web.tasks import kept_going

SHOP = web.AppKey[Shop]("shop")
SHOW_CLAIMS = web.AppKey("show_claims", ShowClaims)


async def claims(app: web.Application) -> AsyncIterator[None]:
    """What the shop asks of shows; before all that sells."""
    app[SHOW_CLAIMS] = ShowClaims(app[DATABASE], app[ROOMS])
    app[SHOW_CLAIMS].join(app[OUTBOX])
    Stock(app[SHOP], app[ROOMS]).join(app[OUTBOX])
    yield


async def erase_old_talk(app: web.Application) -> None:
    """Blank what people typed in shows that ended longer ago than the settings keep it."""
    kept_ms = app[SETTINGS].retention_days * 86_400_000
    await app[routes.SHOWS].erase_old_talk(app[CLOCK].now() - kept_ms)


async def shows(app: web.Application) -> AsyncIterator[None]:
    """Shows and their sockets."""
    fan_out = FanOut(app[SOCKETS], NAMESPACE, relay=app[RELAY])
    app[routes.SHOWS] = Shows(
        app[DATABASE],
        app[ROOMS],
        app[SHOP],
        app[SETTINGS].currency,
        app[CLOCK],
        ShopPerks(),
    )
    app[routes.REPLAY] = Replay(app[DATABASE], app[routes.SHOWS])
    audience = Audience(fan_out, app[routes.SHOWS], app[CLOCK], app[RELAY])
    namespace = LiveNamespace(
        app[SOCKETS], fan_out, app[routes.SHOWS], app[IDENTITY], audience, app[CLOCK]
    )
    app[SOCKETS].register_namespace(namespace)
    async with kept_going(audience.run, "audience"):
        yield
    await fan_out.close()
