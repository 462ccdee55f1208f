"""What reps see of a customer beside a conversation or a call, from all of the product."""

from __future__ import annotations

from functools import partial
from typing import Any, Protocol

from aiohttp import web
from msgspec import to_builtins

from commerce_bridge import view as shop_view
from commerce_bridge.commerce import COMMERCE
from core.errors import NotFound
from core.identity import store as people
from live import store as shows
from live.state import Show
from live.store import SHOW
from web.keys import DATABASE, SETTINGS
from web.live import SHOP
from web.rooms import ROOMS

ORDERS_SHOWN = 10


class About(Protocol):
    """What she was looking at, by ids, as conversations and calls have it."""

    @property
    def show(self) -> str | None: ...
    @property
    def item(self) -> str | None: ...
    @property
    def product(self) -> str | None: ...


async def pane(app: web.Application, customer: str, about: About | None) -> dict[str, Any]:
    """Who she is, what she has, what she bought and asks about."""
    person, since = await app[DATABASE].read(partial(people.find_customer, id=customer))
    commerce = app[COMMERCE]
    cart = shop_view.cart(await commerce.carts.get(person), app[SETTINGS])
    orders = (await commerce.orders.mine(person))[:ORDERS_SHOWN]
    return {
        "person": {
            "id": person.id,
            "kind": person.kind,
            "name": person.name,
            "email": person.email,
            "since": since,
        },
        "cart": {"lines": cart["lines"], "currency": cart["currency"]},
        "claims": cart["claims"],
        "orders": [
            {
                "id": one.id,
                "number": one.number,
                "status": one.now.state,
                "total": one.total,
                "currency": one.currency,
                "at_ms": one.placed_at,
            }
            for one in orders
        ],
        "shows": await app[DATABASE].read(lambda c: shows.attended(c, person.aliases)),
        "about": await about_titled(app, about),
    }


async def about_titled(app: web.Application, about: About | None) -> dict[str, Any] | None:
    """What she was looking at, with its title where it still has one."""
    if about is None:
        return None
    found: dict[str, Any] = to_builtins(about)
    return found | {"title": await title(app, about)}


async def title(app: web.Application, about: About) -> str | None:
    """What the item, the product or the show is called."""
    try:
        return await _title(app, about)
    except NotFound:  # a customer may send any id
        return None


async def _title(app: web.Application, about: About) -> str | None:
    if about.show is None:
        return None if about.product is None else (await app[SHOP].product(about.product)).title
    room = app[ROOMS].room(about.show, SHOW)
    await room.loaded()
    show: Show = room.committed.state
    item = show.items.get(about.item or "")
    return show.title if item is None else f"{item.code} {item.title}"
