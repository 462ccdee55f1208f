"""Wishes: what is kept of them, and who is written to when, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import HttpUrl
from sqlalchemy import Connection, insert, select

from commerce_bridge.embedded import catalogue, stock
from commerce_bridge.embedded.model import ProductDraft, VariantDraft
from commerce_bridge.embedded.shop import EmbeddedShop
from commerce_bridge.embedded.stock import STOCK_BACK
from commerce_bridge.loyalty import wishes as store
from commerce_bridge.loyalty.wishes import AT_ONCE, MOST, Put, TooManyWishes, Wishes, wish
from commerce_bridge.port import UnknownProduct
from commerce_bridge.rooms import CLAIMABLE
from core import outbox as messages
from core.clock import ManualClock
from core.db import Database
from core.errors import Forbidden, NotSignedIn
from core.identity import store as people
from core.identity.model import NOBODY, Person, Role
from core.notices import Notices
from core.outbox import Outbox
from core.settings import Settings
from tests.commerce_bridge.world import Goods, twd
from tests.live.members import open_club, spend
from tests.service import Browser, serving, settings_for


class House:
    """Wishes over a database, with the outbox and the letters that come of them."""

    def __init__(self, database: Database, clock: ManualClock, folder: Path) -> None:
        settings = Settings(data_folder=folder, public_url=HttpUrl("https://shop.test"))
        self.database = database
        self.clock = clock
        self.notices = Notices(database, clock, settings)
        self.wishes = Wishes(database, clock, settings, self.notices)
        self.outbox = Outbox(database, clock)
        self.wishes.join(self.outbox)

    async def customer(self, name: str, email: str | None = None) -> Person:
        now = self.clock.now()
        return await self.database.write(lambda c: people.add_customer(c, name, email, now))

    async def wants(self, who: Person, product: str, **of: Any) -> None:
        await self.wishes.put(who, product, Put(**of), "zh-Hant")

    async def wished(self, who: Person) -> list[str]:
        return [one.product.id for one in await self.wishes.mine(who)]

    async def opens(self, product: str, *, item: str = "i1", tier: str | None = None) -> None:
        """An item of a show is opened, and all is handed over."""
        told = {
            "show": "shw_1",
            "show_title": "夜場",
            "item": item,
            "product": product,
            "title": "剝皮辣椒",
            "tier": tier,
        }
        await self.database.write(lambda c: messages.add(c, CLAIMABLE, "shw_1.wishes", told))
        await self.hand_over()

    async def counts(self, place: str, variant: str, pieces: int, key: str) -> None:
        there = {(place, variant): pieces}
        now = self.clock.now()
        await self.database.write(lambda c: stock.count(c, there, key=key, at=now))

    async def hand_over(self) -> None:
        while await self.outbox.hand_over():
            pass

    async def letters(self) -> list[tuple[str, str]]:
        """To whom, and the subject; oldest first."""
        return [(one.to, one.subject) for one in reversed(await self.notices.latest())]


@pytest.fixture
async def house(database: Database, clock: ManualClock, tmp_path: Path, goods: Goods) -> House:
    """All is handed over that the goods' coming has led to."""
    assert goods.chilli
    made = House(database, clock, tmp_path)
    await made.hand_over()
    return made


@pytest.fixture
async def product(database: Database, goods: Goods) -> str:
    """The chillies."""
    found = await database.read(lambda c: catalogue.variants(c, [goods.chilli]))
    return found[goods.chilli].product_id


@pytest.fixture
async def oil(database: Database, goods: Goods) -> str:
    """Of two strengths: the mild one there, the hot one not."""
    found = await database.read(lambda c: catalogue.variants(c, [goods.oil_hot]))
    return found[goods.oil_hot].product_id


# Her own list


async def test_a_wish_is_there_until_it_is_dropped(house: House, product: str, oil: str) -> None:
    anna, ben = await house.customer("Anna"), await house.customer("Ben")
    await house.wants(anna, product, via="show")
    house.clock.advance(1)
    await house.wants(anna, oil)
    await house.wants(anna, product, via="chat")
    assert await house.wished(anna) == [oil, product]
    assert [one.via for one in await house.wishes.mine(anna)] == ["shop", "show"]
    assert await house.wished(ben) == []
    await house.wishes.drop(anna, product)
    await house.wishes.drop(anna, product)
    assert await house.wished(anna) == [oil]


