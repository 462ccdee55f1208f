"""What two do at once to one call, at two services over one database."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import pytest

from core.clock import ManualClock
from core.identity.model import Role
from core.identity.service import IDENTITY
from tests.service import Browser
from tests.video.consult.house import House, open_house
from tests.video.consult.line import Line
from tests.waiting import until
from video.consult import service, taken
from video.consult.service import CALLS, Rep

ROUNDS = 6


class Race:
    """Two services that serve the same calls."""

    def __init__(self, one: House, other: House, clock: ManualClock) -> None:
        self.one = one
        self.other = other
        self.clock = clock

    async def at_other(self, browser: Browser) -> Browser:
        """The same person, by a page of the other service."""
        copy = await self.other.service.browser()
        assert browser.token
        copy.forge(browser.token)
        return copy

    async def rep(self, name: str) -> tuple[Browser, Line]:
        """A rep whose desk watches calls, and at whom nothing rings by itself."""
        browser = await self.one.staff(name, Role.REP)
        return browser, await self.one.line(browser)

    async def types(self, call: str) -> list[str]:
        return [one.event.TYPE for one in await self.one.service.app[CALLS].told(call)]

    async def talking(self, name: str) -> tuple[Line, Line, str]:
        """A customer at one service who talks with a rep at the other."""
        _, rep = await self.rep(name)
        customer, call = await self.one.asks(await self.one.guest(name))
        assert (await rep.answers(call))["ok"]
        there = await self.other.line(await self.at_other(rep.browser))
        await there.enter(call)
        await until(lambda: customer.phase == "talking")
        return customer, there, call


@pytest.fixture
async def race(database_url: str, tmp_path: Path) -> AsyncIterator[Race]:
    clock = ManualClock()
    async with contextlib.AsyncExitStack() as stack:
        one, other = [
            await stack.enter_async_context(open_house(database_url, tmp_path, clock))
            for _ in range(2)
        ]
        yield Race(one, other, clock)


async def both(*what: Awaitable[dict[str, Any]]) -> list[str]:
    """What came of each: `ok`, or the code with which it was refused."""
    replies = await asyncio.gather(*what)
    return ["ok" if one["ok"] else str(one["error"]["code"]) for one in replies]


async def test_two_reps_answer_at_once_and_one_has_it(race: Race) -> None:
    _, ji = await race.rep("ji")
    wen_browser, _ = await race.rep("wen")
    wen = await race.other.line(await race.at_other(wen_browser))
    for number in range(ROUNDS):
        race.clock.advance(30_000)
        customer, call = await race.one.asks(await race.one.guest(f"客{number}"))
        outcomes = await both(ji.answers(call), wen.answers(call))
        assert sorted(outcomes) == ["ok", "taken"]
        assert (await race.types(call)).count("call.answered") == 1
        await until(lambda: customer.phase == "talking")  # noqa: B023 (awaited here)
        await customer.does("hang_up")


async def test_who_has_answered_comes_in_by_the_other_service_at_once(race: Race) -> None:
    """It has read the call before, and hears of the answer only by its next look at the log."""
    browser, rep = await race.rep("ji")
    there = await race.other.line(await race.at_other(browser))
    for number in range(ROUNDS):
        race.clock.advance(30_000)
        customer, call = await race.one.asks(await race.one.guest(f"客{number}"))
        await race.other.service.app[CALLS].state(call)
        assert (await rep.answers(call))["ok"]
        await there.join(call)
        await customer.does("hang_up")


async def test_one_rep_answers_two_calls_at_once_and_has_one(race: Race) -> None:
    browser, here = await race.rep("ji")
    there = await race.other.line(await race.at_other(browser))
    for number in range(ROUNDS):
        race.clock.advance(30_000)
        callers = [await race.one.asks(await race.one.guest(f"客{number}{one}")) for one in "ab"]
        (_, first), (_, second) = callers
        outcomes = await both(here.answers(first), there.answers(second))
        assert sorted(outcomes) == ["in_a_call", "ok"]
        answered = [(await race.types(call)).count("call.answered") for call in (first, second)]
        assert sum(answered) == 1
        for customer, _ in callers:
            await customer.does("hang_up")


async def test_without_its_guard_one_rep_has_two_calls(
    race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What keeps the test above from passing by chance."""

    looked = asyncio.Barrier(2)

    async def looks(calls: Any, staff: str, call: str) -> bool:
        found = (await calls.busy()).get(staff)
        await looked.wait()
        return found in (None, call)

    monkeypatch.setattr(service.Calls, "_take", looks)
    browser, here = await race.rep("ji")
    there = await race.other.line(await race.at_other(browser))
    calls = [(await race.one.asks(await race.one.guest(name)))[1] for name in "一二"]
    assert await both(here.answers(calls[0]), there.answers(calls[1])) == ["ok", "ok"]


