"""Shows through the service: on a database, with the shop behind them, by several processes."""

import asyncio
import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce_bridge import rooms as told
from commerce_bridge.embedded import stock
from commerce_bridge.embedded.shop import EmbeddedShop
from commerce_bridge.port import Allotment, OutOfStock
from commerce_bridge.rooms import ClaimExpired
from core import outbox
from core.clock import ManualClock
from core.db import Database
from core.errors import Conflict, Forbidden, NotFound, NotSignedIn, Unavailable
from core.identity.model import NOBODY, Person
from core.rooms import states
from core.rooms.events import PUBLIC, Position, Reader
from core.rooms.history import read_events
from core.rooms.room import Answer
from live import commands as c
from live import stored
from live.events import Rules
from live.kind import ShowKind
from live.service import reader_of
from tests.live import fold
from tests.live.house import (
    ANNA,
    BEN,
    CARA,
    HOST,
    MODERATOR,
    RED,
    WHITE,
    House,
    guest,
    opened,
)

MINUTE = 60_000


def kinds(answer: Answer) -> list[str]:
    return [msgspec.json.decode(event)["type"] for event in answer.events]


def events(answer: Answer) -> list[Any]:
    return [msgspec.json.decode(event)["data"] for event in answer.events]


async def _sound(house: House) -> None:
    """The shop's books are right, and the log alone makes the shows that are served."""
    assert await house.database.read(stock.audit) == []


# Stock


async def test_opening_takes_what_is_planned_out_of_the_shop(house: House) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    item = await house.sell(show, goods, {RED: 4, WHITE: 3})
    assert await house.available(goods) == {RED: 6, WHITE: 7}
    variants = (await house.show(show)).items[item].variants
    assert [variant.allotment for variant in variants] == [4, 3]
    await _sound(house)


async def test_an_item_opens_with_what_the_shop_has(house: House) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    item = await house.sell(show, goods, {RED: 15})
    (red,) = (await house.show(show)).items[item].variants
    assert (red.planned, red.allotment) == (15, 10)
    assert await house.available(goods) == {RED: 0, WHITE: 10}


async def test_an_item_of_which_the_shop_has_none_does_not_open(house: House) -> None:
    goods = await house.furnish(2)
    show = await house.create()
    await house.sell(show, goods, {RED: 2})
    other = await house.add(show, goods, {RED: 2}, code="B02")
    with pytest.raises(OutOfStock):
        await house.run(show, "item.open", item=other)
    assert (await house.show(show)).items[other].status == "ready"


async def test_when_the_shop_has_some_again_the_item_opens(house: House) -> None:
    goods = await house.furnish(2)
    show = await house.create()
    first = await house.sell(show, goods, {RED: 2})
    other = await house.add(show, goods, {RED: 2}, code="B02")
    with pytest.raises(OutOfStock):
        await house.run(show, "item.open", item=other)
    await house.run(show, "item.allot", item=first, variant=RED, allotment=0)
    await house.hand_over()
    await house.run(show, "item.open", item=other)
    (red,) = (await house.show(show)).items[other].variants
    assert red.allotment == 2
    await _sound(house)


async def test_a_request_to_open_sent_twice_takes_its_pieces_once(house: House) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    item = await house.add(show, goods, {RED: 4})
    first = await house.run(show, "item.open", "the-request", item=item)
    again = await house.run(show, "item.open", "the-request", item=item)
    assert (again.repeated, again.first, again.last) == (True, first.first, first.last)
    assert await house.available(goods) == {RED: 6, WHITE: 10}


async def test_two_who_open_an_item_at_once_take_its_pieces_once(house: House) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    item = await house.add(show, goods, 4)
    await asyncio.gather(*(house.run(show, "item.open", item=item) for _ in range(3)))
    assert await house.available(goods) == {RED: 6, WHITE: 6}
    variants = (await house.show(show)).items[item].variants
    assert [variant.allotment for variant in variants] == [4, 4]
    await _sound(house)


