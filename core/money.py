"""Amounts of money: whole minor units and an ISO 4217 currency, never a float.

How many minor units make a major one is ISO 4217's (through CLDR, as Babel carries it). What is
priced and shown is the step that people use: whole dollars in Taiwan, although ISO gives TWD two
decimals and payment providers count them.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Annotated

import msgspec
from babel.core import get_global
from babel.numbers import format_currency, get_currency_precision, list_currencies
from pydantic import AfterValidator

from core.errors import BadRequest

_WHOLE = frozenset({"TWD"})
"""Currencies whose minor unit exists on paper only: priced and shown in whole major units."""

MAX_MINOR = 10**13
"""Beyond this an amount is a mistake; sums stay within 64 bits and JSON's integers."""


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """The codes that exist today: ISO 4217 as CLDR knows it."""
    return frozenset(list_currencies()) & frozenset(_ever_tender())


def _ever_tender() -> set[str]:
    territories = get_global("territory_currencies").values()
    return {code for rows in territories for code, _, end, tender in rows if tender and not end}


def known_currency(code: str) -> str:
    """`code` itself if it is a currency in use; raises ValueError else (pydantic's convention)."""
    if code not in currencies():
        raise ValueError("no currency in use has this code (ISO 4217)")
    return code


Currency = Annotated[str, AfterValidator(known_currency)]


class Money(msgspec.Struct, frozen=True, order=False):
    """`minor` whole minor units of `currency`; may be negative (a refund, a discount)."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.minor

    @property
    def major(self) -> Decimal:
        """The amount in major units, exactly."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))


def zero(currency: str) -> Money:
    return Money(0, currency)


def exponent(currency: str) -> int:
    """Decimals of the minor unit by ISO 4217: 2 for TWD and USD, 0 for JPY, 3 for KWD."""
    return 2 if currency in _WHOLE else get_currency_precision(currency)


def step(currency: str) -> int:
    """The least amount that is priced, in minor units: 100 for TWD, 1 for USD."""
    return 10 ** exponent(currency) if currency in _WHOLE else 1


def price(minor: int, currency: str) -> Money:
    """A price: not negative, of a known currency, in its step. Raises BadRequest."""
    if currency not in currencies():
        raise BadRequest("No such currency.", code="unknown_currency", currency=currency[:8])
    if not 0 <= minor <= MAX_MINOR:
        raise BadRequest("A price is out of range.", code="bad_price")
    if minor % step(currency):
        raise BadRequest(f"Prices in {currency} are whole.", code="bad_price", step=step(currency))
    return Money(minor, currency)


def from_major(text: str, currency: str) -> Money:
    """The price that a person wrote as `288`, `288.00` or `1,080`. Raises BadRequest."""
    if currency not in currencies():
        raise BadRequest("No such currency.", code="unknown_currency", currency=currency[:8])
    plain = text.strip().replace(",", "")
    if not plain.replace(".", "", 1).isascii() or not plain.replace(".", "", 1).isdigit():
        raise BadRequest("Not an amount of money.", code="bad_price")
    minor = Decimal(plain).scaleb(exponent(currency))
    if minor != minor.to_integral_value():
        raise BadRequest(f"{currency} has fewer decimals.", code="bad_price")
    return price(int(minor), currency)


def format_money(money: Money, locale: str) -> str:
    """As shops write it for people of `locale` (BCP 47): `NT$288`, `HK$12.50`.

    TWD always carries `NT$`: a bare `$` next to Hong Kong's prices would mislead.
    """
    babel_locale = locale.replace("-", "_")
    if money.currency in _WHOLE:
        return format_currency(
            money.major, money.currency, "'NT$'#,##0", locale=babel_locale, currency_digits=False
        )
    return format_currency(money.major, money.currency, locale=babel_locale)
