"""Stock on its way between the shop and the shows: allotments out, the rest back.

No transaction holds a room and stock together: first the shop grants, under a key that the show's
log determines, then the room records it; a crash between is made good by doing the same again.
"""

from __future__ import annotations

from typing import Any

from commerce_bridge.port import OutOfStock, Shop
from core.errors import Conflict, NotFound
from live import commands as c
from live.events import Item, Variant
from live.state import Show, variant_of


class Stock:
    """Asks the shop for what an item needs, and gives back what it does not."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def for_opening(self, show: Show, do: c.OpenItem) -> c.Opened:
        """What is missing to the planned allotments, granted. Raises Conflict, NotFound."""
        if show.status != "live":
            raise Conflict("The show is not live.", code="show_not_live")
        item = _item(show, do.item)
        pieces: list[int] = []
        places: list[str] = []
        for variant in item.variants:
            granted, place = await self._grant(show, item, variant, variant.planned)
            pieces.append(granted)
            places.append(place)
        grant = show.grants.get(item.id, 0)
        return c.Opened(item.id, grant, tuple(pieces), tuple(places), do.countdown_s)

    async def for_allotting(self, show: Show, do: c.Allot) -> c.Allot | c.Raised:
        """More from the shop where more is asked for. Raises OutOfStock where it has none."""
        item = _item(show, do.item)
        variant = variant_of(item, do.variant)
        if variant is None:
            raise NotFound("The item has no such variant.", code="unknown_variant")
        if item.id not in show.grants or do.allotment <= variant.allotment:
            return do
        if show.status != "live":
            raise Conflict("The show is not live.", code="show_not_live")
        granted, place = await self._grant(show, item, variant, do.allotment)
        if not granted:
            raise OutOfStock("The shop has no more of it.", variants={variant.variant_id: 0})
        return c.Raised(item.id, show.grants[item.id], variant.key, granted, place)

    async def give_back(self, message: dict[str, Any]) -> None:
        """Handle `store.ALLOTMENT_BACK`."""
        await self._shop.give_back(message["key"], message["place"], message["quantity"])

    async def _grant(
        self, show: Show, item: Item, variant: Variant, wanted: int
    ) -> tuple[int, str]:
        """(pieces granted now, where they lie) toward `wanted` pieces in all."""
        place = show.places.get((item.id, variant.key), "")
        missing = wanted - variant.allotment
        if missing <= 0:
            return 0, place
        key = f"{show.id}/{item.id}/{item.variants.index(variant)}/{show.grants.get(item.id, 0)}"
        allotment = await self._shop.allot(
            key, variant.variant_id, missing, show=show.id, item=item.id
        )
        return allotment.granted, allotment.place


def _item(show: Show, item_id: str) -> Item:
    item = show.items.get(item_id)
    if item is None:
        raise NotFound("There is no such item.", code="unknown_item")
    return item
