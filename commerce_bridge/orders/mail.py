"""Writes to customers who gave an e-mail address, in the unit in which something happened."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy import Connection

from commerce_bridge.orders.letters import LETTERS
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

    def tell(self, connection: Connection, order: Order) -> None:
        """Write about the state that the order has just come to; of some nothing is written."""
        letter = _letter(order)
        if order.email is None or letter is None:
            return
        values = {
            "number": order.number,
            "total": format_money(Money(order.total, order.currency), order.locale),
            "due": self._moment(order.now.due_at, order.locale),
            "account": order.account or "",
            "where": _where(order),
            "link": self._link(order),
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
