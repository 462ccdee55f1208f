"""The shop in which the bot is tried: the demo's, on a Saturday night, with a customer in it.

She has a shipped order, an unpaid one of two A01, one B02 in her cart, and one A03 held for her
from a show. People are there Monday to Friday, 10 to 19. Nothing that is said changes anything.

There are two of it: one that has no points, tiers and coupons, as every new shop, and one with the
demo's, where she has some of each.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import migrations
from bot.assistant import BuiltIn, Toolbox
from bot.evaluation import Asked, Case, ask
from bot.knowledge import demo as articles
from bot.knowledge.service import Knowledge
from bot.knowledge.tool import articles as articles_tool
from bot.language import speaks
from bot.mind import known_articles, known_products
from bot.plan import Brain
from bot.products import Products
from bot.talk import Talk
from bot.tools.shop import shop_tools
from chat.tools import opening
from commerce_bridge import claims, delivery
from commerce_bridge.checkout.model import CheckoutBody
from commerce_bridge.commerce import Commerce
from commerce_bridge.embedded import demo
from commerce_bridge.loyalty import demo as club
from commerce_bridge.loyalty import points
from commerce_bridge.loyalty.coupons import store as coupons
from commerce_bridge.loyalty.coupons.rules import Coupon
from commerce_bridge.loyalty.rules import rules
from commerce_bridge.loyalty.service import Loyalty
from commerce_bridge.orders.model import Act
from commerce_bridge.port import Variant
from commerce_bridge.rooms import ClaimedLine, ClaimExpired
from core.clock import Instant, ManualClock
from core.db import Database
from core.hours import Hours, Span
from core.identity.model import Person, Role
from core.ids import new_id
from core.inputs import read_as
from core.money import exponent
from core.notices import Notices
from core.settings import Settings
from core.tools import Asker, Tool
from video.consult.booking import slots
from video.consult.booking.commands import SlotsAsked
from video.consult.tools import consultation
from web.knowledge import facts

ZONE: Final = "Asia/Taipei"
_DAY_MS, _HOUR_MS = 86_400_000, 3_600_000
_WORKDAY: Final = (Span(10 * 60, 19 * 60),)
HOURS: Final = Hours(ZONE, (_WORKDAY,) * 5 + ((), ()))
NOW: Final[Instant] = (
    int(datetime(2026, 12, 5, 3, 0, tzinfo=ZoneInfo(ZONE)).timestamp()) * 1000
)  # fmt: skip
"""A Saturday, 03:00 in Taipei."""

CUSTOMER: Final = Person(
    "customer", "cus_trial", frozenset({"cus_trial"}), "小美", "mei@example.test"
)
GIFT: Final = 120
"""Points that she was given when the club opened: they are the next to expire."""
_OPENED_DAYS, _BOUGHT_DAYS = 335, 40
"""So long ago."""
_COUPON_ENDS: Final[Instant] = (
    int(datetime(2026, 12, 31, 20, 0, tzinfo=ZoneInfo(ZONE)).timestamp()) * 1000
)  # fmt: skip
_REP: Final = slots.Desk(slots.Rep("stf_trial", "店長"), HOURS)
_OPERATOR: Final = Person("staff", "stf_trial", frozenset({"stf_trial"}), roles=frozenset(Role))


class _NoRooms:
    """No show is running: what is held is held, and nobody pays for it."""

    async def begin_payment(
        self, customer: Person, order: str, claims: Sequence[str], until: Instant
    ) -> list[ClaimedLine]:
        raise ClaimExpired("No show is running.", claims=list(claims))


@dataclass(frozen=True, slots=True)
class _Office:
    """When people are there, for the tool that tells it."""

    clock: ManualClock

    async def opening(self) -> dict[str, Any]:
        now = self.clock.now()
        is_open = HOURS.is_open(now)
        return {
            "open": is_open,
            "until": HOURS.closes_at(now) if is_open else None,
            "opens_at": None if is_open else HOURS.next_opening(now),
            "always": False,
        }


@dataclass(frozen=True, slots=True)
class _Calls:
    """Nobody is there for a call now; one person may be booked for when people are."""

    clock: ManualClock

    async def lobby(self, _person: Person) -> dict[str, Any]:
        opens_at = HOURS.next_opening(self.clock.now())
        return {"free": False, "least_ms": None, "most_ms": None, "opens_at": opens_at}

    async def slots(self, _person: Person, asked: SlotsAsked) -> list[Instant]:
        now = self.clock.now()
        until = now + asked.days * _DAY_MS
        return slots.starts([_REP], asked.minutes, since=now, until=until, now=now)


@dataclass(frozen=True, slots=True)
class Trial:
    """The shop with its assistant; see `opened`."""

    settings: Settings
    clock: ManualClock
    tools: list[Tool]
    assistant: BuiltIn
    brain: Brain

    async def begin(self, case: Case) -> tuple[Talk, Toolbox]:
        """A conversation in which nothing is said yet; pages are in the language of the case."""
        now = self.clock.now()
        talk = Talk(
            locale=case.locale,
            shop=self.settings.shop_name,
            currency=self.settings.currency,
            now=now,
            said=(),
            staffed=HOURS.is_open(now),
            opens_at=HOURS.next_opening(now),
            guest=False,
        )
        locale = speaks(" ".join(case.turns), case.locale)
        return talk, Toolbox(self.tools, Asker(CUSTOMER, locale, now))

    async def run(self, cases: Sequence[Case]) -> list[Asked]:
        """Ask them one after the other."""
        return [await ask(case, self.assistant, self.begin) for case in cases]


async def tried(cases: Sequence[Case]) -> list[Asked]:
    """Ask them all, each in the shop that it is for; in their order."""
    found: dict[int, Asked] = {}
    for loyalty in (False, True):
        places = [place for place, case in enumerate(cases) if case.loyalty is loyalty]
        if places:
            async with opened(loyalty=loyalty) as trial:
                asked = await trial.run([cases[place] for place in places])
            found |= zip(places, asked, strict=True)
    return [found[place] for place in range(len(cases))]


@asynccontextmanager
async def opened(*, loyalty: bool = False) -> AsyncIterator[Trial]:
    """A new one, in a folder of its own that is gone afterwards. Migrates: takes a second."""
    with tempfile.TemporaryDirectory(prefix="plusone-bot-") as folder:
        settings = Settings(
            data_folder=Path(folder),
            database_url="",
            currency="TWD",
            time_zone=ZONE,
            transfer_account="示範銀行 000",
        )
        migrations.upgrade(settings.database)
        clock = ManualClock(NOW - _OPENED_DAYS * _DAY_MS)
        async with Database.open(settings.database) as database:
            yield await _furnished(settings, clock, database, loyalty=loyalty)


async def _furnished(
    settings: Settings, clock: ManualClock, database: Database, *, loyalty: bool
) -> Trial:
    await demo.furnish(database, clock, settings.currency)
    await articles.furnish(database, clock)
    notices = Notices(database, clock, settings)
    commerce = Commerce(database, clock, settings, _NoRooms(), notices, b"for trying only")
    earned = Loyalty(database, clock, settings, notices)
    products = Products(commerce.shop, clock)
    await products.look()
    knowledge = Knowledge(database, clock, facts(settings))
    await knowledge.look()
    if loyalty:
        await _joins(database, clock, settings.currency)
        clock.advance(NOW - _BOUGHT_DAYS * _DAY_MS - clock.now())
        await _is_sent(commerce, _variant(products, "C01"), clock, "order-first")
    clock.advance(NOW - 3 * _DAY_MS - clock.now())
    await _buys(commerce, products, clock)
    clock.advance(NOW - clock.now())
    await _holds(database, products)
    brain = Brain.build(
        known_products(products.catalogue), known_articles(knowledge.library), zone=ZONE
    )
    tools = [
        *shop_tools(commerce, commerce.shop, products, earned),
        articles_tool(knowledge),
        opening(_Office(clock)),
        consultation(_Calls(clock), _Calls(clock)),
    ]
    return Trial(settings, clock, tools, BuiltIn(lambda: brain), brain)


async def _joins(database: Database, clock: ManualClock, currency: str) -> None:
    """The demo's rules, tiers and coupons come into force; she is given points and a coupon."""
    await club.furnish(database, clock, currency)
    unit, now = 10 ** exponent(currency), clock.now()
    coupon = Coupon(
        id=new_id("cpn"),
        title="生日禮，折 50",
        kind="fixed",
        amount=50 * unit,
        minimum=500 * unit,
        granted_only=True,
        ends_at=_COUPON_ENDS,
    )

    def write(connection: Connection) -> None:
        points.correct(
            connection,
            CUSTOMER.own_id,
            GIFT,
            reason="開幕禮",
            actor=_OPERATOR.own_id,
            request_id="trial-gift",
            rules=rules(connection),
            now=now,
        )
        coupons.add(connection, coupon, by=_OPERATOR.own_id, now=now)
        coupons.grant(connection, coupon.id, CUSTOMER.own_id, "gift", "trial-coupon", now)

    await database.write(write)


