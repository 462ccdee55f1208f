"""Tools about what she earned and was given: `loyalty`, `coupons`, `benefits`. Her own alone."""

from __future__ import annotations

from typing import Final

from bot.tools.catalogue import Nothing
from bot.tools.written import TITLE, Json, amount, cut
from commerce_bridge.loyalty.coupons.service import Coupons, Owned
from commerce_bridge.loyalty.service import Account, Loyalty
from core.locales import Locale
from core.money import Money
from core.tools import Asker, Found, Tool

SHOWN: Final = 10
"""Coupons that are told of."""


def loyalty_tools(loyalty: Loyalty, coupons: Coupons, currency: str) -> list[Tool]:
    """`currency`: the shop's."""

    async def of_points(asker: Asker, _asked: Nothing) -> Found:
        return Found(_account(await loyalty.mine(asker.person), currency, asker.locale))

    async def of_coupons(asker: Asker, _asked: Nothing) -> Found:
        usable = [one for one in await coupons.mine(asker.person) if one.why is None]
        told = [_coupon(one, currency, asker.locale) for one in usable[:SHOWN]]
        return Found({"coupons": told, "more": max(0, len(usable) - SHOWN)})

    async def benefits(asker: Asker, _asked: Nothing) -> Found:
        on = (await loyalty.mine(asker.person)).rules.on
        return Found({"coupons": on or bool(await coupons.mine(asker.person)), "points": on})

    return [
        Tool(
            "loyalty",
            "Tells the customer's own points: how many she can use and what they are worth, which"
            " are still pending, when they expire, her tier, and what she has to spend for the"
            " next one. It gives none and takes none.",
            Nothing,
            of_points,
        ),
        Tool(
            "coupons",
            "Lists the coupons that the customer can use now, with what each takes off and until"
            " when. It grants none. A code is typed in at the checkout.",
            Nothing,
            of_coupons,
        ),
        Tool(
            "benefits",
            "Tells whether the shop has coupons and points. It grants none and changes no price.",
            Nothing,
            benefits,
        ),
    ]


def _account(found: Account, currency: str, locale: Locale) -> Json:
    rules, balance, standing = found.rules, found.balance, found.standing

    def said(minor: int) -> Json:
        return amount(Money(minor, currency), locale)

    return {
        "on": rules.on,
        "available": balance.available,
        "worth": said(max(0, balance.available) * rules.point_value),
        "pending": balance.pending,
        "return_days": rules.return_days,
        "expiring": [{"points": one.points, "at": one.at} for one in balance.expiring],
        "earn": {"spend": said(rules.earn.spend), "points": rules.earn.points},
        "tier": None if standing.tier is None else cut(standing.tier.name, TITLE),
        "next": None
        if standing.next is None or standing.missing is None
        else {"name": cut(standing.next.name, TITLE), "missing": said(standing.missing)},
    }


def _coupon(one: Owned, currency: str, locale: Locale) -> Json:
    coupon = one.held.coupon

    def said(minor: int | None) -> Json | None:
        return None if minor is None else amount(Money(minor, currency), locale)

    percent = coupon.kind == "percent"
    return {
        "title": cut(coupon.title, TITLE),
        "code": coupon.code,
        "off": None if percent else said(coupon.amount),
        "off_percent": coupon.amount if percent else None,
        "minimum": said(coupon.minimum or None),
        "ends_at": coupon.ends_at,
        "by_itself": coupon.auto,
    }
