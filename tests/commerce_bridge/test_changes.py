"""What was confirmed is done once, for the one who confirmed it, whatever breaks in between."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from commerce_bridge.changes import KEY_LENGTH, Outcome, carry_out, person_of_customer, undo
from commerce_bridge.commerce import Commerce
from commerce_bridge.commerce import merge as merge_carts
from commerce_bridge.orders.model import Act, Order
from core.clock import ManualClock
from core.db import Database
from core.errors import NotFound, OutcomeUnknown, Unavailable
from core.identity import store as people
from core.identity.model import NOBODY, Person, Role
from core.tools import Change
from tests.bot.asking import MEI, OTHER
from tests.commerce_bridge.world import Goods, body

OPERATOR = Person("staff", "stf_1", roles=frozenset({Role.OPERATOR}))
KEY = "cnv_1-7"


def added(variant: str, quantity: int = 1) -> Change:
    return Change(kind="cart.add", title="", variant=variant, quantity=quantity)


def removed(variant: str, quantity: int = 1) -> Change:
    return Change(kind="cart.remove", title="", variant=variant, quantity=quantity)


def cancelled(order: str) -> Change:
    return Change(kind="order.cancel", title="", order=order)


async def pieces(commerce: Commerce, variant: str, who: Person = MEI) -> int:
    return (await commerce.carts.get(who)).pieces(variant)


async def sell(commerce: Commerce, variant: str, quantity: int) -> None:
    await commerce.shop.allot("sold", variant, quantity, show="shw_1", item="itm_1")


class TestAdding:
    async def test_it_is_put_in(self, commerce: Commerce, goods: Goods) -> None:
        done = await carry_out(commerce, MEI, added(goods.oil_mild, 2), KEY)
        assert done == Outcome(done=True, now={"quantity": 2})
        assert await pieces(commerce, goods.oil_mild) == 2
        assert await pieces(commerce, goods.oil_mild, OTHER) == 0

    async def test_under_one_key_it_is_put_in_once(self, commerce: Commerce, goods: Goods) -> None:
        for _ in range(3):
            done = await carry_out(commerce, MEI, added(goods.oil_mild, 2), KEY)
            assert done.done
        assert await pieces(commerce, goods.oil_mild) == 2
        await carry_out(commerce, MEI, added(goods.oil_mild, 2), "cnv_1-9")
        assert await pieces(commerce, goods.oil_mild) == 4

    async def test_confirmed_many_times_at_once_it_is_put_in_once(
        self, commerce: Commerce, goods: Goods
    ) -> None:
        change = added(goods.oil_mild, 2)
        done = await asyncio.gather(*(carry_out(commerce, MEI, change, KEY) for _ in range(8)))
        assert {one.done for one in done} == {True}
        assert await pieces(commerce, goods.oil_mild) == 2

    async def test_after_a_lost_answer_it_is_done_though_all_is_sold_now(
        self, commerce: Commerce, goods: Goods, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = commerce.carts._database.write

        async def lost(unit: Any) -> Any:
            await write(unit)
            raise OutcomeUnknown("lost")

        with monkeypatch.context() as broken:
            broken.setattr(commerce.carts._database, "write", lost)
            with pytest.raises(Unavailable):
                await carry_out(commerce, MEI, added(goods.oil_mild, 2), KEY)
        await sell(commerce, goods.oil_mild, 5)
        again = await carry_out(commerce, MEI, added(goods.oil_mild, 2), KEY)
        assert again == Outcome(done=True, now={"quantity": 2})

    @pytest.mark.parametrize(
        ("sold", "code", "left"), [(5, "out_of_stock", 0), (3, "not_enough", 2)]
    )
    async def test_what_is_gone_meanwhile_is_not_put_in(
        self, commerce: Commerce, goods: Goods, sold: int, code: str, left: int
    ) -> None:
        await sell(commerce, goods.oil_mild, sold)
        done = await carry_out(commerce, MEI, added(goods.oil_mild, 3), KEY)
        assert done == Outcome(done=False, code=code, now={"available": left})
        assert await pieces(commerce, goods.oil_mild) == 0

    async def test_what_the_shop_does_not_sell_is_refused(
        self, commerce: Commerce, goods: Goods
    ) -> None:
        for change in (added("var_x"), Change(kind="cart.add", title="")):
            done = await carry_out(commerce, MEI, change, KEY)
            assert (done.done, done.code) == (False, "unknown_product")

    async def test_a_full_cart_is_full(
        self, commerce: Commerce, goods: Goods, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("commerce_bridge.cart.store.MOST_LINES", 1)
        await carry_out(commerce, MEI, added(goods.chilli), KEY)
        done = await carry_out(commerce, MEI, added(goods.oil_mild), "cnv_1-8")
        assert (done.done, done.code) == (False, "cart_full")

    async def test_undone_what_was_put_in_is_out_and_no_more(
        self, commerce: Commerce, goods: Goods
    ) -> None:
        await commerce.carts.add(MEI, goods.oil_mild, 1, "request-1")
        await carry_out(commerce, MEI, added(goods.oil_mild, 2), KEY)
        for _ in range(3):
            done = await undo(commerce, MEI, added(goods.oil_mild, 2), KEY)
            assert done == Outcome(done=True, now={"quantity": 1})
        assert await pieces(commerce, goods.oil_mild) == 1

    async def test_undone_many_times_at_once_it_is_undone_once(
        self, commerce: Commerce, goods: Goods
    ) -> None:
        await commerce.carts.add(MEI, goods.oil_mild, 3, "request-1")
        change = added(goods.oil_mild, 1)
        await carry_out(commerce, MEI, change, KEY)
        done = await asyncio.gather(*(undo(commerce, MEI, change, KEY) for _ in range(8)))
        assert {one.done for one in done} == {True}
        assert await pieces(commerce, goods.oil_mild) == 3

    async def test_undone_late_what_is_left_of_it_is_taken_out(
        self, commerce: Commerce, goods: Goods
    ) -> None:
        await carry_out(commerce, MEI, added(goods.oil_mild, 3), KEY)
        line = (await commerce.carts.get(MEI)).lines[0][0].id
        await commerce.carts.set_quantity(MEI, line, 1)
        done = await undo(commerce, MEI, added(goods.oil_mild, 3), KEY)
        assert done == Outcome(done=True, now={"quantity": 0})

    async def test_what_she_ordered_meanwhile_is_not_undone(
        self, commerce: Commerce, goods: Goods
    ) -> None:
        await carry_out(commerce, MEI, added(goods.chilli), KEY)
        line = (await commerce.carts.get(MEI)).lines[0][0].id
        await commerce.checkout.order(MEI, body(440, lines=[line]))
        done = await undo(commerce, MEI, added(goods.chilli), KEY)
        assert done == Outcome(done=False, code="not_in_cart", now={"there": 0})
        [order] = await commerce.orders.mine(MEI)
        assert order.now.state == "awaiting_payment"

    async def test_a_repeat_of_the_confirmation_after_the_undoing_changes_nothing(
        self, commerce: Commerce, goods: Goods
    ) -> None:
        await carry_out(commerce, MEI, added(goods.chilli), KEY)
        await undo(commerce, MEI, added(goods.chilli), KEY)
        await carry_out(commerce, MEI, added(goods.chilli), KEY)
        assert await pieces(commerce, goods.chilli) == 0


class TestRemoving:
    @pytest.fixture(autouse=True)
    async def cart(self, commerce: Commerce, goods: Goods) -> None:
        await commerce.carts.add(MEI, goods.oil_mild, 2, "request-1")

    async def test_it_is_taken_out_once(self, commerce: Commerce, goods: Goods) -> None:
        change = removed(goods.oil_mild, 2)
        assert await carry_out(commerce, MEI, change, KEY) == Outcome(
            done=True, now={"quantity": 0}
        )
        await commerce.carts.add(MEI, goods.oil_mild, 2, "request-2")
        assert (await carry_out(commerce, MEI, change, KEY)).done
        assert await pieces(commerce, goods.oil_mild) == 2

    async def test_at_once_it_is_taken_out_once(self, commerce: Commerce, goods: Goods) -> None:
        change = removed(goods.oil_mild, 1)
        await asyncio.gather(*(carry_out(commerce, MEI, change, KEY) for _ in range(8)))
        assert await pieces(commerce, goods.oil_mild) == 1

    async def test_what_she_took_out_herself_is_not_there(
        self, commerce: Commerce, goods: Goods
    ) -> None:
        line = (await commerce.carts.get(MEI)).lines[0][0].id
        await commerce.carts.set_quantity(MEI, line, 1)
        done = await carry_out(commerce, MEI, removed(goods.oil_mild, 2), KEY)
        assert done == Outcome(done=False, code="not_in_cart", now={"there": 1})
        assert await pieces(commerce, goods.oil_mild) == 1

    async def test_anothers_cart_stays_as_it_is(self, commerce: Commerce, goods: Goods) -> None:
        done = await carry_out(commerce, OTHER, removed(goods.oil_mild, 2), KEY)
        assert (done.done, done.code) == (False, "not_in_cart")
        assert await pieces(commerce, goods.oil_mild) == 2

    async def test_undone_it_is_in_again_once(self, commerce: Commerce, goods: Goods) -> None:
        change = removed(goods.oil_mild, 2)
        await carry_out(commerce, MEI, change, KEY)
        done = await asyncio.gather(*(undo(commerce, MEI, change, KEY) for _ in range(4)))
        assert set(map(str, done)) == {str(Outcome(done=True, now={"quantity": 2}))}
        assert await pieces(commerce, goods.oil_mild) == 2

    async def test_what_is_sold_out_meanwhile_is_not_put_back(
        self, commerce: Commerce, goods: Goods
    ) -> None:
        await carry_out(commerce, MEI, removed(goods.oil_mild, 2), KEY)
        await sell(commerce, goods.oil_mild, 5)
        done = await undo(commerce, MEI, removed(goods.oil_mild, 2), KEY)
        assert done == Outcome(done=False, code="out_of_stock", now={"available": 0})


@pytest.mark.usefixtures("ledger_holds")
class TestCancelling:
    @pytest.fixture
    async def order(self, commerce: Commerce, goods: Goods) -> Order:
        cart = await commerce.carts.add(MEI, goods.chilli, 1, "request-1")
        asked = body(440, lines=[cart.lines[0][0].id])
        return (await commerce.checkout.order(MEI, asked)).order

    async def test_it_is_cancelled_once_and_the_goods_are_back(
        self, commerce: Commerce, goods: Goods, order: Order
    ) -> None:
        change = cancelled(order.id)
        done = await asyncio.gather(*(carry_out(commerce, MEI, change, KEY) for _ in range(6)))
        assert {one.done for one in done} == {True}
        assert done[0].now == {"state": "cancelled"}
        now = await commerce.orders.get(MEI, order.id)
        assert [event.act for event in now.history] == ["place", "cancel"]
        assert now.history[-1].actor == MEI.id
        there = await commerce.shop.variants([goods.chilli])
        assert there[goods.chilli].available == 12

    async def test_what_is_cancelled_already_is_told(
        self, commerce: Commerce, order: Order
    ) -> None:
        await commerce.orders.cancel(MEI, order.id, "request-c")
        done = await carry_out(commerce, MEI, cancelled(order.id), KEY)
        assert done == Outcome(done=False, code="order_state", now={"state": "cancelled"})

    async def test_what_was_paid_meanwhile_is_not_cancelled(
        self, commerce: Commerce, order: Order
    ) -> None:
        await commerce.orders.act(OPERATOR, order.id, Act.CONFIRM_PAYMENT, "request-p")
        done = await carry_out(commerce, MEI, cancelled(order.id), KEY)
        assert done == Outcome(done=False, code="order_state", now={"state": "paid"})
        assert (await commerce.orders.get(MEI, order.id)).now.payment == "paid"

    async def test_paid_or_cancelled_it_is_never_both(
        self, commerce: Commerce, order: Order
    ) -> None:
        done, _ = await asyncio.gather(
            carry_out(commerce, MEI, cancelled(order.id), KEY),
            commerce.orders.act(OPERATOR, order.id, Act.CONFIRM_PAYMENT, "request-p"),
            return_exceptions=True,
        )
        assert isinstance(done, Outcome)
        state = (await commerce.orders.get(MEI, order.id)).now.state
        assert state == ("cancelled" if done.done else "paid")

    async def test_anothers_order_is_as_one_that_is_not_there(
        self, commerce: Commerce, order: Order
    ) -> None:
        for change in (cancelled(order.id), cancelled("ord_x"), cancelled("")):
            done = await carry_out(commerce, OTHER, change, KEY)
            assert done == Outcome(done=False, code="unknown_order")
        assert (await commerce.orders.get(MEI, order.id)).now.state == "awaiting_payment"

    async def test_it_is_not_undone(self, commerce: Commerce, order: Order) -> None:
        await carry_out(commerce, MEI, cancelled(order.id), KEY)
        done = await undo(commerce, MEI, cancelled(order.id), KEY)
        assert done == Outcome(done=False, code="not_undoable")


async def test_while_the_database_is_away_nothing_is_said(
    commerce: Commerce, goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_unit: Any) -> Any:
        raise Unavailable("away")

    monkeypatch.setattr(commerce.carts._database, "write", away)
    with pytest.raises(Unavailable):
        await carry_out(commerce, MEI, added(goods.chilli), KEY)
    with pytest.raises(Unavailable):
        await carry_out(commerce, MEI, cancelled("ord_x"), KEY)


@pytest.mark.parametrize("who", [NOBODY, OPERATOR])
async def test_who_is_no_customer_changes_nothing(
    commerce: Commerce, goods: Goods, who: Person
) -> None:
    for change in (added(goods.chilli), removed(goods.chilli), cancelled("ord_x")):
        assert not (await carry_out(commerce, who, change, KEY)).done


async def test_the_longest_key_is_taken(commerce: Commerce, goods: Goods) -> None:
    key = "k" * KEY_LENGTH
    assert (await carry_out(commerce, MEI, added(goods.chilli), key)).done
    assert (await undo(commerce, MEI, added(goods.chilli), key)).done


class TestWhoItIsFor:
    async def test_a_customer_is_found_by_any_of_her_ids(
        self, commerce: Commerce, goods: Goods, database: Database, clock: ManualClock
    ) -> None:
        def two(connection: Any) -> tuple[str, str]:
            guest = people.add_customer(connection, "小美", None, clock.now())
            known = people.add_customer(connection, "美玲", "mei@example.test", clock.now())
            return guest.own_id, known.own_id

        guest_id, known_id = await database.write(two)
        guest = await person_of_customer(database, guest_id)
        assert (guest.kind, guest.id) == ("guest", guest_id)
        await carry_out(commerce, guest, added(goods.chilli, 2), KEY)

        def merged(connection: Any) -> None:
            one = people.read_customer(connection, guest_id)
            other = people.read_customer(connection, known_id)
            assert one is not None
            assert other is not None
            people.merge(connection, one, other, [merge_carts], clock.now())

        await database.write(merged)
        for id in (guest_id, known_id):
            person = await person_of_customer(database, id)
            assert (person.kind, person.id) == ("customer", known_id)
            assert person.aliases == {guest_id, known_id}
            # Asked for by the guest, the answer lost, and asked again as whom she became.
            done = await carry_out(commerce, person, added(goods.chilli, 2), KEY)
            assert done == Outcome(done=True, now={"quantity": 2})

    async def test_who_is_not_there_is_not_found(self, database: Database) -> None:
        with pytest.raises(NotFound):
            await person_of_customer(database, "cus_x")