async def _buys(commerce: Commerce, products: Products, clock: ManualClock) -> None:
    """What she ordered, and what is in her cart."""
    await _is_sent(commerce, _variant(products, "A02"), clock, "order-shipped")
    clock.advance(NOW - 7 * _HOUR_MS - clock.now())
    await _orders(commerce, _variant(products, "A01"), 2, "order-unpaid")
    await commerce.carts.add(CUSTOMER, _variant(products, "B02").id, 1, "trial-cart")


async def _is_sent(commerce: Commerce, variant: Variant, clock: ManualClock, request: str) -> None:
    """One of it, ordered, paid and handed out."""
    order = await _orders(commerce, variant, 1, request)
    for act in (Act.CONFIRM_PAYMENT, Act.READY, Act.HAND_OUT):
        clock.advance(_HOUR_MS)
        await commerce.orders.act(_OPERATOR, order, act, f"{request}-{act.value}")


async def _orders(commerce: Commerce, variant: Variant, pieces: int, request: str) -> str:
    cart = await commerce.carts.add(CUSTOMER, variant.id, pieces, f"{request}-cart")
    subtotal = variant.price.minor * pieces
    rule = next(one for one in delivery.rules(commerce.settings) if one.kind == "home")
    body = {
        "request_id": request,
        "claims": [],
        "lines": [line.id for line, _ in cart.lines],
        "contact": {"name": "小美", "phone": "0912345678"},
        "fulfilment": {"kind": "home", "city": "台北市", "address": "信義路 1 號"},
        "payment": "transfer",
        "expect_total": subtotal + delivery.fee(rule, subtotal),
    }
    placed = await commerce.checkout.order(CUSTOMER, read_as(CheckoutBody, body))
    return placed.order.id


async def _holds(database: Database, products: Products) -> None:
    """A03, from a show, for another two days."""
    variant = _variant(products, "A03")
    row: claims.ClaimRow = {
        "claim_id": "shw_trial.1",
        "customer": CUSTOMER.own_id,
        "show": "shw_trial",
        "show_title": "秋釀開罐夜",
        "item": "i1",
        "code": "A03",
        "title": "紫蘇脆梅",
        "variant_title": "",
        "variant_id": variant.id,
        "picture": None,
        "quantity": 1,
        "unit_price": variant.price.minor,
        "currency": variant.price.currency,
        "until": NOW + 2 * _DAY_MS,
        "state": "held",
        "order_id": None,
    }
    await database.write(lambda c: claims.put(c, [row]))


def _variant(products: Products, sku: str) -> Variant:
    return next(
        variant
        for product in products.catalogue.all()
        for variant in product.variants
        if variant.sku == sku
    )
