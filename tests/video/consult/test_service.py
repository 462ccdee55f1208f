"""What calls do to the rest of the product, over HTTP and sockets: who may, cards, carts, orders,
what is kept and for how long."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.identity.model import Role
from tests.service import Browser
from tests.video.consult.house import House, open_house
from tests.video.consult.line import code
from tests.waiting import until
from video.consult.service import ASKS_AT_ONCE, CALLS, id_of
from web import consult

CALL = "/api/consult/calls"
NOWHERE = "cll_" + "0" * 26


async def id_of_session(browser: Browser) -> str:
    return str((await browser.get("/api/session")).json["person"]["id"])


# How one begins


async def test_two_pages_that_ask_at_once_make_one_call(house: House) -> None:
    browser = await house.guest()
    replies = await asyncio.gather(*(browser.post(CALL, {"locale": "en"}) for _ in range(5)))
    assert len({reply.json["call"] for reply in replies}) == 1
    assert sorted(reply.status for reply in replies) == [200, 200, 200, 200, 201]
    call = replies[0].json["call"]
    assert call == id_of(await id_of_session(browser), 0)
    line = await house.line(browser)
    await line.enter(call)
    await line.does("leave")
    second = await browser.post(CALL, {"locale": "en"})
    assert (second.status, second.json["call"]) == (201, id_of(await id_of_session(browser), 1))
    assert (await browser.get("/api/consult")).json["call"] == second.json["call"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"locale": "fr"},
        {"locale": "en", "text": "x" * 501},
        {"locale": "en", "text": "  "},
        {"locale": "en", "topic": "x" * 61},
        {"locale": "en", "topic": "two\nlines"},
        {"locale": "en", "about": {"product": "prd_1"}},
        {"locale": "en", "wanted": "stf_" + "0" * 26},
        {"locale": "en", "booking": "bkg_" + "0" * 26},
    ],
)
async def test_what_is_no_wish_is_refused(house: House, body: dict[str, Any]) -> None:
    refused = await (await house.guest()).post(CALL, body)
    assert (refused.status, refused.code) == (400, "bad_request")


async def test_who_asks_and_leaves_again_and_again_is_slowed_down(house: House) -> None:
    browser = await house.guest()
    line = await house.line(browser)
    for _ in range(ASKS_AT_ONCE):
        await line.enter((await browser.post(CALL, {"locale": "en"})).json["call"])
        await line.does("leave")
    refused = await browser.post(CALL, {"locale": "en"})
    assert (refused.status, refused.code) == (429, "rate_limited")
    house.service.clock.advance(60_000)
    assert (await browser.post(CALL, {"locale": "en"})).status == 201


async def test_who_has_a_call_is_not_invited_to_another(house: House) -> None:
    ji = await house.desk("ji")
    browser = await house.guest()
    conversation = (await browser.post("/api/chat", {})).json["conversation"]
    await house.asks(browser)
    path = "/api/staff/consult/calls"
    refused = await ji.browser.post(path, {"conversation": conversation})
    assert (refused.status, refused.code) == (409, "has_call")
    absent = await ji.browser.post(path, {"conversation": "cnv_" + "0" * 26})
    assert absent.status == 404


async def test_an_invitation_lapses(house: House) -> None:
    ji = await house.desk("ji")
    browser = await house.guest()
    conversation = (await browser.post("/api/chat", {})).json["conversation"]
    path = "/api/staff/consult/calls"
    call = (await ji.browser.post(path, {"conversation": conversation})).json["call"]
    await ji.line.enter(call)
    house.service.clock.advance(5 * 60_000)
    await until(lambda: ji.line.phase == "ended")
    assert ji.line.call["cause"] == "unanswered"
    customer = await house.line(browser)
    await customer.join(call)
    assert await customer.refused("accept") == "call_over"


# What both see and do


async def test_both_see_what_is_shown(house: House) -> None:
    await house.furnish()
    ji = await house.desk("ji")
    customer, _ = await house.talk(ji)
    product = await house.product()
    await ji.line.does("show", product=product["id"])
    card = await until(lambda: customer.call["card"])
    assert (card["product"], card["by"]) == (product["id"], "staff")
    assert await ji.line.refused("show", product="prd_" + "0" * 26) == "unknown_product"
    assert await customer.refused("show", product="prd_" + "0" * 26) == "unknown_product"
    assert ji.line.phase == "talking"
    await customer.does("hide")
    await until(lambda: ji.line.call["card"] is None)
    assert customer.call["shown"] == [product["id"]]


async def test_either_puts_into_the_cart_and_either_undoes_it(house: House) -> None:
    await house.furnish()
    ji = await house.desk("ji")
    customer, call = await house.talk(ji)
    product = await house.product()
    variant = product["variants"][0]["id"]
    change = {"kind": "cart.add", "variant": variant, "quantity": 2}
    await ji.line.does("change", **change)
    done = await until(
        lambda: customer.call["changes"], lambda found: found and found[0]["state"] == "done"
    )
    assert (done[0]["by"], done[0]["name"], done[0]["change"]["quantity"]) == ("staff", "ji", 2)
    assert product["title"] in done[0]["change"]["title"]
    for browser in (customer.browser, ji.browser):
        cart = (await browser.get(f"{CALL}/{call}/cart")).json
        assert [(one["variant_id"], one["quantity"]) for one in cart["lines"]] == [(variant, 2)]
        assert set(cart) == {"lines", "claims", "currency", "subtotal", "free_delivery_from"}
    await customer.does("undo", offset=done[0]["offset"])
    await until(lambda: ji.line.call["changes"][0]["state"] == "undone")
    assert (await customer.browser.get("/api/cart")).json["lines"] == []
    assert await customer.refused("undo", offset=9_999) == "unknown_change"
    missing = change | {"variant": "var_" + "0" * 26}
    assert await customer.refused("change", **missing) == "unknown_product"
    await customer.does("change", **change)
    await until(lambda: ji.line.call["changes"][-1]["state"] == "done")
    await ji.line.does("change", **change | {"kind": "cart.remove"})
    await until(lambda: len(customer.call["changes"]) == 3)
    await until(lambda: customer.call["changes"][-1]["state"] == "done")
    assert (await customer.browser.get("/api/cart")).json["lines"] == []


async def test_a_change_of_one_call_is_not_undone_in_another(house: House) -> None:
    await house.furnish()
    ji, wen = await house.desk("ji"), await house.desk("wen")
    variant = (await house.product())["variants"][0]["id"]
    first, _ = await house.talk(*await _rung(house, [ji, wen], await house.guest("一")))
    other = wen if first.call["staff"]["id"] == ji.id else ji
    second, _ = await house.talk(other, await house.guest("二"))
    await first.does("change", kind="cart.add", variant=variant, quantity=1)
    [made] = await until(
        lambda: first.call["changes"], lambda found: found and found[0]["state"] == "done"
    )
    assert await second.refused("undo", offset=made["offset"]) == "unknown_change"
    assert len((await first.browser.get("/api/cart")).json["lines"]) == 1


async def _rung(house: House, desks: list[Any], browser: Browser) -> tuple[Any, Browser]:
    """The desk at which the call of this customer rings."""
    customer, _ = await house.asks(browser)
    await until(lambda: customer.phase == "ringing")
    rung = customer.call["staff"]["id"]
    return next(desk for desk in desks if desk.id == rung), browser


async def test_what_she_buys_during_the_call_is_told_in_it(house: House) -> None:
    await house.furnish()
    ji = await house.desk("ji")
    customer, call = await house.talk(ji)
    order = await _buys(house, customer.browser)
    [told] = await until(lambda: ji.line.call["orders"])
    assert told["id"] == order["id"]
    assert (told["number"], told["total"]) == (order["number"], order["total"])
    await ji.line.does("hang_up")
    await until(lambda: customer.phase == "ended")
    house.service.clock.advance(1_000)
    await _buys(house, customer.browser)
    summary = (await ji.browser.get(f"{CALL}/{call}/summary")).json
    assert len(summary["orders"]) == 1


async def _buys(house: House, browser: Browser) -> dict[str, Any]:
    variant = (await house.product())["variants"][0]
    line = {"variant_id": variant["id"], "quantity": 1, "request_id": str(uuid.uuid4())}
    cart = (await browser.post("/api/cart/lines", line)).json
    pickup = next(one for one in cart["deliveries"] if one["kind"] == "pickup")
    body = {
        "request_id": str(uuid.uuid4()),
        "claims": [],
        "lines": [cart["lines"][-1]["id"]],
        "contact": {"name": "小美", "phone": "0912345678"},
        "fulfilment": {"kind": "pickup", "location": pickup["locations"][0]["id"]},
        "payment": "pickup",
        "expect_total": cart["lines"][-1]["unit_price"] + pickup["fee"],
    }
    placed = await browser.post("/api/checkout", body)
    assert placed.status == 201, placed.body
    order: dict[str, Any] = placed.json["order"]
    return order


async def test_what_is_typed_is_bounded(house: House) -> None:
    ji = await house.desk("ji")
    customer, _ = await house.talk(ji)
    assert await customer.refused("say", text="x" * 2_001) == "bad_request"
    assert await customer.refused("say", text=" ") == "bad_request"
    assert await ji.line.refused("note", text="x" * 4_001) == "bad_request"
    assert await customer.refused("dance") == "bad_request"
    assert code(await customer.ask("do", {"do": "say"})) == "bad_request"
    assert code(await customer.ask("sit", {"seat": "short"})) == "bad_request"
    assert code(await customer.ask("join", {"call": "cll_1"})) == "bad_request"
    await customer.does("say", text="好")
    await until(lambda: ji.line.call["said"])


# Who may see what of it


async def test_a_summary_is_hers_and_staffs_and_has_no_words(house: House) -> None:
    ji = await house.desk("ji")
    customer, call = await house.talk(ji)
    await customer.does("say", text="只給你聽")
    await ji.line.does("note", text="怕辣")
    await until(lambda: ji.line.view["staff"]["notes"])
    assert "staff" not in customer.view
    await customer.does("hang_up")
    hers = await customer.browser.get(f"{CALL}/{call}/summary")
    assert "notes" not in hers.json
    assert (hers.json["phase"], hers.json["cause"]) == ("ended", "hung_up")
    assert hers.json["staff"] == {"id": ji.id, "name": "ji"}
    colleague = await house.staff("wen", Role.REP)
    theirs = await colleague.get(f"{CALL}/{call}/summary")
    assert theirs.json["notes"]["text"] == "怕辣"
    for reply in (hers, theirs):
        assert "只給你聽" not in reply.body.decode()
    stranger = await house.guest("別人")
    for path in ("summary", "cart"):
        assert (await stranger.get(f"{CALL}/{call}/{path}")).status == 404
        assert (await customer.browser.get(f"{CALL}/{NOWHERE}/{path}")).status == 404
        assert (await customer.browser.get(f"{CALL}/x/{path}")).status == 400


async def test_a_cart_is_seen_by_the_two_who_talk(house: House) -> None:
    ji = await house.desk("ji")
    customer, call = await house.asks()
    waiting = await customer.browser.get(f"{CALL}/{call}/cart")
    assert (waiting.status, waiting.code) == (409, "not_talking")
    await until(lambda: ji.line.board["rings"])
    assert (await ji.line.answers(call))["ok"]
    boss = await house.staff("boss", Role.OPERATOR)
    assert (await boss.get(f"{CALL}/{call}/cart")).status == 404
    assert (await boss.get(f"{CALL}/{call}/customer")).status == 404
    assert (await ji.browser.get(f"{CALL}/{call}/cart")).status == 200
    await customer.does("hang_up")
    over = await ji.browser.get(f"{CALL}/{call}/cart")
    assert (over.status, over.code) == (409, "not_talking")


async def test_the_rep_sees_who_the_customer_is(house: House) -> None:
    await house.furnish()
    ji = await house.desk("ji")
    browser = await house.guest()
    conversation = (await browser.post("/api/chat", {})).json["conversation"]
    product = await house.product()
    customer, call = await house.asks(browser, about={"product": product["id"]})
    await until(lambda: ji.line.board["rings"])
    assert (await ji.line.answers(call))["ok"]
    pane = (await ji.browser.get(f"{CALL}/{call}/customer")).json
    assert pane["person"]["name"] == "小美"
    assert pane["conversation"] == conversation
    assert pane["about"]["title"] == product["title"]
    assert set(pane) == {
        "person", "cart", "claims", "orders", "shows", "about", "conversation",
    }  # fmt: skip
    await until(lambda: customer.phase == "talking")


# How it ends


async def test_who_wants_to_be_called_back_is_a_task_until_it_is_done(house: House) -> None:
    customer, call = await house.asks(text="想問鍋子")
    await customer.does("callback", text="下午三點後")
    await until(lambda: customer.phase == "ended")
    ji = await house.desk("ji")
    [row] = ji.line.board["callbacks"]
    assert (row["id"], row["text"]) == (call, "下午三點後")
    assert (await ji.browser.get("/api/staff/consult/board")).json["callbacks"] == [row]
    # Whoever calls her back may see who she is, as long as that is to be done.
    pane = await ji.browser.get(f"{CALL}/{call}/customer")
    assert (pane.status, pane.json["person"]["name"]) == (200, "小美")
    done = await ji.browser.post(f"/api/staff/consult/calls/{call}/called-back", {})
    assert done.status == 204
    await until(lambda: ji.line.board["callbacks"] == [])
    assert (await ji.browser.get(f"{CALL}/{call}/customer")).status == 404
    again = await ji.browser.post(f"/api/staff/consult/calls/{call}/called-back", {})
    assert again.status == 204
    other, another = await house.asks(await house.guest("二"))
    await other.does("chat")
    refused = await ji.browser.post(f"/api/staff/consult/calls/{another}/called-back", {})
    assert (refused.status, refused.code) == (409, "no_callback")


async def test_a_guest_who_signs_in_keeps_her_call(house: House) -> None:
    known = await house.service.browser()
    await known.become_customer("mei@example.com")
    ji = await house.desk("ji")
    customer, call = await house.talk(ji)
    await customer.browser.become_customer("mei@example.com")
    own = await id_of_session(customer.browser)
    await until(lambda: house.service.app[CALLS].all_of([own]), lambda calls: calls == [call])
    again = await house.line(customer.browser)
    await again.enter(call)
    assert (again.phase, again.call["customer"]) == ("talking", own)
    await again.does("say", text="登入了")
    await until(lambda: again.call["said"])
    assert (await known.get("/api/consult")).json["call"] == call


# What is kept, and its end


async def words_kept(house: House, call: str) -> str:
    """All that a call's log and its row hold, as text."""
    calls = house.service.app[CALLS]
    log = b"".join(one.wire() for one in await calls.told(call))
    rows = msgspec.json.encode(await calls.queue())
    return (log + rows).decode()


