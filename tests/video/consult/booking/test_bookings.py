"""Bookings: made, moved, cancelled, come in to; letters, links, and the shop's people's side."""

from __future__ import annotations

from typing import Any

import pytest

from core.clock import ManualClock
from core.errors import BadRequest, Conflict, Forbidden, NotFound, NotSignedIn
from core.hours import DAY_MS, MINUTE_MS
from core.identity import store as people
from core.identity.model import NOBODY, Person, Role
from core.inputs import read_as
from tests.video.consult.booking.shop import NOW, Shop, at, weekly
from video.consult.booking.commands import ListAsked, SlotsAsked
from video.consult.booking.letters import LETTERS
from video.consult.booking.service import SlotTaken, Taken
from video.consult.booking.slots import QUARTER_MS

NOON = at("2026-09-22 12:00")
ONE = at("2026-09-22 13:00")
PRODUCT = "prd_01JD8Z00000000000000000000"


async def test_a_booking_is_with_a_rep_and_covers_its_quarters(shop: Shop) -> None:
    await shop.rep("mei")
    mine = await shop.customer()
    wanted = shop.book(
        NOON, 45, topic=" 辣油  怎麼選 ", text=" 想送人 ", about={"product": PRODUCT}
    )
    made = await shop.bookings.book(mine, wanted)
    assert (made.staff, made.state, made.starts_at) == ("stf_mei", "booked", NOON)
    assert made.ends_at == NOON + 45 * MINUTE_MS
    assert (made.topic, made.text) == ("辣油 怎麼選", "想送人")
    assert made.about is not None
    assert made.about.product == PRODUCT
    assert await shop.quarters() == [("stf_mei", NOON + n * QUARTER_MS, made.id) for n in range(3)]
    assert await shop.bookings.by_token(shop.bookings.token(made)) == made
    assert await shop.bookings.own(mine) == [made]


async def test_the_same_request_is_the_same_booking(shop: Shop) -> None:
    await shop.rep("mei")
    mine = await shop.customer()
    wanted = shop.book(NOON)
    first = await shop.bookings.book(mine, wanted)
    assert await shop.bookings.book(mine, wanted) == first
    assert len(await shop.subjects()) == 1


async def test_what_is_taken_is_told_with_the_nearest_that_are_not(shop: Shop) -> None:
    await shop.rep("mei")
    await shop.booked(NOON, 30)
    with pytest.raises(SlotTaken) as error:
        await shop.booked(NOON, 30)
    near = error.value.data["slots"]
    assert near == sorted(near)
    assert len(near) == 6
    assert NOON + 30 * MINUTE_MS in near
    # Each of them may be booked.
    await shop.booked(near[0], 30)


