"""Writes to customers who gave an e-mail address, in the unit in which something happened."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy import Connection

from commerce_bridge.orders.letters import GIVEN_BACK, LETTERS, SUMS
from commerce_bridge.orders.model import Order
from core.clock import Instant
from core.locales import Locale
from core.money import Money, format_money
from core.notices import Notices
from core.settings import Settings


class OrderMail:
    def __init__(self, notices: Notices, settings: Settings) -> None:
        self._notices = notices
        self._settings = settings
        self._zone = ZoneInfo(settings.time_zone)
        for name, texts in LETTERS.items():
            notices.add_template(name, texts)

    def tell(self, connection: Connection, order: Order, earned: int = 0) -> None:
        """Write about the state that the order has just come to; of some nothing is written.

        `earned`: points that have just come of it.
        """
        letter = _letter(order)
        if order.email is None or letter is None:
            return
        saved = order.now.state in ("placed", "awaiting_payment", "paid")
        values = {
            "number": order.number,
            "total": format_money(Money(order.total, order.currency), order.locale),
            "due": self._moment(order.now.due_at, order.locale),
            "account": order.account or "",
            "where": _where(order),
            "link": self._link(order),
            "sums": sums(order, earned) if saved else given_back(order),
        }
        self._notices.send(connection, order.email, letter, order.locale, values)

    def _moment(self, at: Instant | None, locale: Locale) -> str:
        if at is None:
            return ""
        moment = datetime.fromtimestamp(at / 1000, UTC)
        return format_datetime(
            moment,
            "EEE d MMM HH:mm" if locale == "en" else "M月d日（EEEEEE）HH:mm",
            tzinfo=self._zone,
            locale=locale.replace("-", "_"),
        )

    def _link(self, order: Order) -> str:
        if self._settings.public_url is None:
            return ""
        return f"{str(self._settings.public_url).rstrip('/')}/orders/{order.id}"


def _letter(order: Order) -> str | None:
    fetched = order.fulfilment["kind"] == "pickup"
    match order.now.state:
        case "placed":
            return "order_placed_pickup"
        case "paid" if not order.total and len(order.history) == 1:
            return "order_placed_free"
        case "awaiting_payment":
            return "order_placed_transfer" if order.now.method == "transfer" else None
        case "ready":
            return "order_ready_pickup" if fetched else "order_ready"
        case "handed_out":
            return None
        case "paid" | "cancelled" | "lapsed" | "refunded":
            return f"order_{order.now.state}"


def _where(order: Order) -> str:
    place = order.fulfilment
    return "\n".join(place[name] for name in ("name", "address", "hours") if place.get(name))


def sums(order: Order, earned: int) -> str:
    """How an order comes to its total, where coupons or points have to do with it."""
    words = SUMS[order.locale]
    said = []

    def money(minor: int) -> str:
        return format_money(Money(minor, order.currency), order.locale)

    if order.discounts or order.points:
        said.append(words["goods"].format(amount=money(order.subtotal)))
        said += [
            words["coupon"].format(title=one.title, amount=money(-one.amount))
            for one in order.discounts
        ]
        if order.points:
            value = money(-order.points_value)
            said.append(words["points"].format(points=order.points, amount=value))
        if order.delivery_fee:
            said.append(words["delivery"].format(amount=money(order.delivery_fee)))
        said.append(words["total"].format(amount=money(order.total)))
    if earned:
        said.append(words["earned"].format(points=earned))
    return "".join(f"\n{line}" for line in ["", *said]) if said else ""


def given_back(order: Order) -> str:
    """What of an order that was undone is hers again, beside her money."""
    words = GIVEN_BACK[order.locale]
    said = []
    if order.points:
        said.append(words["points"].format(points=order.points))
    if order.discounts:
        said.append(words["coupons"])
    return "".join(f"\n{line}" for line in ["", *said]) if said else ""
