"""What must always hold of orders with coupons and points, whatever becomes of them.

Each step is the unit that the shop itself runs: a checkout, a payment, a cancellation, a refund, an
order that lapses, days that pass. Beside them stands a list of what was ordered, and no more.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, func, select

from commerce_bridge.cart import store as cart
from commerce_bridge.checkout import intents
from commerce_bridge.checkout.model import CheckoutBody
from commerce_bridge.checkout.pricing import Asked
from commerce_bridge.commerce import Commerce
from commerce_bridge.embedded import stock
from commerce_bridge.loyalty import ledger, points
from commerce_bridge.loyalty import rules as shop_rules
from commerce_bridge.loyalty.coupons import store
from commerce_bridge.loyalty.coupons.rules import Coupon, CouponRefused
from commerce_bridge.loyalty.coupons.store import coupon_use
from commerce_bridge.loyalty.ledger import loyalty_entry, loyalty_posting
from commerce_bridge.loyalty.points import NotEnoughPoints
from commerce_bridge.loyalty.rules import Rules
from commerce_bridge.orders import store as orders
from commerce_bridge.orders.model import Act, By, Order, may
from core.clock import ManualClock
from core.db import Database
from tests.commerce_bridge.world import Goods, body, person

NT = 100
DAY = 86_400_000
RULES = Rules(on=True, return_days=1, expire_days=30)
COUPONS = (
    Coupon(id="cpn_1", code="WELCOME", title="a", kind="fixed", amount=50 * NT, uses=3),
    Coupon(
        id="cpn_2", code="TEN", title="b", kind="percent", amount=10, stacks=True, per_customer=2
    ),
    Coupon(id="cpn_3", code="ALL", title="c", kind="fixed", amount=900 * NT, uses=2),
    Coupon(
        id="cpn_4",
        title="d",
        kind="fixed",
        amount=20 * NT,
        auto=True,
        stacks=True,
        minimum=500 * NT,
        per_customer=2,
        uses=4,
    ),
)
PEOPLE = tuple(person(name) for name in ("anna", "bella", "carla"))
ACTS: tuple[tuple[Act, By], ...] = (
    (Act.CONFIRM_PAYMENT, "staff"),
    (Act.PAY, "system"),
    (Act.HAND_OUT, "staff"),
    (Act.CANCEL, "customer"),
    (Act.REFUND, "staff"),
    (Act.LAPSE, "system"),
)
ENDED = ("cancelled", "refunded", "lapsed")


class Till(RuleBasedStateMachine):
    """Three customers, four coupons, and orders that end in every way."""

    def __init__(self, connection: Connection, commerce: Commerce, goods: Goods) -> None:
        super().__init__()
        self.c = connection
        self.savepoint = connection.begin_nested()
        self.commerce = commerce
        self.goods = goods
        self.clock: ManualClock = commerce.clock  # type: ignore[assignment]
        self.ids: list[str] = []
        self.number = 0
        for who in PEOPLE:
            self._give(who.own_id, 300)

    def teardown(self) -> None:
        self.savepoint.rollback()

    @rule(
        who=st.sampled_from(PEOPLE),
        pieces=st.integers(1, 3),
        codes=st.lists(st.sampled_from(("WELCOME", "TEN", "ALL")), max_size=3),
        count=st.sampled_from((0, 0, 1, 60, 250, 1_000)),
        how=st.sampled_from(("card", "transfer", "pickup")),
    )
    def buy(self, who: Any, pieces: int, codes: list[str], count: int, how: str) -> None:
        self.number += 1
        now = self.clock.now()
        cart.add(self.c, who.own_id, self.goods.chilli, pieces, now)
        [line] = cart.lines(self.c, who.aliases)
        ways: dict[str, Any] = {"payment": how}
        if how == "pickup":
            ways["fulfilment"] = {"kind": "pickup", "location": self.goods.xinyi}
        asked = body(
            0,
            lines=[line.id],
            coupons=codes,
            points=count,
            request_id=f"request-{self.number}",
            **ways,
        )
        checkout = self.commerce.checkout
        rule = next(one for one in checkout._rules if one.kind == asked.fulfilment.kind)
        lines = checkout._lines(self.c, who, [], [line.id])
        quote = checkout._price(self.c, who, lines, Asked(codes, count), rule)
        assert quote.subtotal == 360 * NT * pieces
        asked = asked.model_copy(update={"expect_total": quote.total})
        before = self._counts()
        attempt = self.c.begin_nested()
        try:
            made = self._place(who, asked)
        except (CouponRefused, NotEnoughPoints) as error:
            attempt.rollback()
            if isinstance(error, CouponRefused):
                assert quote.refused
            else:
                assert count > quote.points.available
            assert self._counts() == before
            cart.remove(self.c, who.aliases, [line.id])
            return
        attempt.commit()
        # An order costs what the quote said, and nobody is let have more than there is.
        assert (made.total, made.discounts) == (quote.total, quote.discounts)
        assert not quote.refused
        assert made.points == min(count, quote.points.most)
        self.ids.append(made.id)

    @rule(which=st.integers(0, 30), act=st.sampled_from(ACTS))
    def happens(self, which: int, act: tuple[Act, By]) -> None:
        """Something is done to an order, if it may be."""
        if not self.ids:
            return
        order = orders.lock(self.c, self.ids[which % len(self.ids)])
        if may(order.now, *act, self.clock.now()):
            self.commerce.orders.apply(self.c, order, *act)

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.clock.advance(days * DAY)
        points.tidy(self.c, self.clock.now())

    @invariant()
    def a_use_is_what_its_order_is(self) -> None:
        uses = self.c.execute(select(coupon_use)).all()
        expected = set()
        for order in self._orders():
            assert order.discount + order.points_value <= order.subtotal
            assert order.total == order.goods_paid + order.delivery_fee
            ended = order.now.state in ENDED
            state = "returned" if ended else "reserved" if order.now.payment == "due" else "used"
            expected |= {(order.id, one.coupon, state, one.amount) for one in order.discounts}
        assert {(row.order_id, row.coupon, row.state, row.amount) for row in uses} == expected

    @invariant()
    def no_coupon_is_used_more_often_than_it_may(self) -> None:
        by_all: Counter[str] = Counter()
        by_one: Counter[tuple[str, str]] = Counter()
        for order in self._orders():
            if order.now.state not in ENDED:
                by_all.update(one.coupon for one in order.discounts)
                by_one.update((one.coupon, order.customer) for one in order.discounts)
        for coupon in COUPONS:
            assert coupon.uses is None or by_all[coupon.id] <= coupon.uses
            for who in PEOPLE:
                assert by_one[coupon.id, who.own_id] <= coupon.per_customer
        for who in PEOPLE:
            held = store.find(self.c, who.aliases, ids=[one.id for one in COUPONS])
            for one in held:
                assert one.mine == by_one[one.coupon.id, who.own_id]
                assert one.coupon.uses is None or one.all == by_all[one.coupon.id]

    @invariant()
    def points_are_where_the_orders_say(self) -> None:
        assert ledger.audit(self.c) == []
        sums = {
            (row.order_id, row.account): int(row.points)
            for row in self.c.execute(
                select(
                    loyalty_posting.c.order_id,
                    loyalty_entry.c.account,
                    func.sum(loyalty_entry.c.points).label("points"),
                )
                .join_from(loyalty_entry, loyalty_posting)
                .where(loyalty_entry.c.account.in_(("redeemed", "issued")))
                .group_by(loyalty_posting.c.order_id, loyalty_entry.c.account)
            )
        }
        for order in self._orders():
            ended = order.now.state in ENDED
            assert sums.get((order.id, "redeemed"), 0) == (0 if ended else order.points)
            if order.now.payment == "due":
                assert (order.id, "issued") not in sums
            elif not ended:
                # One for each NT$100 that was paid for goods, and nothing for what points paid.
                assert -sums.get((order.id, "issued"), 0) == order.goods_paid // (100 * NT)

    def _place(self, who: Any, asked: CheckoutBody) -> Order:
        checkout = self.commerce.checkout
        to = checkout._check(self.c, who, asked)
        intent = checkout._begin(self.c, who, asked)
        made = checkout._place(self.c, who, asked, to, intent.order_id, ())
        settled = intents.lock(self.c, intent.order_id)
        assert settled is not None
        assert settled.state == "ordered"
        return made

    def _orders(self) -> list[Order]:
        return [orders.get(self.c, id) for id in self.ids]

    def _counts(self) -> tuple[int, ...]:
        """Rows of all that a checkout writes."""
        tables = (orders.shop_order, coupon_use, loyalty_posting)
        return tuple(
            self.c.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        )

    def _give(self, customer: str, count: int) -> None:
        points.correct(
            self.c,
            customer,
            count,
            reason="gift",
            actor="stf_1",
            request_id="gift",
            rules=RULES,
            now=self.clock.now(),
        )


async def test_coupons_and_points_are_kept_through_whatever_becomes_of_orders(
    database: Database, commerce: Commerce, goods: Goods
) -> None:
    quick = database.dialect == "sqlite"

    def unit(connection: Connection) -> None:
        shop_rules.put(connection, 0, RULES, "stf_1", 0)
        for coupon in COUPONS:
            assert store.add(connection, coupon, by="stf_1", now=0)
        stock.count(connection, {(goods.storeroom, goods.chilli): 1_000}, key="count:many", at=0)

        class Here(Till):
            def __init__(self) -> None:
                super().__init__(connection, commerce, goods)

        run_state_machine_as_test(
            Here,
            settings=settings(
                max_examples=8 if quick else 3,
                stateful_step_count=20,
                deadline=None,
                phases=(Phase.reuse, Phase.generate),  # at a database shrinking takes minutes
                suppress_health_check=list(HealthCheck),
            ),
        )

    await database.write(unit)