async def test_what_nobody_offers_is_taken_too(shop: Shop) -> None:
    await shop.rep("mei")
    for start in (at("2026-09-22 11:45"), at("2026-09-22 13:45"), NOW + 15 * MINUTE_MS, 0):
        with pytest.raises(SlotTaken):
            await shop.booked(start, 30)
    with pytest.raises(SlotTaken) as error:
        await shop.booked(NOW // QUARTER_MS * QUARTER_MS + 300 * DAY_MS)
    assert max(error.value.data["slots"]) <= NOW + 30 * DAY_MS
    assert error.value.data["slots"]


async def test_nobody_may_be_booked_who_never_said_when(shop: Shop) -> None:
    assert not await shop.bookings.bookable()
    assert await shop.bookings.slots(NOBODY, SlotsAsked()) == []
    with pytest.raises(SlotTaken) as error:
        await shop.booked(NOON)
    assert error.value.data == {"slots": []}
    await shop.rep("mei")
    assert await shop.bookings.bookable()


async def test_who_is_no_rep_any_more_is_not_booked(shop: Shop) -> None:
    await shop.rep("mei")
    del shop.roster.reps["stf_mei"]
    assert not await shop.bookings.bookable()
    with pytest.raises(SlotTaken):
        await shop.booked(NOON)


async def test_the_rep_with_fewest_that_day_gets_it(shop: Shop) -> None:
    await shop.rep("an")
    await shop.rep("mei")
    given = [(await shop.booked(NOON + n * 30 * MINUTE_MS))[0].staff for n in range(4)]
    assert given == ["stf_an", "stf_mei", "stf_an", "stf_mei"]


async def test_two_reps_may_be_booked_at_one_time_and_no_third(shop: Shop) -> None:
    await shop.rep("an")
    await shop.rep("mei")
    assert {(await shop.booked(NOON))[0].staff for _ in range(2)} == {"stf_an", "stf_mei"}
    with pytest.raises(SlotTaken):
        await shop.booked(NOON)


async def test_who_speaks_and_knows_is_booked(shop: Shop) -> None:
    await shop.rep("an", languages=("en",), skills=("gift",))
    await shop.rep("mei", languages=("zh-Hant",), skills=("辣油",))
    made, _ = await shop.booked(NOON, locale="en", topic="Gift boxes")
    assert made.staff == "stf_an"
    # Somebody else is free then, but does not speak it.
    with pytest.raises(SlotTaken):
        await shop.booked(NOON, locale="en")
    asked = SlotsAsked(minutes=30, locale="en", topic="gift")
    assert NOON not in await shop.bookings.slots(NOBODY, asked)
    assert NOON in await shop.bookings.slots(NOBODY, SlotsAsked(locale="zh-Hans"))


async def test_she_has_one_booking_at_a_time(shop: Shop) -> None:
    await shop.rep("an")
    await shop.rep("mei")
    mine = await shop.customer()
    await shop.booked(NOON, 30, by=mine)
    with pytest.raises(SlotTaken) as error:
        await shop.booked(NOON + QUARTER_MS, 30, by=mine)
    assert NOON + QUARTER_MS not in error.value.data["slots"]
    assert NOON not in await shop.bookings.slots(mine, SlotsAsked())
    assert NOON in await shop.bookings.slots(NOBODY, SlotsAsked())
    await shop.booked(NOON + 30 * MINUTE_MS, 30, by=mine)


async def test_three_may_be_open_and_what_is_over_counts_no_more(
    shop: Shop, clock: ManualClock
) -> None:
    await shop.rep("mei", weekly([["09:00", "18:00"]]))
    mine = await shop.customer()
    today = at("2026-09-21 10:00")
    for n in range(3):
        await shop.booked(today + n * 60 * MINUTE_MS, by=mine)
    with pytest.raises(Conflict) as error:
        await shop.booked(NOON, by=mine)
    assert error.value.error_code == "too_many_bookings"
    clock.advance(today + 31 * MINUTE_MS - NOW)
    await shop.booked(NOON, by=mine)


async def test_what_she_booked_as_a_guest_is_hers(shop: Shop, clock: ManualClock) -> None:
    await shop.rep("mei")
    guest, mine = await shop.customer(), await shop.customer()
    made, token = await shop.booked(NOON, by=guest)
    now = clock.now()
    merged = await shop.database.write(lambda c: people.merge(c, guest, mine, [], now))
    assert await shop.bookings.own(merged) == [made]
    with pytest.raises(SlotTaken):
        await shop.booked(NOON, by=merged)
    moved = await shop.bookings.move(token, shop.move(ONE))
    assert moved.starts_at == ONE


async def test_only_customers_book_and_only_reps_say_when(shop: Shop) -> None:
    rep = await shop.rep("mei")
    with pytest.raises(NotSignedIn):
        await shop.bookings.book(NOBODY, shop.book(NOON))
    with pytest.raises(Forbidden):
        await shop.bookings.book(rep, shop.book(NOON))
    with pytest.raises(Forbidden):
        await shop.bookings.availability(await shop.customer())
    host = Person("staff", "stf_host", roles=frozenset({Role.HOST}))
    with pytest.raises(Forbidden):
        await shop.bookings.set_availability(host, weekly([]))
    with pytest.raises(Forbidden):
        await shop.bookings.listed(host, ListAsked())


async def test_availability_comes_back_as_it_was_set(shop: Shop) -> None:
    rep = await shop.rep("mei")
    other = weekly([["22:00", "02:00"]], "Europe/Berlin")
    assert await shop.bookings.set_availability(rep, other) == other.hours()
    assert await shop.bookings.availability(rep) == other.hours()
    another = Person("staff", "stf_an", roles=frozenset({Role.REP}))
    assert await shop.bookings.availability(another) is None


async def test_what_is_booked_stays_when_she_says_otherwise(shop: Shop) -> None:
    rep = await shop.rep("mei")
    made, token = await shop.booked(NOON)
    await shop.bookings.set_availability(rep, weekly([]))
    assert await shop.bookings.by_token(token) == made


# Moving


async def test_moving_frees_the_old_time_and_stays_with_the_rep(shop: Shop) -> None:
    await shop.rep("an")
    await shop.rep("mei")
    made, token = await shop.booked(NOON)
    moved = await shop.bookings.move(token, shop.move(NOON + QUARTER_MS))
    assert (moved.id, moved.staff, moved.sequence) == (made.id, made.staff, 1)
    assert [when for _, when, _ in await shop.quarters()] == [
        NOON + QUARTER_MS, NOON + 2 * QUARTER_MS
    ]  # fmt: skip
    # By the old link as by the new one.
    assert await shop.bookings.by_token(token) == moved
    assert await shop.bookings.by_token(shop.bookings.token(moved)) == moved


async def test_moving_takes_another_rep_where_hers_is_taken(shop: Shop) -> None:
    await shop.rep("an")
    made, token = await shop.booked(NOON)
    await shop.booked(ONE)
    await shop.rep("mei")
    moved = await shop.bookings.move(token, shop.move(ONE))
    assert (made.staff, moved.staff) == ("stf_an", "stf_mei")


async def test_the_same_move_is_made_once(shop: Shop) -> None:
    await shop.rep("mei")
    _, token = await shop.booked(NOON)
    wanted = shop.move(ONE)
    moved = await shop.bookings.move(token, wanted)
    assert await shop.bookings.move(token, wanted) == moved
    assert await shop.bookings.move(token, shop.move(ONE)) == moved
    assert len(await shop.subjects()) == 2


async def test_a_move_to_what_is_taken_leaves_it_where_it_was(shop: Shop) -> None:
    await shop.rep("mei")
    made, token = await shop.booked(NOON)
    await shop.booked(ONE)
    before = await shop.quarters()
    with pytest.raises(SlotTaken) as error:
        await shop.bookings.move(token, shop.move(ONE))
    assert await shop.bookings.by_token(token) == made
    assert await shop.quarters() == before
    # What it has itself is free for it.
    assert NOON + QUARTER_MS in error.value.data["slots"]


async def test_she_cannot_move_onto_another_of_hers(shop: Shop) -> None:
    await shop.rep("an")
    await shop.rep("mei")
    mine = await shop.customer()
    _, token = await shop.booked(NOON, by=mine)
    await shop.booked(ONE, by=mine)
    with pytest.raises(SlotTaken):
        await shop.bookings.move(token, shop.move(ONE + QUARTER_MS))


async def test_what_has_begun_is_neither_moved_nor_cancelled(
    shop: Shop, clock: ManualClock
) -> None:
    await shop.rep("mei")
    _, token = await shop.booked(NOON)
    clock.advance(NOON - NOW)
    for act in (shop.bookings.move(token, shop.move(ONE)), shop.bookings.cancel(token)):
        with pytest.raises(Conflict) as error:
            await act
        assert error.value.error_code == "too_late"


# Cancelling


async def test_cancelling_frees_the_time_and_is_done_once(shop: Shop) -> None:
    await shop.rep("mei")
    _, token = await shop.booked(NOON)
    done = await shop.bookings.cancel(token)
    assert (done.state, done.cancelled_by, done.sequence) == ("cancelled", "customer", 1)
    assert await shop.bookings.cancel(token) == done
    assert await shop.quarters() == []
    await shop.booked(NOON)
    with pytest.raises(Conflict) as error:
        await shop.bookings.move(token, shop.move(ONE))
    assert error.value.error_code == "cancelled"


async def test_a_rep_calls_off_her_own_and_an_operator_anybodys(shop: Shop) -> None:
    mei = await shop.rep("mei")
    an = Person("staff", "stf_an", roles=frozenset({Role.REP}))
    boss = Person("staff", "stf_boss", roles=frozenset({Role.OPERATOR}))
    first, token = await shop.booked(NOON)
    second, _ = await shop.booked(ONE)
    with pytest.raises(NotFound):
        await shop.bookings.call_off(an, first.id)
    with pytest.raises(NotFound):
        await shop.bookings.call_off(boss, "bkg_01JD8Z00000000000000000000")
    done = await shop.bookings.call_off(mei, first.id)
    assert (done.state, done.cancelled_by) == ("cancelled", "staff")
    assert await shop.bookings.call_off(mei, first.id) == done
    assert (await shop.bookings.call_off(boss, second.id)).state == "cancelled"
    assert (await shop.bookings.by_token(token)).state == "cancelled"
    assert len(await shop.subjects()) == 4


async def test_a_rep_sees_her_own_and_an_operator_all(shop: Shop, clock: ManualClock) -> None:
    mei, an = await shop.rep("mei"), await shop.rep("an")
    boss = Person("staff", "stf_boss", roles=frozenset({Role.OPERATOR}))
    made = [(await shop.booked(NOON))[0] for _ in range(2)]
    later, _ = await shop.booked(at("2026-10-10 12:00"))
    by_staff = {one.staff: one for one in made}
    assert await shop.bookings.listed(mei, ListAsked()) == [by_staff["stf_mei"]]
    assert await shop.bookings.listed(an, ListAsked()) == [by_staff["stf_an"]]
    assert await shop.bookings.listed(boss, ListAsked()) == sorted(made, key=lambda one: one.id)
    far = read_as(ListAsked, {"from": at("2026-10-10 00:00"), "days": 1})
    assert await shop.bookings.listed(boss, far) == [later]
    clock.advance(NOON + 20 * MINUTE_MS - NOW)
    assert len(await shop.bookings.listed(boss, ListAsked())) == 2  # they go on


# Coming in


async def test_she_comes_in_from_ten_minutes_before_until_the_end(
    shop: Shop, clock: ManualClock
) -> None:
    await shop.rep("mei")
    mine = await shop.customer()
    made, token = await shop.booked(NOON, 30, by=mine)
    with pytest.raises(Conflict) as error:
        await shop.bookings.enter(mine, token)
    assert error.value.error_code == "too_early"
    assert error.value.data == {"opens_at": NOON - 10 * MINUTE_MS}
    clock.advance(NOON - 10 * MINUTE_MS - NOW)
    assert await shop.bookings.enter(mine, token) == "cll_1"
    assert (await shop.bookings.by_token(token)).call == "cll_1"
    assert shop.phone.asked == [(mine.id, made.id)]
    clock.advance(40 * MINUTE_MS - 1)
    assert await shop.bookings.enter(mine, token) == "cll_2"
    clock.advance(1)
    with pytest.raises(Conflict) as error:
        await shop.bookings.enter(mine, token)
    assert error.value.error_code == "over"


async def test_the_first_who_comes_in_by_a_link_is_the_only_one(
    shop: Shop, clock: ManualClock
) -> None:
    await shop.rep("mei")
    _, token = await shop.booked(NOON)
    phone, stranger = await shop.customer("她的手機"), await shop.customer("別人")
    clock.advance(NOON - NOW)
    await shop.bookings.enter(phone, token)
    with pytest.raises(Taken):
        await shop.bookings.enter(stranger, token)
    await shop.bookings.enter(phone, token)
    assert [who for who, _ in shop.phone.asked] == [phone.id, phone.id]


async def test_nobody_comes_in_to_what_was_cancelled(shop: Shop, clock: ManualClock) -> None:
    rep = await shop.rep("mei")
    mine = await shop.customer()
    _, token = await shop.booked(NOON, by=mine)
    await shop.bookings.cancel(token)
    clock.advance(NOON - NOW)
    with pytest.raises(Conflict) as error:
        await shop.bookings.enter(mine, token)
    assert error.value.error_code == "cancelled"
    with pytest.raises(Forbidden):
        await shop.bookings.enter(rep, token)


async def test_an_answered_call_makes_it_held(shop: Shop, clock: ManualClock) -> None:
    rep = await shop.rep("mei")
    mine = await shop.customer()
    made, token = await shop.booked(NOON, by=mine)
    clock.advance(NOON - NOW)
    await shop.bookings.enter(mine, token)
    await shop.bookings.call_ended(made.id, answered=False)
    assert (await shop.bookings.by_token(token)).state == "booked"
    await shop.bookings.call_ended(made.id, answered=True)
    await shop.bookings.call_ended(made.id, answered=True)
    assert (await shop.bookings.by_token(token)).state == "held"
    [shown] = await shop.bookings.shown([await shop.bookings.by_token(token)], email=False)
    assert not shown.may.enter
    with pytest.raises(Conflict) as error:
        await shop.bookings.enter(mine, token)
    assert error.value.error_code == "held"
    with pytest.raises(Conflict):
        await shop.bookings.cancel(token)
    with pytest.raises(Conflict):
        await shop.bookings.call_off(rep, made.id)


async def test_what_was_cancelled_is_never_held(shop: Shop) -> None:
    await shop.rep("mei")
    made, token = await shop.booked(NOON)
    await shop.bookings.cancel(token)
    await shop.bookings.call_ended(made.id, answered=True)
    assert (await shop.bookings.by_token(token)).state == "cancelled"


async def test_what_may_be_done_is_shown(shop: Shop, clock: ManualClock) -> None:
    await shop.rep("mei")
    mine = await shop.customer()
    made, token = await shop.booked(NOON, by=mine)

    async def may() -> tuple[bool, bool, bool]:
        [shown] = await shop.bookings.shown([await shop.bookings.by_token(token)], email=False)
        assert shown.email is None
        assert shown.staff == {"id": made.staff, "name": "mei"}
        return shown.may.move, shown.may.cancel, shown.may.enter

    assert await may() == (True, True, False)
    clock.advance(NOON - 10 * MINUTE_MS - NOW)
    assert await may() == (True, True, True)
    await shop.bookings.enter(mine, token)
    assert await may() == (False, False, True)
    clock.advance(40 * MINUTE_MS)
    assert await may() == (False, False, False)


# Letters


async def test_each_thing_that_happens_is_written_about(shop: Shop) -> None:
    rep = await shop.rep("mei")
    _, token = await shop.booked(NOON)
    await shop.bookings.move(token, shop.move(ONE))
    await shop.bookings.cancel(token)
    other, _ = await shop.booked(NOON)
    await shop.bookings.call_off(rep, other.id)
    assert await shop.subjects() == [
        "視訊諮詢已預約：9月22日（星期二）12:00（台北標準時間）",
        "視訊諮詢改到 9月22日（星期二）13:00（台北標準時間）",
        "視訊諮詢已取消：9月22日（星期二）13:00（台北標準時間）",
        "視訊諮詢已預約：9月22日（星期二）12:00（台北標準時間）",
        "很抱歉，9月22日（星期二）12:00（台北標準時間） 的視訊諮詢需要取消",
    ]


async def test_a_letter_leads_to_the_booking_and_is_in_her_language(shop: Shop) -> None:
    await shop.rep("mei")
    made, token = await shop.booked(NOON, 45, locale="en", email="Mei@Example.com")
    [letter] = await shop.notices.latest()
    assert letter.to == "mei@example.com"
    assert letter.subject == (
        "Your video consultation: Tuesday 22 September, 12:00 (Taiwan Standard Time)"
    )
    assert f"\n/bookings/{token}\n" in letter.text
    assert "45 minutes" in letter.text
    assert "With: mei" in letter.text
    assert made.id not in letter.text


@pytest.mark.parametrize("name", LETTERS)
def test_letters_say_the_same_in_every_language(name: str) -> None:
    texts = LETTERS[name]  # type: ignore[index]
    wanted = {"when", "shop", "link"}
    for text in texts.values():
        for value in wanted:
            assert f"{{{value}}}" in text.subject + text.text
        assert ("{staff}" in text.text) == ("{minutes}" in text.text)
    assert len({("{staff}" in text.text) for text in texts.values()}) == 1


# What is kept


async def test_what_she_typed_is_blanked_and_her_time_given_back(shop: Shop) -> None:
    await shop.rep("mei")
    mine = await shop.customer()
    await shop.booked(NOON, by=mine, text="想送人", about={"product": PRODUCT})
    other, _ = await shop.booked(ONE)
    assert await shop.erase(mine) == 1
    [blanked] = await shop.bookings.own(mine)
    assert (blanked.name, blanked.email, blanked.text, blanked.about) == (None,) * 4
    assert blanked.state == "cancelled"
    assert {booking for _, _, booking in await shop.quarters()} == {other.id}
    assert len(await shop.subjects()) == 2  # nothing more is written to her


async def test_what_is_long_over_is_removed(shop: Shop) -> None:
    await shop.rep("mei")
    mine = await shop.customer()
    made, _ = await shop.booked(NOON, by=mine)
    await shop.kept.forget_old(made.ends_at)
    assert await shop.bookings.own(mine) == [made]
    await shop.kept.forget_old(made.ends_at + 2 * DAY_MS)
    assert await shop.bookings.own(mine) == []
    assert await shop.quarters() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_at": NOON + 1},
        {"starts_at": -QUARTER_MS},
        {"starts_at": 10**15},
        {"starts_at": True},
        {"starts_at": "2026-09-22"},
        {"minutes": 20},
        {"minutes": 90},
        {"locale": "de"},
        {"name": " "},
        {"name": "x" * 41},
        {"email": "nobody"},
        {"email": "a@b.c\nBcc: d@e.f"},
        {"topic": "x" * 25},
        {"topic": "  "},
        {"text": "x" * 501},
        {"about": {"product": "x"}},
        {"about": {"other": "x"}},
        {"request_id": "short"},
        {"staff": "stf_mei"},
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_booking_is_refused(shop: Shop, wrong: dict[str, object]) -> None:
    right: dict[str, Any] = {"starts_at": NOON, "minutes": 30}
    shop.book(**right)
    with pytest.raises(BadRequest):
        shop.book(**right | wrong)
