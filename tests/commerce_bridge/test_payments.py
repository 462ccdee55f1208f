"""Card payments: what the provider tells, how often and how late it may, and money going back."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest
from sqlalchemy import Connection

from commerce_bridge.commerce import Commerce
from commerce_bridge.orders.model import CARD_GRACE_MS, Act, NotNow, Order
from commerce_bridge.orders.paying import WrongAmount
from commerce_bridge.payments import store as payments
from commerce_bridge.payments.port import BadCallback, BadSignature
from commerce_bridge.payments.store import Payment
from commerce_bridge.payments.test_provider import SIGNATURE, TestProvider
from core.clock import ManualClock
from core.db import Database
from core.errors import NotFound, Unavailable
from core.identity.model import Person, Role
from core.money import Money
from core.outbox import Outbox
from core.settings import Settings
from tests.commerce_bridge.world import Goods, Rooms, body, claimed, drain, person

pytestmark = pytest.mark.usefixtures("ledger_holds")

MEI = person("mei")
OPERATOR = Person("staff", "stf_1", roles=frozenset({Role.OPERATOR}))
CARD_MS = 15 * 60_000


class Buying:
    """A customer who holds one claim and pays by card."""

    def __init__(
        self, commerce: Commerce, database: Database, goods: Goods, rooms: Rooms, outbox: Outbox
    ) -> None:
        self.commerce = commerce
        self.database = database
        self.goods = goods
        self.rooms = rooms
        self.outbox = outbox
        self.refunded: list[str] = []

    async def order(self) -> Order:
        got = await self.commerce.shop.allot(
            "open", self.goods.chilli, 3, show="shw_1", item="itm_1"
        )
        await self.rooms.hold(MEI, claimed(self.goods, 1, got.place), 2**50)
        asked = body(368, claims=["shw_1.1"], payment="card")
        return (await self.commerce.checkout.order(MEI, asked)).order

    async def payments(self, order: Order) -> list[Payment]:
        return await self.database.read(lambda c: payments.of_order(c, order.id))

    async def tell(
        self,
        payment: Payment,
        outcome: Literal["paid", "failed"] = "paid",
        amount: Money | None = None,
    ) -> Order:
        provider = self.commerce.paying.provider
        assert isinstance(provider, TestProvider)
        headers, call = provider.sign(
            payment.id, payment.ref or "", amount or payment.amount, outcome
        )
        return await self.commerce.paying.receive("test", headers, call)


@pytest.fixture
def buying(
    commerce: Commerce,
    database: Database,
    goods: Goods,
    rooms: Rooms,
    outbox: Outbox,
    monkeypatch: pytest.MonkeyPatch,
) -> Buying:
    buying = Buying(commerce, database, goods, rooms, outbox)

    async def refund(_: TestProvider, key: str, ref: str, amount: Money) -> None:
        buying.refunded.append(key)

    monkeypatch.setattr(TestProvider, "refund", refund)
    return buying


async def test_a_paid_order_tells_the_rooms(buying: Buying) -> None:
    order = await buying.order()
    [payment] = await buying.payments(order)
    assert (payment.state, payment.amount) == ("open", Money(36_800, "TWD"))
    assert buying.rooms.states() == {"shw_1.1": "paying"}
    paid = await buying.tell(payment)
    assert (paid.now.state, paid.now.payment) == ("paid", "paid")
    await drain(buying.outbox)
    assert buying.rooms.states() == {"shw_1.1": "sold"}


async def test_a_call_that_comes_again_changes_nothing(buying: Buying) -> None:
    order = await buying.order()
    [payment] = await buying.payments(order)
    paid = await buying.tell(payment)
    assert await buying.tell(payment) == paid
    assert await buying.tell(payment, "failed") == paid
    await drain(buying.outbox)
    assert [topic for topic, _ in buying.rooms.told] == ["order.paid"]


async def test_a_failed_card_leaves_the_order_to_be_paid(buying: Buying) -> None:
    order = await buying.order()
    [payment] = await buying.payments(order)
    still = await buying.tell(payment, "failed")
    assert still.now == order.now
    await buying.commerce.paying.pay(MEI, order.id)
    first, second = await buying.payments(order)
    assert (first.state, second.state) == ("failed", "open")


async def test_of_two_attempts_that_were_both_paid_one_goes_back(buying: Buying) -> None:
    order = await buying.order()
    [payment] = await buying.payments(order)
    await buying.tell(payment, "failed")
    await buying.commerce.paying.pay(MEI, order.id)
    first, second = await buying.payments(order)
    await buying.tell(second)
    shown = await buying.tell(first)
    assert (shown.now.state, shown.now.payment) == ("paid", "paid")
    await drain(buying.outbox)
    assert buying.refunded == [first.id]
    assert [one.state for one in await buying.payments(order)] == ["refunded", "paid"]


async def test_another_amount_is_on_record_and_pays_nothing(buying: Buying) -> None:
    order = await buying.order()
    [payment] = await buying.payments(order)
    for amount in (Money(36_799, "TWD"), Money(36_800, "HKD")):
        with pytest.raises(WrongAmount):
            await buying.tell(payment, amount=amount)
    shown = await buying.commerce.orders.get(MEI, order.id)
    assert (shown.now.state, len(shown.history)) == ("awaiting_payment", 3)


async def test_a_call_about_no_payment_of_ours_is_refused(buying: Buying) -> None:
    unknown = Payment("pay_none", "ord_none", "test", "test_x", None, Money(1, "TWD"), "open")
    with pytest.raises(NotFound):
        await buying.tell(unknown)


async def test_an_unpaid_card_lapses_and_its_claims_and_stock_are_free(
    buying: Buying, clock: ManualClock
) -> None:
    order = await buying.order()
    clock.advance(CARD_MS + CARD_GRACE_MS - 1)
    await buying.commerce.sweep()
    assert (await buying.commerce.orders.get(MEI, order.id)).now.state == "awaiting_payment"
    clock.advance(1)
    await buying.commerce.sweep()
    lapsed = await buying.commerce.orders.get(MEI, order.id)
    assert (lapsed.now.state, lapsed.now.payment) == ("lapsed", "void")
    await drain(buying.outbox)
    topic, told = buying.rooms.told[-1]
    assert (topic, dict(told)["cause"]) == ("order.released", "lapsed")
    line = lapsed.lines[0]
    assert await buying.commerce.shop.give_back("end", line.place or "", 9) == 3
    with pytest.raises(NotNow):
        await buying.commerce.paying.pay(MEI, order.id)


async def test_an_order_that_cannot_lapse_does_not_keep_the_others_from_it(
    buying: Buying, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = await buying.order()
    cart = await buying.commerce.carts.add(MEI, buying.goods.chilli, 1, "add-to-cart")
    asked = body(440, lines=[cart.lines[0][0].id], payment="card", request_id="request-2")
    other = (await buying.commerce.checkout.order(MEI, asked)).order
    undo = buying.commerce.shop.undo

    def broken(connection: Connection, key: str, now: int) -> None:
        if key == stuck.id:
            raise RuntimeError("broken")
        undo(connection, key, now)

    monkeypatch.setattr(buying.commerce.shop, "undo", broken)
    clock.advance(CARD_MS + CARD_GRACE_MS)
    await buying.commerce.sweep()
    states = {one.id: one.now.state for one in await buying.commerce.orders.mine(MEI)}
    assert states == {stuck.id: "awaiting_payment", other.id: "lapsed"}
    monkeypatch.undo()
    await buying.commerce.sweep()
    assert (await buying.commerce.orders.get(MEI, stuck.id)).now.state == "lapsed"


async def test_what_is_paid_too_late_goes_back_and_is_on_record(
    buying: Buying, clock: ManualClock
) -> None:
    order = await buying.order()
    [payment] = await buying.payments(order)
    clock.advance(CARD_MS + CARD_GRACE_MS)
    await buying.commerce.sweep()
    for _ in range(2):
        shown = await buying.tell(payment)
        assert shown.now.state == "lapsed"
    await drain(buying.outbox)
    assert buying.refunded == [payment.id]
    [payment] = await buying.payments(order)
    assert payment.state == "refunded"
    shown = await buying.commerce.orders.get(MEI, order.id)
    assert [event.act for event in shown.history] == ["place", "lapse", "payment", "refunded"]


async def test_a_refund_asks_the_provider_until_it_has_answered(
    buying: Buying, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    order = await buying.order()
    [payment] = await buying.payments(order)
    await buying.tell(payment)
    tries = []

    async def away(_: TestProvider, key: str, ref: str, amount: Money) -> None:
        tries.append(key)
        if len(tries) < 3:
            raise Unavailable("away")

    monkeypatch.setattr(TestProvider, "refund", away)
    refunded = await buying.commerce.orders.act(OPERATOR, order.id, Act.REFUND, "request-9")
    assert (refunded.now.state, refunded.now.payment) == ("refunded", "refund_due")
    for _ in range(3):
        await drain(buying.outbox)
        clock.advance(10_000)
    shown = await buying.commerce.orders.get(MEI, order.id)
    assert (tries, shown.now.payment) == ([payment.id] * 3, "refunded")
    assert buying.rooms.states() == {}


async def test_a_refund_that_two_processes_ask_for_at_once_is_on_record_once(
    buying: Buying, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one was held up for so long that the message was given to another."""
    order = await buying.order()
    [payment] = await buying.payments(order)
    await buying.tell(payment)
    await buying.commerce.orders.act(OPERATOR, order.id, Act.REFUND, "request-9")
    both = asyncio.Barrier(2)

    async def refund(_: TestProvider, key: str, ref: str, amount: Money) -> None:
        await both.wait()

    monkeypatch.setattr(TestProvider, "refund", refund)
    message = {"payment": payment.id}
    await asyncio.gather(*(buying.commerce.paying.refund(message) for _ in range(2)))
    shown = await buying.commerce.orders.get(MEI, order.id)
    assert [event.act for event in shown.history] == ["place", "pay", "refund", "refunded"]


