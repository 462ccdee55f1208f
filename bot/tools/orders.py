"""Tools about what she bought or holds: `orders`, `claims`, `propose_cancel`. Her own, no others.

What is another's is told as what does not exist.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from bot.tools.catalogue import Nothing
from bot.tools.written import TITLE, Json, amount, cut, named
from commerce_bridge.cart.service import Carts
from commerce_bridge.claims import ClaimRow
from commerce_bridge.orders.model import Act, Order, may
from commerce_bridge.orders.service import Orders
from core.clock import Instant
from core.inputs import Input
from core.locales import Locale
from core.money import Money
from core.tools import Asker, Card, Change, Found, Tool

SHOWN: Final = 5
LINES: Final = 20
CLAIMS: Final = 20

Number = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Which(Input):
    number: Number | None = Field(
        default=None,
        description="An order's number as the customer wrote it, such as P-1001. Left out: her"
        " newest orders.",
    )


class OneOrder(Input):
    number: Number = Field(description="The order's number, such as P-1001.")


def order_tools(orders: Orders, carts: Carts) -> list[Tool]:
    async def listed(asker: Asker, asked: Which) -> Found:
        if asked.number is None:
            found = (await orders.mine(asker.person))[:SHOWN]
        else:
            one = await orders.numbered(asker.person, asked.number)
            found = [] if one is None else [one]
        return Found(
            {"orders": [_order(one, asker.locale, asker.now) for one in found]},
            tuple(map(_card, found)),
        )

    async def claims(asker: Asker, _asked: Nothing) -> Found:
        cart = await carts.get(asker.person)
        return Found({"claims": [_claim(one, asker.locale) for one in cart.claims[:CLAIMS]]})

    async def propose_cancel(asker: Asker, asked: OneOrder) -> Found:
        one = await orders.numbered(asker.person, asked.number)
        if one is None:
            return Found({"refused": "unknown_order"})
        if not may(one.now, Act.CANCEL, "customer", asker.now):
            refused = {"refused": "not_cancellable", "state": one.now.state}
            return Found(refused, (_card(one),))
        change = Change(kind="order.cancel", title=one.number, order=one.id)
        return Found({"order": _order(one, asker.locale, asker.now)}, (_card(one),), change)

    return [
        Tool(
            "orders",
            "Looks up the customer's own orders, newest first, or one by its number: its state,"
            " payment and total, and whether she may still cancel it.",
            Which,
            listed,
        ),
        Tool(
            "claims",
            "Lists what live shows hold for the customer because she wrote +1: until when, and at"
            " which price.",
            Nothing,
            claims,
        ),
        Tool(
            "propose_cancel",
            "Proposes to cancel one of the customer's orders. Nothing is cancelled until she"
            " confirms it.",
            OneOrder,
            propose_cancel,
        ),
    ]


def _order(one: Order, locale: Locale, now: Instant) -> Json:
    return {
        "id": one.id,
        "number": one.number,
        "state": one.now.state,
        "method": one.now.method,
        "payment": one.now.payment,
        "total": amount(Money(one.total, one.currency), locale),
        "placed_at": one.placed_at,
        # Once it is paid or cancelled there is nothing more to be in time for.
        "due_at": one.now.due_at if one.now.payment == "due" else None,
        "lines": [
            {"title": cut(named(line.title, line.variant_title), TITLE), "quantity": line.quantity}
            for line in one.lines[:LINES]
        ],
        "cancellable": may(one.now, Act.CANCEL, "customer", now),
    }


def _claim(one: ClaimRow, locale: Locale) -> Json:
    return {
        "id": one["claim_id"],
        "show_title": cut(one["show_title"], TITLE),
        "code": one["code"],
        "title": cut(one["title"], TITLE),
        "variant_title": cut(one["variant_title"], TITLE),
        "quantity": one["quantity"],
        "price": amount(Money(one["unit_price"], one["currency"]), locale),
        "until": one["until"],
        "state": one["state"],
    }


def _card(one: Order) -> Card:
    return Card("order", one.id, title=one.number)
