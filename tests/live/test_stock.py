"""Pieces between the shop and its shows: taken when an item opens, and given back, each once."""

import asyncio

import pytest

from commerce_bridge.embedded import stock
from commerce_bridge.embedded.shop import EmbeddedShop
from commerce_bridge.port import Allotment, OutOfStock
from core.clock import ManualClock
from core.db import Database
from core.errors import Unavailable
from tests.live.house import ANNA, RED, WHITE, House, opened

MINUTE = 60_000


async def _books_are_right(house: House) -> None:
    assert await house.database.read(stock.audit) == []


async def test_opening_takes_what_is_planned_out_of_the_shop(house: House) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    item = await house.sell(show, goods, {RED: 4, WHITE: 3})
    assert await house.available(goods) == {RED: 6, WHITE: 7}
    variants = (await house.show(show)).items[item].variants
    assert [variant.allotment for variant in variants] == [4, 3]
    await _books_are_right(house)


async def test_an_item_opens_with_what_the_shop_has(house: House) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    item = await house.sell(show, goods, {RED: 15})
    (red,) = (await house.show(show)).items[item].variants
    assert (red.planned, red.allotment) == (15, 10)
    assert await house.available(goods) == {RED: 0, WHITE: 10}


async def test_an_item_of_which_the_shop_has_none_does_not_open(house: House) -> None:
    goods = await house.furnish(2)
    show = await house.create()
    await house.sell(show, goods, {RED: 2})
    other = await house.add(show, goods, {RED: 2}, code="B02")
    with pytest.raises(OutOfStock):
        await house.run(show, "item.open", item=other)
    assert (await house.show(show)).items[other].status == "ready"


async def test_when_the_shop_has_some_again_the_item_opens(house: House) -> None:
    goods = await house.furnish(2)
    show = await house.create()
    first = await house.sell(show, goods, {RED: 2})
    other = await house.add(show, goods, {RED: 2}, code="B02")
    with pytest.raises(OutOfStock):
        await house.run(show, "item.open", item=other)
    await house.run(show, "item.allot", item=first, variant=RED, allotment=0)
    await house.hand_over()
    await house.run(show, "item.open", item=other)
    (red,) = (await house.show(show)).items[other].variants
    assert red.allotment == 2
    await _books_are_right(house)


async def test_a_request_to_open_sent_twice_takes_its_pieces_once(house: House) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    item = await house.add(show, goods, {RED: 4})
    first = await house.run(show, "item.open", "the-request", item=item)
    again = await house.run(show, "item.open", "the-request", item=item)
    assert (again.repeated, again.first, again.last) == (True, first.first, first.last)
    assert await house.available(goods) == {RED: 6, WHITE: 10}


async def test_a_request_to_raise_sent_again_undoes_nothing_that_came_since(house: House) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    item = await house.sell(show, goods, {RED: 2})
    first = await house.run(show, "item.allot", "the-request", item=item, variant=RED, allotment=5)
    await house.run(show, "item.allot", item=item, variant=RED, allotment=1)
    await house.hand_over()
    again = await house.run(show, "item.allot", "the-request", item=item, variant=RED, allotment=5)
    assert (again.repeated, again.first, again.last) == (True, first.first, first.last)
    (red,) = (await house.show(show)).items[item].variants
    assert red.allotment == 1
    assert await house.available(goods) == {RED: 9, WHITE: 10}


async def test_a_request_sent_again_after_the_show_is_answered_as_before(house: House) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    item = await house.add(show, goods, {RED: 4})
    first = await house.run(show, "item.open", "to-open-it", item=item)
    raised = await house.run(show, "item.allot", "to-raise-it", item=item, variant=RED, allotment=6)
    await house.run(show, "show.end")
    again = await house.run(show, "item.open", "to-open-it", item=item)
    assert (again.repeated, again.first, again.last) == (True, first.first, first.last)
    again = await house.run(show, "item.allot", "to-raise-it", item=item, variant=RED, allotment=6)
    assert (again.repeated, again.first, again.last) == (True, raised.first, raised.last)


async def test_two_who_open_an_item_at_once_take_its_pieces_once(house: House) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    item = await house.add(show, goods, 4)
    await asyncio.gather(*(house.run(show, "item.open", item=item) for _ in range(3)))
    assert await house.available(goods) == {RED: 6, WHITE: 6}
    variants = (await house.show(show)).items[item].variants
    assert [variant.allotment for variant in variants] == [4, 4]
    await _books_are_right(house)