async def test_two_variants_raised_at_once_are_both_raised(house: House) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    item = await house.sell(show, goods, 2)
    await asyncio.gather(
        house.run(show, "item.allot", item=item, variant=RED, allotment=5),
        house.run(show, "item.allot", item=item, variant=WHITE, allotment=6),
    )
    variants = (await house.show(show)).items[item].variants
    assert [variant.allotment for variant in variants] == [5, 6]
    assert await house.available(goods) == {RED: 5, WHITE: 4}


async def test_raised_beyond_the_stock_it_gets_what_there_is(house: House) -> None:
    goods = await house.furnish(5)
    show = await house.create()
    item = await house.sell(show, goods, {RED: 2})
    await house.run(show, "item.allot", item=item, variant=RED, allotment=9)
    (red,) = (await house.show(show)).items[item].variants
    assert (red.planned, red.allotment) == (9, 5)
    with pytest.raises(OutOfStock):
        await house.run(show, "item.allot", item=item, variant=RED, allotment=9)


async def test_what_is_lowered_goes_back_to_the_shop_once(house: House) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    item = await house.sell(show, goods, {RED: 6})
    await house.run(show, "item.allot", item=item, variant=RED, allotment=2)
    await house.hand_over()
    await house.hand_over()
    assert await house.available(goods) == {RED: 8, WHITE: 10}
    await _sound(house)


async def test_at_the_end_the_rest_goes_back_and_what_is_held_when_it_expires(
    house: House,
) -> None:
    goods = await house.furnish(10)
    show = await house.create()
    await house.sell(show, goods, {RED: 6}, hold_s=600)
    await house.say(ANNA, show, "+2")
    await house.run(show, "show.end")
    await house.hand_over()
    assert await house.available(goods) == {RED: 8, WHITE: 10}
    await house.expire(show, 10 * MINUTE)
    await house.hand_over()
    assert await house.available(goods) == {RED: 10, WHITE: 10}
    await _sound(house)


class Dying(EmbeddedShop):
    """A shop whose answer never arrives: the process dies after it was given."""

    dead = False

    async def allot(
        self, key: str, variant_id: str, quantity: int, *, show: str, item: str
    ) -> Allotment:
        answer = await super().allot(key, variant_id, quantity, show=show, item=item)
        if self.dead:
            raise Unavailable("The connection was lost.")
        return answer

    async def give_back(self, key: str, place: str, quantity: int) -> int:
        answer = await super().give_back(key, place, quantity)
        if self.dead:
            raise Unavailable("The connection was lost.")
        return answer


async def test_pieces_granted_to_a_process_that_died_are_found_by_the_next(
    database: Database, clock: ManualClock
) -> None:
    shop = Dying(database, clock)
    async with opened(database, clock, shop) as house:
        goods = await house.furnish(10)
        show = await house.create()
        item = await house.add(show, goods, {RED: 4})
        shop.dead = True
        with pytest.raises(Unavailable):
            await house.run(show, "item.open", item=item)
    async with opened(database, clock) as house:
        assert await house.available(goods) == {RED: 6, WHITE: 10}
        await house.run(show, "item.allot", item=item, variant=RED, allotment=5)
        await house.run(show, "item.open", item=item)
        (red,) = (await house.show(show)).items[item].variants
        assert red.allotment == 5
        assert await house.available(goods) == {RED: 5, WHITE: 10}
        await _sound(house)


async def test_pieces_granted_to_a_process_that_died_go_back_at_the_end(
    database: Database, clock: ManualClock
) -> None:
    shop = Dying(database, clock)
    async with opened(database, clock, shop) as house:
        goods = await house.furnish(10)
        show = await house.create()
        item = await house.add(show, goods, {RED: 4})
        shop.dead = True
        with pytest.raises(Unavailable):
            await house.run(show, "item.open", item=item)
        await house.run(show, "show.end")
        await house.hand_over()
    clock.advance(60 * MINUTE)
    async with opened(database, clock) as house:
        await house.hand_over()
        assert await house.available(goods) == {RED: 10, WHITE: 10}
        await _sound(house)


