"""Shows through the service: claims and carts, what each may do and read, what is kept of words."""

import asyncio

import pytest

from core.errors import Forbidden, NotFound, NotSignedIn
from core.identity.model import NOBODY
from core.rooms.events import PUBLIC, Position
from core.rooms.history import read_events
from live import commands as c
from live.events import Rules
from live.kind import ShowKind
from live.service import reader_of
from tests.live.house import (
    ANNA,
    BEN,
    CARA,
    HOST,
    MODERATOR,
    RED,
    House,
    events,
    guest,
    kinds,
    opened,
)

MINUTE = 60_000


async def test_what_is_held_is_in_the_cart_until_it_expires(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 3}, hold_s=600)
    answer = await house.say(ANNA, show, "A01+2")
    assert kinds(answer) == ["comment.posted", "claim.held"]
    (row,) = await house.cart(ANNA)
    assert (row["quantity"], row["unit_price"], row["state"]) == (2, 28_800, "held")
    assert (row["code"], row["title"], row["variant_title"]) == ("A01", "果醬", RED)
    assert (row["show_title"], row["until"]) == ("夜場", house.clock.now() + 10 * MINUTE)
    await house.expire(show, 10 * MINUTE)
    assert await house.cart(ANNA) == []


async def test_what_expires_is_in_the_cart_of_the_next_in_line(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 1}, hold_s=600)
    await house.say(ANNA, show, "+1")
    await house.say(BEN, show, "+1")
    await house.expire(show, 10 * MINUTE)
    assert [row["customer"] for row in await house.cart(BEN)] == [BEN.id]


async def test_a_comment_sent_twice_is_answered_twice_and_counted_once(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 3})
    first, again = await asyncio.gather(
        house.say(ANNA, show, "+1", "the-request"), house.say(ANNA, show, "+1", "the-request")
    )
    later = await house.say(ANNA, show, "+1", "the-request")
    assert [first.repeated, again.repeated, later.repeated] == [False, True, True]
    assert events(first) == events(again) == events(later)
    assert len(await house.cart(ANNA)) == 1


async def test_a_request_repeated_after_signing_in_is_the_same_request(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 3})
    await house.say(CARA, show, "+1", "the-request")
    again = await house.say(guest("erin", CARA), show, "+1", "the-request")
    assert again.repeated


async def test_claims_made_at_once_are_granted_in_the_order_in_which_they_came(
    house: House,
) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    await house.sell(show, goods, {RED: 7}, waiting_list=False)
    crowd = [guest(f"v{n:02}") for n in range(30)]
    answers = await asyncio.gather(*(house.say(one, show, "+1") for one in crowd))
    assert [kinds(one)[-1] for one in answers] == ["claim.held"] * 7 + ["claim.refused"] * 23


