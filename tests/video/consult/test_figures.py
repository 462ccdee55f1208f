"""How calls go, in figures."""

from __future__ import annotations

from typing import Any

from core.identity.model import Role
from tests.video.consult.house import House
from tests.waiting import until
from video.consult.figures import figures
from video.consult.state import Bought
from video.consult.store import Ask, Missed
from video.consult.sums import DAY_MS

PATH = "/api/staff/consult/figures"


def asked(**what: Any) -> Ask:
    known: dict[str, Any] = {
        "staff": "stf_1", "by": "customer", "asked_at": 0, "answered_at": 10_000,
        "ended_at": 70_000, "cause": "hung_up", "score": None, "orders": (),
    }  # fmt: skip
    return Ask(**known | what)


def bought(total: int, currency: str) -> Bought:
    return Bought(id="ord_1", number="1", total=total, currency=currency)


def test_nothing_is_nothing() -> None:
    none = figures([], [])
    assert (none.calls, none.missed, none.ordered, none.totals) == (0, 0, 0, {})
    assert none.wait_p50_ms is none.wait_p90_ms is none.length_p50_ms is none.converted is None
    assert none.rated.mean is None


def test_waits_and_lengths_are_ranked() -> None:
    calls = [
        asked(answered_at=1_000 * number, ended_at=1_000 * number + 60_000 * number)
        for number in range(1, 11)
    ]
    told = figures(calls, [])
    assert (told.wait_p50_ms, told.wait_p90_ms) == (5_000, 9_000)
    assert told.length_p50_ms == 5 * 60_000


def test_who_was_invited_has_not_waited_and_who_left_has_not_talked() -> None:
    calls = [
        asked(by="staff", answered_at=240_000, ended_at=300_000),
        asked(answered_at=None, cause="left"),
        asked(ended_at=None, cause=None),
    ]
    told = figures(calls, [Missed("stf_1", 1), Missed("stf_2", 2)])
    assert (told.calls, told.missed) == (2, 2)
    assert told.wait_p50_ms == told.wait_p90_ms == 10_000
    assert told.length_p50_ms == 60_000


def test_what_is_bought_is_summed_by_currency() -> None:
    calls = [
        asked(orders=(bought(38_000, "TWD"), bought(1_000, "TWD")), score=5),
        asked(orders=(bought(1_250, "USD"),), score=4),
        asked(score=4),
    ]
    told = figures(calls, [])
    assert (told.ordered, told.converted) == (2, 66.7)
    assert told.totals == {"TWD": 39_000, "USD": 1_250}
    assert (told.rated.count, told.rated.mean) == (3, 4.33)


async def test_reps_see_their_own_and_operators_everybodys(house: House) -> None:
    ji = await house.desk("ji")
    boss = await house.staff("boss", Role.OPERATOR)
    customer, _ = await house.asks()
    await until(lambda: ji.line.board["rings"])
    await ji.line.ask("do", {"call": ji.line.board["rings"]["id"], "do": {"type": "decline"}})
    house.service.clock.advance(30_000)
    call = (await until(lambda: ji.line.board["waiting"]))[0]["id"]
    assert (await ji.line.answers(call))["ok"]
    await ji.line.enter(call)
    house.service.clock.advance(60_000)
    await customer.does("hang_up")
    await customer.does("rate", score=4)
    left, _ = await house.asks(await house.guest("二"))
    await left.does("leave")
    third = await house.guest("三")
    conversation = (await third.post("/api/chat", {})).json["conversation"]
    asked = await ji.browser.post("/api/staff/consult/calls", {"conversation": conversation})
    invited = await house.line(third)
    await invited.enter(asked.json["call"])
    await invited.does("decline")  # she who was invited has not been left waiting
    mine = (await ji.browser.get(f"{PATH}?days=7")).json
    assert mine["reps"] == []
    assert mine["mine"] == mine["team"]
    assert (mine["mine"]["calls"], mine["mine"]["missed"], mine["lost"]) == (1, 1, 1)
    assert (mine["mine"]["wait_p50_ms"], mine["mine"]["length_p50_ms"]) == (30_000, 60_000)
    assert mine["mine"]["rated"] == {"count": 1, "mean": 4.0}
    all_of_them = (await boss.get(PATH)).json
    assert all_of_them["days"] == 30
    [hers] = [one for one in all_of_them["reps"] if one["id"] == ji.id]
    assert (hers["name"], hers["calls"]) == ("ji", 1)
    assert all_of_them["mine"]["calls"] == 0
    house.service.clock.advance(8 * DAY_MS)
    await boss.become_staff("boss@example.com")
    assert (await boss.get(f"{PATH}?days=7")).json["team"]["calls"] == 0
    for wrong in ("0", "366", "x", "-1", "٧"):
        assert (await boss.get(f"{PATH}?days={wrong}")).status == 400