async def test_the_rest_goes_back_once_though_the_process_dies_while_giving_it(
    database: Database, clock: ManualClock
) -> None:
    shop = Dying(database, clock)
    async with opened(database, clock, shop) as house:
        goods = await house.furnish(10)
        show = await house.create()
        await house.sell(show, goods, {RED: 4})
        await house.run(show, "show.end")
        shop.dead = True
        await house.hand_over()
    clock.advance(60 * MINUTE)
    async with opened(database, clock) as house:
        await house.hand_over()
        assert await house.available(goods) == {RED: 10, WHITE: 10}
        await _sound(house)


# Claims


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


# Who may


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
    await house.shows.sample_viewers(show, 42, house.clock.now())
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


# The shop's side


async def _begun(house: House, show: str, order: str, by: Person = ANNA) -> list[str]:
    claims = [claim.id for claim in await house.claims_of(show, by)]
    until = house.clock.now() + 15 * MINUTE
    await house.claims.begin_payment(by, order, claims, until)
    return claims


async def _tell(house: House, topic: str, order: str, claims: list[str], **more: Any) -> None:
    payload = {"order": order, "claims": claims, **more}
    await house.database.write(lambda conn: outbox.add(conn, topic, order, payload))
    await house.hand_over()


async def test_what_is_paid_for_is_what_the_show_promised(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    item = await house.sell(show, goods, {RED: 3})
    await house.say(ANNA, show, "+2")
    (claim,) = await house.claims_of(show, ANNA)
    until = house.clock.now() + 15 * MINUTE
    (line,) = await house.claims.begin_payment(ANNA, "ord_1", [claim.id], until)
    assert (line.claim, line.show, line.item, line.code) == (claim.id, show, item, "A01")
    assert (line.variant_id, line.quantity, line.unit_price) == (goods.variants[RED], 2, 28_800)
    again = await house.claims.begin_payment(ANNA, "ord_1", [claim.id], until)
    assert again == [line]
    assert [row["state"] for row in await house.cart(ANNA)] == ["paying"]


async def test_a_placed_order_takes_its_claims_out_of_the_cart(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 3})
    await house.say(ANNA, show, "+2")
    claims = await _begun(house, show, "ord_1")
    await _tell(house, told.ORDER_PLACED, "ord_1", claims)
    await _tell(house, told.ORDER_PAID, "ord_1", claims)
    assert await house.cart(ANNA) == []
    assert (await house.show(show)).totals.sold == 2


async def test_a_failed_payment_puts_its_claims_back_into_the_cart(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 3})
    await house.say(ANNA, show, "+2")
    claims = await _begun(house, show, "ord_1")
    await _tell(house, told.ORDER_RELEASED, "ord_1", claims, cause="failed")
    assert [row["state"] for row in await house.cart(ANNA)] == ["held"]
    with pytest.raises(ClaimExpired):
        await house.claims.begin_payment(ANNA, "ord_1", claims, house.clock.now())


async def test_a_cancelled_order_frees_its_claims_for_the_next_in_line(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 1})
    await house.say(ANNA, show, "+1")
    await house.say(BEN, show, "+1")
    claims = await _begun(house, show, "ord_1")
    await _tell(house, told.ORDER_PLACED, "ord_1", claims)
    await _tell(house, told.ORDER_CANCELLED, "ord_1", claims)
    assert [row["customer"] for row in await house.cart(BEN)] == [BEN.id]


async def test_an_order_of_two_shows_is_told_to_both(house: House) -> None:
    goods = await house.furnish()
    claims = []
    for _ in range(2):
        show = await house.create()
        await house.sell(show, goods, {RED: 1})
        await house.say(ANNA, show, "+1")
        claims += [claim.id for claim in await house.claims_of(show, ANNA)]
    until = house.clock.now() + MINUTE
    lines = await house.claims.begin_payment(ANNA, "ord_1", claims[::-1], until)
    assert [line.claim for line in lines] == claims[::-1]
    await _tell(house, told.ORDER_PLACED, "ord_1", claims)
    assert await house.cart(ANNA) == []