async def test_two_variants_raised_at_once_are_both_raised(house: House) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    item = await house.sell(show, goods, 2)
    await asyncio.gather(
        house.run(show, "item.allot", item=item, variant=RED, allotment=5),
        house.run(show, "item.allot", item=item, variant=WHITE, allotment=6),
    )
    variants = (await house.show(show)).items[item].variants
    assert [variant.allotment for variant in variants] == [5, 6]
    assert await house.available(goods) == {RED: 5, WHITE: 4}


async def test_raised_beyond_the_stock_it_gets_what_there_is(house: House) -> None:
    goods = await house.furnish(5)
    show = await house.create()
    item = await house.sell(show, goods, {RED: 2})
    await house.run(show, "item.allot", item=item, variant=RED, allotment=9)
    (red,) = (await house.show(show)).items[item].variants
    assert (red.planned, red.allotment) == (9, 5)
    with pytest.raises(OutOfStock):
        await house.run(show, "item.allot", item=item, variant=RED, allotment=9)


async def test_what_is_lowered_goes_back_to_the_shop_once(house: House) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    item = await house.sell(show, goods, {RED: 6})
    await house.run(show, "item.allot", item=item, variant=RED, allotment=2)
    await house.hand_over()
    await house.hand_over()
    assert await house.available(goods) == {RED: 8, WHITE: 10}
    await _books_are_right(house)


async def test_at_the_end_the_rest_goes_back_and_what_is_held_when_it_expires(
    house: House,
) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    await house.sell(show, goods, {RED: 6}, hold_s=600)
    await house.say(ANNA, show, "+2")
    await house.run(show, "show.end")
    await house.hand_over()
    assert await house.available(goods) == {RED: 8, WHITE: 10}
    await house.expire(show, 10 * MINUTE)
    await house.hand_over()
    assert await house.available(goods) == {RED: 10, WHITE: 10}
    await _books_are_right(house)


class Dying(EmbeddedShop):
    """A shop whose answer never arrives: the process dies after it was given."""

    dead = False

    async def allot(
        self, key: str, variant_id: str, quantity: int, *, show: str, item: str
    ) -> Allotment:
        answer = await super().allot(key, variant_id, quantity, show=show, item=item)
        if self.dead:
            raise Unavailable("The connection was lost.")
        return answer

    async def give_back(self, key: str, place: str, quantity: int) -> int:
        answer = await super().give_back(key, place, quantity)
        if self.dead:
            raise Unavailable("The connection was lost.")
        return answer


async def test_pieces_granted_to_a_process_that_died_are_found_by_the_next(
    database: Database, clock: ManualClock
) -> None:
    shop = Dying(database, clock)
    async with opened(database, clock, shop) as house:
        goods = await house.furnish(10)
        show = await house.create()
        item = await house.add(show, goods, {RED: 4})
        shop.dead = True
        with pytest.raises(Unavailable):
            await house.run(show, "item.open", item=item)
    async with opened(database, clock) as house:
        assert await house.available(goods) == {RED: 6, WHITE: 10}
        await house.run(show, "item.allot", item=item, variant=RED, allotment=5)
        await house.run(show, "item.open", item=item)
        (red,) = (await house.show(show)).items[item].variants
        assert red.allotment == 5
        assert await house.available(goods) == {RED: 5, WHITE: 10}
        await _books_are_right(house)


async def test_pieces_granted_to_a_process_that_died_go_back_at_the_end(
    database: Database, clock: ManualClock
) -> None:
    shop = Dying(database, clock)
    async with opened(database, clock, shop) as house:
        goods = await house.furnish(10)
        show = await house.create()
        item = await house.add(show, goods, {RED: 4})
        shop.dead = True
        with pytest.raises(Unavailable):
            await house.run(show, "item.open", item=item)
        await house.run(show, "show.end")
        await house.hand_over()
    clock.advance(60 * MINUTE)
    async with opened(database, clock) as house:
        await house.hand_over()
        assert await house.available(goods) == {RED: 10, WHITE: 10}
        await _books_are_right(house)


async def test_the_rest_goes_back_once_though_the_process_dies_while_giving_it(
    database: Database, clock: ManualClock
) -> None:
    shop = Dying(database, clock)
    async with opened(database, clock, shop) as house:
        goods = await house.furnish(10)
        show = await house.create()
        await house.sell(show, goods, {RED: 4})
        await house.run(show, "show.end")
        shop.dead = True
        await house.hand_over()
    clock.advance(60 * MINUTE)
    async with opened(database, clock) as house:
        await house.hand_over()
        assert await house.available(goods) == {RED: 10, WHITE: 10}
        await _books_are_right(house)
