"""From a cart to an order: what it takes, what it costs, and what happens when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from commerce_bridge.checkout import intents, service
from commerce_bridge.checkout.model import (
    CartChanged,
    CheckoutBody,
    EmptyCheckout,
    PriceChanged,
)
from commerce_bridge.checkout.service import TooManyUnpaid, payment_methods
from commerce_bridge.commerce import Commerce
from commerce_bridge.embedded import stock
from commerce_bridge.orders import store as orders
from commerce_bridge.port import OutOfStock
from commerce_bridge.rooms import ClaimedLine, ClaimExpired, ClaimInPayment
from core.clock import Instant, ManualClock
from core.db import Database
from core.errors import BadRequest, Conflict, Forbidden, NotSignedIn, Unavailable
from core.identity.model import NOBODY, Person, Role
from core.outbox import Outbox
from core.settings import Settings
from tests.commerce_bridge.world import STORE, Goods, Rooms, body, claimed, drain, person

pytestmark = pytest.mark.usefixtures("ledger_holds")

MEI, TEH = person("mei"), person("teh")
HOUR = 3_600_000


async def line_of(commerce: Commerce, variant_id: str, quantity: int, who: Person = MEI) -> str:
    cart = await commerce.carts.add(who, variant_id, quantity, f"add-{variant_id}")
    return next(line.id for line, _ in cart.lines if line.variant_id == variant_id)


async def allotted(commerce: Commerce, goods: Goods, pieces: int = 5) -> str:
    got = await commerce.shop.allot("open", goods.chilli, pieces, show="shw_1", item="itm_1")
    return got.place


async def level(database: Database, place: str, variant_id: str) -> int:
    query = stock.stock_level.select().where(
        stock.stock_level.c.place == place, stock.stock_level.c.variant_id == variant_id
    )
    row = await database.read(lambda c: c.execute(query).one_or_none())
    return 0 if row is None else int(row.quantity)


async def test_a_cart_of_claims_and_own_lines_becomes_one_order(
    commerce: Commerce,
    goods: Goods,
    rooms: Rooms,
    outbox: Outbox,
    database: Database,
    clock: ManualClock,
) -> None:
    place = await allotted(commerce, goods)
    await rooms.hold(MEI, claimed(goods, 1, place, quantity=2), clock.now() + HOUR)
    line = await line_of(commerce, goods.oil_mild, 1)

    placed = await commerce.checkout.order(
        MEI, body(2 * 288 + 380 + 80, claims=["shw_1.1"], lines=[line])
    )

    order = placed.order
    assert placed.pay_url is None
    assert order.number == "P-1001"
    assert (order.now.state, order.now.payment) == ("awaiting_payment", "due")
    assert order.now.due_at == clock.now() + 3 * 24 * HOUR
    assert order.account == "822-0000-1111"
    assert (order.subtotal, order.delivery_fee, order.total) == (95_600, 8_000, 103_600)
    assert order.phone == "+886912345678"
    assert [(one.code, one.title, one.variant_title, one.amount) for one in order.lines] == [
        ("A01", "秋釀剝皮辣椒", "", 57_600),
        (None, "手炒花椒辣油", "小辣", 38_000),
    ]
    assert await level(database, place, goods.chilli) == 3
    assert await level(database, goods.storeroom, goods.oil_mild) == 4
    assert rooms.states() == {"shw_1.1": "paying"}
    await drain(outbox)
    assert rooms.states() == {"shw_1.1": "sold"}
    cart = await commerce.carts.get(MEI)
    assert (cart.claims, cart.lines) == ([], [])
    assert cart.remembered == order.sent_to


async def test_sent_again_it_is_the_same_order(commerce: Commerce, goods: Goods) -> None:
    line = await line_of(commerce, goods.oil_mild, 1)
    asked = body(380 + 80, lines=[line])
    first = await commerce.checkout.order(MEI, asked)
    assert await commerce.checkout.order(MEI, asked) == first
    assert len(await commerce.orders.mine(MEI)) == 1


async def test_who_is_merged_meanwhile_still_gets_the_same_order(
    commerce: Commerce, goods: Goods
) -> None:
    line = await line_of(commerce, goods.oil_mild, 1)
    asked = body(380 + 80, lines=[line])
    first = await commerce.checkout.order(MEI, asked)
    merged = person("mei_of_old", "cus_mei")
    assert await commerce.checkout.order(merged, asked) == first


async def test_a_request_id_is_for_one_checkout(
    commerce: Commerce, goods: Goods, rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = await line_of(commerce, goods.oil_mild, 2)

    async def cut_off(*_: object) -> list[ClaimedLine]:
        raise asyncio.CancelledError

    monkeypatch.setattr(commerce.checkout, "_in_payment", cut_off)
    with pytest.raises(asyncio.CancelledError):
        await commerce.checkout.order(MEI, body(760 + 80, lines=[line]))
    monkeypatch.undo()
    with pytest.raises(Conflict):
        await commerce.checkout.order(MEI, body(760 + 80, lines=[line], note="another"))


async def test_transfers_are_taken_only_where_the_shop_has_said_what_to_pay_them_to(
    commerce: Commerce, goods: Goods, settings: Settings
) -> None:
    assert payment_methods(settings) == ("pickup", "transfer", "card")
    bare = settings.model_copy(update={"transfer_account": "", "card_provider": "none"})
    assert payment_methods(bare) == ("pickup",)
    commerce.checkout._settings = bare
    line = await line_of(commerce, goods.chilli, 1)
    for method in ("transfer", "card"):
        with pytest.raises(BadRequest) as error:
            await commerce.checkout.order(MEI, body(440, lines=[line], payment=method))
        assert list(error.value.data["fields"]) == ["payment"]


@pytest.mark.parametrize(
    ("fulfilment", "fee"), [({"kind": "home", "city": "台北市", "address": "x"}, 80), (STORE, 60)]
)
async def test_delivery_costs_its_fee_and_nothing_from_999_on(
    commerce: Commerce, goods: Goods, fulfilment: dict[str, Any], fee: int
) -> None:
    line = await line_of(commerce, goods.oil_mild, 2)
    placed = await commerce.checkout.order(
        MEI, body(760 + fee, lines=[line], fulfilment=fulfilment)
    )
    assert placed.order.delivery_fee == fee * 100
    line = await line_of(commerce, goods.chilli, 3)
    placed = await commerce.checkout.order(
        MEI, body(1080, lines=[line], fulfilment=fulfilment, request_id="request-2")
    )
    assert placed.order.delivery_fee == 0


async def test_what_is_paid_at_pick_up_is_placed_at_once(
    commerce: Commerce, goods: Goods, database: Database
) -> None:
    line = await line_of(commerce, goods.chilli, 1)
    placed = await commerce.checkout.order(
        MEI,
        body(
            360,
            lines=[line],
            fulfilment={"kind": "pickup", "location": goods.xinyi},
            payment="pickup",
        ),
    )
    assert (placed.order.now.state, placed.order.now.due_at) == ("placed", None)
    assert placed.order.fulfilment["name"] == "信義店"
    assert await level(database, goods.xinyi, goods.chilli) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contact": {"name": "小美", "phone": "12345"}}, "contact.phone"),
        ({"contact": {"name": "\u200b", "phone": "0912345678"}}, "contact.name"),
        ({"contact": {"name": "小美", "phone": "0912345678", "email": "x@"}}, "contact.email"),
        ({"fulfilment": {"kind": "pickup", "location": "loc_none"}}, "fulfilment.location"),
        ({"payment": "pickup"}, "payment"),
    ],
)
async def test_what_is_wrong_in_the_form_is_named(
    commerce: Commerce, goods: Goods, changes: dict[str, Any], field: str
) -> None:
    line = await line_of(commerce, goods.chilli, 1)
    with pytest.raises(BadRequest) as error:
        await commerce.checkout.order(MEI, body(440, lines=[line], **changes))
    assert list(error.value.data["fields"]) == [field]


async def test_only_where_orders_are_handed_out_they_can_be_fetched(
    commerce: Commerce, goods: Goods
) -> None:
    line = await line_of(commerce, goods.chilli, 1)
    there = {"kind": "pickup", "location": goods.storeroom}
    with pytest.raises(BadRequest):
        await commerce.checkout.order(MEI, body(360, lines=[line], fulfilment=there))


async def test_nobody_and_staff_order_nothing(commerce: Commerce) -> None:
    with pytest.raises(NotSignedIn):
        await commerce.checkout.order(NOBODY, body(0))
    host = Person("staff", "stf_1", roles=frozenset({Role.HOST}))
    with pytest.raises(Forbidden):
        await commerce.checkout.order(host, body(0))


async def test_an_empty_order_is_none(commerce: Commerce, goods: Goods) -> None:
    with pytest.raises(EmptyCheckout):
        await commerce.checkout.order(MEI, body(0))


async def test_another_price_than_was_shown_is_told(commerce: Commerce, goods: Goods) -> None:
    line = await line_of(commerce, goods.chilli, 1)
    with pytest.raises(PriceChanged) as error:
        await commerce.checkout.order(MEI, body(300, lines=[line]))
    assert error.value.data == {"total": 44_000}


async def test_another_customers_line_or_claim_is_none_of_hers(
    commerce: Commerce, goods: Goods, rooms: Rooms, clock: ManualClock
) -> None:
    line = await line_of(commerce, goods.chilli, 1, TEH)
    with pytest.raises(CartChanged):
        await commerce.checkout.order(MEI, body(440, lines=[line]))
    place = await allotted(commerce, goods)
    await rooms.hold(TEH, claimed(goods, 1, place), clock.now() + HOUR)
    with pytest.raises(ClaimExpired) as error:
        await commerce.checkout.order(MEI, body(368, claims=["shw_1.1"]))
    assert error.value.data == {"claims": ["shw_1.1"]}
    assert rooms.begun == []


async def test_too_little_stock_leaves_everything_as_it_was(
    commerce: Commerce,
    goods: Goods,
    rooms: Rooms,
    outbox: Outbox,
    clock: ManualClock,
    database: Database,
) -> None:
    place = await allotted(commerce, goods)
    await rooms.hold(MEI, claimed(goods, 1, place), clock.now() + HOUR)
    line = await line_of(commerce, goods.oil_mild, 6)
    with pytest.raises(OutOfStock) as error:
        await commerce.checkout.order(MEI, body(288 + 6 * 380, claims=["shw_1.1"], lines=[line]))
    assert error.value.data["lines"] == [line]
    await drain(outbox)
    assert rooms.states() == {"shw_1.1": "held"}
    assert await level(database, place, goods.chilli) == 5
    cart = await commerce.carts.get(MEI)
    assert (len(cart.claims), len(cart.lines)) == (1, 1)
    assert await commerce.orders.mine(MEI) == []


async def test_after_a_failure_the_same_request_may_succeed(
    commerce: Commerce, goods: Goods, rooms: Rooms, outbox: Outbox, clock: ManualClock
) -> None:
    place = await allotted(commerce, goods)
    await rooms.hold(MEI, claimed(goods, 1, place), clock.now() + HOUR)
    line = await line_of(commerce, goods.oil_mild, 6)
    asked = body(288 + 6 * 380, claims=["shw_1.1"], lines=[line])
    with pytest.raises(OutOfStock):
        await commerce.checkout.order(MEI, asked)
    await drain(outbox)
    got = await commerce.shop.stock([goods.oil_mild])
    more = got[goods.oil_mild][goods.storeroom] + 1
    await commerce.shop._database.write(
        lambda c: stock.count(c, {(goods.storeroom, goods.oil_mild): more}, key="count:9", at=0)
    )
    placed = await commerce.checkout.order(MEI, asked)
    await drain(outbox)
    assert rooms.states() == {"shw_1.1": "sold"}
    assert placed.order.claims == ["shw_1.1"]


async def test_claims_of_another_order_in_payment_are_left_to_it(
    commerce: Commerce, goods: Goods, rooms: Rooms, outbox: Outbox, clock: ManualClock
) -> None:
    place = await allotted(commerce, goods)
    await rooms.hold(MEI, claimed(goods, 1, place), clock.now() + HOUR)
    await rooms.hold(MEI, claimed(goods, 2, place), clock.now() + HOUR)
    by_card = body(368, claims=["shw_1.1"], payment="card")
    await commerce.checkout.order(MEI, by_card)
    with pytest.raises(ClaimInPayment):
        await commerce.checkout.order(
            MEI, body(2 * 288 + 80, claims=["shw_1.2", "shw_1.1"], request_id="request-2")
        )
    await drain(outbox)
    assert rooms.states() == {"shw_1.1": "paying", "shw_1.2": "held"}


class _CutOff(Rooms):
    """Puts claims in payment; then the process dies."""

    async def begin_payment(
        self, customer: Person, order: str, claims: Sequence[str], until: Instant
    ) -> list[ClaimedLine]:
        await super().begin_payment(customer, order, claims, until)
        raise asyncio.CancelledError


class TestCutOff:
    @pytest.fixture
    def rooms(self, database: Database) -> Rooms:
        return _CutOff(database)

    async def test_what_a_dead_process_began_is_released_after_a_while(
        self,
        commerce: Commerce,
        goods: Goods,
        rooms: Rooms,
        outbox: Outbox,
        clock: ManualClock,
    ) -> None:
        place = await allotted(commerce, goods)
        await rooms.hold(MEI, claimed(goods, 1, place), clock.now() + HOUR)
        asked = body(368, claims=["shw_1.1"])
        with pytest.raises(asyncio.CancelledError):
            await commerce.checkout.order(MEI, asked)
        await commerce.sweep()
        await drain(outbox)
        assert rooms.states() == {"shw_1.1": "paying"}
        clock.advance(120_000)
        await commerce.sweep()
        await drain(outbox)
        assert rooms.states() == {"shw_1.1": "held"}
        await commerce.sweep()
        assert await outbox.hand_over() == 0

    async def test_sent_again_it_goes_on_where_it_was_cut_off(
        self,
        commerce: Commerce,
        goods: Goods,
        rooms: Rooms,
        outbox: Outbox,
        clock: ManualClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        place = await allotted(commerce, goods)
        await rooms.hold(MEI, claimed(goods, 1, place), clock.now() + HOUR)
        asked = body(368, claims=["shw_1.1"])
        with pytest.raises(asyncio.CancelledError):
            await commerce.checkout.order(MEI, asked)
        monkeypatch.setattr(_CutOff, "begin_payment", Rooms.begin_payment)
        placed = await commerce.checkout.order(MEI, asked)
        assert placed.order.id == rooms.begun[0] == rooms.begun[1]
        await drain(outbox)
        assert rooms.states() == {"shw_1.1": "sold"}
        clock.advance(120_000)
        await commerce.sweep()
        await drain(outbox)
        assert rooms.states() == {"shw_1.1": "sold"}


class _Late(Rooms):
    """Puts claims in payment; another process gives the checkout up, `before` or after.

    So it is where a request was held up, or where the clocks of two machines differ by minutes.
    """

    commerce: Commerce
    outbox: Outbox
    before: bool

    async def begin_payment(
        self, customer: Person, order: str, claims: Sequence[str], until: Instant
    ) -> list[ClaimedLine]:
        if self.before:
            await self._give_up()
        lines = await super().begin_payment(customer, order, claims, until)
        if not self.before:
            await self._give_up()
        return lines

    async def _give_up(self) -> None:
        late = self.commerce.clock.now() + intents.INTENT_MS
        assert await self.commerce.checkout.close_due(late) == 1
        await drain(self.outbox)


class TestLate:
    @pytest.fixture
    def rooms(self, database: Database) -> Rooms:
        return _Late(database)

    @pytest.mark.parametrize("before", [True, False])
    async def test_of_what_was_given_up_no_order_comes_and_no_claim_is_stuck(
        self,
        commerce: Commerce,
        goods: Goods,
        rooms: _Late,
        outbox: Outbox,
        clock: ManualClock,
        database: Database,
        before: bool,
    ) -> None:
        rooms.commerce, rooms.outbox, rooms.before = commerce, outbox, before
        place = await allotted(commerce, goods)
        await rooms.hold(MEI, claimed(goods, 1, place), clock.now() + HOUR)
        with pytest.raises(Unavailable):
            await commerce.checkout.order(MEI, body(368, claims=["shw_1.1"]))
        await drain(outbox)
        assert await commerce.orders.mine(MEI) == []
        assert await level(database, place, goods.chilli) == 5
        assert rooms.states() == {"shw_1.1": "held"}


async def test_a_provider_that_is_away_leaves_an_order_to_be_paid_later(
    commerce: Commerce, goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = await line_of(commerce, goods.chilli, 1)
    provider = commerce.paying.provider
    assert provider is not None

    async def away(*_: object) -> None:
        raise Unavailable("The provider is away.")

    monkeypatch.setattr(provider, "begin", away)
    placed = await commerce.checkout.order(MEI, body(440, lines=[line], payment="card"))
    assert placed.pay_url is None
    assert placed.order.now.state == "awaiting_payment"
    monkeypatch.undo()
    assert (await commerce.paying.pay(MEI, placed.order.id)).startswith("/pay/test/")


async def test_one_customer_cannot_keep_everything_from_others_without_paying(
    commerce: Commerce, goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_UNPAID", 3)
    there = {"kind": "pickup", "location": goods.xinyi}
    for number, ways in enumerate(({"payment": "card"}, {}, {"payment": "pickup"}), 1):
        line = await line_of_again(commerce, goods, number)
        if ways.get("payment") == "pickup":
            asked = body(360, lines=[line], request_id="request-3", fulfilment=there, **ways)
        else:
            asked = body(440, lines=[line], request_id=f"request-{number}", **ways)
        await commerce.checkout.order(MEI, asked)
    line = await line_of_again(commerce, goods, 4)
    with pytest.raises(TooManyUnpaid):
        await commerce.checkout.order(MEI, body(440, lines=[line], request_id="request-4"))


async def line_of_again(commerce: Commerce, goods: Goods, number: int) -> str:
    cart = await commerce.carts.add(MEI, goods.chilli, 1, f"add-again-{number}")
    return cart.lines[0][0].id


async def test_orders_have_numbers_that_count_up(commerce: Commerce, goods: Goods) -> None:
    numbers = []
    for number in range(3):
        line = await line_of_again(commerce, goods, number)
        asked = body(440, lines=[line], request_id=f"request-{number}")
        numbers.append((await commerce.checkout.order(MEI, asked)).order.number)
    assert numbers == ["P-1001", "P-1002", "P-1003"]
    found = await commerce._database.read(lambda c: orders.page(c, query="p-1002"))
    assert [order.number for order in found] == ["P-1002"]


def test_a_body_has_one_fingerprint_and_another_body_another() -> None:
    one: CheckoutBody = body(10)
    assert one.fingerprint() == body(10).fingerprint() != body(11).fingerprint()
