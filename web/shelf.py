"""What may be shown in a conversation, of other parts of the product."""

from __future__ import annotations

from aiohttp import web

from chat.picture_routes import CHAT_PICTURES
from commerce_bridge.changes import person_of_customer
from commerce_bridge.commerce import COMMERCE
from core.errors import NotFound
from core.tools import Card, Change
from web.keys import DATABASE
from web.live import SHOP


class Shelf:
    """See `chat.service.Shelf`."""

    def __init__(self, app: web.Application) -> None:
        self._app = app

    async def order(self, customer: str, order: str) -> Card:
        person = await person_of_customer(self._app[DATABASE], customer)
        found = await self._app[COMMERCE].orders.get(person, order)
        return Card("order", found.id, title=found.number)

    async def picture(self, conversation: str, picture: str) -> Card:
        return await self._app[CHAT_PICTURES].claim(conversation, picture)

    async def put(self, variant: str, quantity: int) -> Change:
        found = (await self._app[SHOP].variants([variant])).get(variant)
        if found is None:
            raise NotFound("There is no such variant for sale.", code="unknown_product")
        product = await self._app[SHOP].product(found.product_id)
        title = " ".join(filter(None, (product.title, found.title)))
        return Change(kind="cart.add", title=title, variant=variant, quantity=quantity)