async def test_what_is_not_sold_cannot_be_wished_for(
    house: House, goods: Goods, product: str
) -> None:
    anna = await house.customer("Anna")
    with pytest.raises(UnknownProduct):
        await house.wants(anna, "prd_" + "0" * 26)
    with pytest.raises(UnknownProduct):
        await house.wishes.put(
            anna, product, Put.model_construct(via="shop", variant=goods.oil_hot), "en"
        )
    assert await house.wished(anna) == []


async def test_what_is_taken_off_is_not_shown(house: House, product: str) -> None:
    anna = await house.customer("Anna")
    await house.wants(anna, product)

    def take_off(connection: Connection) -> None:
        table = catalogue.product_table
        connection.execute(table.update().where(table.c.id == product).values(active=False))

    await house.database.write(take_off)
    assert await house.wished(anna) == []


async def test_a_list_holds_so_many_and_what_is_there_may_be_changed(
    house: House, product: str, oil: str
) -> None:
    anna = await house.customer("Anna")
    await house.wants(anna, product)
    await _fill(house, anna, MOST - 1)
    with pytest.raises(TooManyWishes) as full:
        await house.wants(anna, oil)
    assert full.value.data == {"most": MOST}
    await house.wants(anna, product, via="call")


async def test_a_guests_wishes_are_the_customers_as_far_as_they_fit(
    house: House, product: str, oil: str
) -> None:
    guest, anna = await house.customer("小美"), await house.customer("Anna", "anna@example.test")
    await house.wants(guest, product, via="show")
    await house.wants(guest, oil)
    await house.wants(anna, oil, via="call")
    await house.database.write(lambda c: store.merge(c, guest.own_id, anna.own_id))
    kept = {one.product.id: one.via for one in await house.wishes.mine(anna)}
    assert kept == {product: "show", oil: "call"}
    assert await house.wished(guest) == []
    await _fill(house, guest, 5)
    await _fill(house, anna, MOST - 3)
    await house.database.write(lambda c: store.merge(c, guest.own_id, anna.own_id))
    count = await house.database.read(lambda c: len(store.listed(c, anna.aliases)))
    assert count == MOST


async def test_a_persons_wishes_are_told_and_forgotten_as_a_whole(
    house: House, product: str, oil: str
) -> None:
    anna, ben = await house.customer("Anna"), await house.customer("Ben")
    await house.wants(anna, product, via="call")
    for who in (anna, ben):
        await house.wants(who, oil)
    kept = await house.database.read(lambda c: store.listed(c, anna.aliases))
    assert {(one["product"], one["via"]) for one in kept} == {(product, "call"), (oil, "shop")}
    assert await house.database.write(lambda c: store.erase(c, anna.aliases)) == 2
    assert await house.database.read(lambda c: store.listed(c, anna.aliases)) == []
    assert await house.wished(ben) == [oil]


async def test_only_customers_wish(house: House, product: str) -> None:
    staff = Person("staff", "stf_1", frozenset({"stf_1"}), "阿禾", roles=frozenset({Role.HOST}))
    for person, error in ((staff, Forbidden), (NOBODY, NotSignedIn)):
        with pytest.raises(error):
            await house.wants(person, product)
        with pytest.raises(error):
            await house.wishes.mine(person)
        with pytest.raises(error):
            await house.wishes.drop(person, product)


# Letters


async def test_who_wishes_for_it_is_told_once_that_it_is_on_sale(
    house: House, product: str, oil: str
) -> None:
    anna = await house.customer("Anna", "anna@example.test")
    ben = await house.customer("Ben", "ben@example.test")
    guest = await house.customer("小美")
    for who in (anna, guest):
        await house.wants(who, product)
    await house.wants(ben, oil)
    for _ in range(2):
        await house.opens(product)
    assert await house.letters() == [("anna@example.test", "剝皮辣椒 正在直播開賣")]
    (letter,) = await house.notices.latest()
    assert "https://shop.test/shows/shw_1" in letter.text
    assert "「夜場」" in letter.text
    await house.opens(product, item="i2")
    assert len(await house.letters()) == 2


async def test_what_a_guest_wished_for_while_she_signed_in_is_written_about_once(
    house: House, product: str, oil: str
) -> None:
    """A page, or a chat, that did not know yet who she is left her wish under the guest's id."""
    guest = await house.customer("小美")
    anna = await house.customer("Anna", "anna@example.test")
    hooks = [store.merge]
    merged = partial(people.merge, guest=guest, into=anna, hooks=hooks, now=house.clock.now())
    await house.database.write(merged)
    await house.wants(guest, product)
    for who in (guest, anna):
        await house.wants(who, oil)
    await house.opens(product)
    await house.opens(oil, item="i2")
    assert [to for to, _ in await house.letters()] == ["anna@example.test"] * 2


