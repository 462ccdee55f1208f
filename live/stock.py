"""Stock on its way between the shop and the shows: allotments out, the rest back.

No transaction holds a room and stock together. First the room records what the shop will be asked
for, then the shop grants, under a key that the record determines, then the room records the grant:
whatever dies between, the same question is asked again and has the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commerce_bridge.port import Shop
from core.ids import new_id
from core.outbox import Outbox
from core.rooms.events import Reader
from core.rooms.kind import Command
from core.rooms.room import Room
from core.rooms.rooms import Rooms
from live import commands as c
from live.events import Granted, Item
from live.state import Show
from live.store import ALLOTMENT_ASKED, ALLOTMENT_BACK, SHOW

_STAFF = Reader(staff=True)


class Stock:
    """Asks the shop for what items need, and gives back what they do not."""

    def __init__(self, shop: Shop, rooms: Rooms) -> None:
        self._shop = shop
        self._rooms = rooms

    def join(self, outbox: Outbox) -> None:
        """Hear what shows have for the shop."""
        outbox.subscribe(ALLOTMENT_BACK, self._give_back)
        outbox.subscribe(ALLOTMENT_ASKED, self._asked)

    async def fill(
        self, room: Room[Show], item: str, wanted: Mapping[str | None, int], by: c.Actor
    ) -> None:
        """Bring the allotments of an item's variants up to `wanted`, as far as the shop has them.

        Raises NotFound, Conflict, and the shop's errors.
        """
        await self._settle(room, item)
        await self._tell(room, by, c.Ask(item, wanted))
        await self._settle(room, item)

    async def _settle(self, room: Room[Show], item_id: str) -> None:
        """Have the shop answer what it was asked for an item, and record that."""
        show = room.committed.state
        item = show.items.get(item_id)
        if item is None:
            return
        answers: list[tuple[int, Granted]] = []
        try:
            for variant in item.variants:
                slot = (item.id, variant.key)
                if (quantity := show.asked.get(slot)) is not None:
                    answers.append(await self._ask(show, item, variant.key, quantity))
        finally:
            if answers:  # those before one that failed
                await self._tell(room, c.SYSTEM, c.Place(item.id, tuple(answers)))

    async def _ask(
        self, show: Show, item: Item, key: str | None, quantity: int
    ) -> tuple[int, Granted]:
        grant = show.grants.get((item.id, key), 0)
        place, variant = next(
            (place, variant) for place, variant in enumerate(item.variants) if variant.key == key
        )
        allotment = await self._shop.allot(
            f"{show.id}/{item.id}/{place}/{grant}",
            variant.variant_id,
            quantity,
            show=show.id,
            item=item.id,
        )
        granted = Granted(variant=key, quantity=allotment.granted, place=allotment.place)
        return grant, granted

    async def _tell(self, room: Room[Show], by: c.Actor, do: Any) -> None:
        command = Command(c.SYSTEM.id, new_id("stk"), c.Act(by, do))
        await room.answer(await room.submit(command), _STAFF)

    async def _give_back(self, message: Any) -> None:
        await self._shop.give_back(message["key"], message["place"], message["quantity"])

    async def _asked(self, message: Any) -> None:
        """The show has ended while the shop still owed an answer."""
        room = self._rooms.room(message["show"], SHOW)
        await room.loaded()
        await self._settle(room, message["item"])
