"""Amounts of money: exact, in the steps that people use, written as shops write them."""

from decimal import Decimal

import pytest

from core import money
from core.errors import BadRequest
from core.money import Money


@pytest.mark.parametrize(
    ("currency", "exponent", "step"),
    [("TWD", 2, 100), ("USD", 2, 1), ("HKD", 2, 1), ("JPY", 0, 1), ("KWD", 3, 1)],
)
def test_minor_units_are_those_of_iso_4217(currency: str, exponent: int, step: int) -> None:
    assert (money.exponent(currency), money.step(currency)) == (exponent, step)


@pytest.mark.parametrize(
    ("written", "currency", "minor"),
    [
        ("288", "TWD", 28_800),
        (" 1,080.00 ", "TWD", 108_000),
        ("0", "TWD", 0),
        ("4.99", "USD", 499),
        ("4.9", "USD", 490),
        (".5", "USD", 50),
        ("1500", "JPY", 1_500),
        ("1500.0", "JPY", 1_500),
        ("1.234", "KWD", 1_234),
        ("12", "KWD", 12_000),
    ],
)
def test_a_price_is_read_as_people_write_it(written: str, currency: str, minor: int) -> None:
    assert money.from_major(written, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("written", "currency", "code"),
    [
        ("288.5", "TWD", "bad_price"),
        ("4.999", "USD", "bad_price"),
        ("1500.5", "JPY", "bad_price"),
        ("1.2345", "KWD", "bad_price"),
        ("-1", "USD", "bad_price"),
        ("", "USD", "bad_price"),
        (".", "USD", "bad_price"),
        ("1e3", "USD", "bad_price"),
        ("NaN", "USD", "bad_price"),
        ("1.2.3", "USD", "bad_price"),
        ("٣", "USD", "bad_price"),
        ("9" * 15, "USD", "bad_price"),
        ("1", "XXX", "unknown_currency"),
        ("1", "usd", "unknown_currency"),
    ],
)
def test_what_is_no_price_is_refused(written: str, currency: str, code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        money.from_major(written, currency)
    assert refused.value.error_code == code


def test_major_units_are_exact() -> None:
    assert Money(28_800, "TWD").major == Decimal(288)
    assert Money(10, "USD").major == Decimal("0.10")
    assert Money(1_500, "JPY").major == Decimal(1500)
    assert Money(1, "KWD").major == Decimal("0.001")


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hant-HK", "zh-Hans", "en"])
def test_taiwans_dollars_are_told_from_all_others(locale: str) -> None:
    assert money.format_money(Money(28_800, "TWD"), locale) == "NT$288"
    assert money.format_money(Money(108_000, "TWD"), locale) == "NT$1,080"


@pytest.mark.parametrize(
    ("amount", "locale", "written"),
    [
        (Money(1_250, "HKD"), "zh-Hant-HK", "HK$12.50"),
        (Money(499, "USD"), "en", "$4.99"),
        (Money(499, "USD"), "zh-Hant", "US$4.99"),
        (Money(1_500, "JPY"), "en", "¥1,500"),
        (Money(-28_800, "TWD"), "zh-Hant", "-NT$288"),
    ],
)
def test_amounts_are_written_as_shops_write_them(amount: Money, locale: str, written: str) -> None:
    assert money.format_money(amount, locale) == written


def test_currencies_are_never_mixed() -> None:
    one, other = Money(1, "TWD"), Money(1, "USD")
    for mixed in (
        lambda: one + other,
        lambda: one - other,
        lambda: one < other,
        lambda: one <= other,
    ):
        with pytest.raises(ValueError, match="TWD and USD"):
            mixed()