async def test_what_is_erased_is_gone_everywhere(house: House) -> None:
    ji = await house.desk("ji")
    browser = await house.guest("陳小姐")
    customer, call = await house.asks(browser, text="我的地址是")
    await until(lambda: ji.line.board["rings"])
    assert (await ji.line.answers(call))["ok"]
    await ji.line.enter(call)
    await customer.does("say", text="秘密")
    await ji.line.does("note", text="秘密筆記")
    before = await words_kept(house, call)
    for word in ("秘密", "我的地址是", "陳小姐"):
        assert word in before
    own = await id_of_session(browser)
    assert await house.service.app[CALLS].erase([own]) == 1
    kept = await words_kept(house, call)
    for word in ("秘密", "我的地址是", "陳小姐", "ji"):
        assert word not in kept
    again = await house.line(browser)
    await again.join(call)
    assert again.call["name"] is None
    assert [one["text"] for one in again.call["said"]] == [None]


async def test_old_calls_are_blanked_and_young_ones_are_not(
    database_url: str, tmp_path: Path
) -> None:
    async with open_house(database_url, tmp_path, retention_days=2) as house:
        ji = await house.desk("ji")
        old, old_call = await house.talk(ji)
        await old.does("say", text="舊的")
        await old.does("hang_up")
        await until(lambda: ji.line.board["mine"] is None)
        house.service.clock.advance(86_400_000)
        young, young_call = await house.talk(ji, await house.guest("二"))
        await young.does("say", text="新的")
        await young.does("hang_up")
        house.service.clock.advance(86_400_000 + 60_000)
        await consult.erase_old(house.service.app)
        assert "舊的" not in await words_kept(house, old_call)
        assert "新的" in await words_kept(house, young_call)


def test_ids_are_hers_and_differ() -> None:
    ids = {id_of(f"cus_{who}", number) for who in range(50) for number in range(20)}
    assert len(ids) == 1_000
    assert all(len(one) == 30 and one.startswith("cll_") for one in ids)
