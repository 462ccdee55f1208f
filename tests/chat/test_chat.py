"""Customers and reps in conversations, through the whole service and real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from pathlib import Path
from typing import Any

import pytest

from chat import commands as c
from chat import service
from chat.office_routes import OFFICE
from chat.routes import CHATS
from chat.service import MESSAGES_AT_ONCE
from commerce_bridge.embedded import demo
from core.identity.model import Role
from core.tools import Card
from tests.chat.conftest import House
from tests.chat.line import Line
from tests.service import serving, settings_for
from tests.waiting import until
from web.keys import CLOCK, DATABASE, SETTINGS

MINUTE = 60_000
NOBODYS = "cnv_" + "0" * 26


async def test_a_question_comes_to_the_desk_and_its_answer_back(house: House) -> None:
    desk = await house.at_desk(await house.staff("ji", Role.REP))
    customer, conversation = await house.asks("這款辣嗎")
    await until(lambda: desk.inbox)
    row = desk.inbox[conversation]
    assert (row["name"], row["control"], row["unread"]) == ("小美", "queued", 1)
    assert row["last"] == {"from": "customer", "text": "這款辣嗎"}
    assert desk.counts == {"waiting": 1, "mine": 0}

    await desk.join(conversation)
    await desk.acts("take")
    await desk.does("read", {"upto": desk.view["offset"]})
    await desk.says("不太辣")
    await until(lambda: customer.texts, ["這款辣嗎", "不太辣"].__eq__)
    assert customer.talk["staff"]["name"] == "ji"
    await until(lambda: desk.inbox[conversation], lambda row: row["last"]["from"] == "staff")
    assert desk.inbox[conversation]["staff_name"] == "ji"
    await until(lambda: desk.counts, {"waiting": 0, "mine": 1}.__eq__)

    await desk.acts("note", text="老客人")
    await desk.acts("resolve")
    await until(lambda: customer.talk["control"], "resolved".__eq__)
    assert "老客人" not in str(customer.view)
    await customer.does("rate", {"score": 5})
    await until(lambda: desk.talk["rated"] == {"score": 5, "text": None})


async def test_what_is_sent_again_is_said_once(house: House) -> None:
    customer, conversation = await house.asks("在嗎")
    sent = {"text": "有人嗎", "request_id": str(uuid.uuid4())}
    first = await customer.does("say", sent)
    again = await customer.does("say", sent)
    assert (again["repeated"], again["first"]) == (True, first["first"])
    await customer.join(conversation)
    assert customer.texts == ["在嗎", "有人嗎"]


async def test_two_pages_at_once_begin_one_conversation(house: House) -> None:
    browser = await house.guest()
    begun = await asyncio.gather(*(browser.post("/api/chat", {}) for _ in range(6)))
    assert {reply.status for reply in begun} == {200}
    assert len({reply.json["conversation"] for reply in begun}) == 1
    found = (await browser.get("/api/chat")).json
    assert found["conversation"] == begun[0].json["conversation"]
    assert found["unread"] == 0


async def test_nobody_is_asked_for_a_name_first(house: House) -> None:
    browser = await house.service.browser()
    assert (await browser.get("/api/chat")).json["conversation"] is None
    assert (await browser.post("/api/chat", {})).code == "not_signed_in"
    host = await house.staff("host", Role.HOST)
    assert (await host.post("/api/chat", {})).code == "forbidden"


async def test_a_customer_reads_and_writes_in_her_own_alone(house: House) -> None:
    _, conversation = await house.asks("我的電話是 0912")
    other = await house.line(await house.guest("阿德"))
    for wanted in (conversation, NOBODYS):
        assert await other.refused("join", {"conversation": wanted}) == "not_found"
    assert await other.refused("say", {"text": "嗨"}) == "not_joined"
    assert await other.refused("watch") == "forbidden"
    nobody = await house.line(await house.service.browser())
    assert await nobody.refused("join", {"conversation": conversation}) == "not_found"
    host = await house.line(await house.staff("host", Role.HOST))
    assert await host.refused("join", {"conversation": conversation}) == "not_found"


async def test_of_two_reps_who_take_it_at_once_one_has_it(house: House) -> None:
    _, conversation = await house.asks("在嗎")
    desks = []
    for name in ("ji", "wen"):
        desks.append(await house.at_desk(await house.staff(name, Role.REP)))
        await desks[-1].join(conversation)
    take = {"do": {"type": "take"}}
    replies = await asyncio.gather(*(desk.ask("act", take) for desk in desks))
    assert sorted(reply["ok"] for reply in replies) == [False, True]
    [error] = [reply["error"] for reply in replies if not reply["ok"]]
    assert error["code"] == "taken"
    assert error["data"]["name"] in ("ji", "wen")
    lost = desks[[reply["ok"] for reply in replies].index(False)]
    assert await lost.refused("say", {"text": "我來"}) == "not_yours"


async def test_it_is_handed_to_a_colleague_who_answers_customers(house: House) -> None:
    _, conversation = await house.asks("在嗎")
    ji, wen = await house.staff("ji", Role.REP), await house.staff("wen", Role.OPERATOR)
    await house.staff("host", Role.HOST)
    desk, other = await house.at_desk(ji), await house.at_desk(wen)
    listed = (await ji.get("/api/staff/colleagues")).json["staff"]
    assert {(one["name"], one["here"]) for one in listed} == {("ji", True), ("wen", True)}
    await until(lambda: desk.here, lambda here: len(here) == 2)
    await desk.join(conversation)
    await desk.acts("take")
    to = next(one["id"] for one in listed if one["name"] == "wen")
    await desk.acts("transfer", to=to)
    assert await desk.refused("say", {"text": "我"}) == "not_yours"
    await until(lambda: other.inbox.get(conversation), lambda row: row and row["staff"] == to)
    nobody = {"do": {"type": "transfer", "to": "stf_" + "0" * 26}}
    await other.join(conversation)
    assert await other.refused("act", nobody) == "not_found"


WEEK = {
    "time_zone": "Asia/Taipei",
    "week": [[["10:00", "21:30"]]] * 7,
    "closed": [],
    "special": [],
}


async def test_one_who_asks_at_night_is_told_when_somebody_is_there(house: House) -> None:
    operator = await house.staff("boss", Role.OPERATOR)
    assert (await operator.ask("PUT", "/api/staff/hours", json=WEEK)).status == 200
    hours = await house.service.app[OFFICE].hours()
    assert hours is not None
    house.service.clock.advance(3_000)
    while hours.is_open(house.service.clock.now()):
        house.service.clock.advance(30 * MINUTE)
    opens_at = hours.next_opening(house.service.clock.now())
    first, _ = await house.asks("有人嗎")
    promised = await until(lambda: first.talk["promised"])
    assert promised == {"opens_at": opens_at, "place": 1}
    house.service.clock.advance(1_000)
    second, _ = await house.asks("請問", await house.guest("阿德"))
    assert (await until(lambda: second.talk["promised"]))["place"] == 2
    told = (await operator.get("/api/chat")).json["hours"]
    closed = {"open": False, "since": None, "until": None, "always": False}
    assert told == closed | {"opens_at": opens_at}


async def test_a_question_that_is_left_lying_waits_for_everybody_again(house: House) -> None:
    desk = await house.at_desk(await house.staff("ji", Role.REP))
    customer, conversation = await house.asks("在嗎")
    await desk.join(conversation)
    await desk.acts("take")
    house.service.clock.advance(11 * MINUTE)
    await until(lambda: customer.talk["control"], "queued".__eq__)
    await until(lambda: desk.inbox.get(conversation, {}).get("control") == "queued")


async def test_queues_and_search_find_what_was_written(house: House) -> None:
    ji = await house.staff("ji", Role.REP)
    desk = await house.at_desk(ji)
    talks: dict[str, str] = {}
    for name, text in (
        ("小美", "這罐辣油辣嗎"),
        ("Hank", "Is the RED one in stock?"),
        ("阿德", "到貨 100%"),
    ):
        house.service.clock.advance(1_000)
        _, talks[name] = await house.asks(text, await house.guest(name))
    await desk.join(talks["小美"])
    await desk.acts("take")

    async def listed(**query: str) -> list[str]:
        text = "&".join(f"{name}={value}" for name, value in query.items())
        reply = await ji.get(f"/api/staff/conversations?{text}")
        assert reply.status == 200, reply.body
        return [row["name"] for row in reply.json["conversations"]]

    assert await listed(queue="waiting") == ["Hank", "阿德"]
    assert await listed(queue="mine") == ["小美"]
    assert await listed(queue="all") == ["阿德", "Hank", "小美"]
    assert await listed(queue="resolved") == []
    assert await listed(queue="all", q="辣油") == ["小美"]
    assert await listed(queue="all", q="red stock") == ["Hank"]
    assert await listed(queue="all", q="hank") == ["Hank"]
    assert await listed(queue="all", q="100%25") == ["阿德"], "a sign, and no placeholder"
    assert await listed(queue="all", q="_") == []
    for query in ("queue=none", "before=x", "q=" + "x" * 61, "further=1"):
        assert (await ji.get(f"/api/staff/conversations?{query}")).status == 400


async def test_what_lies_further_back_is_read_from_the_log(house: House) -> None:
    customer, conversation = await house.asks("第0句")
    for number in range(1, 230):
        house.service.clock.advance(2_000)
        await customer.says(f"第{number}句")
    ji = await house.staff("ji", Role.REP)
    desk = await house.line(ji)
    view = await desk.join(conversation)
    assert view["conversation"]["more"] is True
    oldest = view["conversation"]["lines"][0]["offset"]
    path = f"/api/staff/conversations/{conversation}/before?offset={oldest}"
    further = (await ji.get(path)).json
    texts = [line["text"] for line in further["lines"] if line["kind"] == "message"]
    assert texts[0] == "第0句"
    assert texts[-1] == f"第{int(desk.texts[0].strip('第句')) - 1}句"
    assert further["more"] is False
    other = await house.guest("阿德")
    assert (await other.get(f"/api/chat/before?offset={oldest}")).code == "not_found"


async def test_a_flood_is_stopped_and_loses_nothing(house: House) -> None:
    customer, conversation = await house.asks("第0句")
    refusals: list[Any] = []
    for number in range(1, MESSAGES_AT_ONCE + 5):
        reply = await customer.ask("say", {"text": f"第{number}句"})
        if not reply["ok"]:
            refusals.append(reply["error"])
    assert len(refusals) == 5
    assert {(error["code"], error["retryable"]) for error in refusals} == {("rate_limited", True)}
    assert refusals[0]["data"]["retry_after_ms"] > 0
    await customer.join(conversation)
    assert len(customer.texts) == MESSAGES_AT_ONCE
    house.service.clock.advance(60_000)
    await customer.says("好了")


@pytest.mark.parametrize(
    "body",
    [
        {"text": "x" * 2_001}, {"text": "\0"}, {"text": ["x"]}, {"text": "x", "by": "stf_1"}, {},
        {"text": "x", "about": {"show": "../x"}}, {"product": "prd_" + "0" * 26},
        {"text": "x", "products": ["prd_" + "0" * 26]},
    ],
)  # fmt: skip
async def test_bad_input_is_refused_with_the_reason(house: House, body: dict[str, Any]) -> None:
    customer, _ = await house.asks("在嗎")
    code = "forbidden" if body.keys() & {"product", "products"} else "bad_request"
    assert await customer.refused("say", body) == code
    assert customer.texts == ["在嗎"]


async def test_a_rep_shows_several_products_with_her_words_each_once(house: House) -> None:
    customer, conversation = await house.asks("有什麼推薦")
    desk = await house.line(await house.staff("ji", Role.REP))
    await desk.join(conversation)
    await desk.acts("take")
    first, second = (f"prd_{digit * 26}" for digit in "01")
    await desk.says("這兩款", products=[first, second, first])
    await until(lambda: customer.texts == ["有什麼推薦", "這兩款"])
    cards = customer.talk["lines"][-1]["cards"]
    assert [(card["kind"], card["id"]) for card in cards] == [
        ("product", first),
        ("product", second),
    ]


async def test_what_the_bots_draft_shows_goes_along_with_a_reps_words_and_nothing_else(
    house: House,
) -> None:
    customer, conversation = await house.asks("我的訂單呢，能退嗎")
    chats = house.service.app[CHATS]
    product, order = f"prd_{'0' * 26}", f"ord_{'0' * 26}"
    cards = (
        Card("product", product),
        Card("order", order, "P-1001"),
        Card("article", "returns", "退貨"),
    )
    upto = (await chats.state(conversation)).asked_upto
    says = c.BotSays(1, upto, "在路上", "order_status", "zh-Hant", cards=cards)
    await chats.bot_says(conversation, says)
    desk = await house.line(await house.staff("ji", Role.REP))
    assert (await desk.join(conversation))["staff"]["draft"]["upto"] == upto
    await desk.acts("take")
    await customer.says("還在嗎")  # another question: the draft is gone, what she took of it is not
    both = {"upto": upto, "cards": ["returns", order, "returns"]}
    await desk.says("這兩樣", products=[product], drafted=both)
    await until(lambda: customer.texts[-1] == "這兩樣")
    shown = [(card["kind"], card["id"], card["title"]) for card in cards_of(customer)]
    assert shown == [
        ("product", product, None),
        ("article", "returns", "退貨"),
        ("order", order, "P-1001"),
    ]
    for drafted in (
        {"upto": upto, "cards": ["shipping"]},
        {"upto": upto, "cards": [product]},
        {"upto": upto + 1, "cards": [order]},
        {"upto": 1, "cards": [order]},
    ):
        assert await desk.refused("say", {"drafted": drafted}) == "unknown_card"
    assert await customer.refused("say", {"drafted": both}) == "forbidden"
    for wrong in ({"upto": upto, "cards": []}, {"upto": upto, "cards": ["x"] * 6}, {"upto": upto}):
        assert await desk.refused("say", {"drafted": wrong}) == "bad_request"
    await desk.does("say", {"drafted": {"upto": upto, "cards": [order]}})
    await until(lambda: [card["id"] for card in cards_of(customer)] == [order])


def cards_of(line: Line) -> list[dict[str, Any]]:
    """What the newest message shows."""
    found: list[dict[str, Any]] = line.talk["lines"][-1]["cards"]
    return found


async def test_text_stays_as_it_was_typed(house: House) -> None:
    typed = "<img src=x onerror=alert(1)> \u202eabc\u202c  \n第二行 👩‍👩‍👧"
    customer, conversation = await house.asks(typed)
    await customer.join(conversation)
    assert customer.texts == [typed]


async def test_typing_is_seen_and_not_kept(house: House) -> None:
    desk = await house.line(await house.staff("ji", Role.REP))
    customer, conversation = await house.asks("在嗎")
    await until(lambda: customer.talk["promised"])
    head = (await desk.join(conversation))["offset"]
    await customer.ask("typing")
    await until(lambda: desk.typing, lambda told: {"side": "customer", "name": "小美"} in told)
    assert (await desk.join(conversation))["offset"] == head


async def test_a_guest_who_signs_in_keeps_her_conversation(house: House) -> None:
    await (await house.service.browser()).become_customer("may@example.com", "美玲")
    browser = await house.guest()
    _, conversation = await house.asks("我還沒登入", browser)
    house.service.clock.advance(2 * MINUTE)
    await browser.become_customer("may@example.com", "美玲")

    async def own() -> Any:
        return (await browser.get("/api/chat")).json["conversation"]

    await until(own, conversation.__eq__)
    line = await house.line(browser)
    await line.join(conversation)
    await line.says("我登入了")
    ji = await house.staff("ji", Role.REP)
    pane = (await ji.get(f"/api/staff/conversations/{conversation}/customer")).json
    assert pane["person"]["email"] == "may@example.com"


async def test_the_desk_sees_what_she_has_and_asks_about(house: House) -> None:
    app = house.service.app
    await demo.furnish(app[DATABASE], app[CLOCK], app[SETTINGS].currency)
    browser = await house.guest()
    product = (await browser.get("/api/products")).json["products"][0]
    variant = product["variants"][0]["id"]
    line = {"variant_id": variant, "quantity": 2, "request_id": str(uuid.uuid4())}
    assert (await browser.post("/api/cart/lines", line)).status == 200
    customer, conversation = await house.asks("這個", browser)
    await customer.says("這款", about={"product": product["id"]})
    ji = await house.staff("ji", Role.REP)
    pane = (await ji.get(f"/api/staff/conversations/{conversation}/customer")).json
    assert pane["person"]["name"] == "小美"
    assert [(one["variant_id"], one["quantity"]) for one in pane["cart"]["lines"]] == [(variant, 2)]
    assert pane["about"]["title"] == product["title"]
    assert pane["orders"] == []
    [row] = (await ji.get("/api/staff/conversations?queue=waiting")).json["conversations"]
    assert row["about"]["title"] == product["title"]


async def test_what_a_person_wrote_can_be_erased_everywhere(house: House) -> None:
    desk = await house.at_desk(await house.staff("ji", Role.REP))
    customer, conversation = await house.asks("我住在某某路")
    chats = house.service.app[CHATS]
    assert await chats.erase([customer.talk["customer"]]) == 1
    view = await desk.join(conversation)
    assert "某某路" not in str(view)
    assert view["conversation"]["name"] is None
    [row] = await chats.rows([conversation])
    assert (row.name, row.last) == (None, {"from": "customer", "text": None})


async def test_old_conversations_are_blanked_and_open_ones_are_not(house: House) -> None:
    desk = await house.at_desk(await house.staff("ji", Role.REP))
    _, over = await house.asks("舊的")
    await desk.join(over)
    await desk.acts("take")
    await desk.acts("resolve")
    _, waiting = await house.asks("還在等", await house.guest("阿德"))
    chats, clock = house.service.app[CHATS], house.service.clock
    assert await chats.erase_old(clock.now()) == 0
    clock.advance(1_000)
    assert await chats.erase_old(clock.now()) == 1
    assert await chats.erase_old(clock.now()) == 0
    assert "舊的" not in str(await desk.join(over))
    assert "還在等" in str(await desk.join(waiting))


async def test_many_old_conversations_are_blanked_in_one_go(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "ERASED_AT_ONCE", 1)
    chats = house.service.app[CHATS]
    desk = await house.line(await house.staff("ji", Role.REP))
    for name in ("小美", "阿德"):
        _, conversation = await house.asks("舊的", await house.guest(name))
        await desk.join(conversation)
        await desk.acts("take")
        await desk.acts("resolve")
    house.service.clock.advance(1)
    assert await chats.erase_old(house.service.clock.now()) == 2
    assert await chats.erase_old(house.service.clock.now()) == 0


async def test_conversations_are_there_after_a_restart(database_url: str, tmp_path: Path) -> None:
    settings = settings_for(database_url, tmp_path)
    async with serving(settings) as service, contextlib.AsyncExitStack() as stack:
        customer, conversation = await House(service, stack).asks("在嗎")
        before = customer.view["conversation"]["id"]
    async with serving(settings) as service, contextlib.AsyncExitStack() as stack:
        house = House(service, stack)
        desk = await house.at_desk(await house.staff("ji", Role.REP))
        view = await desk.join(conversation)
        assert view["conversation"]["id"] == before
        assert desk.texts == ["在嗎"]
