"""What may become of an order: pure rules.

An order is made `placed` (paid when it is fetched) or `awaiting_payment`, and ends `handed_out`,
`cancelled`, `refunded` or `lapsed`. Beside its state stands that of its payment.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Any, Literal

import msgspec

from commerce_bridge.loyalty.coupons.rules import Discount
from commerce_bridge.loyalty.rules import Channel
from commerce_bridge.rooms import ORDER_CANCELLED, ORDER_PAID, ORDER_RELEASED
from core.clock import Instant
from core.errors import Conflict
from core.locales import Locale

State = Literal[
    "awaiting_payment",
    "placed",
    "paid",
    "ready",
    "handed_out",
    "cancelled",
    "refunded",
    "lapsed",
]
Method = Literal["pickup", "transfer", "card"]
PaymentState = Literal["due", "paid", "refund_due", "refunded", "void"]
"""`refund_due`: the provider is being asked; `void`: nothing was paid and nothing will be."""
By = Literal["customer", "staff", "system"]

FIRST_NUMBER = 1001

CARD_GRACE_MS = 60_000
"""A card payment made at the last moment may be told of a little later than its deadline."""


class Act(StrEnum):
    """What is done to an order once it is there."""

    PAY = "pay"
    """The provider says that it was paid."""
    CONFIRM_PAYMENT = "confirm-payment"
    """Staff found the transfer in the shop's account."""
    READY = "ready"
    """Packed: waiting to be fetched, or for the carrier."""
    HAND_OUT = "hand-out"
    """Given to the customer or the carrier; what is paid at pick-up is paid now."""
    CANCEL = "cancel"
    REFUND = "refund"
    LAPSE = "lapse"
    """Not paid by its deadline."""


class OrderState(msgspec.Struct, frozen=True):
    """As much of an order as the rules look at."""

    state: State
    method: Method
    payment: PaymentState
    due_at: Instant | None
    """When an unpaid order lapses; None where it does not."""
    costs: bool = True
    """False where coupons and points pay for all of it: no money comes, and none goes back."""


class Line(msgspec.Struct, frozen=True):
    """A line of an order; from a show, or from the shop itself. Amounts in minor units."""

    variant_id: str
    title: str
    variant_title: str
    picture: str | None
    quantity: int
    unit_price: int
    code: str | None = None
    claim: str | None = None
    show: str | None = None
    item: str | None = None
    place: str | None = None
    via: Channel = "shop"
    """Where she bought it; what came from a show, was claimed there."""

    @property
    def amount(self) -> int:
        return self.quantity * self.unit_price


class Event(msgspec.Struct, frozen=True):
    at: Instant
    act: str
    state: State
    by: By
    actor: str | None
    note: str | None


class SentTo(msgspec.Struct, frozen=True):
    """Whom an order goes to, and how."""

    name: str
    phone: str
    """E.164."""
    email: str | None
    fulfilment: dict[str, Any]


class Order(msgspec.Struct, frozen=True):
    """An order, whole. Amounts in minor units of `currency`."""

    id: str
    serial: int
    customer: str
    now: OrderState
    account: str | None
    """What a transfer is to be paid to, as the customer was told; None for other methods."""
    currency: str
    subtotal: int
    """The goods at the prices shown."""
    discounts: tuple[Discount, ...]
    """What coupons took off it."""
    points: int
    """Points that were used, which took `points_value` off what coupons left."""
    points_value: int
    delivery_fee: int
    total: int
    earns: int
    """Points that were promised for paying it; what came of it is in the ledger."""
    name: str
    phone: str
    """E.164."""
    email: str | None
    fulfilment: dict[str, Any]
    note: str | None
    locale: Locale
    """The language in which the customer is written to."""
    placed_at: Instant
    lines: tuple[Line, ...]
    history: tuple[Event, ...]

    @property
    def number(self) -> str:
        return number_of(self.serial)

    @property
    def sent_to(self) -> SentTo:
        return SentTo(self.name, self.phone, self.email, self.fulfilment)

    @property
    def discount(self) -> int:
        return sum(one.amount for one in self.discounts)

    @property
    def goods_paid(self) -> int:
        """What she pays for the goods, after coupons and points and without delivery."""
        return self.subtotal - self.discount - self.points_value

    @property
    def claims(self) -> list[str]:
        return [line.claim for line in self.lines if line.claim is not None]


def number_of(serial: int) -> str:
    """What people call the order of a serial."""
    return f"P-{FIRST_NUMBER - 1 + serial}"


