"""What reps are written about bookings with them."""

from __future__ import annotations

import pytest

from core.clock import ManualClock
from core.hours import MINUTE_MS
from core.identity.model import Person, Role
from core.notices.service import Notice
from tests.video.consult.booking.shop import NOW, Shop, at, weekly
from video.consult.booking.rep_letters import REP_LETTERS

NOON = at("2026-09-22 12:00")
ONE = at("2026-09-22 13:00")
TOMORROW = at("2026-09-23 12:00")
MEI, AN = "rep-mei@example.com", "rep-an@example.com"


async def to(shop: Shop, address: str) -> list[Notice]:
    """Letters to one of the shop's people, the first one first."""
    return [one for one in reversed(await shop.notices.latest()) if one.to == address]


async def test_she_is_written_who_when_and_about_what(shop: Shop) -> None:
    await shop.rep("mei", email=MEI)
    await shop.booked(NOON, 45, topic="辣油", name="{王太太}", text="想送人")
    [letter] = await to(shop, MEI)
    assert letter.subject == "有人約你視訊：9月22日（星期二）12:00（台北標準時間）"
    for told in ("客人：{王太太}", "12:00", "45 分鐘", "主題：辣油", "/desk/calls"):
        assert told in letter.text
    assert "mei@example.com" not in letter.text, "no more of her than is needed"
    assert "想送人" not in letter.text


async def test_it_is_in_her_language_and_by_her_clocks(shop: Shop) -> None:
    noon_there = at("2026-09-22 20:00")
    london = weekly([["12:00", "14:00"]], "Europe/London")
    await shop.rep("mei", london, languages=("en", "zh-Hant"), email=MEI)
    await shop.booked(noon_there, locale="zh-Hant")
    [letter] = await to(shop, MEI)
    assert letter.subject == "Booked with you: Tuesday 22 September, 13:00 (British Summer Time)"
    assert "Topic: none given" in letter.text
    assert "Customer: 美玲" in letter.text


async def test_what_is_said_twice_is_written_once(shop: Shop) -> None:
    await shop.rep("mei", email=MEI)
    mine = await shop.customer()
    wanted = shop.book(NOON)
    token = shop.bookings.token(await shop.bookings.book(mine, wanted))
    await shop.bookings.book(mine, wanted)
    move = shop.move(ONE)
    moved = await shop.bookings.move(token, move)
    await shop.bookings.move(token, move)
    await shop.bookings.move(token, shop.move(moved.starts_at))  # where it is already
    await shop.bookings.cancel(token)
    await shop.bookings.cancel(token)
    made, moved_to, cancelled = await to(shop, MEI)
    assert "有人約你視訊" in made.subject
    assert moved_to.subject == "你的視訊預約改到 9月22日（星期二）13:00（台北標準時間）"
    assert "12:00" in moved_to.text, "what it was"
    assert cancelled.subject == "客人取消了 9月22日（星期二）13:00（台北標準時間） 的視訊"


async def test_of_a_move_to_a_colleague_both_are_told(shop: Shop) -> None:
    await shop.rep("mei", email=MEI)
    made, token = await shop.booked(NOON)
    await shop.rep("an", weekly([["18:00", "19:00"]]), email=AN)
    moved = await shop.bookings.move(token, shop.move(at("2026-09-22 18:00")))
    assert (made.staff, moved.staff) == ("stf_mei", "stf_an")
    _, passed = await to(shop, MEI)
    assert passed.subject == "9月22日（星期二）12:00（台北標準時間） 的視訊預約已不在你這裡"
    [taken] = await to(shop, AN)
    assert taken.subject == "有人約你視訊：9月22日（星期二）18:00（台北標準時間）"


async def test_she_is_told_of_what_a_colleague_calls_off_and_not_of_what_she_does(
    shop: Shop,
) -> None:
    mei = await shop.rep("mei", email=MEI)
    leads = Person("staff", "stf_boss", name="boss", roles=frozenset({Role.OPERATOR}))
    own, _ = await shop.booked(NOON)
    await shop.bookings.call_off(mei, own.id)
    other, _ = await shop.booked(ONE)
    for _ in range(2):
        await shop.bookings.call_off(leads, other.id)
    first, second, called_off = await to(shop, MEI)
    assert "有人約你視訊" in first.subject
    assert "有人約你視訊" in second.subject
    assert called_off.subject == "同事取消了你 9月22日（星期二）13:00（台北標準時間） 的視訊"


async def test_of_what_is_given_back_with_all_that_is_kept_of_her_the_rep_is_told_without_her_name(
    shop: Shop, clock: ManualClock
) -> None:
    await shop.rep("mei", email=MEI)
    mine = await shop.customer()
    await shop.booked(NOON, 45, by=mine, name="王太太", topic="辣油", text="想送人")
    clock.advance(NOON + 45 * MINUTE_MS - NOW)
    await shop.booked(TOMORROW, 45, by=mine, name="王太太", topic="辣油", text="想送人")
    for _ in range(2):
        await shop.erase(mine)
    _, made, cancelled = await to(shop, MEI)
    assert made.subject == "有人約你視訊：9月23日（星期三）12:00（台北標準時間）"
    assert cancelled.subject == "客人取消了 9月23日（星期三）12:00（台北標準時間） 的視訊"
    for told in ("客人：–", "45 分鐘", "/desk/calls"):
        assert told in cancelled.text
    for hers in ("王太太", "想送人", "mei@example.com"):
        assert hers not in cancelled.text


async def test_who_is_no_rep_any_more_is_not_written_to(shop: Shop) -> None:
    await shop.rep("mei", email=MEI)
    _, token = await shop.booked(NOON)
    del shop.roster.reps["stf_mei"]
    await shop.bookings.cancel(token)
    assert len(await to(shop, MEI)) == 1


@pytest.mark.parametrize("name", REP_LETTERS)
def test_they_say_the_same_in_every_language(name: str) -> None:
    texts = REP_LETTERS[name]  # type: ignore[index]
    told = {"who", "when", "minutes", "topic", "link", "shop"}
    if name == "rep_booking_moved":
        told |= {"before"}
    for text in texts.values():
        whole = text.subject + text.text
        assert {one for one in (*told, "before") if f"{{{one}}}" in whole} == told
        assert "{when}" in text.subject
