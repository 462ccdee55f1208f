"""Tiers and coupons of the shop's own ledger in shows, on both databases."""

import asyncio
import json
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, select

from commerce_bridge.loyalty.coupons import store as coupons
from commerce_bridge.loyalty.coupons.store import coupon_grant
from core.errors import Forbidden, InternalError, NotFound, NotSignedIn
from core.identity.model import NOBODY
from core.outbox import outbox_message
from core.rooms.history import read_events
from live import events as e
from live.kind import ShowKind
from live.perks import ShopPerks
from tests.live.house import (
    ANNA,
    BEN,
    CARA,
    HOST,
    RED,
    House,
    events,
    guest,
    kinds,
    opened,
)
from tests.live.members import a_coupon, open_club, refund, spend

CROWD = 40
MOST = 7


async def club(house: House, **spent: int) -> None:
    """Rules are in force, and people have spent what is said, by their names."""
    await open_club(house.database, house.clock.now())
    for name, minor in spent.items():
        own = guest(name).own_id
        order = partial(spend, customer=own, minor=minor, now=house.clock.now())
        await house.database.write(order)


async def grants(house: House) -> list[str]:
    query = select(coupon_grant.c.customer)
    return await house.database.read(lambda c: list(c.execute(query).scalars()))


async def log(house: House, show: str) -> list[Any]:
    return await house.database.read(
        lambda c: read_events(c, ShowKind(), show, after=0, limit=10_000)
    )


async def test_who_has_the_tier_by_what_she_paid_gets_what_is_for_members(house: House) -> None:
    await club(house, anna=300_000, ben=100_000)
    goods = await house.furnish()
    show = await house.create()
    item = await house.sell(show, goods, {RED: 9}, tier="gold")
    assert (await house.show(show)).items[item].tier_name == "金卡"
    assert kinds(await house.say(ANNA, show, "A01+1"))[-1] == "claim.held"
    told = events(await house.say(BEN, show, "A01+1"))[-1]
    assert (told["reason"], told["tier"]) == ("not_allowed", "金卡")


async def test_a_tier_that_was_lost_between_two_claims_is_lost(house: House) -> None:
    """It is read when the claim is decided, and never remembered."""
    await club(house)
    order = await house.database.write(lambda c: spend(c, ANNA.own_id, 300_000, house.clock.now()))
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 9}, tier="gold")
    assert kinds(await house.say(ANNA, show, "+1"))[-1] == "claim.held"
    await house.database.write(lambda c: refund(c, order))
    assert kinds(await house.say(ANNA, show, "+1"))[-1] == "claim.refused"


async def test_an_order_that_a_guest_placed_counts_for_who_she_turned_out_to_be(
    house: House,
) -> None:
    await club(house, cara=100_000)
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 9}, tier="silver")
    erin = guest("erin", CARA)
    assert kinds(await house.say(erin, show, "+1"))[-1] == "claim.held"


async def test_members_shows_let_in_members_and_staff(house: House) -> None:
    await club(house, anna=100_000)
    show = await house.create()
    await house.run(show, "show.change", tier="silver")
    for person in (ANNA, HOST):
        assert (await house.shows.enter(person, show)).id == show
    for person in (BEN, NOBODY):
        with pytest.raises(Forbidden) as error:
            await house.shows.enter(person, show)
        assert error.value.error_code == "not_allowed"
        assert error.value.data["tier"] == {"key": "silver", "name": "銀卡"}
        assert error.value.data["show"]["id"] == show
    with pytest.raises(Forbidden):
        await house.say(BEN, show, "讓我進來")
    with pytest.raises(NotSignedIn):
        await house.say(NOBODY, show, "讓我進來")
    (listed,) = await house.shows.listed(BEN)
    assert (listed["tier"], listed["tier_name"]) == ("silver", "銀卡")


async def test_a_show_is_made_for_members_from_the_start_or_not_at_all(house: House) -> None:
    await club(house, anna=100_000)

    async def made(tier: str) -> str:
        return await house.shows.create(
            HOST,
            title="夜場",
            host_name="阿禾",
            poster=None,
            starts_at=1,
            rules=e.Rules(),
            tier=tier,
        )

    with pytest.raises(NotFound) as unknown:
        await made("platinum")
    assert unknown.value.error_code == "unknown_tier"
    show = await made("silver")
    assert (await house.shows.enter(ANNA, show)).id == show
    with pytest.raises(Forbidden):
        await house.shows.enter(BEN, show)


