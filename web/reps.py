"""Reps, opened and closed as a part of the application: who is there, who is given what waits, and
how well customers are answered."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from chat import rep_routes
from chat.assign import Assigner
from chat.office_routes import OFFICE
from chat.reps import PROFILES, Reps
from chat.routes import CHATS, INBOX, SHOWN
from chat.state import Conversation
from chat.sums import SUMS, Sums
from core.errors import NotFound
from web.keys import CLOCK, DATABASE, SETTINGS
from web.live import SHOP
from web.rooms import RELAY
from web.tasks import kept_going

PRODUCTS = 5
"""Of those that the bot showed, whose names are read to find who knows about them."""


def attach(app: web.Application) -> None:
    """Make the routes part of `app`, before it starts."""
    rep_routes.routes.join(app)


async def reps(app: web.Application) -> AsyncIterator[None]:
    """After the chats."""
    database, clock, chats, settings = app[DATABASE], app[CLOCK], app[CHATS], app[SETTINGS]
    app[PROFILES] = profiles = Reps(database, clock, chats.reps)
    app[SUMS] = Sums(database, clock, app[OFFICE], chats.reps, settings.time_zone)

    async def words(state: Conversation) -> list[str]:
        return await _words(app, state)

    assigner = Assigner(
        database,
        clock,
        chats,
        app[INBOX],
        profiles,
        words,
        gives=settings.chat_assign,
        relay=app[RELAY],
    )
    app[RELAY].listen(assigner.heard, assigner.wants)
    async with kept_going(assigner.run, "assigner"):
        yield


async def _words(app: web.Application, state: Conversation) -> list[str]:
    """Its tags, what she asks about, and the names of the products that the bot showed her."""
    found = list(state.tags)
    for row in await app[SHOWN](await app[CHATS].rows([state.id])):
        about = row["about"]
        if about is not None and about["title"] is not None:
            found.append(about["title"])
    cards = () if state.packet is None else state.packet.cards
    for card in [card for card in cards if card.kind == "product"][-PRODUCTS:]:
        try:
            found.append((await app[SHOP].product(card.id)).title)
        except NotFound:  # it was taken out of the shop since
            continue
    return found
