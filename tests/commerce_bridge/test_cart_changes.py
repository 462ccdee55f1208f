"""Putting in and taking out, each under a request's name: done once, however often it is asked."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from commerce_bridge.cart import store
from commerce_bridge.cart.store import NotInCart
from commerce_bridge.commerce import ACTS_KEPT_MS, Commerce, merge
from commerce_bridge.port import OutOfStock, UnknownProduct
from core.clock import ManualClock
from core.db import Database
from core.errors import PlusOneError
from core.identity.model import Person
from tests.commerce_bridge.world import Goods, body, person

MEI = person("mei")


async def pieces(commerce: Commerce, who: Person, variant: str) -> int:
    return (await commerce.carts.get(who)).pieces(variant)


async def sell_out(commerce: Commerce, variant: str) -> None:
    await commerce.shop.allot("all of it", variant, 99, show="shw_1", item="itm_1")


async def test_what_was_put_in_is_in_also_once_it_is_sold_out(
    commerce: Commerce, goods: Goods
) -> None:
    """The answer was lost, and the request comes again."""
    await commerce.carts.add(MEI, goods.oil_mild, 2, "request-1")
    await sell_out(commerce, goods.oil_mild)
    again = await commerce.carts.add(MEI, goods.oil_mild, 2, "request-1", whole=True)
    assert again.pieces(goods.oil_mild) == 2


async def test_a_refused_request_may_be_asked_again(commerce: Commerce, goods: Goods) -> None:
    got = await commerce.shop.allot("k", goods.oil_mild, 5, show="shw_1", item="itm_1")
    with pytest.raises(OutOfStock):
        await commerce.carts.add(MEI, goods.oil_mild, 1, "request-1")
    await commerce.shop.give_back("b", got.place, 1)
    cart = await commerce.carts.add(MEI, goods.oil_mild, 1, "request-1")
    assert cart.pieces(goods.oil_mild) == 1


async def test_the_whole_of_it_has_to_be_there(commerce: Commerce, goods: Goods) -> None:
    await commerce.carts.add(MEI, goods.oil_mild, 3, "request-1", whole=True)
    with pytest.raises(OutOfStock) as refused:
        await commerce.carts.add(MEI, goods.oil_mild, 3, "request-2", whole=True)
    assert refused.value.data == {"variants": {goods.oil_mild: 5}}
    assert await pieces(commerce, MEI, goods.oil_mild) == 3
    await commerce.carts.add(MEI, goods.oil_mild, 2, "request-2", whole=True)
    assert await pieces(commerce, MEI, goods.oil_mild) == 5


async def test_without_that_a_cart_may_hold_more_than_there_is(
    commerce: Commerce, goods: Goods
) -> None:
    cart = await commerce.carts.add(MEI, goods.oil_mild, 9, "request-1")
    assert cart.pieces(goods.oil_mild) == 9


async def test_pieces_are_taken_out_and_the_last_takes_the_line(
    commerce: Commerce, goods: Goods
) -> None:
    await commerce.carts.add(MEI, goods.chilli, 3, "request-1")
    await commerce.carts.add(MEI, goods.oil_mild, 1, "request-2")
    cart = await commerce.carts.take(MEI, goods.chilli, 1, "request-3")
    assert (cart.pieces(goods.chilli), cart.pieces(goods.oil_mild)) == (2, 1)
    cart = await commerce.carts.take(MEI, goods.chilli, 2, "request-4")
    assert [line.variant_id for line, _ in cart.lines] == [goods.oil_mild]


async def test_the_same_request_takes_out_once(commerce: Commerce, goods: Goods) -> None:
    await commerce.carts.add(MEI, goods.chilli, 3, "request-1")
    for _ in range(3):
        cart = await commerce.carts.take(MEI, goods.chilli, 1, "request-2")
        assert cart.pieces(goods.chilli) == 2


async def test_where_there_are_fewer_than_the_least_nothing_is_taken(
    commerce: Commerce, goods: Goods
) -> None:
    await commerce.carts.add(MEI, goods.chilli, 2, "request-1")
    with pytest.raises(NotInCart) as refused:
        await commerce.carts.take(MEI, goods.chilli, 3, "request-2", least=3)
    assert refused.value.data == {"there": 2}
    assert await pieces(commerce, MEI, goods.chilli) == 2
    cart = await commerce.carts.take(MEI, goods.chilli, 3, "request-2")
    assert cart.lines == []
    with pytest.raises(NotInCart):
        await commerce.carts.take(MEI, goods.chilli, 1, "request-3")


async def test_nobody_takes_out_of_anothers_cart(commerce: Commerce, goods: Goods) -> None:
    await commerce.carts.add(MEI, goods.chilli, 2, "request-1")
    with pytest.raises(NotInCart):
        await commerce.carts.take(person("other"), goods.chilli, 1, "request-2")
    assert await pieces(commerce, MEI, goods.chilli) == 2


async def test_another_customer_may_use_the_same_name(commerce: Commerce, goods: Goods) -> None:
    await commerce.carts.add(MEI, goods.chilli, 1, "request-1")
    await commerce.carts.add(person("other"), goods.chilli, 1, "request-1")
    assert await pieces(commerce, person("other"), goods.chilli) == 1


async def test_a_request_is_known_after_she_signed_in(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    guest, both = person("guest"), person("mei", "cus_guest")
    await commerce.carts.add(guest, goods.chilli, 2, "request-1")
    await database.write(lambda c: merge(c, "cus_guest", "cus_mei"))
    for _ in range(2):
        cart = await commerce.carts.add(both, goods.chilli, 2, "request-1")
        assert cart.pieces(goods.chilli) == 2


async def test_what_lies_under_two_of_her_ids_is_taken_as_one(
    commerce: Commerce, goods: Goods
) -> None:
    """Put in as a guest in the moment in which she signs in: it is left under the old id."""
    await commerce.carts.add(person("guest"), goods.chilli, 2, "request-1")
    await commerce.carts.add(MEI, goods.chilli, 2, "request-2")
    both = person("mei", "cus_guest")
    cart = await commerce.carts.take(both, goods.chilli, 3, "request-3", least=3)
    assert cart.pieces(goods.chilli) == 1


async def test_names_of_requests_are_forgotten_after_a_day(
    commerce: Commerce, goods: Goods, clock: ManualClock, database: Database
) -> None:
    await commerce.carts.add(MEI, goods.chilli, 1, "request-1")
    clock.advance(ACTS_KEPT_MS + 1)
    await commerce.forget_old()
    left = await database.read(lambda c: c.execute(store.cart_act.select()).all())
    assert left == []


async def test_an_unknown_variant_leaves_nothing_behind(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    with pytest.raises(UnknownProduct):
        await commerce.carts.add(MEI, "var_x", 1, "request-1")
    left = await database.read(lambda c: c.execute(store.cart_act.select()).all())
    assert left == []


async def at_once(*calls: Any) -> list[Any]:
    """What each came to. Anything but a refusal of ours is a fault."""
    done = await asyncio.gather(*calls, return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException) and not isinstance(one, PlusOneError):
            raise one
    return done


class TestRaces:
    async def test_one_request_at_once_takes_out_once(
        self, commerce: Commerce, goods: Goods
    ) -> None:
        await commerce.carts.add(MEI, goods.chilli, 9, "request-1")
        await at_once(*(commerce.carts.take(MEI, goods.chilli, 2, "request-2") for _ in range(8)))
        assert await pieces(commerce, MEI, goods.chilli) == 7

    async def test_one_request_at_once_puts_in_once(self, commerce: Commerce, goods: Goods) -> None:
        await at_once(
            *(
                commerce.carts.add(MEI, goods.chilli, 2, "request-1", whole=bool(number % 2))
                for number in range(8)
            )
        )
        assert await pieces(commerce, MEI, goods.chilli) == 2

    async def test_different_requests_at_once_lose_nothing(
        self, commerce: Commerce, goods: Goods
    ) -> None:
        await commerce.carts.add(MEI, goods.chilli, 9, "request-1")
        done = await at_once(
            *(commerce.carts.take(MEI, goods.chilli, 1, f"request-t{n}") for n in range(5)),
            *(commerce.carts.add(MEI, goods.chilli, 1, f"request-a{n}") for n in range(3)),
        )
        assert not [one for one in done if isinstance(one, PlusOneError)]
        assert await pieces(commerce, MEI, goods.chilli) == 7

    async def test_the_whole_is_never_more_than_there_is(
        self, commerce: Commerce, goods: Goods
    ) -> None:
        await at_once(
            *(
                commerce.carts.add(MEI, goods.oil_mild, 2, f"request-{n}", whole=True)
                for n in range(6)
            )
        )
        assert await pieces(commerce, MEI, goods.oil_mild) == 4

    async def test_what_is_being_ordered_is_taken_out_or_ordered(
        self, commerce: Commerce, goods: Goods
    ) -> None:
        cart = await commerce.carts.add(MEI, goods.chilli, 1, "request-1")
        asked = body(440, lines=[cart.lines[0][0].id])
        done = await at_once(
            commerce.checkout.order(MEI, asked),
            commerce.carts.take(MEI, goods.chilli, 1, "request-2", least=1),
        )
        assert sum(isinstance(one, PlusOneError) for one in done) == 1
        assert await pieces(commerce, MEI, goods.chilli) == 0