async def test_without_rules_in_force_there_are_no_tiers(house: House) -> None:
    show = await house.create()
    with pytest.raises(NotFound) as unknown:
        await house.run(show, "show.change", tier="silver")
    assert unknown.value.error_code == "unknown_tier"


# Give-aways


async def test_who_wins_has_the_coupon_with_the_very_commit(house: House) -> None:
    coupon = await a_coupon(house.database, house.clock.now())
    show = await house.create()
    await house.run(show, "gift.open", keyword="我要折扣", coupon=coupon, most=2, guests=True)
    await house.say(ANNA, show, "我要折扣", "the-request")
    await house.say(ANNA, show, "我要折扣", "the-request")
    assert await grants(house) == [ANNA.own_id]
    (held,) = await house.database.read(lambda c: coupons.wallet(c, ANNA.aliases))
    assert (held.coupon.id, held.granted) == (coupon, True)


async def test_a_coupon_that_is_over_is_not_given_away(house: House) -> None:
    now = house.clock.now()
    show = await house.create()
    for coupon in (await a_coupon(house.database, now, ends_at=now - 1), "cpn_" + "0" * 26):
        with pytest.raises(NotFound) as gone:
            await house.run(show, "gift.open", keyword="好", coupon=coupon, most=2, guests=True)
        assert gone.value.error_code == "unknown_coupon"


async def test_what_cannot_be_granted_is_not_won(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The coupon and the word that it was won are one: neither is there without the other."""
    coupon = await a_coupon(house.database, house.clock.now())
    show = await house.create()
    await house.run(show, "gift.open", keyword="好", coupon=coupon, most=2, guests=True)

    def broken(_self: ShopPerks, _connection: Connection, *_of: Any, **_more: Any) -> None:
        raise ZeroDivisionError("the ledger is broken")

    with monkeypatch.context() as patch:
        patch.setattr(ShopPerks, "grant", broken)
        with pytest.raises(InternalError):
            await house.say(ANNA, show, "好")
    assert not [one for one in await log(house, show) if isinstance(one.event, e.GiftWon)]
    assert kinds(await house.say(ANNA, show, "好"))[1] == "gift.won"
    assert await grants(house) == [ANNA.own_id]


async def test_of_a_crowd_exactly_so_many_win_in_the_order_of_the_log(house: House) -> None:
    """Two processes over one database, everybody twice, some of them under an older name too."""
    coupon = await a_coupon(house.database, house.clock.now())
    show = await house.create()
    await house.run(show, "gift.open", keyword="我要折扣", coupon=coupon, most=MOST, guests=True)
    async with opened(house.database, house.clock) as other:
        crowd = [guest(f"w{chr(65 + n // 20)}{chr(65 + n % 20)}") for n in range(CROWD)]
        await asyncio.gather(
            *(
                one.say(who, show, "我要折扣")
                for n, who in enumerate(crowd)
                for one in ((house, other) if n % 2 else (other, house))
            )
        )
    happened = [one.event for one in await log(house, show)]
    won = [one for one in happened if isinstance(one, e.GiftWon)]
    said = dict.fromkeys(one.by for one in happened if isinstance(one, e.CommentPosted))
    assert [one.number for one in won] == list(range(1, MOST + 1))
    assert [one.by for one in won] == list(said)[:MOST], "the first who said it"
    assert len([one for one in happened if isinstance(one, e.GiftClosed)]) == 1
    assert sorted(await grants(house)) == sorted(one.by for one in won)


# Who is told


@pytest.mark.parametrize(
    ("of_show", "of_item", "early_s", "told"),
    [
        (None, None, None, None),
        (None, "gold", None, "gold"),
        (None, "gold", 60, None),
        ("silver", None, None, "silver"),
        ("silver", "gold", None, "gold"),
        ("silver", "gold", 60, "silver"),
        ("gold", "silver", None, "gold"),
    ],
)
async def test_what_is_opened_is_told_to_who_wishes_for_it_and_may_have_it(
    house: House, of_show: str | None, of_item: str | None, early_s: int | None, told: str | None
) -> None:
    await club(house)
    goods = await house.furnish()
    show = await house.create()
    if of_show is not None:
        await house.run(show, "show.change", tier=of_show)
    await house.sell(show, goods, {RED: 3}, tier=of_item, early_s=early_s)

    def payloads(connection: Connection) -> list[str]:
        query = select(outbox_message.c.payload).where(outbox_message.c.topic == "item.opened")
        return list(connection.execute(query).scalars())

    (payload,) = await house.database.read(payloads)
    opened = json.loads(payload)
    assert (opened["product"], opened["tier"]) == (goods.product, told)
