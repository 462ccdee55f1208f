"""At whom calls ring, over one service and two, and which pages are missed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chat import assign
from chat.routes import INBOX
from core.clock import Instant, ManualClock, SystemClock
from core.db import Database
from core.errors import Unavailable
from core.identity.model import Role
from core.identity.service import IDENTITY
from tests.service import Browser
from tests.video.consult.house import Desk, House, open_house
from tests.video.consult.line import Line
from tests.waiting import WITHIN_S, until
from video.consult import choice, lobby, mailbox, post, presence, ringing, taken
from video.consult import commands as c
from video.consult.events import CallRung
from video.consult.seats import Held
from video.consult.service import CALLS, Rep, Wish
from video.consult.signals import Place
from web.keys import DATABASE

SECOND = 1_000


async def sets(browser: Browser, **profile: Any) -> None:
    reply = await browser.ask("PUT", "/api/staff/rep", json=profile)
    assert reply.status == 200, reply.body


async def asks_booked(house: House, rep: str) -> tuple[Line, str]:
    """A customer who has booked this rep, at the time that was agreed."""
    browser = await house.guest()
    person = await house.service.app[IDENTITY].person_for(browser.token)
    wish = Wish("zh-Hant", booking="bkg_" + "0" * 26, wanted=rep)
    call, fresh = await house.service.app[CALLS].ask(person, wish)
    assert fresh
    line = await house.line(browser)
    await line.enter(call)
    return line, call


async def test_it_rings_at_who_speaks_and_knows(house: House) -> None:
    ji, wen = await house.desk("ji"), await house.desk("wen")
    await sets(ji.browser, languages=["zh-Hant"], skills=["鍋具"])
    await sets(wen.browser, languages=["en"], skills=["醬料"])
    english, _ = await house.asks(await house.guest("Ann"), locale="en")
    await until(lambda: (english.call["staff"] or {}).get("id") == wen.id)
    chinese, _ = await house.asks(await house.guest("美"), topic="鍋具")
    await until(lambda: (chinese.call["staff"] or {}).get("id") == ji.id)
    topics = (await english.browser.get("/api/consult")).json["topics"]
    assert set(topics) == {"鍋具", "醬料"}


async def test_it_rings_as_soon_as_a_desk_opens_and_not_at_who_is_away(house: House) -> None:
    customer, call = await house.asks()
    ji = await house.staff("ji", Role.REP)
    await sets(ji, away=True)
    desk = await house.desk("ji", ji)
    assert desk.line.board["rings"] is None
    [row] = desk.line.board["waiting"]
    assert row["id"] == call
    await sets(ji, away=False)
    await until(lambda: desk.line.board["rings"])
    await sets(ji, away=True)
    await until(lambda: customer.phase == "waiting")
    await until(lambda: desk.line.board["rings"] is None)


async def test_it_goes_on_ringing_at_a_desk_that_is_loaded_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = asyncio.Event()
    look = ringing.Ringing._look

    async def looks(self: ringing.Ringing) -> None:
        await look(self)
        looked.set()

    monkeypatch.setattr(ringing.Ringing, "_look", looks)
    monkeypatch.setattr(ringing, "BACK_S", WITHIN_S)
    ji = await house.desk("ji")
    _, call = await house.asks()
    await until(lambda: ji.line.board["rings"])
    inbox = house.service.app[INBOX]
    await ji.inbox.socket.disconnect()
    await until(lambda: ji.id not in inbox.here)
    for _ in range(2):
        looked.clear()
        await looked.wait()
    again = await house.desk("ji", ji.browser)
    assert again.line.board["rings"]["id"] == call
    log = await house.service.app[CALLS].told(call)
    assert [one.event.TYPE for one in log if one.event.TYPE != "call.joined"] == [
        "call.asked", "call.rung",
    ]  # fmt: skip


def moved_on(customer: Line, rung: list[str]) -> bool:
    return customer.rung != rung


async def test_a_booked_call_rings_at_who_was_booked_and_then_at_anybody(house: House) -> None:
    wen = await house.desk("wen")
    ji = await house.desk("ji")
    customer, _ = await asks_booked(house, ji.id)
    await until(lambda: (customer.call["staff"] or {}).get("id") == ji.id)
    for _ in range(3):
        so_far = customer.rung.copy()
        house.service.clock.advance(21 * SECOND)
        await until(partial(moved_on, customer, so_far))
    assert customer.rung[-3:] == [ji.id, ji.id, wen.id]


async def test_two_calls_ring_at_two_reps_and_a_third_waits(house: House) -> None:
    desks = [await house.desk("ji"), await house.desk("wen")]
    callers = []
    for name in "一二三":
        callers.append((await house.asks(await house.guest(name)))[0])
        house.service.clock.advance(SECOND)
    await until(lambda: sum(one.phase == "ringing" for one in callers) == 2)
    rung = {one.call["staff"]["id"] for one in callers if one.phase == "ringing"}
    assert rung == {desk.id for desk in desks}
    waiting = next(one for one in callers if one.phase == "waiting")
    await until(lambda: waiting.places)
    assert callers.index(waiting) == 2, "in the order in which they asked"


async def test_the_one_who_waited_longest_is_rung_for_first_when_a_rep_is_free(
    house: House,
) -> None:
    ji = await house.desk("ji")
    first, _ = await house.talk(ji, await house.guest("一"))
    waiting = []
    for name in "二三":
        house.service.clock.advance(SECOND)
        waiting.append((await house.asks(await house.guest(name)))[0])
    await first.does("hang_up")
    await until(lambda: waiting[0].phase == "ringing")
    assert waiting[1].phase == "waiting"


async def test_how_long_one_waits_is_told_once_calls_are_known(house: House) -> None:
    ji = await house.desk("ji")
    for number in range(5):
        customer, _ = await house.talk(ji, await house.guest(f"客{number}"))
        house.service.clock.advance(4 * 60 * SECOND)
        await customer.does("hang_up")
        await until(lambda: ji.line.board["mine"] is None)
    await house.talk(ji, await house.guest("客"))
    customer, _ = await house.asks(await house.guest("等"))
    told = (await until(lambda: customer.places))[-1]
    assert told["place"] == 1
    assert told["least_ms"] <= 4 * 60 * SECOND <= told["most_ms"]


class Off:
    """A clock that is hours from the database's: it was set, or its machine slept, meanwhile."""

    def __init__(self, hours: int) -> None:
        self._clock = SystemClock()
        self._off_ms = hours * 3_600_000

    def now(self) -> Instant:
        return self._clock.now() + self._off_ms


