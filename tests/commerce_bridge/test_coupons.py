"""Coupons and points at the till: reserved with an order, used when it is paid, given back else."""

from __future__ import annotations

from typing import Any

import pytest

from commerce_bridge.checkout.model import PriceChanged, QuoteBody
from commerce_bridge.commerce import Commerce
from commerce_bridge.loyalty import points
from commerce_bridge.loyalty.coupons import store
from commerce_bridge.loyalty.coupons.rules import CouponRefused
from commerce_bridge.loyalty.points import NotEnoughPoints
from commerce_bridge.loyalty.rules import Tier
from commerce_bridge.orders.mail import OrderMail
from commerce_bridge.orders.model import Act, Order
from commerce_bridge.payments import store as payments
from commerce_bridge.payments.test_provider import TestProvider
from commerce_bridge.port import OutOfStock
from core.clock import ManualClock
from core.db import Database
from core.identity.model import Person, Role
from core.notices.service import Notice, Notices
from core.outbox import Outbox
from tests.commerce_bridge.world import (
    Goods,
    Rooms,
    body,
    claimed,
    coupon,
    coupon_uses,
    drain,
    gets_points,
    loyalty_on,
    person,
)

pytestmark = pytest.mark.usefixtures("ledger_holds", "points_hold")

MEI, TEH = person("mei"), person("teh")
OPERATOR = Person("staff", "stf_1", roles=frozenset({Role.OPERATOR}))
NT = 100
DAY = 86_400_000


async def available(commerce: Commerce, who: Person = MEI) -> int:
    now = commerce.clock.now()
    found = await commerce._database.read(lambda c: points.balance(c, who.aliases, now))
    return found.available


async def line_of(commerce: Commerce, variant: str, who: Person = MEI, request: str = "a") -> str:
    cart = await commerce.carts.add(who, variant, 1, f"put-in-cart-{request}")
    return cart.lines[0][0].id


async def buys(
    commerce: Commerce, goods: Goods, total: int, who: Person = MEI, **changes: Any
) -> Order:
    """She buys one piece of chilli (NT$360), delivered to her home (NT$80)."""
    request = changes.setdefault("request_id", "request-1")
    line = await line_of(commerce, goods.chilli, who, request)
    return (await commerce.checkout.order(who, body(total, lines=[line], **changes))).order


async def letters(commerce: Commerce) -> list[Notice]:
    """What was written to people, newest first."""
    notices = Notices(commerce._database, commerce.clock, commerce.settings)
    OrderMail(notices, commerce.settings)  # teaches it the letters
    return await notices.latest()


async def pays(commerce: Commerce, order: Order) -> Order:
    [payment] = await commerce._database.read(lambda c: payments.of_order(c, order.id))
    provider = commerce.paying.provider
    assert isinstance(provider, TestProvider)
    headers, call = provider.sign(payment.id, payment.ref or "", payment.amount, "paid")
    return await commerce.paying.receive("test", headers, call)


def reason(error: pytest.ExceptionInfo[CouponRefused]) -> str:
    return str(error.value.data["reason"])


