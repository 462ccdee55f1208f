"""Her orders and her claims: told as the house has them, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from bot.tools.orders import SHOWN, order_tools
from commerce_bridge.commerce import Commerce
from commerce_bridge.orders.model import Act, Order
from core.clock import ManualClock
from core.identity.model import NOBODY, Person, Role
from core.tools import Card, Change
from tests.bot.asking import MEI, OTHER, Asking, dollars
from tests.commerce_bridge.world import Goods, Rooms, body, claimed, person

OPERATOR = Person("staff", "stf_1", roles=frozenset({Role.OPERATOR}))


@pytest.fixture
def ask(commerce: Commerce, clock: ManualClock) -> Asking:
    return Asking(order_tools(commerce.orders, commerce.carts), clock)


async def ordered(
    commerce: Commerce, variant: str, total: int, request: str = "request-1", by: Person = MEI
) -> Order:
    """One piece, to be paid by transfer."""
    cart = await commerce.carts.add(by, variant, 1, f"{request}-add")
    asked = body(total, lines=[cart.lines[0][0].id], request_id=request)
    return (await commerce.checkout.order(by, asked)).order


async def act(commerce: Commerce, order: Order, act: Act) -> None:
    await commerce.orders.act(OPERATOR, order.id, act, f"request-{act}")


async def test_an_order_is_told_as_it_is(
    ask: Asking, commerce: Commerce, goods: Goods, clock: ManualClock
) -> None:
    order = await ordered(commerce, goods.oil_mild, 460)
    done = await ask.done("orders", locale="en")
    assert done.data == {
        "orders": [
            {
                "id": order.id,
                "number": "P-1001",
                "state": "awaiting_payment",
                "method": "transfer",
                "payment": "due",
                "total": dollars(460, "NT$460"),
                "placed_at": clock.now(),
                "due_at": order.now.due_at,
                "lines": [{"title": "手炒花椒辣油 小辣", "quantity": 1}],
                "cancellable": True,
            }
        ]
    }
    assert done.cards == (Card("order", order.id, title="P-1001"),)


async def test_orders_come_newest_first_and_five_at_most(
    ask: Asking, commerce: Commerce, goods: Goods
) -> None:
    for number in range(SHOWN + 1):
        made = await ordered(commerce, goods.chilli, 440, f"request-{number}")
        await commerce.orders.cancel(MEI, made.id, "request-c")
    found = (await ask("orders"))["orders"]
    assert [one["number"] for one in found] == [f"P-{1006 - n}" for n in range(SHOWN)]
    assert (found[0]["state"], found[0]["payment"]) == ("cancelled", "void")
    assert (found[0]["cancellable"], found[0]["due_at"]) == (False, None)
    [oldest] = (await ask("orders", number="1001"))["orders"]
    assert oldest["number"] == "P-1001"


@pytest.mark.parametrize("written", ["P-1001", "p1001", "#1001", "１００１", "訂單 P-1001"])
async def test_a_number_is_found_as_she_writes_it(
    ask: Asking, commerce: Commerce, goods: Goods, written: str
) -> None:
    await ordered(commerce, goods.chilli, 440)
    [found] = (await ask("orders", number=written))["orders"]
    assert found["number"] == "P-1001"


@pytest.mark.parametrize("written", ["P-1001", "1001", "P-9999", "everything", "' OR 1=1 --"])
async def test_anothers_order_is_as_one_that_is_not_there(
    ask: Asking, commerce: Commerce, goods: Goods, written: str
) -> None:
    await ordered(commerce, goods.chilli, 440)
    assert await ask("orders", by=OTHER) == {"orders": []}
    found = await ask.done("orders", by=OTHER, number=written)
    assert (found.data, found.cards) == ({"orders": []}, ())
    refused = await ask.done("propose_cancel", by=OTHER, number=written)
    assert (refused.data, refused.cards) == ({"refused": "unknown_order"}, ())
    assert refused.proposal is None


async def test_a_guests_orders_are_hers_before_and_after_she_signs_in(
    ask: Asking, commerce: Commerce, goods: Goods
) -> None:
    guest = Person("guest", "cus_guest", frozenset({"cus_guest"}))
    assert await ask("orders", by=guest) == {"orders": []}
    order = await ordered(commerce, goods.chilli, 440, by=guest)
    for who in (guest, person("mei", "cus_guest")):
        [found] = (await ask("orders", by=who))["orders"]
        assert found["id"] == order.id


async def test_a_cancellation_is_proposed_and_nothing_is_cancelled(
    ask: Asking, commerce: Commerce, goods: Goods
) -> None:
    order = await ordered(commerce, goods.chilli, 440)
    done = await ask.done("propose_cancel", number="p1001")
    assert done.proposal == Change(kind="order.cancel", title="P-1001", order=order.id)
    assert done.data["order"]["total"] == dollars(440, "NT$440")
    assert done.cards == (Card("order", order.id, title="P-1001"),)
    assert (await commerce.orders.get(MEI, order.id)).now.state == "awaiting_payment"


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        ((Act.CONFIRM_PAYMENT,), "paid"),
        ((Act.CONFIRM_PAYMENT, Act.READY), "ready"),
        ((Act.CONFIRM_PAYMENT, Act.HAND_OUT), "handed_out"),
        ((Act.CONFIRM_PAYMENT, Act.REFUND), "refunded"),
        ((Act.CANCEL,), "cancelled"),
    ],
)
async def test_what_is_paid_or_over_is_not_cancelled(
    ask: Asking, commerce: Commerce, goods: Goods, acts: tuple[Act, ...], state: str
) -> None:
    order = await ordered(commerce, goods.chilli, 440)
    for one in acts:
        await act(commerce, order, one)
    done = await ask.done("propose_cancel", number="P-1001")
    assert done.data == {"refused": "not_cancellable", "state": state}
    assert done.proposal is None
    [told] = (await ask("orders"))["orders"]
    assert (told["state"], told["cancellable"], told["due_at"]) == (state, False, None)


async def test_claims_are_hers_with_their_price_and_deadline(
    ask: Asking, commerce: Commerce, goods: Goods, rooms: Rooms
) -> None:
    got = await commerce.shop.allot("k", goods.chilli, 3, show="shw_1", item="itm_1")
    await rooms.hold(MEI, claimed(goods, 1, got.place, quantity=2), 2**50)
    assert await ask("claims", locale="zh-Hans") == {
        "claims": [
            {
                "id": "shw_1.1",
                "show_title": "秋釀開罐夜",
                "code": "A01",
                "title": "秋釀剝皮辣椒",
                "variant_title": "",
                "quantity": 2,
                "price": dollars(288, "NT$288"),
                "until": 2**50,
                "state": "held",
            }
        ]
    }
    assert await ask("claims", by=OTHER) == {"claims": []}


@pytest.mark.parametrize("name", ["orders", "claims", "propose_cancel"])
@pytest.mark.parametrize("who", [NOBODY, OPERATOR])
async def test_who_is_no_customer_is_told_nothing(
    ask: Asking, commerce: Commerce, goods: Goods, name: str, who: Person
) -> None:
    await ordered(commerce, goods.chilli, 440)
    args: dict[str, Any] = {"number": "P-1001"} if name == "propose_cancel" else {}
    done = await ask.done(name, by=who, **args)
    assert (done.failed, done.cards, done.proposal) == (True, (), None)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("orders", {"number": "1" * 41}),
        ("orders", {"number": 1001}),
        ("orders", {"customer": "cus_other"}),
        ("propose_cancel", {}),
        ("claims", {"customer": "cus_other"}),
    ],
)
async def test_what_is_asked_wrongly_is_refused(
    ask: Asking, name: str, args: dict[str, Any]
) -> None:
    done = await ask.done(name, **args)
    assert (done.failed, done.data["error"]) == (True, "bad_request")