async def test_what_a_guest_claimed_follows_her_when_she_signs_in(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 1})
    await house.say(CARA, show, "+1")
    await house.say(BEN, show, "+1")
    merged = {"from": CARA.id, "to": ANNA.id}
    await house.database.write(
        lambda conn: outbox.add(conn, "customer.merged", ANNA.own_id, merged)
    )
    await house.hand_over()
    assert [row["customer"] for row in await house.cart(ANNA)] == [ANNA.id]
    assert await house.cart(CARA) == []
    assert [claim.by for claim in await house.claims_of(show, ANNA)] == [ANNA.id]


# Opening again


async def test_a_show_opened_again_is_the_same_show(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, 3)
    for text in (f"{RED}+2", f"{WHITE}+9", "A01取消", "好可愛", "Z99+1"):
        await house.say(ANNA, show, text)
        await house.say(BEN, show, text)
    kept = stored.dump(await house.show(show))
    async with opened(house.database, house.clock) as other:
        assert stored.dump(await other.show(show)) == kept


async def test_a_show_opened_from_a_stored_state_is_the_same_show(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, 3)
    await house.say(ANNA, show, f"{RED}+2")
    room = await house.room(show)
    kind = ShowKind()
    state, offset = states.packed(kind.dump(room.committed.state)), room.committed.head
    await house.database.write(lambda conn: states.store(conn, show, kind.model, offset, state))
    await house.say(BEN, show, f"{RED}+2")
    kept = stored.dump(await house.show(show))
    async with opened(house.database, house.clock) as other:
        assert stored.dump(await other.show(show)) == kept
        await other.say(BEN, show, f"{RED}-1")


async def test_a_process_that_slept_reads_on_before_it_decides(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 2})
    async with opened(house.database, house.clock) as other:
        await other.room(show)
        await house.say(ANNA, show, "+2")
        answer = await other.say(BEN, show, "+1")
        assert kinds(answer) == ["comment.posted", "claim.waiting"]
        await house.say(ANNA, show, "A01-1")
        room = await house.room(show)
        assert [row["customer"] for row in await house.cart(BEN)] == [BEN.id]
        assert room.committed.head == len(await _log(house, show))


async def _log(house: House, show: str) -> list[Any]:
    return await house.database.read(
        lambda conn: read_events(conn, ShowKind(), show, after=0, limit=10_000)
    )


async def test_a_show_that_could_not_be_made_is_not_there(house: House) -> None:
    with pytest.raises(Forbidden):
        await house.shows.create(
            ANNA, title="x", host_name="x", poster=None, starts_at=None, rules=Rules()
        )
    with pytest.raises(NotFound):
        await house.shows.enter(HOST, "shw_" + "0" * 26)


# Whatever happens

people = st.sampled_from((ANNA, BEN, CARA))
acts = st.one_of(
    st.tuples(st.just("say"), st.sampled_from((
        f"{RED}+1", f"{RED}+2", f"{WHITE}+1", "A01取消", f"候補A01{WHITE}+1", "hello", "Z99+1",
    ))),
    st.tuples(st.just("again"), st.just("")),
    st.tuples(st.just("allot"), st.integers(0, 5)),
    st.tuples(st.just("pay"), st.sampled_from(("placed", "failed", "lapsed"))),
    st.tuples(st.just("wait"), st.sampled_from((1, 4 * MINUTE))),
    st.tuples(st.just("other"), st.just("")),
)  # fmt: skip


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(people, acts), min_size=4, max_size=14))
async def test_views_carts_stock_and_logs_agree(
    house: House, steps: list[tuple[Person, tuple[str, Any]]]
) -> None:
    goods = getattr(house, "goods", None) or await house.furnish(1_000)
    house.goods = goods  # type: ignore[attr-defined]
    before = await house.available(goods)
    show = await house.create()
    item = await house.sell(show, goods, 3, hold_s=180, limit=3)
    async with opened(house.database, house.clock) as other:
        evening = _Evening(house, other, show, item)
        for by, act in steps:
            await evening.step(by, *act)
        await evening.agrees()
        await house.run(show, "show.end")
        if await evening.holds():
            await house.expire(show, 10 * MINUTE)
        await house.hand_over()
        await other.hand_over()
        left = await house.available(goods)
        sold = (await house.show(show)).items[item].variants
        assert {key: before[key] - left[key] for key in before} == {
            str(one.key): one.allotment for one in sold
        }
        assert all(one.allotment == one.sold for one in sold)
    await _sound(house)