async def test_two_services_ring_one_rep_for_one_call(race: Race) -> None:
    browser, _ = await race.rep("ji")
    own = str((await browser.get("/api/session")).json["person"]["id"])
    rep = Rep(id=own, name="ji")
    here, there = race.one.service.app[CALLS], race.other.service.app[CALLS]
    for number in range(ROUNDS):
        callers = [await race.one.asks(await race.one.guest(f"客{number}{one}")) for one in "ab"]
        (_, first), (_, second) = callers
        rung = await asyncio.gather(here.ring(first, rep), there.ring(second, rep))
        assert sorted(rung) == [False, True]
        for customer, _ in callers:
            await customer.does("leave")
        race.clock.advance(taken.HELD_MS)


async def test_both_hang_up_at_once_and_it_ends_once(race: Race) -> None:
    for number in range(ROUNDS):
        race.clock.advance(30_000)
        customer, rep, call = await race.talking(f"r{number}")
        hangs = {"do": {"type": "hang_up"}}
        assert await both(customer.ask("do", hangs), rep.ask("do", hangs)) == ["ok", "ok"]
        assert (await race.types(call)).count("call.ended") == 1
        await until(lambda: customer.phase == rep.phase == "ended")  # noqa: B023 (awaited here)


async def test_she_leaves_while_a_rep_picks_up(race: Race) -> None:
    _, ji = await race.rep("ji")
    for number in range(ROUNDS):
        race.clock.advance(30_000)
        browser = await race.one.guest(f"客{number}")
        customer, call = await race.one.asks(browser)
        elsewhere = await race.other.line(await race.at_other(browser))
        await elsewhere.join(call)
        left, answered = await both(
            elsewhere.ask("do", {"do": {"type": "leave"}}), ji.answers(call)
        )
        assert left == "ok"
        assert answered in ("ok", "call_over")
        await until(lambda: customer.phase == "ended")  # noqa: B023 (awaited here)
        types = await race.types(call)
        assert types.count("call.ended") == 1
        assert types.count("call.answered") == (answered == "ok")
        assert customer.call["cause"] == ("hung_up" if answered == "ok" else "left")
        busy = await race.one.service.app[CALLS].busy()
        assert busy == {}, "she is free again"


async def test_two_tabs_of_one_customer_ask_at_once_and_have_one_call(race: Race) -> None:
    for number in range(ROUNDS):
        browser = await race.one.guest(f"客{number}")
        tabs = [browser, await race.at_other(browser)] * 3
        path, body = "/api/consult/calls", {"locale": "zh-Hant"}
        replies = await asyncio.gather(*(tab.post(path, body) for tab in tabs))
        assert {reply.status for reply in replies} == {200, 201}
        [call] = {reply.json["call"] for reply in replies}
        person = await race.one.service.app[IDENTITY].person_for(browser.token)
        assert await race.one.service.app[CALLS].all_of(person.aliases) == [call]


async def test_a_change_that_is_asked_for_twice_is_in_the_cart_once(race: Race) -> None:
    await race.one.furnish()
    variant = (await race.one.product())["variants"][0]["id"]
    customer, rep, call = await race.talking("ji")
    second = await race.other.line(await race.at_other(customer.browser))
    await second.join(call)
    do = {"type": "change", "kind": "cart.add", "variant": variant, "quantity": 1}
    sent = {"request_id": "the-same-request", "do": do}
    outcomes = await both(*(line.ask("do", sent) for line in (customer, second) * 3))
    assert set(outcomes) == {"ok"}
    await until(
        lambda: customer.call["changes"], lambda found: found and found[0]["state"] == "done"
    )
    assert len(customer.call["changes"]) == 1
    undone = {"do": {"type": "undo", "offset": customer.call["changes"][0]["offset"]}}
    cart = (await customer.browser.get("/api/cart")).json
    assert [one["quantity"] for one in cart["lines"]] == [1]
    outcomes = await both(customer.ask("do", undone), rep.ask("do", undone))
    assert set(outcomes) == {"ok"}
    await until(lambda: customer.call["changes"][0]["state"] == "undone")
    assert (await customer.browser.get("/api/cart")).json["lines"] == []
    types = await race.types(call)
    assert (types.count("change.made"), types.count("change.undone")) == (1, 1)