def serial_of(number: str) -> int | None:
    """The serial of an order, from its number as people write it: `P-1001`, `p1001`, `#1001`.

    None where that is no number of an order.
    """
    written = _ONE_NUMBER.fullmatch(unicodedata.normalize("NFKC", number[:100]))
    if written is None or int(written[1]) < FIRST_NUMBER:
        return None
    return int(written[1]) - FIRST_NUMBER + 1


_ONE_NUMBER = re.compile(r"[^0-9]*([0-9]{1,9})[^0-9]*")


class Turn(msgspec.Struct, frozen=True):
    """What an act makes of an order, and what has to be done about it."""

    state: State
    payment: PaymentState
    restock: bool = False
    tell: str | None = None
    """The topic by which the rooms learn of it; None where they need not."""


class NotNow(Conflict):
    """The order is in another state (`data.state`); what was asked is not done any more, or yet."""

    code = "order_state"


_ALLOWED: dict[Act, frozenset[State]] = {
    Act.PAY: frozenset({"awaiting_payment"}),
    Act.CONFIRM_PAYMENT: frozenset({"awaiting_payment"}),
    Act.READY: frozenset({"placed", "paid"}),
    Act.HAND_OUT: frozenset({"placed", "paid", "ready"}),
    Act.CANCEL: frozenset({"awaiting_payment", "placed", "ready"}),
    Act.REFUND: frozenset({"paid", "ready", "handed_out"}),
    Act.LAPSE: frozenset({"awaiting_payment"}),
}


def first(
    method: Method, now: Instant, *, transfer_ms: int, card_ms: int, costs: bool = True
) -> OrderState:
    """How an order begins: paid, where it `costs` nothing. The times are how long it may stay
    unpaid.
    """
    if not costs:
        return OrderState("paid", method, "paid", None, costs=False)
    if method == "pickup":
        return OrderState("placed", method, "due", None)
    due_at = now + (card_ms if method == "card" else transfer_ms)
    return OrderState("awaiting_payment", method, "due", due_at)


def may(order: OrderState, act: Act, by: By, now: Instant) -> bool:
    """Whether `by` may do this to the order at `now`."""
    if order.state not in _ALLOWED[act]:
        return False
    match act:
        case Act.PAY:
            return by == "system" and order.method == "card"
        case Act.CONFIRM_PAYMENT:
            return by == "staff" and order.method == "transfer"
        case Act.CANCEL:
            # What is packed, staff alone call back; what is paid is not cancelled but refunded.
            return order.payment == "due" and (by == "staff" or order.state != "ready")
        case Act.REFUND:
            return by == "staff" and order.payment == "paid"
        case Act.LAPSE:
            return by == "system" and lapses_at(order) <= now
        case Act.READY | Act.HAND_OUT:
            return by == "staff"


def may_pay(order: OrderState, now: Instant) -> bool:
    """Whether the customer may (again) go to the card provider's page."""
    open_ = order.state == "awaiting_payment" and order.method == "card"
    return open_ and (order.due_at is None or now < order.due_at)


def lapses_at(order: OrderState) -> Instant:
    """When an unpaid order lapses, the grace included; far off where it never does."""
    if order.due_at is None:
        return 2**62
    return order.due_at + (CARD_GRACE_MS if order.method == "card" else 0)


def turn(order: OrderState, act: Act, by: By, now: Instant) -> Turn:
    """What `act` makes of the order. Raises NotNow where it may not be done."""
    if not may(order, act, by, now):
        raise NotNow("The order is not in a state for this.", state=order.state)
    match act:
        case Act.PAY | Act.CONFIRM_PAYMENT:
            return Turn("paid", "paid", tell=ORDER_PAID)
        case Act.READY:
            return Turn("ready", order.payment)
        case Act.HAND_OUT:
            now_paid = order.payment == "due"
            return Turn("handed_out", "paid", tell=ORDER_PAID if now_paid else None)
        case Act.CANCEL:
            return Turn("cancelled", "void", restock=True, tell=ORDER_CANCELLED)
        case Act.REFUND:
            # Money that a provider took goes back through it; staff gave back the rest by hand.
            by_card = order.method == "card" and order.costs
            back: PaymentState = "refund_due" if by_card else "refunded"
            return Turn("refunded", back, restock=True, tell=ORDER_CANCELLED)
        case Act.LAPSE:
            return Turn("lapsed", "void", restock=True, tell=ORDER_RELEASED)
