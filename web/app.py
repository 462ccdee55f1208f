"""The composition root: which parts there are, and in which order they open and close."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import structlog
from aiohttp import web

from commerce_bridge import routes as shop_routes
from commerce_bridge.commerce import COMMERCE, Commerce, merge
from commerce_bridge.embedded.shop import EmbeddedShop
from core import http
from core.clock import Clock, SystemClock
from core.db import Database
from core.errors import PlusOneError
from core.identity.service import IDENTITY
from core.identity.staff import STAFF
from core.notices import NOTICES
from core.outbox import Outbox
from core.secret import Secret
from core.settings import Settings
from live import routes as live_routes
from web import (
    bookings,
    bot,
    chat,
    consult,
    health,
    knowledge,
    live,
    loyalty,
    notices,
    pages,
    picture,
    reps,
    rooms,
    session,
)
from web.currency import check_currency
from web.keys import CLOCK, DATABASE, OUTBOX, SECRET, SETTINGS
from web.people import open_people
from web.tasks import kept_going, running
from web.whereabouts import Whereabouts

TIDIED_EVERY_S = 3600

log = structlog.get_logger(__name__)


def build_app(settings: Settings, *, clock: Clock | None = None) -> web.Application:
    """The whole service over a migrated database; nothing is open before it starts."""
    app = web.Application()
    app[SETTINGS] = settings
    app[CLOCK] = clock or SystemClock()
    app[SECRET] = Secret.of(settings)
    http.ground(app, settings, app[SECRET].key("addresses in logs"))

    app.cleanup_ctx.extend(
        (
            rooms.limits,
            _database,
            _currency,
            _people,
            _shop,
            knowledge.knowledge,
            rooms.rooms,
            live.claims,
            live.shows,
            picture.pictures,
            _commerce,
            loyalty.loyalty,
            chat.chats,
            reps.reps,
            consult.calls,
            bookings.bookings,
            bot.bot,
            rooms.recheck,
            _deliveries,
            _tidying,
        )
    )

    session.routes.join(app)
    notices.routes.join(app)
    health.routes.join(app)
    shop_routes.routes.join(app)
    loyalty.attach(app)
    rooms.attach(app)
    live_routes.routes.join(app)
    chat.attach(app)
    reps.attach(app)
    consult.attach(app)
    bookings.attach(app)
    knowledge.attach(app)
    picture.attach(app)
    pages.join(app)
    return app


async def _database(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    async with Database.open(settings.database, pool=settings.database_pool) as database:
        app[DATABASE] = database
        yield


async def _currency(app: web.Application) -> AsyncIterator[None]:
    """Before anything is shown or sold at a price."""
    await app[DATABASE].read(lambda c: check_currency(c, app[SETTINGS].currency))
    yield


async def _people(app: web.Application) -> AsyncIterator[None]:
    database, clock, settings, secret = app[DATABASE], app[CLOCK], app[SETTINGS], app[SECRET]
    app[OUTBOX] = Outbox(database, clock)
    async with open_people(database, clock, settings, secret) as people:
        people.notices.join(app[OUTBOX])
        app[NOTICES], app[IDENTITY], app[STAFF] = people.notices, people.identity, people.staff
        yield


async def _shop(app: web.Application) -> AsyncIterator[None]:
    app[live.SHOP] = EmbeddedShop(app[DATABASE], app[CLOCK])
    yield


async def _commerce(app: web.Application) -> AsyncIterator[None]:
    """Cart, checkout and orders: they ask the rooms, and tell them through the outbox."""
    app[COMMERCE] = commerce = Commerce(
        app[DATABASE],
        app[CLOCK],
        app[SETTINGS],
        app[live.SHOW_CLAIMS],
        app[NOTICES],
        app[SECRET].key("calls of the test payment provider"),
        Whereabouts(app),
    )
    commerce.join(app[OUTBOX])
    app[IDENTITY].merge_hooks.append(merge)
    async with kept_going(commerce.run, "commerce"):
        yield


async def _deliveries(app: web.Application) -> AsyncIterator[None]:
    """After all that subscribes: who subscribed is there as long as messages are handed over."""
    async with kept_going(app[OUTBOX].run, "outbox"):
        yield


async def _tidying(app: web.Application) -> AsyncIterator[None]:
    async with running(_tidy(app), "tidying"):
        yield


async def _tidy(app: web.Application) -> None:
    works: tuple[Callable[[], Awaitable[None]], ...] = (
        app[IDENTITY].forget_old,
        app[NOTICES].forget_old,
        app[COMMERCE].forget_old,
        partial(loyalty.forget_old, app),
        partial(live.erase_old_talk, app),
        partial(chat.erase_old, app),
        partial(consult.erase_old, app),
        partial(bookings.forget_old, app),
        partial(picture.forget_old, app),
    )
    while True:
        for work in works:
            await _tidied(work)
        await asyncio.sleep(TIDIED_EVERY_S)


async def _tidied(work: Callable[[], Awaitable[None]]) -> None:
    """Whatever keeps one thing from being forgotten keeps no other: the next round tries again."""
    try:
        await work()
    except PlusOneError as error:  # the database or a disk is away
        log.warning("tidying.failed", error=error.error_code)
    except Exception:
        log.exception("tidying.failed")
