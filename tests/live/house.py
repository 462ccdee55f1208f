"""Shows as a process has them: rooms on a database, the embedded shop, and who comes in."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from commerce_bridge import claims as cart
from commerce_bridge.claims import ClaimRow
from commerce_bridge.embedded import catalogue, stock
from commerce_bridge.embedded.model import ProductDraft, VariantDraft
from commerce_bridge.embedded.shop import EmbeddedShop
from commerce_bridge.port import Shop
from core.clock import ManualClock
from core.db import Database
from core.identity.model import Person, Role
from core.money import Money
from core.outbox import Outbox
from core.rooms.events import Logged
from core.rooms.relay import Relay
from core.rooms.room import Answer, Room
from core.rooms.rooms import Rooms
from live import commands as c
from live.events import Rules
from live.kind import ShowKind
from live.orders import ShowClaims
from live.perks import ShopPerks
from live.service import Shows
from live.state import Claim, Show
from live.stock import Stock
from live.store import SHOW

RED, WHITE = "紅", "白"


def guest(name: str, *also: Person) -> Person:
    own = f"cus_{name.upper():0<26}"
    ids = frozenset({own}).union(*(one.aliases for one in also))
    return Person("guest", own, ids, name)


HOST = Person("staff", "stf_" + "H" * 26, name="阿禾", roles=frozenset({Role.HOST}))
MODERATOR = Person("staff", "stf_" + "M" * 26, name="小編", roles=frozenset({Role.MODERATOR}))
ANNA, BEN, CARA = guest("anna"), guest("ben"), guest("cara")


def kinds(answer: Answer) -> list[str]:
    """The types of the events that an answer tells of."""
    return [msgspec.json.decode(event)["type"] for event in answer.events]


def events(answer: Answer) -> list[Any]:
    """What those events say."""
    return [msgspec.json.decode(event)["data"] for event in answer.events]


class Goods:
    """What lies in the shop: a product of two variants, `pieces` of each."""

    product: str
    variants: dict[str, str]

    def __init__(self, connection: Connection, pieces: int, now: int) -> None:
        place = catalogue.put_location(connection, "網路倉")
        drafts = tuple(
            VariantDraft(f"A01-{key}", {"色": key}, Money(36_000, "TWD")) for key in (RED, WHITE)
        )
        ids = catalogue.put_product(connection, ProductDraft("a01", "果醬", "", (), drafts), now)
        self.variants = {key: ids[f"A01-{key}"] for key in (RED, WHITE)}
        there = {(place, variant): pieces for variant in self.variants.values()}
        stock.count(connection, there, key="count:1", at=now)


class House:
    """One process. `goods` are there once for all that share a database."""

    def __init__(
        self,
        database: Database,
        clock: ManualClock,
        shop: Shop | None = None,
        relay: Relay | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.shop = shop or EmbeddedShop(database, clock)
        perks = ShopPerks()
        self.rooms = Rooms(database, clock, [ShowKind(perks)], relay=relay)
        self.shows = Shows(database, self.rooms, self.shop, "TWD", clock, perks)
        self.claims = ShowClaims(database, self.rooms)
        self.outbox = Outbox(database, clock)
        self.claims.join(self.outbox)
        Stock(self.shop, self.rooms).join(self.outbox)
        self._requests = itertools.count(1)

    async def furnish(self, pieces: int = 10) -> Goods:
        goods = await self.database.write(lambda conn: Goods(conn, pieces, self.clock.now()))
        variant = goods.variants[RED]
        goods.product = (await self.shop.variants([variant]))[variant].product_id
        return goods

    def request(self) -> str:
        return f"request-{id(self)}-{next(self._requests)}"

    async def room(self, show: str) -> Room[Show]:
        room = self.rooms.room(show, SHOW)
        await room.loaded()
        return room

    async def show(self, show: str) -> Show:
        return (await self.room(show)).committed.state

    # What people do

    async def create(self, *, live: bool = True) -> str:
        show = await self.shows.create(
            HOST, title="夜場", host_name="阿禾", poster=None, starts_at=None, rules=Rules()
        )
        if live:
            await self.run(show, "show.go_live")
        return show

    async def run(
        self, show: str, type_: str, request_id: str | None = None, **fields: Any
    ) -> Answer:
        body = {"request_id": request_id or self.request(), "do": {"type": type_, **fields}}
        return await self.shows.run(HOST, show, c.SendRun.model_validate(body))

    async def add(self, show: str, goods: Goods, pieces: int | dict[str, int], **of: Any) -> str:
        """An item of both variants, or of those that `pieces` names; returns its id."""
        planned = pieces if isinstance(pieces, dict) else {RED: pieces, WHITE: pieces}
        variants = [
            {"variant_id": goods.variants[key], "key": key, "words": [[key]], "allotment": allotted}
            for key, allotted in planned.items()
        ]
        fields = {"code": "A01", "price": 28_800, "product": goods.product, **of}
        await self.run(show, "item.add", variants=variants, **fields)
        return (await self.show(show)).order[-1]

    async def sell(self, show: str, goods: Goods, pieces: int | dict[str, int], **of: Any) -> str:
        item = await self.add(show, goods, pieces, **of)
        await self.run(show, "item.open", item=item)
        return item

    async def say(self, by: Person, show: str, text: str, request_id: str | None = None) -> Answer:
        sent = c.SendComment(request_id=request_id or self.request(), text=text)
        return await self.shows.comment(by, show, sent)

    async def give_back(self, by: Person, show: str, claim: str) -> Answer:
        sent = c.SendGiveBack(request_id=self.request(), claim=claim)
        return await self.shows.give_back(by, show, sent)

    async def expire(self, show: str, ms: int) -> None:
        """Time passes, and what the sweeper wakes the room for has happened."""
        room = await self.room(show)
        heard = _Heard()
        room.subscribers.append(heard)
        self.clock.advance(ms)
        await self.rooms.sweep()
        await asyncio.wait_for(heard.something.wait(), 20)
        room.subscribers.remove(heard)

    async def hand_over(self) -> None:
        """The outbox, until it is empty."""
        while await self.outbox.hand_over():
            pass

    # What there is

    async def available(self, goods: Goods) -> dict[str, int]:
        found = await self.shop.variants(list(goods.variants.values()))
        return {key: found[variant].available for key, variant in goods.variants.items()}

    async def cart(self, by: Person) -> list[ClaimRow]:
        return await self.database.read(lambda conn: cart.of(conn, by.aliases))

    async def claims_of(self, show: str, by: Person) -> list[Claim]:
        state = await self.show(show)
        return [state.claims[one] for one in state.claims_of.get(by.own_id, ())]


class _Heard:
    """Somebody who follows a room until something happens there."""

    def __init__(self) -> None:
        self.something = asyncio.Event()

    def happened(self, _room: Room[Any], _events: Sequence[Logged]) -> None:
        self.something.set()

    def ended(self, _room: Room[Any]) -> None:
        self.something.set()


@contextlib.asynccontextmanager
async def opened(
    database: Database,
    clock: ManualClock,
    shop: Shop | None = None,
    relay: Relay | None = None,
) -> AsyncIterator[House]:
    house = House(database, clock, shop, relay)
    yield house
    await house.rooms.close()
