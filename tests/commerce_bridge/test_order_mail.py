"""What customers are written about their orders."""

from __future__ import annotations

from typing import get_args

import pytest

from commerce_bridge.commerce import Commerce
from commerce_bridge.orders.letters import LETTERS
from commerce_bridge.orders.mail import OrderMail
from commerce_bridge.orders.model import Act
from core.clock import ManualClock
from core.db import Database
from core.identity.model import Person, Role
from core.locales import Locale
from core.notices import Notices
from core.settings import Settings
from tests.commerce_bridge.world import Goods, body, person

MEI = person("mei")
OPERATOR = Person("staff", "stf_1", roles=frozenset({Role.OPERATOR}))
CONTACT = {"name": "小美", "phone": "0912345678", "email": "Mei@example.test"}


@pytest.fixture
def sent(database: Database, clock: ManualClock, settings: Settings) -> Notices:
    notices = Notices(database, clock, settings)
    OrderMail(notices, settings)  # teaches it the letters
    return notices


async def order(commerce: Commerce, goods: Goods, **changes: object) -> str:
    cart = await commerce.carts.add(MEI, goods.chilli, 1, "add-to-cart")
    total = 360 if "fulfilment" in changes else 440
    asked = body(total, lines=[cart.lines[0][0].id], contact=CONTACT, **changes)
    return (await commerce.checkout.order(MEI, asked)).order.id


async def subjects(sent: Notices) -> list[str]:
    return [one.subject for one in reversed(await sent.latest())]


async def test_a_transfer_is_told_where_and_until_when(
    commerce: Commerce, goods: Goods, sent: Notices
) -> None:
    await order(commerce, goods, locale="zh-Hant")
    [letter] = await sent.latest()
    assert (letter.to, letter.subject) == (
        "mei@example.test",
        "訂單 P-1001 請在 9月24日（四）22:13 前匯款",
    )
    assert "NT$440" in letter.text
    assert "822-0000-1111" in letter.text


async def test_each_step_is_told_in_the_customers_language(
    commerce: Commerce, goods: Goods, sent: Notices
) -> None:
    there = {"kind": "pickup", "location": goods.xinyi}
    order_id = await order(commerce, goods, payment="pickup", fulfilment=there, locale="en")
    await commerce.orders.act(OPERATOR, order_id, Act.READY, "request-1")
    await commerce.orders.act(OPERATOR, order_id, Act.CANCEL, "request-2")
    assert await subjects(sent) == [
        "We have your order P-1001",
        "Order P-1001 is ready for you",
        "Order P-1001 is cancelled",
    ]
    assert "信義店\n松仁路 1 號\n11–21" in (await sent.latest())[1].text


async def test_what_is_done_again_is_not_told_again(
    commerce: Commerce, goods: Goods, sent: Notices
) -> None:
    order_id = await order(commerce, goods, locale="en")
    for _ in range(2):
        await commerce.orders.act(OPERATOR, order_id, Act.CONFIRM_PAYMENT, "request-1")
    assert len(await sent.latest()) == 2


async def test_a_card_is_not_told_before_it_is_paid_and_nobody_without_an_address(
    commerce: Commerce, goods: Goods, sent: Notices
) -> None:
    await order(commerce, goods, payment="card")
    cart = await commerce.carts.add(MEI, goods.chilli, 1, "add-again")
    asked = body(440, lines=[cart.lines[0][0].id], request_id="request-2")
    await commerce.checkout.order(MEI, asked)
    assert await sent.latest() == []


@pytest.mark.parametrize("locale", get_args(Locale))
def test_every_letter_can_be_filled_in_every_language(locale: Locale) -> None:
    names = ("number", "total", "shop", "due", "where", "account", "link", "sums")
    for name, texts in LETTERS.items():
        filled = texts[locale].filled({value: f"<{value}>" for value in names})
        assert "<number>" in filled.subject, name
        assert "<shop>" in filled.text, name


def test_hong_kong_and_the_mainland_are_not_written_to_as_taiwan_is() -> None:
    for name, texts in LETTERS.items():
        if name != "order_cancelled":
            assert len({texts[locale].text for locale in get_args(Locale)}) == 4, name