async def test_who_becomes_a_member_with_what_she_bought_as_a_guest_is_one(
    house: House, product: str
) -> None:
    await open_club(house.database, house.clock.now())
    guest = await house.customer("小美")
    anna = await house.customer("Anna", "anna@example.test")
    bought = partial(spend, customer=guest.own_id, minor=100_000, now=house.clock.now())
    await house.database.write(bought)
    hooks = [store.merge]
    merged = partial(people.merge, guest=guest, into=anna, hooks=hooks, now=house.clock.now())
    await house.database.write(merged)
    await house.wants(guest, product)
    await house.opens(product, tier="silver")
    assert [to for to, _ in await house.letters()] == ["anna@example.test"]


async def test_what_is_for_members_is_told_to_members(house: House, product: str) -> None:
    await open_club(house.database, house.clock.now())
    for name, minor in (("gold", 300_000), ("silver", 100_000), ("none", 0)):
        who = await house.customer(name, f"{name}@example.test")
        await house.wants(who, product)
        if minor:
            order = partial(spend, customer=who.own_id, minor=minor, now=house.clock.now())
            await house.database.write(order)
    await house.opens(product, tier="gold")
    assert [to for to, _ in await house.letters()] == ["gold@example.test"]
    await house.opens(product, item="i2", tier="platinum")
    assert len(await house.letters()) == 1


async def test_it_is_told_that_it_is_back_each_time_it_is(
    house: House, goods: Goods, product: str
) -> None:
    anna = await house.customer("Anna", "anna@example.test")
    await house.wants(anna, product)
    await house.counts(goods.storeroom, goods.chilli, 20, "more")
    await house.hand_over()
    assert await house.letters() == [], "there were some all the time"
    for key in ("first", "second"):
        await house.counts(goods.storeroom, goods.chilli, 0, f"{key}:gone")
        await house.counts(goods.xinyi, goods.chilli, 0, f"{key}:all gone")
        await house.counts(goods.storeroom, goods.chilli, 3, f"{key}:back")
        await house.counts(goods.xinyi, goods.chilli, 3, f"{key}:more")
        await house.hand_over()
        await house.hand_over()
    assert await house.letters() == [("anna@example.test", "秋釀剝皮辣椒 補貨了")] * 2


async def test_of_what_comes_back_together_each_wish_is_written_about(
    house: House, goods: Goods, product: str, oil: str
) -> None:
    """A delivery is counted at once, under one key: chillies and oil, both sold out until then."""
    anna = await house.customer("Anna", "anna@example.test")
    for wished in (product, oil):
        await house.wants(anna, wished)
    places = (goods.storeroom, goods.xinyi)
    all_of_them = [(place, one) for place in places for one in (goods.chilli, goods.oil_mild)]

    def count(connection: Connection, pieces: int, key: str) -> None:
        stock.count(connection, dict.fromkeys(all_of_them, pieces), key=key, at=house.clock.now())

    await house.database.write(partial(count, pieces=0, key="gone"))
    await house.database.write(partial(count, pieces=3, key="delivery"))
    await house.hand_over()
    assert sorted(subject for _, subject in await house.letters()) == [
        "手炒花椒辣油 補貨了",
        "秋釀剝皮辣椒 補貨了",
    ]


async def test_what_is_undone_is_back_too(
    house: House, goods: Goods, product: str, shop: EmbeddedShop
) -> None:
    """A show gives back what it had asked for: the shop's last pieces."""
    anna = await house.customer("Anna", "anna@example.test")
    await house.wants(anna, product)
    got = await shop.allot("key 1", goods.chilli, 12, show="shw_1", item="i1")
    await house.hand_over()
    assert await house.letters() == []
    await shop.give_back("key 2", got.place, 5)
    await house.hand_over()
    assert [to for to, _ in await house.letters()] == ["anna@example.test"]