@contextlib.asynccontextmanager
async def house_off(url: str, folder: Path, hours: int) -> AsyncIterator[House]:
    clock: Any = Off(hours)
    async with open_house(url, folder, clock) as house:
        yield house


@pytest.mark.parametrize("hours", [-1, 1])
async def test_it_rings_as_long_and_as_soon_again_whatever_the_process_takes_for_the_time(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    monkeypatch.setattr(choice, "AGAIN_MS", 0)
    async with house_off(postgres_url, tmp_path, hours) as house:
        ji = await house.desk("ji")
        _, call = await house.asks()

        async def rings() -> list[int]:
            """How long each lasts."""
            log = await house.service.app[CALLS].told(call)
            return [one.event.until - one.at_ms for one in log if isinstance(one.event, CallRung)]

        assert await until(rings) == [20 * SECOND]
        assert (await ji.line.ask("do", {"call": call, "do": {"type": "decline"}}))["ok"]
        await until(rings, lambda found: len(found) > 1)


async def test_who_is_taken_up_is_so_whatever_another_process_takes_for_the_time(
    postgres_url: str, tmp_path: Path
) -> None:
    async with house_off(postgres_url, tmp_path, 1) as house:
        _, call = await house.asks()
        now = SystemClock().now()
        database, calls = house.service.app[DATABASE], house.service.app[CALLS]
        assert await database.write(lambda conn: taken.take(conn, "stf_1", "cll_1", now))
        assert not await calls.ring(call, Rep(id="stf_1", name="ji"))


# Over two services


@contextlib.asynccontextmanager
async def two_houses(url: str, folder: Path) -> AsyncIterator[tuple[House, House]]:
    clock = ManualClock()
    async with open_house(url, folder, clock) as one, open_house(url, folder, clock) as other:
        yield one, other


async def talk_across(one: House, other: House) -> tuple[Line, Desk, str]:
    """A customer at one service who talks with a rep at the other."""
    ji = await other.desk("ji")
    customer, call = await one.asks()
    await until(lambda: ji.line.board["rings"])
    await ji.line.enter(call)
    await ji.line.does("answer")
    await until(lambda: customer.phase == "talking" and all(customer.call["seats"].values()))
    await until(lambda: all(ji.line.call["seats"].values()))
    return customer, ji, call


async def test_the_two_of_a_call_may_be_at_two_services(database_url: str, tmp_path: Path) -> None:
    async with two_houses(database_url, tmp_path) as (one, other):
        customer, ji, _ = await talk_across(one, other)
        candidate = {"candidate": "candidate:1 1 udp 1 192.0.2.1 5 typ host", "sdpMid": "0"}
        for number in range(12):
            said = {"candidates": [candidate | {"sdpMLineIndex": number}]}
            assert (await customer.signal(ji.line, **said))["delivered"]
        await until(lambda: len(ji.line.signals) == 12)
        indexes = [one["candidates"][0]["sdpMLineIndex"] for one in ji.line.signals]
        assert indexes == list(range(12)), "in their order, and each once"
        assert (await ji.line.signal(customer))["delivered"]
        await until(lambda: customer.signals)
        await ji.line.does("say", text="聽得到嗎")
        await until(lambda: customer.call["said"])
        await customer.does("hang_up")
        await until(lambda: ji.line.phase == "ended")
        await until(lambda: ji.line.board["mine"] is None)


async def test_two_services_ring_once_and_at_one_rep_each(
    database_url: str, tmp_path: Path
) -> None:
    async with two_houses(database_url, tmp_path) as (one, other):
        calls = [(await one.asks(await one.guest(name)))[1] for name in "一二三四"]
        desks = [await one.desk("ji"), await other.desk("wen")]
        service = one.service.app[CALLS]

        async def rung() -> list[str]:
            rows = [row for row in await service.queue() if row.phase == "ringing"]
            return sorted(row.staff or "" for row in rows)

        await until(rung, sorted(desk.id for desk in desks).__eq__)
        for call in calls:
            log = await service.told(call)
            types = [logged.event.TYPE for logged in log]
            assert types.count("call.rung") <= 1


async def test_the_lobby_at_one_service_is_told_of_desks_and_calls_at_the_other(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another process did is not heard here, without Redis: it is looked up."""
    monkeypatch.setattr(assign, "LOOKED_S", 0.05)
    monkeypatch.setattr(lobby, "LOOKED_S", 0.05)
    monkeypatch.setattr(lobby, "TOLD_S", 0.01)
    async with two_houses(database_url, tmp_path) as (one, other):
        looks_on = await one.line(await one.service.browser())
        nobody = (await looks_on.ask("lobby"))["lobby"]
        assert (nobody["open"], nobody["desks"]) == (True, {"open": 0, "free": 0})
        ji = await other.desk("ji")
        await until(lambda: looks_on.lobbies)
        assert looks_on.lobbies[-1]["desks"] == {"open": 1, "free": 1}
        assert looks_on.lobbies[-1]["free"]
        await other.talk(ji)
        await until(lambda: looks_on.lobbies[-1]["desks"] == {"open": 1, "free": 0})
        assert not looks_on.lobbies[-1]["free"]
        await sets(ji.browser, away=True)
        await ji.line.does("hang_up")
        await until(lambda: looks_on.lobbies[-1]["desks"] == {"open": 0, "free": 0})


# Who is there


async def test_a_page_of_which_nobody_says_that_it_is_there_is_missed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after its process was killed: nobody tells that its socket has ended."""
    monkeypatch.setattr(presence, "SAID_S", 0.05)
    async with open_house(database_url, tmp_path) as house:
        ji = await house.desk("ji")
        customer, call = await house.talk(ji)
        other = await house.line(customer.browser)
        person = await house.service.app[IDENTITY].person_for(customer.browser.token)
        sit = c.SendSit(request_id="of-another-process", seat="of-another-process")
        await house.service.app[CALLS].sit(person, call, sit)
        await until(lambda: ji.line.call["seats"]["customer"] == "of-another-process")
        house.service.clock.advance(presence.LOST_MS + 1)
        await until(lambda: ji.line.call["seats"]["customer"] is None)
        assert ji.line.call["seats"]["staff"] == ji.line.seat, "she is seen here"
        await other.enter(call)
        await until(lambda: ji.line.call["seats"]["customer"] == other.seat)


async def test_a_page_that_is_there_and_was_taken_for_lost_sits_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where its process could not say so for half a minute."""
    monkeypatch.setattr(presence, "SAID_S", 0.05)
    async with open_house(database_url, tmp_path) as house:
        ji = await house.desk("ji")
        customer, call = await house.talk(ji)
        calls = house.service.app[CALLS]
        seat = (await calls.state(call)).customer_seat
        assert seat.joined is not None
        await calls.left(Held(call, "customer", customer.seat, seat.joined))

        async def sits() -> bool:
            now = (await calls.state(call)).customer_seat
            return now.page == customer.seat and now.joined != seat.joined

        await until(sits)
        await until(lambda: ji.line.call["gone"]["customer"] is None)
        assert (await customer.signal(ji.line))["delivered"]


async def test_a_page_that_stepped_back_is_not_brought_in_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = asyncio.Event()
    look = presence.Presence.look

    async def looks(self: presence.Presence) -> None:
        await look(self)
        looked.set()

    monkeypatch.setattr(presence, "SAID_S", 0.05)
    monkeypatch.setattr(presence.Presence, "look", looks)
    async with open_house(database_url, tmp_path) as house:
        ji = await house.desk("ji")
        older, call = await house.talk(ji)
        newer = await house.line(older.browser)
        await newer.enter(call)
        await until(lambda: ji.line.call["seats"]["customer"] == newer.seat)
        await newer.socket.disconnect()
        await until(lambda: ji.line.call["gone"]["customer"] is not None)
        for _ in range(2):
            looked.clear()
            await looked.wait()
        assert ji.line.call["seats"]["customer"] is None
        await older.sit()
        await until(lambda: ji.line.call["seats"]["customer"] == older.seat)


async def test_what_is_told_late_of_an_old_line_means_nothing(house: House) -> None:
    ji = await house.desk("ji")
    customer, call = await house.talk(ji)
    calls = house.service.app[CALLS]
    seat = (await calls.state(call)).customer_seat
    assert seat.joined is not None
    await customer.sit()
    await calls.left(Held(call, "customer", customer.seat, seat.joined))
    assert (await calls.state(call)).customer_seat.page == customer.seat


# Between two processes


async def test_a_signal_that_could_not_be_forgotten_is_handed_over_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = post.Post(database, ManualClock()), post.Post(database, ManualClock())
    place = Place("cll_" + "0" * 26, "staff", "jis-seat-1")
    arrived: list[bytes] = []
    here.apart = lambda: [place]
    here.arrived = lambda _to, told: arrived.append(told)
    await there.send(place, b"1")

    def away(*_: object, **__: object) -> None:
        raise Unavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(mailbox, "forget", away)
        with pytest.raises(Unavailable):
            await here.fetch()
    await there.send(place, b"2")
    await here.fetch()
    await here.fetch()
    assert arrived == [b"1", b"2"]


async def test_a_signal_lies_there_whatever_another_process_takes_for_the_time(
    postgres_url: str,
) -> None:
    async with Database.open(postgres_url) as database:
        here, there = post.Post(database, SystemClock()), post.Post(database, Off(1))
        mine = Place("cll_" + "0" * 26, "staff", "jis-seat-1")
        arrived: list[bytes] = []
        here.apart = lambda: [mine]
        here.arrived = lambda _to, told: arrived.append(told)
        await here.send(mine, b"1")
        await there.send(Place(mine.call, "customer", "annas-seat"), b"2")
        await here.fetch()
        assert arrived == [b"1"]


async def test_letters_for_others_are_left_alone(database: Database) -> None:
    here, there = post.Post(database, ManualClock()), post.Post(database, ManualClock())
    mine = Place("cll_" + "0" * 26, "staff", "jis-seat-1")
    arrived: list[bytes] = []
    here.apart = lambda: [Place(mine.call, "customer", mine.seat)]
    here.arrived = lambda _to, told: arrived.append(told)
    await there.send(mine, b"{}")
    await here.fetch()
    assert arrived == []


async def test_a_rep_is_taken_up_by_one_call(house: House) -> None:
    """Two processes that choose the same one: the second is told that she is taken."""
    database, now = house.service.app[DATABASE], house.service.clock.now()

    async def take(call: str, at: int) -> bool:
        return await database.write(lambda conn: taken.take(conn, "stf_1", call, at))

    assert await take("cll_1", now)
    assert await take("cll_1", now), "by the same one again"
    assert not await take("cll_2", now)
    assert await take("cll_2", now + taken.HELD_MS + 1), "whoever held her has been killed"
    await database.write(lambda conn: taken.let_go(conn, "stf_1", "cll_1"))
    assert not await take("cll_3", now), "another's is not let go"
    await database.write(lambda conn: taken.let_go(conn, "stf_1", "cll_2"))
    assert await take("cll_3", now)