async def test_an_order_that_was_paid_twice_is_given_back_when_both_are(buying: Buying) -> None:
    order = await buying.order()
    [payment] = await buying.payments(order)
    await buying.tell(payment, "failed")
    await buying.commerce.paying.pay(MEI, order.id)
    both = await buying.payments(order)
    for one in both:
        await buying.tell(one)
    await buying.commerce.orders.act(OPERATOR, order.id, Act.REFUND, "request-9")
    seen = []
    for one in both:
        await buying.commerce.paying.refund({"payment": one.id})
        seen.append((await buying.commerce.orders.get(MEI, order.id)).now.payment)
    assert seen == ["refund_due", "refunded"]


async def test_a_call_that_comes_before_the_page_was_written_down_counts(
    buying: Buying, database: Database
) -> None:
    order = await buying.order()
    [payment] = await buying.payments(order)
    row = payments.payment.update().where(payments.payment.c.id == payment.id)
    await database.write(lambda c: c.execute(row.values(ref=None, url=None, state="new")))
    paid = await buying.tell(payment)
    assert paid.now.state == "paid"
    await database.write(lambda c: payments.opened(c, payment.id, "test_y", "/x", 0))
    [payment] = await buying.payments(order)
    assert payment.state == "paid"


@pytest.mark.parametrize(
    "header", ["", "t=1", "v1=aa", "t=1,v1=é", "t=" + "9" * 40 + ",v1=aa", "t=-1,v1=aa", ",,"]
)
def test_a_signature_of_another_form_is_none(
    settings: Settings, clock: ManualClock, header: str
) -> None:
    provider = TestProvider(settings, b"k" * 32, clock)
    with pytest.raises(BadSignature):
        provider.parse_callback({SIGNATURE: header}, b"{}")


def test_what_is_signed_and_yet_unreadable_is_refused(
    settings: Settings, clock: ManualClock
) -> None:
    provider = TestProvider(settings, b"k" * 32, clock)
    signed = provider._signature(clock.now(), b"[]")
    with pytest.raises(BadCallback):
        provider.parse_callback({SIGNATURE: f"t={clock.now()},v1={signed}"}, b"[]")


def test_the_test_provider_is_not_for_production(settings: Settings, clock: ManualClock) -> None:
    real = settings.model_copy(update={"environment": "production"})
    with pytest.raises(ValueError, match="production"):
        TestProvider(real, b"k" * 32, clock)
