"""Between a show and the shop's orders: claims in payment, sold, put back, and merged."""

from typing import Any

import pytest

from commerce_bridge import rooms as told
from commerce_bridge.rooms import ClaimExpired
from core import outbox
from core.identity.model import Person
from tests.live.house import ANNA, BEN, CARA, RED, House

MINUTE = 60_000


async def _begun(house: House, show: str, order: str, by: Person = ANNA) -> list[str]:
    claims = [claim.id for claim in await house.claims_of(show, by)]
    until = house.clock.now() + 15 * MINUTE
    await house.claims.begin_payment(by, order, claims, until)
    return claims


async def _tell(house: House, topic: str, order: str, claims: list[str], **more: Any) -> None:
    payload = {"order": order, "claims": claims, **more}
    await house.database.write(lambda conn: outbox.add(conn, topic, order, payload))
    await house.hand_over()


async def test_what_is_paid_for_is_what_the_show_promised(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    item = await house.sell(show, goods, {RED: 3})
    await house.say(ANNA, show, "+2")
    (claim,) = await house.claims_of(show, ANNA)
    until = house.clock.now() + 15 * MINUTE
    (line,) = await house.claims.begin_payment(ANNA, "ord_1", [claim.id], until)
    assert (line.claim, line.show, line.item, line.code) == (claim.id, show, item, "A01")
    assert (line.variant_id, line.quantity, line.unit_price) == (goods.variants[RED], 2, 28_800)
    again = await house.claims.begin_payment(ANNA, "ord_1", [claim.id], until)
    assert again == [line]
    assert [row["state"] for row in await house.cart(ANNA)] == ["paying"]


async def test_a_placed_order_takes_its_claims_out_of_the_cart(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 3})
    await house.say(ANNA, show, "+2")
    claims = await _begun(house, show, "ord_1")
    await _tell(house, told.ORDER_PLACED, "ord_1", claims)
    await _tell(house, told.ORDER_PAID, "ord_1", claims)
    assert await house.cart(ANNA) == []
    assert (await house.show(show)).totals.sold == 2


async def test_a_failed_payment_puts_its_claims_back_into_the_cart(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 3})
    await house.say(ANNA, show, "+2")
    claims = await _begun(house, show, "ord_1")
    await _tell(house, told.ORDER_RELEASED, "ord_1", claims, cause="failed")
    assert [row["state"] for row in await house.cart(ANNA)] == ["held"]
    with pytest.raises(ClaimExpired):
        await house.claims.begin_payment(ANNA, "ord_1", claims, house.clock.now())


async def test_a_cancelled_order_frees_its_claims_for_the_next_in_line(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 1})
    await house.say(ANNA, show, "+1")
    await house.say(BEN, show, "+1")
    claims = await _begun(house, show, "ord_1")
    await _tell(house, told.ORDER_PLACED, "ord_1", claims)
    await _tell(house, told.ORDER_CANCELLED, "ord_1", claims)
    assert [row["customer"] for row in await house.cart(BEN)] == [BEN.id]


async def test_an_order_of_two_shows_is_told_to_both(house: House) -> None:
    goods = await house.furnish()
    claims = []
    for _ in range(2):
        show = await house.create()
        await house.sell(show, goods, {RED: 1})
        await house.say(ANNA, show, "+1")
        claims += [claim.id for claim in await house.claims_of(show, ANNA)]
    until = house.clock.now() + MINUTE
    lines = await house.claims.begin_payment(ANNA, "ord_1", claims[::-1], until)
    assert [line.claim for line in lines] == claims[::-1]
    await _tell(house, told.ORDER_PLACED, "ord_1", claims)
    assert await house.cart(ANNA) == []


async def test_what_a_guest_claimed_follows_her_when_she_signs_in(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 1})
    await house.say(CARA, show, "+1")
    await house.say(BEN, show, "+1")
    merged = {"from": CARA.id, "to": ANNA.id}
    await house.database.write(
        lambda conn: outbox.add(conn, "customer.merged", ANNA.own_id, merged)
    )
    await house.hand_over()
    assert [row["customer"] for row in await house.cart(ANNA)] == [ANNA.id]
    assert await house.cart(CARA) == []
    assert [claim.by for claim in await house.claims_of(show, ANNA)] == [ANNA.id]