async def test_a_coupon_is_reserved_with_the_order_and_used_when_it_is_paid(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    made = await coupon(database)
    order = await buys(commerce, goods, 390, coupons=["wel come"])
    assert (order.subtotal, order.discount, order.total) == (360 * NT, 50 * NT, 390 * NT)
    assert [(one.coupon, one.code, one.title) for one in order.discounts] == [
        (made.id, "WELCOME", "見面禮")
    ]
    assert await coupon_uses(database) == {order.id: "reserved"}
    await commerce.orders.act(OPERATOR, order.id, Act.CONFIRM_PAYMENT, "request-p")
    assert await coupon_uses(database) == {order.id: "used"}


@pytest.mark.parametrize("way", ["cancelled", "lapsed", "refunded"])
async def test_what_is_undone_gives_coupon_and_points_back(
    commerce: Commerce,
    goods: Goods,
    database: Database,
    clock: ManualClock,
    outbox: Outbox,
    way: str,
) -> None:
    await loyalty_on(database)
    await gets_points(database, MEI, 100, clock.now())
    await coupon(database)
    order = await buys(commerce, goods, 330, coupons=["WELCOME"], points=60, payment="card")
    assert (order.points, order.points_value, order.earns) == (60, 60 * NT, 2)
    assert await available(commerce) == 40
    if way == "cancelled":
        await commerce.orders.cancel(MEI, order.id, "request-c")
    elif way == "lapsed":
        clock.advance(DAY)
        await commerce.sweep()
    else:
        paid = await pays(commerce, order)
        found = await commerce.orders.earned([paid])
        assert (found[order.id].points, found[order.id].state) == (2, "pending")
        await commerce.orders.act(OPERATOR, order.id, Act.REFUND, "request-r")
        # What the card paid, and no more than that: NT$330 of the goods' and delivery's NT$440.
        [payment] = await database.read(lambda c: payments.of_order(c, order.id))
        assert (payment.state, payment.amount.minor) == ("refund_due", 330 * NT)
        await drain(outbox)
        [payment] = await database.read(lambda c: payments.of_order(c, order.id))
        assert payment.state == "refunded"
    done = await commerce.orders.get(MEI, order.id)
    assert done.now.state == way
    assert await coupon_uses(database) == {order.id: "returned"}
    assert await available(commerce) == 100
    clock.advance(30 * DAY)
    await commerce.sweep()
    assert await available(commerce) == 100
    # The coupon is good for one order: this one, now that the other is none.
    again = await buys(commerce, goods, 390, coupons=["WELCOME"], request_id="request-2")
    assert again.discount == 50 * NT


async def test_what_is_bought_earns_points_that_can_be_used_once_it_cannot_be_given_back(
    commerce: Commerce, goods: Goods, database: Database, clock: ManualClock
) -> None:
    await loyalty_on(database)
    order = await buys(commerce, goods, 440)
    assert order.earns == 3
    await commerce.orders.act(OPERATOR, order.id, Act.CONFIRM_PAYMENT, "request-p")
    assert await available(commerce) == 0
    clock.advance(7 * DAY)
    await commerce.sweep()
    assert await available(commerce) == 3


async def test_what_is_paid_at_pick_up_earns_when_it_is_handed_out(
    commerce: Commerce, goods: Goods, database: Database, clock: ManualClock
) -> None:
    await loyalty_on(database, return_days=0)
    there = {"kind": "pickup", "location": goods.xinyi}
    await coupon(database)
    order = await buys(
        commerce, goods, 310, fulfilment=there, payment="pickup", coupons=["WELCOME"]
    )
    assert await coupon_uses(database) == {order.id: "reserved"}
    await commerce.orders.act(OPERATOR, order.id, Act.HAND_OUT, "request-h")
    assert await coupon_uses(database) == {order.id: "used"}
    assert await available(commerce) == 3


@pytest.mark.parametrize("method", ["card", "transfer"])
async def test_what_costs_nothing_is_paid_as_it_is_placed(
    commerce: Commerce,
    goods: Goods,
    database: Database,
    rooms: Rooms,
    outbox: Outbox,
    clock: ManualClock,
    method: str,
) -> None:
    await loyalty_on(database)
    await gets_points(database, MEI, 300, clock.now())
    got = await commerce.shop.allot("open", goods.chilli, 5, show="shw_1", item="itm_1")
    await rooms.hold(MEI, claimed(goods, 1, got.place), clock.now() + DAY)
    there = {"kind": "pickup", "location": goods.xinyi}
    placed = await commerce.checkout.order(
        MEI, body(0, claims=["shw_1.1"], fulfilment=there, payment=method, points=288)
    )
    order = placed.order
    assert placed.pay_url is None
    assert (order.now.state, order.now.payment, order.now.method) == ("paid", "paid", method)
    assert (order.total, order.account, order.now.due_at) == (0, None, None)
    assert await database.read(lambda c: payments.of_order(c, order.id)) == []
    await drain(outbox)
    assert rooms.states() == {"shw_1.1": "sold"}
    # And there is no money that a provider would have to give back.
    done = await commerce.orders.act(OPERATOR, order.id, Act.REFUND, "request-r")
    assert (done.now.state, done.now.payment) == ("refunded", "refunded")
    assert await available(commerce) == 300


async def test_a_checkout_that_fails_takes_nothing(
    commerce: Commerce, goods: Goods, database: Database, clock: ManualClock
) -> None:
    await loyalty_on(database)
    await gets_points(database, MEI, 100, clock.now())
    await coupon(database)
    cart = await commerce.carts.add(MEI, goods.oil_mild, 6, "put-in-cart")
    asked = body(6 * 380 - 150, lines=[cart.lines[0][0].id], coupons=["WELCOME"], points=100)
    with pytest.raises(OutOfStock):
        await commerce.checkout.order(MEI, asked)
    assert await coupon_uses(database) == {}
    assert await available(commerce) == 100


async def test_delivery_is_free_by_the_goods_before_anything_is_taken_off(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    await coupon(database, dollars=500)
    cart = await commerce.carts.add(MEI, goods.chilli, 3, "put-in-cart")
    asked = body(1080 - 500, lines=[cart.lines[0][0].id], coupons=["WELCOME"])
    assert (await commerce.checkout.order(MEI, asked)).order.delivery_fee == 0


async def test_a_tier_gets_its_free_delivery_and_its_coupon(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    gold = Tier("gold", "金卡", 300 * NT, free_delivery=True)
    await loyalty_on(database, tiers=(gold,))
    await coupon(database, tier="gold")
    with pytest.raises(CouponRefused) as error:
        await buys(commerce, goods, 390, coupons=["WELCOME"])
    assert error.value.data == {
        "code": "WELCOME",
        "reason": "members_only",
        "tier": {"key": "gold", "name": "金卡"},
    }
    first = await buys(commerce, goods, 2 * 360 + 80 - 80 + 80, request_id="request-2")
    await commerce.orders.act(OPERATOR, first.id, Act.CONFIRM_PAYMENT, "request-p")
    second = await buys(commerce, goods, 310, coupons=["WELCOME"], request_id="request-3")
    assert (second.delivery_fee, second.discount) == (0, 50 * NT)


async def test_automatic_ones_come_by_themselves_and_are_part_of_what_she_is_shown(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    await coupon(database, auto=True, minimum=300 * NT)
    line = await line_of(commerce, goods.chilli)
    shown = await commerce.checkout.quote(
        MEI, QuoteBody(claims=[], lines=[line], coupons=[], fulfilment="home")
    )
    assert (shown.total, shown.discounts[0].amount) == (390 * NT, 50 * NT)
    with pytest.raises(PriceChanged) as error:
        await commerce.checkout.order(MEI, body(440, lines=[line]))
    assert error.value.data == {"total": 390 * NT}
    done = await commerce.checkout.order(MEI, body(390, lines=[line]))
    assert done.order.discount == 50 * NT


async def test_a_quote_tells_what_is_refused_and_what_there_is(
    commerce: Commerce, goods: Goods, database: Database, clock: ManualClock
) -> None:
    await loyalty_on(database)
    await gets_points(database, MEI, 40, clock.now())
    await coupon(database)
    await coupon(database, code="MANY", minimum=500 * NT)
    given = await coupon(database, dollars=20, code="GIVEN", granted_only=True)
    theirs = await coupon(database, dollars=20, code="THEIRS", granted_only=True)
    now = clock.now()
    await database.write(lambda c: store.grant(c, given.id, MEI.own_id, "gift", "gift:1", now))
    await database.write(lambda c: store.grant(c, theirs.id, TEH.own_id, "gift", "gift:2", now))
    line = await line_of(commerce, goods.chilli)
    asked = ["welcome", "many", "THEIRS", "NONE-SUCH", theirs.id]
    found = await commerce.checkout.quote(
        MEI, QuoteBody(claims=[], lines=[line], coupons=asked, points=100)
    )
    assert [(one.code, one.reason, one.data) for one in found.refused] == [
        ("MANY", "minimum", {"minimum": 500 * NT}),
        ("THEIRS", "not_for_you", {}),
        ("NONE-SUCH", "unknown_coupon", {}),
        (theirs.id, "unknown_coupon", {}),
    ]
    assert [one.id for one in found.offers] == [given.id]
    assert (found.points.used, found.points.most, found.points.available) == (40, 40, 40)
    assert (found.delivery_fee, found.total) == (0, (360 - 50 - 40) * NT)
    # What is in her wallet she may name by its id, as a page does where it has no code.
    mine = await commerce.checkout.quote(
        MEI, QuoteBody(claims=[], lines=[line], coupons=[given.id])
    )
    assert [one.coupon for one in mine.discounts] == [given.id]


async def test_more_points_than_there_are_are_refused(
    commerce: Commerce, goods: Goods, database: Database, clock: ManualClock
) -> None:
    await loyalty_on(database)
    await gets_points(database, MEI, 10, clock.now())
    with pytest.raises(NotEnoughPoints) as error:
        await buys(commerce, goods, 429, points=11)
    assert error.value.data == {"available": 10}


async def test_a_coupon_is_used_as_often_as_it_says(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    await coupon(database, per_customer=1, uses=2)
    await buys(commerce, goods, 390, coupons=["WELCOME"])
    with pytest.raises(CouponRefused) as error:
        await buys(commerce, goods, 390, coupons=["WELCOME"], request_id="request-2")
    assert reason(error) == "coupon_used"
    await buys(commerce, goods, 390, TEH, coupons=["WELCOME"])
    with pytest.raises(CouponRefused) as error:
        await buys(commerce, goods, 390, person("late"), coupons=["WELCOME"])
    assert reason(error) == "coupon_gone"


async def test_who_signs_in_has_used_what_she_used_as_a_guest(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    await coupon(database)
    await buys(commerce, goods, 390, person("guest"), coupons=["WELCOME"])
    both = person("mei", "cus_guest")
    with pytest.raises(CouponRefused) as error:
        await buys(commerce, goods, 390, both, coupons=["WELCOME"], request_id="request-2")
    assert reason(error) == "coupon_used"


async def test_a_coupon_of_a_show_is_for_what_was_claimed_there(
    commerce: Commerce, goods: Goods, database: Database, rooms: Rooms, clock: ManualClock
) -> None:
    await coupon(database, kind="percent", amount=10, show="shw_1")
    with pytest.raises(CouponRefused) as error:
        await buys(commerce, goods, 390, coupons=["WELCOME"])
    assert reason(error) == "not_in_show"
    got = await commerce.shop.allot("open", goods.chilli, 5, show="shw_1", item="itm_1")
    await rooms.hold(MEI, claimed(goods, 1, got.place), clock.now() + DAY)
    cart = await commerce.carts.get(MEI)
    asked = body(
        288 - 28 + 360 + 80,
        claims=["shw_1.1"],
        lines=[cart.lines[0][0].id],
        coupons=["WELCOME"],
        request_id="request-2",
    )
    order = (await commerce.checkout.order(MEI, asked)).order
    assert order.discount == 28 * NT
    assert [line.via for line in order.lines] == ["show", "shop"]


async def test_where_she_put_it_in_stays_with_the_line_and_the_order(
    commerce: Commerce, goods: Goods
) -> None:
    await commerce.carts.add(MEI, goods.chilli, 1, "put-in-cart", via="chat")
    cart = await commerce.carts.add(MEI, goods.chilli, 1, "put-in-again", via="shop")
    [(line, _)] = cart.lines
    assert line.via == "chat"
    order = (await commerce.checkout.order(MEI, body(720 + 80, lines=[line.id]))).order
    assert [one.via for one in order.lines] == ["chat"]


async def test_letters_say_what_was_taken_off_and_what_comes_back(
    commerce: Commerce, goods: Goods, database: Database, clock: ManualClock
) -> None:
    await loyalty_on(database)
    await gets_points(database, MEI, 60, clock.now())
    await coupon(database)
    contact = {"name": "林小美", "phone": "0912345678", "email": "mei@example.test"}
    order = await buys(
        commerce, goods, 330, coupons=["WELCOME"], points=60, contact=contact, locale="zh-Hant"
    )
    await commerce.orders.act(OPERATOR, order.id, Act.CONFIRM_PAYMENT, "request-p")
    await commerce.orders.act(OPERATOR, order.id, Act.REFUND, "request-r")
    refunded, paid, placed = await letters(commerce)
    sums = "商品　NT$360\n見面禮　-NT$50\n折抵 60 點　-NT$60\n運費　NT$80\n合計　NT$330"
    assert sums in placed.text
    assert f"{sums}\n這筆訂單會得到 2 點" in paid.text
    assert "用掉的 60 點已經退還給你。\n用過的優惠券可以再用一次" in refunded.text


async def test_what_cost_nothing_is_not_written_about_as_paid(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    await coupon(database, dollars=500)
    contact = {"name": "Mei", "phone": "0912345678", "email": "mei@example.test"}
    there = {"kind": "pickup", "location": goods.xinyi}
    await buys(
        commerce, goods, 0, coupons=["WELCOME"], contact=contact, locale="en", fulfilment=there
    )
    [letter] = await letters(commerce)
    assert letter.subject == "We have your order P-1001"
    assert "There is nothing to pay" in letter.text