async def test_a_choice_that_is_back_is_told_to_who_wants_that_one(
    house: House, goods: Goods, oil: str
) -> None:
    hot = await house.customer("hot", "hot@example.test")
    mild = await house.customer("mild", "mild@example.test")
    either = await house.customer("either", "either@example.test")
    # Ids of the tests' shop are real ones: they pass the check that the wire makes.
    await house.wants(hot, oil, variant=goods.oil_hot)
    await house.wants(mild, oil, variant=goods.oil_mild)
    await house.wants(either, oil)
    await house.counts(goods.storeroom, goods.oil_hot, 4, "back")
    await house.hand_over()
    assert [to for to, _ in await house.letters()] == ["hot@example.test"]
    await house.counts(goods.storeroom, goods.oil_hot, 0, "hot gone")
    await house.counts(goods.storeroom, goods.oil_mild, 0, "mild gone")
    await house.counts(goods.storeroom, goods.oil_mild, 4, "all back")
    await house.hand_over()
    assert sorted(to for to, _ in await house.letters()) == [
        "either@example.test",
        "hot@example.test",
        "mild@example.test",
    ]


async def test_a_crowd_is_written_to_a_page_at_a_time(
    house: House, product: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "AT_ONCE", 3)
    assert AT_ONCE > 3
    for number in range(8):
        await house.wants(await house.customer(f"c{number}", f"c{number}@example.test"), product)
    await house.opens(product)
    assert len(await house.letters()) == 8


async def test_a_new_shops_first_count_tells_of_many_at_once(
    house: House, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock, "TOLD_AT_ONCE", 2)

    def unit(connection: Connection) -> None:
        place = catalogue.put_location(connection, "倉")
        drafts = tuple(VariantDraft(f"S{n}", {"號": str(n)}, twd(100)) for n in range(5))
        draft = ProductDraft("s", "糖", "", (), drafts)
        ids = catalogue.put_product(connection, draft, clock.now())
        there = {(place, id): 1 for id in ids.values()}
        stock.count(connection, there, key="first", at=clock.now())

    await house.database.write(unit)
    query = select(messages.outbox_message.c.payload).where(
        messages.outbox_message.c.topic == STOCK_BACK
    )
    told = await house.database.read(lambda c: list(c.execute(query).scalars()))
    assert len(told) == 3
    await house.hand_over()


async def _fill(house: House, who: Person, many: int) -> None:
    """Wishes for what was sold once."""
    now = house.clock.now()
    rows = [
        {
            "customer": who.own_id,
            "product": f"prd_{who.own_id[-6:]}{number}",
            "variant": None,
            "via": "shop",
            "locale": "en",
            "at": now,
        }
        for number in range(many)
    ]
    await house.database.write(lambda c: c.execute(insert(wish), rows))


# Over HTTP


@pytest.fixture
async def browser(
    database: Database, database_url: str, goods: Goods, tmp_path: Path
) -> AsyncIterator[Browser]:
    assert goods.chilli
    async with serving(settings_for(database_url, tmp_path)) as service:
        browser = await service.browser()
        await browser.become_guest()
        yield browser


async def test_wishes_over_http(browser: Browser, product: str, goods: Goods) -> None:
    put = await browser.ask("PUT", f"/api/wishes/{product}", json={"via": "show"})
    assert (put.status, put.json) == (200, {"wished": True})
    (one,) = (await browser.get("/api/wishes")).json["wishes"]
    assert one["at"]
    assert one | {"at": 0} == {
        "product": product,
        "variant": None,
        "title": "秋釀剝皮辣椒",
        "picture": "/demo/a01.svg",
        "price": 36_000,
        "available": 12,
        "via": "show",
        "at": 0,
    }
    for _ in range(2):
        gone = await browser.ask("DELETE", f"/api/wishes/{product}")
        assert (gone.status, gone.json) == (200, {"wished": False})
    assert (await browser.get("/api/wishes")).json == {"wishes": []}


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("prd_" + "0" * 26, {}, 404, "unknown_product"),
        ("prd_x", {}, 400, "bad_request"),
        ("x" * 400, {}, 400, "bad_request"),
        ("{product}", {"via": "mail"}, 400, "bad_request"),
        ("{product}", {"via": None}, 400, "bad_request"),
        ("{product}", {"variant": "red"}, 400, "bad_request"),
        ("{product}", {"variant": "var_" + "0" * 26}, 404, "unknown_product"),
        ("{product}", {"customer": "cus_other"}, 400, "bad_request"),
        ("{product}", [], 400, "bad_request"),
    ],
)
async def test_a_wish_that_makes_no_sense_is_refused(
    browser: Browser, product: str, path: str, body: Any, status: int, code: str
) -> None:
    address = f"/api/wishes/{path.format(product=product)}"
    reply = await browser.ask("PUT", address, json=body)
    assert (reply.status, reply.code) == (status, code)
    assert (await browser.get("/api/wishes")).json == {"wishes": []}
