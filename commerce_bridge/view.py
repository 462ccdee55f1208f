"""What the shop says to pages: its things as JSON, amounts in minor units."""

from __future__ import annotations

from typing import Any

from commerce_bridge import delivery
from commerce_bridge.cart.service import Cart
from commerce_bridge.checkout.model import shown_phone
from commerce_bridge.checkout.pricing import Quote
from commerce_bridge.loyalty.coupons.rules import Coupon, Discount
from commerce_bridge.loyalty.points import Earned
from commerce_bridge.orders.model import Act, Event, Line, Order, SentTo, may, may_pay
from commerce_bridge.port import Location, Product, Variant
from core.clock import Instant
from core.settings import Settings

Json = dict[str, Any]

_NOT_TYPED = frozenset({"name", "address", "hours"})
"""Of a fulfilment by pick-up: what the shop added about its location."""


def product(one: Product) -> Json:
    return {
        "id": one.id,
        "title": one.title,
        "description": one.description,
        "pictures": one.pictures,
        "options": [{"name": option.name, "values": option.values} for option in one.options],
        "variants": [variant(choice) for choice in one.variants],
    }


def variant(one: Variant) -> Json:
    return {
        "id": one.id,
        "sku": one.sku,
        "title": one.title,
        "options": one.options,
        "price": one.price.minor,
        "compare_at": None if one.compare_at is None else one.compare_at.minor,
        "picture": one.picture,
        "available": one.available,
    }


def cart(one: Cart, settings: Settings) -> Json:
    return {
        "currency": settings.currency,
        "claims": [
            {
                "id": row["claim_id"],
                "show": row["show"],
                "show_title": row["show_title"],
                "item": row["item"],
                "code": row["code"],
                "title": row["title"],
                "variant_title": row["variant_title"],
                "picture": row["picture"],
                "quantity": row["quantity"],
                "unit_price": row["unit_price"],
                "until": row["until"],
                "state": row["state"],
                "order": row["order_id"],
            }
            for row in one.claims
        ],
        "lines": [
            {
                "id": line.id,
                "variant_id": line.variant_id,
                "title": named.title,
                "variant_title": named.variant.title,
                "picture": named.picture,
                "quantity": line.quantity,
                "unit_price": named.variant.price.minor,
                "available": named.variant.available if named.for_sale else 0,
                "via": line.via,
            }
            for line, named in one.lines
        ],
        "subtotal": one.subtotal,
        "free_delivery_from": delivery.free_from(one.rules),
        "deliveries": [
            {
                "kind": rule.kind,
                "fee": rule.fee,
                "free_from": rule.free_from,
                **(
                    {"locations": list(map(location, one.locations))}
                    if rule.kind == "pickup"
                    else {}
                ),
            }
            for rule in one.rules
        ],
        "remembered": {} if one.remembered is None else _remembered(one.remembered, settings),
    }


def location(one: Location) -> Json:
    return {"id": one.id, "name": one.name, "address": one.address, "hours": one.hours}


def order(
    one: Order,
    now: Instant,
    settings: Settings,
    *,
    earned: Earned | None = None,
    staff: bool = False,
) -> Json:
    """An order as its customer sees it; with `staff` also who she is, and what staff noted.

    `earned` is what has come of it; None where nothing has, or not yet.
    """
    shown = {
        "id": one.id,
        "number": one.number,
        "state": one.now.state,
        "payment": {
            "method": one.now.method,
            "state": one.now.payment,
            "due_at": one.now.due_at,
            "account": one.account,
        },
        "placed_at": one.placed_at,
        "contact": _contact(one.sent_to, settings),
        "fulfilment": one.fulfilment,
        "lines": list(map(_line, one.lines)),
        "subtotal": one.subtotal,
        "discounts": list(map(discount, one.discounts)),
        "points": {"used": one.points, "value": one.points_value, **_earned(one, earned)},
        "delivery_fee": one.delivery_fee,
        "total": one.total,
        "currency": one.currency,
        "note": one.note,
        "history": [_event(event, staff=staff) for event in one.history],
        "may": {
            "cancel": may(one.now, Act.CANCEL, "staff" if staff else "customer", now),
            "pay": may_pay(one.now, now),
        },
    }
    if staff:
        shown["customer"] = {"id": one.customer, "name": one.name, "email": one.email}
        shown["acts"] = [act for act in _STAFF if may(one.now, act, "staff", now)]
    return shown


def _earned(one: Order, earned: Earned | None) -> Json:
    """`earned_state`: `none`, `expected` (once it is paid), `pending` (until the time for returns
    is over), `earned`, `undone` (with the order)."""
    if earned is not None:
        return {"earns": earned.points, "earned_state": earned.state}
    if one.now.payment == "due" and one.earns:
        return {"earns": one.earns, "earned_state": "expected"}
    return {"earns": 0, "earned_state": "none"}


def discount(one: Discount) -> Json:
    return {
        "coupon": one.coupon,
        "code": one.code,
        "title": one.title,
        "amount": one.amount,
    }


def quote(one: Quote, currency: str) -> Json:
    return {
        "subtotal": one.subtotal,
        "discounts": list(map(discount, one.discounts)),
        "points": {
            "used": one.points.used,
            "value": one.points.value,
            "most": one.points.most,
            "available": one.points.available,
        },
        "delivery_fee": one.delivery_fee,
        "total": one.total,
        "earns": one.earns,
        "refused": [
            {"code": why.code, "reason": why.reason, "data": why.data} for why in one.refused
        ],
        "offers": list(map(coupon, one.offers)),
        "currency": currency,
    }


def coupon(one: Coupon) -> Json:
    """A coupon as customers see it."""
    return {
        "id": one.id,
        "code": one.code,
        "title": one.title,
        "kind": one.kind,
        "amount": one.amount,
        "most": one.most,
        "minimum": one.minimum,
        "ends_at": one.ends_at,
        "tier": one.tier,
        "show": one.show,
    }


_STAFF = (Act.CONFIRM_PAYMENT, Act.READY, Act.HAND_OUT, Act.CANCEL, Act.REFUND)


def _remembered(last: SentTo, settings: Settings) -> Json:
    typed = last.fulfilment
    if typed["kind"] == "pickup":
        typed = {name: value for name, value in typed.items() if name not in _NOT_TYPED}
    return {"contact": _contact(last, settings), "fulfilment": typed}


def _contact(one: SentTo, settings: Settings) -> Json:
    return {
        "name": one.name,
        "phone": shown_phone(one.phone, settings.country),
        "email": one.email,
    }


def _line(one: Line) -> Json:
    return {
        "title": one.title,
        "variant_title": one.variant_title,
        "picture": one.picture,
        "code": one.code,
        "quantity": one.quantity,
        "unit_price": one.unit_price,
        "amount": one.amount,
        "show": one.show,
        "variant_id": one.variant_id,
    }


def _event(one: Event, *, staff: bool) -> Json:
    shown: Json = {"at": one.at, "act": one.act, "state": one.state, "by": one.by}
    # What staff write, they write for each other.
    if staff and one.note is not None:
        shown["note"] = one.note
    return shown
