"""Video calls, opened and closed as a part of the application, with what the rest of the product
knows of reps, goods and customers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

from aiohttp import web
from msgspec import to_builtins
from msgspec.structs import replace

from chat.reps import PROFILES
from chat.routes import CHATS, INBOX
from commerce_bridge import rooms as shop_told
from commerce_bridge import view as shop_view
from commerce_bridge.changes import person_of_customer
from commerce_bridge.commerce import COMMERCE
from commerce_bridge.orders import store as orders
from core.errors import NotFound
from core.identity.model import Person
from core.identity.service import IDENTITY
from core.identity.staff import STAFF
from core.rooms.broadcast import FanOut
from core.tools import Change
from video.consult import commands as c
from video.consult import routes
from video.consult.board import BOARD, Board
from video.consult.lobby import Lobby
from video.consult.namespace import NAMESPACE, ConsultNamespace
from video.consult.post import Post
from video.consult.presence import Presence
from video.consult.ringing import Ringing
from video.consult.service import CALLS, Calls, Rep
from video.consult.state import CallState
from video.consult.store import CallRow
from video.consult.sums import SUMS, Sums
from video.consult.turn import Turn
from web import customer
from web.keys import CLOCK, DATABASE, LIMITS, OUTBOX, SETTINGS
from web.live import SHOP
from web.rooms import CALL_PACE, RELAY, ROOMS, SOCKETS
from web.shelf import Shelf
from web.tasks import kept_going

TOPICS = 20
"""What customers are offered to talk about: what most reps know about."""

_IN_CART = ("lines", "claims", "currency", "subtotal", "free_delivery_from")
"""Of her cart a rep sees no more: nothing of where her orders went, or how she pays."""


def attach(app: web.Application) -> None:
    """Make the routes part of `app`, before it starts."""
    app[routes.BOOKABLE] = []
    routes.routes.join(app)


async def calls(app: web.Application) -> AsyncIterator[None]:
    """After the chats and the reps, and before the outbox hands over."""
    settings, database, clock = app[SETTINGS], app[DATABASE], app[CLOCK]
    turn = Turn(settings.turn_urls, settings.turn_secret, settings.turn_minutes, settings.stun_urls)
    colleagues, pace = Colleagues(app), app[CALL_PACE]
    app[CALLS] = made = Calls(
        database, app[ROOMS], clock, turn, colleagues, Goods(app), app[CHATS], pace, app[LIMITS]
    )
    made.join(app[OUTBOX])
    _hear_orders(app)
    app[SUMS] = Sums(database, clock, app[CHATS].reps)

    async def cart(whose: str) -> dict[str, Any]:
        person = await person_of_customer(database, whose)
        shown = shop_view.cart(await app[COMMERCE].carts.get(person), settings)
        return {name: shown[name] for name in _IN_CART}

    async def pane(state: CallState) -> dict[str, Any]:
        person = await person_of_customer(database, state.customer)
        conversation = await app[CHATS].own(person)
        shown = await customer.pane(app, state.customer, state.about)
        return shown | {"conversation": None if conversation is None else conversation[0]}

    async def invited(rep: Person, conversation: str) -> tuple[Person, str]:
        state = (await app[CHATS].enter(rep, conversation)).committed.state
        person = await person_of_customer(database, state.customer)
        return person, state.locale or settings.locale

    app[routes.CART], app[routes.PANE], app[routes.INVITED] = cart, pane, invited

    async def shown(rows: Sequence[CallRow]) -> list[dict[str, Any]]:
        return await _shown(app, rows)

    async def words(state: CallState) -> list[str]:
        title = None if state.about is None else await customer.title(app, state.about)
        return [one for one in (state.topic, title) if one is not None]

    async def send(sid: str, event: str, data: Any) -> None:
        await app[SOCKETS].emit(event, data, to=sid, namespace=NAMESPACE)

    fan_out = FanOut(app[SOCKETS], NAMESPACE, relay=app[RELAY])

    def tell(call: str, place: Any) -> bool:
        fan_out.pulse_here(call, "queue", place)
        return fan_out.viewers(call) > 0

    app[BOARD] = board = Board(made, colleagues, shown, send)
    lobby = Lobby(made, send)
    ringing = Ringing(made, colleagues, words, tell)
    presence, post = Presence(database, clock, made), Post(database, clock, app[RELAY])
    app[RELAY].listen(board.heard, board.wants)
    app[RELAY].listen(lobby.heard, lobby.wants)
    app[RELAY].listen(ringing.heard, ringing.wants)
    for wake in (board.wake, lobby.wake, ringing.wake):
        app[INBOX].moved.append(wake)
        app[PROFILES].changed.append(wake)
    namespace = ConsultNamespace(
        app[SOCKETS],
        fan_out,
        made,
        board,
        lobby,
        presence,
        post,
        app[IDENTITY],
        clock,
        ringing.joined,
    )
    app[SOCKETS].register_namespace(namespace)
    async with AsyncExitStack() as stack:
        for work, name in (
            (presence.run, "presence"),
            (post.run, "post"),
            (board.run, "board"),
            (lobby.run, "lobby"),
            (ringing.run, "ringing"),
        ):
            await stack.enter_async_context(kept_going(work, name))
        yield
    await fan_out.close()


async def erase_old(app: web.Application) -> None:
    """Blank calls that have been over for longer than the settings keep them."""
    kept_ms = app[SETTINGS].retention_days * 86_400_000
    await app[CALLS].erase_old(app[CLOCK].now() - kept_ms)


class Colleagues:
    """See `video.consult.service.Colleagues`."""

    def __init__(self, app: web.Application) -> None:
        self._app = app

    async def there(self) -> list[Rep]:
        here = set(self._app[INBOX].here)
        if not here:
            return []
        reps = [one for one in await self._app[CHATS].reps() if one.id in here]
        standing = await self._app[PROFILES].standing([one.own_id for one in reps])
        return [
            Rep(
                id=one.own_id,
                name=one.name or "",
                languages=standing[one.own_id].profile.languages,
                skills=standing[one.own_id].profile.skills,
            )
            for one in reps
            if not standing[one.own_id].profile.away
        ]

    async def topics(self) -> list[str]:
        reps = await self._app[CHATS].reps()
        standing = await self._app[PROFILES].standing([one.own_id for one in reps])
        known: dict[str, int] = {}
        for one in standing.values():
            for skill in one.profile.skills:
                known[skill] = known.get(skill, 0) + 1
        return sorted(known, key=lambda skill: (-known[skill], skill))[:TOPICS]


class Goods:
    """See `video.consult.service.Goods`."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._shelf = Shelf(app)

    async def exists(self, product: str) -> None:
        try:
            await self._app[SHOP].product(product)
        except NotFound:
            raise NotFound("There is no such product.", code="unknown_product") from None

    async def change(self, kind: str, variant: str, quantity: int) -> Change:
        put = await self._shelf.put(variant, quantity)
        return put if kind == "cart.add" else replace(put, kind="cart.remove")


async def _shown(app: web.Application, rows: Sequence[CallRow]) -> list[dict[str, Any]]:
    """Lines of the board with the names of staff, and of what customers ask about."""
    staff = {one.id: one.name for one in await app[STAFF].all()} if rows else {}
    # Many ask about the same few things, and the board is made anew every other second.
    about = {one: await customer.about_titled(app, one) for one in {row.about for row in rows}}
    return [
        to_builtins(row)
        | {
            "staff_name": None if row.staff is None else staff.get(row.staff),
            "about": about[row.about],
        }
        for row in rows
    ]


def _hear_orders(app: web.Application) -> None:
    """What is bought during a call is told in it."""

    async def placed(told: dict[str, Any]) -> None:
        order = await app[DATABASE].read(lambda conn: orders.get(conn, told["order"]))
        person = await person_of_customer(app[DATABASE], order.customer)
        ordered = c.Ordered(order.id, order.number, order.total, order.currency, order.placed_at)
        await app[CALLS].ordered(person.aliases, ordered)

    app[OUTBOX].subscribe(shop_told.ORDER_PLACED, placed)
    app[OUTBOX].subscribe(shop_told.ORDER_PAID, placed)