async def test_each_is_told_what_she_may_see_and_no_more(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    item = await house.sell(show, goods, {RED: 1})
    await house.run(show, "item.close", item=item)
    sent = c.SendClaim(request_id=house.request(), item=item, variant=RED, quantity=1)
    assert kinds(await house.shows.claim(ANNA, show, sent)) == ["claim.refused"]
    room = await house.room(show)
    assert b"claim.refused" not in bytes(room.snapshot(PUBLIC))
    before = Position(room.committed.epoch, 1, room.tail.at_ms(1) or 0)
    for reads, sees in ((ANNA, True), (BEN, False), (MODERATOR, True)):
        missed = await room.missed(before, reader_of(reads))
        assert missed is not None
        assert (b"claim.refused" in bytes(missed)) is sees


async def test_hidden_words_leave_the_room_for_good(house: House) -> None:
    show = await house.create()
    answer = await house.say(ANNA, show, "可疑連結")
    for act in ("hide", "restore", "hide"):
        do = {"type": f"comment.{act}", "comment": answer.first}
        body = {"request_id": house.request(), "do": do}
        await house.shows.moderate(MODERATOR, show, c.SendModerate.model_validate(body))
    room = await house.room(show)
    before = Position(room.committed.epoch, 1, room.tail.at_ms(1) or 0)
    missed = await room.missed(before, PUBLIC)
    assert missed is not None
    assert "可疑連結" not in bytes(missed).decode()
    async with opened(house.database, house.clock) as other:
        assert "可疑連結" not in bytes((await other.room(show)).snapshot(PUBLIC)).decode()


async def test_what_was_typed_in_a_show_long_over_is_blanked_once(house: House) -> None:
    show = await house.create()
    await house.say(ANNA, show, "我住在某某路")
    running = await house.create()
    await house.say(ANNA, running, "晚安")
    await house.run(show, "show.end")
    house.clock.advance(30 * 24 * 60 * MINUTE)
    before = house.clock.now() - 10 * 24 * 60 * MINUTE
    assert await house.shows.erase_old_talk(before) == 1
    assert await house.shows.erase_old_talk(before) == 0
    assert await _typed(house, show) == []
    assert await _typed(house, running) == ["晚安"]


async def test_that_one_had_her_talk_erased_keeps_nothing_of_the_others(house: House) -> None:
    show = await house.create()
    await house.say(ANNA, show, "我住在某某路")
    await house.say(BEN, show, "我住在另一條路")
    assert await house.shows.erase_talk([ANNA.own_id]) == 1
    await house.run(show, "show.end")
    house.clock.advance(30 * 24 * 60 * MINUTE)
    before = house.clock.now() - 10 * 24 * 60 * MINUTE
    assert await house.shows.erase_old_talk(before) == 1
    assert await _typed(house, show) == []
    assert await house.shows.erase_old_talk(before) == 0


async def _typed(house: House, show: str) -> list[str]:
    log_ = await house.database.read(
        lambda connection: read_events(connection, ShowKind(), show, after=0, limit=100)
    )
    return [one.content.text for one in log_ if one.content is not None and one.content.text]


async def test_nobody_speaks_before_she_has_a_name(house: House) -> None:
    show = await house.create()
    with pytest.raises(NotSignedIn):
        await house.say(NOBODY, show, "hello")


async def test_staff_do_not_claim_and_viewers_do_not_run_or_moderate(house: House) -> None:
    show = await house.create()
    claim = c.SendClaim(request_id="the-request", item="i1", quantity=1)
    with pytest.raises(Forbidden):
        await house.shows.claim(HOST, show, claim)
    run = c.SendRun.model_validate({"request_id": "the-request", "do": {"type": "show.end"}})
    for person in (ANNA, MODERATOR):
        with pytest.raises(Forbidden):
            await house.shows.run(person, show, run)
    words = {"request_id": "the-request", "do": {"type": "words.set", "words": []}}
    with pytest.raises(Forbidden):
        await house.shows.moderate(ANNA, show, c.SendModerate.model_validate(words))


async def test_a_draft_is_for_staff_alone(house: House) -> None:
    show = await house.create(live=False)
    with pytest.raises(NotFound):
        await house.shows.enter(ANNA, show)
    with pytest.raises(NotFound):
        await house.say(ANNA, show, "hello")
    assert (await house.shows.enter(MODERATOR, show)).id == show
    assert [one["id"] for one in await house.shows.listed(MODERATOR)] == [show]
    assert await house.shows.listed(ANNA) == []


async def test_shows_are_listed_as_they_stand(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 1})
    await house.shows.sample_viewers(show, 42, 1)
    (listed,) = await house.shows.listed(ANNA)
    assert {name: listed[name] for name in ("id", "title", "status", "items", "viewers")} == {
        "id": show,
        "title": "夜場",
        "status": "live",
        "items": 1,
        "viewers": 42,
    }
    await house.run(show, "show.end")
    (listed,) = await house.shows.listed(ANNA)
    assert listed["status"] == "ended"


async def test_an_item_has_variants_that_the_shop_has(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    stranger = {"variant_id": "var_" + "0" * 26, "key": "x", "allotment": 1}
    with pytest.raises(NotFound):
        await house.run(
            show, "item.add", product=goods.product, code="A01", price=100, variants=[stranger]
        )


async def test_a_show_that_could_not_be_made_is_not_there(house: House) -> None:
    with pytest.raises(Forbidden):
        await house.shows.create(
            ANNA, title="x", host_name="x", poster=None, starts_at=None, rules=Rules()
        )
    with pytest.raises(NotFound):
        await house.shows.enter(HOST, "shw_" + "0" * 26)
