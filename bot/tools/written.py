"""How tools write down what they found: amounts with their text, words cut to a length."""

from __future__ import annotations

from typing import Any, Final

from commerce_bridge.port import Location
from core.locales import Locale
from core.money import Money, format_money

Json = dict[str, Any]

TITLE: Final = 120
PLACE: Final = 200
"""Characters of an address, or of a place's hours."""
SHORT: Final = 200
LONG: Final = 600
"""Of a description: beside others, and by itself."""


def amount(money: Money, locale: Locale) -> Json:
    """`{minor, currency, text}`, the text as people of `locale` write it."""
    return {
        "minor": money.minor,
        "currency": money.currency,
        "text": format_money(money, locale),
    }


def cut(text: str, length: int) -> str:
    """`text` in one line of at most `length` characters."""
    # Shops may write at any length; what is far beyond is not even looked at.
    line = " ".join(text[: 4 * length].split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def named(title: str, variant_title: str) -> str:
    """What a customer knows a variant by."""
    return f"{title} {variant_title}" if variant_title else title


def place(one: Location) -> Json:
    return {
        "name": cut(one.name, TITLE),
        "address": cut(one.address, PLACE),
        "hours": cut(one.hours, PLACE),
        "pickup": one.pickup,
    }
