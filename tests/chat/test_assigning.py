"""What waits is given to reps who are there, through the whole service and real sockets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chat import commands as c
from chat import events as e
from chat.routes import CHATS
from core.clock import ManualClock
from core.identity.model import Role
from tests.chat.conftest import House
from tests.chat.line import Line
from tests.service import Browser, serving, settings_for
from tests.waiting import until

MINUTE = 60_000
REP = "/api/staff/rep"


@contextlib.asynccontextmanager
async def shop(url: str, folder: Path, clock: ManualClock | None = None) -> AsyncIterator[House]:
    """One in which what waits is given to reps."""
    settings = settings_for(url, folder, chat_assign=True, media_engine="none")
    async with serving(settings, clock) as service, contextlib.AsyncExitStack() as lines:
        yield House(service, lines)


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with shop(database_url, tmp_path) as house:
        yield house


async def sets(browser: Browser, **profile: Any) -> None:
    reply = await browser.ask("PUT", REP, json=profile)
    assert reply.status == 200, reply.body


async def rep(house: House, name: str, **profile: Any) -> tuple[Line, str]:
    """Her desk, open, and her id."""
    browser = await house.staff(name, Role.REP)
    if profile:
        await sets(browser, **profile)
    desk = await house.at_desk(browser)
    own = str((await browser.get("/api/session")).json["person"]["id"])
    await until(lambda: own in desk.here)
    return desk, own


async def held(customer: Line, staff: str) -> dict[str, Any]:
    """Wait until she is with that rep; the last line of her thread then."""
    await until(lambda: customer.talk["staff"], lambda one: one and one["id"] == staff)
    line: dict[str, Any] = customer.talk["lines"][-1]
    return line


async def test_a_question_goes_to_who_is_there(house: House) -> None:
    desk, ji = await rep(house, "ji")
    customer, conversation = await house.asks("在嗎")
    await held(customer, ji)
    taken = next(line for line in customer.talk["lines"] if line["kind"] == "taken")
    assert (taken["staff"], taken["name"], taken["assigned"]) == (ji, "ji", True)
    await until(lambda: desk.inbox.get(conversation, {}).get("staff") == ji)
    await until(lambda: desk.counts, {"waiting": 0, "mine": 1}.__eq__)
    await desk.join(conversation)
    await desk.says("在的")
    await until(lambda: customer.texts[-1] == "在的")
    kinds = [line["kind"] for line in customer.talk["lines"]]
    assert kinds == ["opened", "message", "taken", "message"], "nor was she told to wait"


async def test_nobody_there_is_promised_and_waits_until_a_desk_opens(house: House) -> None:
    customer, _ = await house.asks("在嗎")
    await until(lambda: customer.talk["promised"])
    assert customer.talk["control"] == "queued"
    _, ji = await rep(house, "ji")
    await held(customer, ji)


async def test_who_is_away_gets_nothing_until_she_is_back(house: House) -> None:
    browser = await house.staff("ji", Role.REP)
    await sets(browser, away=True)
    await house.at_desk(browser)
    customer, _ = await house.asks("在嗎")
    await until(lambda: customer.talk["promised"])
    _, wen = await rep(house, "wen")
    await held(customer, wen)
    await sets(await signed_in(house, "wen"), away=True)
    second, _ = await house.asks("請問", await house.guest("阿德"))
    await until(lambda: second.talk["promised"])
    assert second.talk["control"] == "queued"
    await sets(browser, away=False)
    own = (await browser.get("/api/session")).json["person"]["id"]
    await held(second, own)


async def signed_in(house: House, name: str) -> Browser:
    browser = await house.service.browser()
    await browser.become_staff(f"{name}@example.com")
    return browser


async def test_nobody_is_given_more_than_she_takes_and_the_longest_waiting_comes_next(
    house: House,
) -> None:
    desk, ji = await rep(house, "ji", most=1)
    first, conversation = await house.asks("一", await house.guest("一"))
    await held(first, ji)
    waiting = []
    for name in ("二", "三"):
        house.service.clock.advance(1_000)
        waiting.append((await house.asks(name, await house.guest(name)))[0])
        await until(lambda: waiting[-1].talk["promised"])
    await desk.join(conversation)
    await desk.acts("resolve")
    await held(waiting[0], ji)
    assert waiting[1].talk["control"] == "queued"
    await sets(await signed_in(house, "ji"), most=2)
    await held(waiting[1], ji)


async def test_who_does_not_answer_in_time_loses_it_to_another(house: House) -> None:
    _, ji = await rep(house, "ji")
    customer, conversation = await house.asks("在嗎")
    await held(customer, ji)
    desk, wen = await rep(house, "wen")
    house.service.clock.advance(11 * MINUTE)
    await held(customer, wen)
    kinds = [(line["kind"], line.get("cause")) for line in customer.talk["lines"]]
    assert kinds[-3:] == [("taken", None), ("released", "unanswered"), ("taken", None)]
    # Nor does it go back to the one who left it.
    house.service.clock.advance(11 * MINUTE)
    await until(lambda: customer.talk["control"], "queued".__eq__)
    third, _ = await house.asks("請問", await house.guest("阿德"))
    await until(lambda: third.talk["staff"])
    assert customer.talk["control"] == "queued"
    await desk.join(conversation)
    await desk.acts("take")
    await desk.says("在")


async def test_closed_hours_give_nothing_and_open_ones_do(house: House) -> None:
    operator = await house.staff("boss", Role.OPERATOR)
    week = {"time_zone": "UTC", "week": [[["10:00", "18:00"]]] * 7, "closed": [], "special": []}
    assert (await operator.ask("PUT", "/api/staff/hours", json=week)).status == 200
    clock, chats = house.service.clock, house.service.app[CHATS]
    clock.advance(3_000)
    while await chats.is_open():
        clock.advance(60 * MINUTE)
    _, ji = await rep(house, "ji")
    customer, _ = await house.asks("有人嗎")
    promised = await until(lambda: customer.talk["promised"])
    assert promised["opens_at"] is not None
    while not await chats.is_open():
        clock.advance(60 * MINUTE)
    await held(customer, ji)


async def test_the_language_that_the_bot_heard_decides(house: House) -> None:
    chats = house.service.app[CHATS]
    customer, conversation = await house.asks("hello")
    desk, _ = await rep(house, "en", languages=["zh-Hant"])
    await until(lambda: customer.talk["staff"])
    # What the bot hands over says in which language she wrote.
    await desk.join(conversation)
    await desk.acts("resolve")
    _, wen = await rep(house, "wen", languages=["en"])
    state = await chats.state(conversation)
    said = c.Said(c.Say(text="cancel my order"), bot=True)
    by = c.Actor(state.customer, "", "customer", state.ids)
    await chats._by(by, conversation, "asked", said)
    state = await chats.state(conversation)
    handing = c.BotSays(
        round=2, upto=state.asked_upto, text="One moment.", intent="human", locale="en",
        handover="asked",
    )  # fmt: skip
    await chats.bot_says(conversation, handing)
    await held(customer, wen)


async def test_it_is_off_where_the_shop_says_so(database_url: str, tmp_path: Path) -> None:
    settings = settings_for(database_url, tmp_path, media_engine="none")
    async with serving(settings) as service, contextlib.AsyncExitStack() as lines:
        house = House(service, lines)
        await rep(house, "ji")
        customer, _ = await house.asks("在嗎")
        await until(lambda: customer.talk["promised"])
        await asyncio.sleep(0.5)
        assert customer.talk["control"] == "queued"


async def test_two_services_give_it_once_and_to_a_desk_at_either(
    database_url: str, tmp_path: Path
) -> None:
    clock = ManualClock()
    async with (
        shop(database_url, tmp_path, clock) as one,
        shop(database_url, tmp_path, clock) as other,
    ):
        talks = [(await one.asks(name, await one.guest(name)))[1] for name in "一二三四五六"]
        (_, ji), wen_browser = await rep(one, "ji"), await other.staff("wen", Role.REP)
        await other.at_desk(wen_browser)
        wen = (await wen_browser.get("/api/session")).json["person"]["id"]

        async def all_given() -> list[str | None]:
            rows = await one.service.app[CHATS].rows(talks)
            return [row.staff for row in rows]

        given = await until(all_given, lambda staff: None not in staff)
        assert set(given) <= {ji, wen}
        for conversation in talks:
            log = await one.service.app[CHATS].told(conversation)
            types = [logged.event.TYPE for logged in log]
            assert types.count("conversation.taken") == 1, "one has it, and nobody had it before"


async def test_who_takes_it_at_one_service_while_another_gives_it_away(
    database_url: str, tmp_path: Path
) -> None:
    """Each service knows what was so before; the room alone knows who was faster."""
    clock = ManualClock()
    settings = settings_for(database_url, tmp_path, media_engine="none")
    async with (
        serving(settings, clock) as service,
        serving(settings, clock) as other,
        contextlib.AsyncExitStack() as lines,
    ):
        house = House(service, lines)
        desk = await house.at_desk(await house.staff("ji", Role.REP))
        await house.staff("wen", Role.REP)
        chats = other.app[CHATS]
        [wen] = [one for one in await chats.reps() if one.name == "wen"]
        takers = []
        for number in range(8):
            clock.advance(1_000)
            _, conversation = await house.asks("在嗎", await house.guest(f"客{number}"))
            await desk.join(conversation)
            assert (await chats.state(conversation)).control == "queued"
            take = desk.ask("act", {"do": {"type": "take"}})
            if number < 2:  # she was faster for certain, and the other service has not heard of it
                assert (await take)["ok"]
                given = await chats.assign(conversation, 1, wen)
            else:
                _, given = await asyncio.gather(take, chats.assign(conversation, 1, wen))
            log = await chats.told(conversation)
            [taken] = [one.event for one in log if isinstance(one.event, e.ConversationTaken)]
            assert given == (taken.staff == wen.id) == taken.assigned
            takers.append(given)
        assert takers[:2] == [False, False]


async def test_a_desk_at_another_process_is_known_here(database_url: str, tmp_path: Path) -> None:
    clock = ManualClock()
    async with (
        shop(database_url, tmp_path, clock) as one,
        shop(database_url, tmp_path, clock) as other,
    ):
        desk, ji = await rep(one, "ji")
        browser = await other.staff("wen", Role.REP)
        line = await other.at_desk(browser)
        wen = (await browser.get("/api/session")).json["person"]["id"]
        await until(lambda: set(desk.here), {ji, wen}.__eq__)
        customer, _ = await one.asks("在嗎", await one.guest("一"))
        second, _ = await one.asks("在嗎", await one.guest("二"))
        await until(lambda: customer.talk["staff"] and second.talk["staff"])
        assert {customer.talk["staff"]["id"], second.talk["staff"]["id"]} == {ji, wen}
        await line.socket.disconnect()
        await until(lambda: desk.here, [ji].__eq__)


async def test_what_waited_over_a_restart_is_given(database_url: str, tmp_path: Path) -> None:
    async with shop(database_url, tmp_path) as house:
        _, conversation = await house.asks("在嗎")
        await sets(await house.staff("ji", Role.REP), most=3)
    async with shop(database_url, tmp_path) as house:
        browser = await signed_in(house, "ji")
        assert (await browser.get(REP)).json["most"] == 3
        await house.at_desk(browser)
        own = (await browser.get("/api/session")).json["person"]["id"]

        async def holder() -> str | None:
            return (await house.service.app[CHATS].rows([conversation]))[0].staff

        await until(holder, lambda staff: staff == own)


async def test_who_takes_it_herself_at_that_moment_or_is_given_it_has_it_once(
    house: House,
) -> None:
    """However the two meet, one has it and the log says so once."""
    desks = [await rep(house, name) for name in ("ji", "wen")]
    for number in range(6):
        browser = await house.guest(f"客{number}")
        begun = await browser.post("/api/chat", {})
        conversation = str(begun.json["conversation"])
        customer = await house.line(browser)
        await customer.join(conversation)
        for desk, _ in desks:
            await desk.join(conversation)
        house.service.clock.advance(60_000)
        take = {"do": {"type": "take"}}
        await asyncio.gather(customer.says("在嗎"), *(desk.ask("act", take) for desk, _ in desks))
        await until(lambda: customer.talk["staff"])  # noqa: B023 (awaited here)
        log = await house.service.app[CHATS].told(conversation)
        taken = [one.event for one in log if isinstance(one.event, e.ConversationTaken)]
        assert len(taken) == 1
