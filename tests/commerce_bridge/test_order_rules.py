"""What may become of an order, by every act, in every state, by everyone."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_bridge.orders.model import (
    CARD_GRACE_MS,
    Act,
    By,
    Method,
    NotNow,
    OrderState,
    first,
    may,
    may_pay,
    serial_of,
    turn,
)

DUE = 1_000_000
BYS: tuple[By, ...] = get_args(By)
METHODS: tuple[Method, ...] = get_args(Method)


def begun(method: Method) -> OrderState:
    return first(method, 0, transfer_ms=DUE, card_ms=DUE)


def after(order: OrderState, *acts: tuple[Act, By], now: int = 0) -> OrderState:
    for act, by in acts:
        made = turn(order, act, by, now)
        order = OrderState(made.state, order.method, made.payment, order.due_at)
    return order


def test_orders_begin_by_how_they_are_paid() -> None:
    assert begun("pickup") == OrderState("placed", "pickup", "due", None)
    assert begun("transfer") == OrderState("awaiting_payment", "transfer", "due", DUE)
    assert begun("card") == OrderState("awaiting_payment", "card", "due", DUE)


@pytest.mark.parametrize(
    ("method", "paying"),
    [
        ("card", [(Act.PAY, "system")]),
        ("transfer", [(Act.CONFIRM_PAYMENT, "staff")]),
        ("pickup", []),
    ],
)
def test_every_method_leads_to_a_paid_order_handed_out(
    method: Method, paying: list[tuple[Act, By]]
) -> None:
    order = after(begun(method), *paying, (Act.READY, "staff"), (Act.HAND_OUT, "staff"))
    assert (order.state, order.payment) == ("handed_out", "paid")


def test_a_customer_takes_back_what_is_neither_paid_nor_packed() -> None:
    packed = after(begun("pickup"), (Act.READY, "staff"))
    paid = after(begun("card"), (Act.PAY, "system"))
    assert may(begun("pickup"), Act.CANCEL, "customer", 0)
    assert may(begun("transfer"), Act.CANCEL, "customer", 0)
    assert not may(packed, Act.CANCEL, "customer", 0)
    assert may(packed, Act.CANCEL, "staff", 0)
    assert not may(paid, Act.CANCEL, "customer", 0)
    assert not may(paid, Act.CANCEL, "staff", 0)
    assert may(paid, Act.REFUND, "staff", 0)


def test_only_the_provider_says_that_a_card_was_paid_and_only_staff_that_a_transfer_was() -> None:
    for method, act, by in product(METHODS, (Act.PAY, Act.CONFIRM_PAYMENT), BYS):
        allowed = {("card", Act.PAY, "system"), ("transfer", Act.CONFIRM_PAYMENT, "staff")}
        assert may(begun(method), act, by, 0) == ((method, act, by) in allowed)


def test_an_order_lapses_at_its_deadline_a_card_a_little_later() -> None:
    assert not may(begun("transfer"), Act.LAPSE, "system", DUE - 1)
    assert may(begun("transfer"), Act.LAPSE, "system", DUE)
    assert not may(begun("card"), Act.LAPSE, "system", DUE + CARD_GRACE_MS - 1)
    assert may(begun("card"), Act.LAPSE, "system", DUE + CARD_GRACE_MS)
    assert not may(begun("pickup"), Act.LAPSE, "system", 2**60)
    assert may_pay(begun("card"), DUE - 1)
    assert not may_pay(begun("card"), DUE)
    assert not may_pay(begun("transfer"), 0)


def test_a_refund_of_a_card_goes_through_the_provider() -> None:
    card = after(begun("card"), (Act.PAY, "system"), (Act.REFUND, "staff"))
    transfer = after(begun("transfer"), (Act.CONFIRM_PAYMENT, "staff"), (Act.REFUND, "staff"))
    assert (card.payment, transfer.payment) == ("refund_due", "refunded")


ACTS = st.lists(st.tuples(st.sampled_from(Act), st.sampled_from(BYS)), max_size=12)


@given(st.sampled_from(METHODS), ACTS, st.integers(0, 2 * DUE))
def test_whatever_is_tried_stock_goes_back_once_and_an_ended_order_stays_ended(
    method: Method, acts: list[tuple[Act, By]], now: int
) -> None:
    order = begun(method)
    put_back = 0
    for act, by in acts:
        ended = order.state in ("cancelled", "refunded", "lapsed")
        try:
            made = turn(order, act, by, now)
        except NotNow:
            continue
        assert not ended
        put_back += made.restock
        order = OrderState(made.state, order.method, made.payment, order.due_at)
        assert made.restock == (made.state in ("cancelled", "refunded", "lapsed"))
        assert made.payment != "paid" or made.state in ("paid", "ready", "handed_out")
    assert put_back <= 1


@pytest.mark.parametrize(
    ("written", "serial"),
    [
        ("P-1001", 1),
        ("p1042", 42),
        ("#1042", 42),
        ("1042", 42),
        (" P – 1042 ", 42),
        ("訂單Ｐ－１０４２", 42),
        ("P-1000", None),
        ("P-0", None),
        ("P-", None),
        ("", None),
        ("1042 1043", None),
        ("0912345678", None),
        ("P-99999999999999999999", None),
        ("-1042", 42),
    ],
)
def test_a_number_is_read_as_people_write_it(written: str, serial: int | None) -> None:
    assert serial_of(written) == serial
