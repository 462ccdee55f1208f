"""What the bot tells of points, tiers and coupons: her own, and nothing is done by asking."""

from __future__ import annotations

from typing import Any

import pytest

from bot.tools.loyalty import SHOWN, loyalty_tools
from commerce_bridge.commerce import Commerce
from commerce_bridge.loyalty import points
from commerce_bridge.loyalty.coupons import store as coupons
from commerce_bridge.loyalty.service import Loyalty
from core.clock import Instant, ManualClock
from core.db import Database
from core.identity.model import NOBODY, Person
from tests.bot.asking import MEI, OTHER, Asking, dollars
from tests.live.members import RULES, a_coupon, open_club, spend

DAY_MS = 86_400_000


@pytest.fixture
def ask(commerce: Commerce, loyalty: Loyalty, clock: ManualClock) -> Asking:
    return Asking(loyalty_tools(loyalty, commerce.coupons, "TWD"), clock)


async def give(database: Database, clock: ManualClock, to: Person, many: int) -> None:
    await database.write(
        lambda c: points.correct(
            c,
            to.own_id,
            many,
            reason="try",
            actor="stf_1",
            request_id=f"request-{many}",
            rules=RULES,
            now=clock.now(),
        )
    )


async def put_in_wallet(database: Database, coupon: str, now: Instant) -> None:
    await database.write(
        lambda c: coupons.grant(c, coupon, MEI.own_id, "gift", f"key {coupon}", now)
    )


async def test_a_shop_without_points_and_coupons_says_so(ask: Asking) -> None:
    assert await ask("benefits") == {"coupons": False, "points": False}
    found = await ask("loyalty")
    assert (found["on"], found["available"], found["tier"]) == (False, 0, None)
    assert await ask("coupons") == {"coupons": [], "more": 0}


async def test_points_are_told_with_what_they_are_worth_and_when_they_expire(
    ask: Asking, database: Database, clock: ManualClock
) -> None:
    await open_club(database, clock.now())
    await give(database, clock, MEI, 120)
    found = await ask("loyalty")
    assert (found["available"], found["pending"]) == (120, 0)
    assert found["worth"] == dollars(120, "NT$120")
    (expiring,) = found["expiring"]
    assert expiring["points"] == 120
    assert expiring["at"] > clock.now() + 300 * DAY_MS
    assert found["earn"] == {"spend": dollars(100, "NT$100"), "points": 1}
    assert (await ask("loyalty", by=OTHER))["available"] == 0


async def test_her_tier_is_told_and_what_is_missing_to_the_next(
    ask: Asking, database: Database, clock: ManualClock
) -> None:
    await open_club(database, clock.now())
    await database.write(lambda c: spend(c, MEI.own_id, 120_000, clock.now()))
    found = await ask("loyalty")
    assert found["tier"] == "銀卡"
    assert found["next"] == {"name": "金卡", "missing": dollars(1_800, "NT$1,800")}
    assert (await ask("loyalty", by=OTHER))["next"]["name"] == "銀卡"


async def test_coupons_are_her_own_that_she_can_use_now(
    ask: Asking, database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    hers = await a_coupon(database, now, minimum=50_000, ends_at=now + DAY_MS)
    over = await a_coupon(database, now, title="過期的", ends_at=now + 1)
    for coupon in (hers, over):
        await put_in_wallet(database, coupon, now)
    clock.advance(1_000)
    assert await ask("coupons") == {
        "coupons": [
            {
                "title": "折五十",
                "code": None,
                "off": dollars(50, "NT$50"),
                "off_percent": None,
                "minimum": dollars(500, "NT$500"),
                "ends_at": now + DAY_MS,
                "by_itself": False,
            }
        ],
        "more": 0,
    }
    assert await ask("coupons", by=OTHER) == {"coupons": [], "more": 0}
    assert await ask("benefits") == {"coupons": True, "points": False}


async def test_of_many_coupons_some_are_told_and_how_many_more(
    ask: Asking, database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    for _ in range(SHOWN + 2):
        coupon = await a_coupon(database, now)
        await put_in_wallet(database, coupon, now)
    found = await ask("coupons")
    assert (len(found["coupons"]), found["more"]) == (SHOWN, 2)


async def test_a_guest_has_what_a_guest_earned(
    ask: Asking, database: Database, clock: ManualClock
) -> None:
    await open_club(database, clock.now())
    guest = Person("guest", "cus_guest", frozenset({"cus_guest"}))
    await give(database, clock, guest, 7)
    assert (await ask("loyalty", by=guest))["available"] == 7


@pytest.mark.parametrize("name", ["loyalty", "coupons", "benefits"])
async def test_nobody_else_is_asked_about(ask: Asking, name: str) -> None:
    for wrong in ({"customer": "cus_other"}, {"points": 5}):
        args: dict[str, Any] = wrong
        assert (await ask.done(name, **args)).failed
    assert (await ask.done(name, by=NOBODY)).failed