class _Evening:
    """Two processes that serve one show; clients of every kind follow it at the first."""

    def __init__(self, house: House, other: House, show: str, item: str) -> None:
        self.houses = [house, other]
        self.show, self.item = show, item
        self.orders = 0
        self.last = ("first-request", ANNA, "hello")
        self.readers = {
            "public": PUBLIC,
            "anna": reader_of(ANNA),
            "staff": Reader(HOST.aliases | {HOST.own_id}, staff=True),
        }
        self.views: dict[str, Any] = {}

    async def step(self, by: Person, what: str, value: Any) -> None:
        house = self.houses[0]
        with contextlib.suppress(Conflict, Forbidden):
            match what:
                case "say":
                    self.last = (house.request(), by, value)
                    await house.say(by, self.show, value, self.last[0])
                case "again":
                    request, who, text = self.last
                    head = (await house.room(self.show)).committed.head
                    answer = await self.houses[1].say(who, self.show, text, request)
                    assert answer.repeated or head < (answer.first or 0)
                case "allot":
                    await house.run(
                        self.show, "item.allot", item=self.item, variant=RED, allotment=value
                    )
                case "pay":
                    await self._pay(by, value)
                case "wait":
                    house.clock.advance(value)
                case "other":
                    self.houses.reverse()
        await self._follow()

    async def _pay(self, by: Person, fate: str) -> None:
        house = self.houses[0]
        state = await house.show(self.show)
        claims = [one.id for one in await house.claims_of(self.show, by) if one.state == "held"]
        if not claims or state.status != "live":
            return
        self.orders += 1
        order = f"ord_{self.show[-8:]}_{self.orders}"
        until = house.clock.now() + MINUTE
        await house.claims.begin_payment(by, order, claims, until)
        payload: dict[str, Any] = {"order": order, "claims": claims}
        topic = told.ORDER_PLACED if fate == "placed" else told.ORDER_RELEASED
        if fate != "placed":
            payload["cause"] = fate
        await house.database.write(lambda conn: outbox.add(conn, topic, order, payload))
        await house.hand_over()

    async def _follow(self) -> None:
        """Each client takes in what she missed, and sees what a newcomer sees."""
        room = await self.houses[0].room(self.show)
        await self.houses[0].rooms.sweep()
        for name, reads in self.readers.items():
            now = msgspec.json.decode(room.snapshot(reads))
            then = self.views.get(name)
            if then is not None and then["offset"] <= now["offset"]:
                since = Position(then["epoch"], then["offset"], then["at_ms"])
                missed = await room.missed(since, reads)
                assert missed is not None
                frame = msgspec.json.decode(missed)
                view = fold.fold(then, frame["events"])
                assert view | {"offset": frame["to"], "at_ms": frame["at_ms"]} == now
            self.views[name] = now

    async def agrees(self) -> None:
        """After a last word at both: one show, and carts that follow from it."""
        for house in self.houses:
            await house.say(BEN, self.show, "bye")
        await self.houses[0].say(BEN, self.show, "bye")
        house = self.houses[0]
        state = await house.show(self.show)
        async with opened(house.database, house.clock) as fresh:
            assert stored.dump(await fresh.show(self.show)) == stored.dump(state)
        held = {(k.id, k.by, k.quantity) for k in state.claims.values() if k.state != "sold"}
        rows = [row for by in (ANNA, BEN, CARA) for row in await house.cart(by)]
        mine = [row for row in rows if row["show"] == self.show]
        assert {(r["claim_id"], r["customer"], r["quantity"]) for r in mine} == held

    async def holds(self) -> bool:
        """Whether something is held that will expire."""
        state = await self.houses[0].show(self.show)
        return any(claim.state == "held" for claim in state.claims.values())
