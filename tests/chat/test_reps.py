"""Profiles of reps, as pages read and set them; and what else the desk lists."""

from __future__ import annotations

from typing import Any

import pytest

from chat.routes import CHATS
from core.identity.model import Role
from tests.chat.conftest import House
from tests.waiting import until

OWN, ALL = "/api/staff/rep", "/api/staff/reps"
FRESH = {"languages": [], "skills": [], "most": 5, "away": False}


async def test_a_profile_is_set_in_parts_and_stays(house: House) -> None:
    ji = await house.staff("ji", Role.REP)
    assert (await ji.get(OWN)).json == FRESH
    wanted = {"languages": ["zh-Hant", "en", "en"], "skills": [" 食 材 ", "送禮", "送禮"]}
    told = await ji.ask("PUT", OWN, json=wanted)
    kept = FRESH | {"languages": ["zh-Hant", "en"], "skills": ["食 材", "送禮"]}
    assert (told.status, told.json) == (200, kept)
    assert (await ji.ask("PUT", OWN, json={"away": True})).json == kept | {"away": True}
    assert (await ji.get(OWN)).json == kept | {"away": True}
    assert (await ji.ask("PUT", OWN, json={"skills": [], "most": 20})).json["skills"] == []


@pytest.mark.parametrize(
    "body",
    [
        {}, [], {"languages": ["de"]}, {"languages": "en"}, {"skills": [""]}, {"skills": [" "]},
        {"skills": ["x" * 25]}, {"skills": [str(n) for n in range(11)]}, {"most": 0}, {"most": 21},
        {"most": "5"}, {"away": 1}, {"away": True, "name": "x"}, {"skills": ["\0"]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_no_profile_is_refused(house: House, body: Any) -> None:
    ji = await house.staff("ji", Role.REP)
    assert (await ji.ask("PUT", OWN, json=body)).status == 400
    assert (await ji.get(OWN)).json == FRESH


async def test_operators_see_and_set_everybodys(house: House) -> None:
    ji, boss = await house.staff("ji", Role.REP), await house.staff("boss", Role.OPERATOR)
    await house.staff("host", Role.HOST)
    desk = await house.at_desk(ji)
    _, conversation = await house.asks("在嗎")
    await desk.join(conversation)
    await desk.acts("take")
    reps = {one["name"]: one for one in (await boss.get(ALL)).json["reps"]}
    assert set(reps) == {"ji", "boss"}
    assert (reps["ji"]["here"], reps["ji"]["busy"], reps["ji"]["most"]) == (True, 1, 5)
    id = reps["ji"]["id"]
    changed = await boss.ask("PUT", f"{ALL}/{id}", json={"away": True, "most": 2})
    assert changed.json == FRESH | {"away": True, "most": 2}
    assert (await ji.get(OWN)).json == changed.json
    assert (await ji.ask("PUT", f"{ALL}/{id}", json={"most": 3})).status == 403
    nobody = await boss.ask("PUT", f"{ALL}/stf_{'0' * 26}", json={"most": 3})
    assert nobody.code == "not_found"


async def test_colleagues_see_who_is_away_and_what_she_knows(house: House) -> None:
    ji, wen = await house.staff("ji", Role.REP), await house.staff("wen", Role.REP)
    desk = await house.at_desk(wen)
    await ji.ask("PUT", OWN, json={"away": True, "languages": ["en"], "skills": ["送禮"]})
    own = (await ji.get("/api/session")).json["person"]["id"]
    await until(lambda: desk.away == [own])
    listed = {one["name"]: one for one in (await wen.get("/api/staff/colleagues")).json["staff"]}
    assert listed["ji"]["away"] is True
    assert (listed["ji"]["languages"], listed["ji"]["skills"]) == (["en"], ["送禮"])
    assert (listed["wen"]["away"], listed["wen"]["languages"]) == (False, [])
    await ji.ask("PUT", OWN, json={"away": False})
    await until(lambda: desk.away == [])


async def test_those_who_wait_are_read_page_by_page(house: House) -> None:
    ji = await house.staff("ji", Role.REP)
    for number in range(53):
        if number != 30:  # two who came at the same instant
            house.service.clock.advance(1_000)
        await house.asks(f"第{number}句", await house.guest(f"客{number}"))
    rows = (await ji.get("/api/staff/conversations?queue=waiting")).json["conversations"]
    assert len(rows) == 50
    before = rows[-1]["waiting_since"]
    path = f"/api/staff/conversations?queue=waiting&before={before}"
    further = (await ji.get(path)).json["conversations"]
    names = [row["name"] for row in rows]
    names += [row["name"] for row in further if row["name"] not in names]
    assert sorted(names) == sorted(f"客{number}" for number in range(53))
    assert names[-1] == "客52"


async def test_a_shop_that_is_open_says_since_when_and_until(house: House) -> None:
    boss = await house.staff("boss", Role.OPERATOR)
    week = {"time_zone": "UTC", "week": [[["10:00", "18:00"]]] * 7, "closed": [], "special": []}
    assert (await boss.ask("PUT", "/api/staff/hours", json=week)).status == 200
    clock, chats = house.service.clock, house.service.app[CHATS]
    clock.advance(3_000)
    while not await chats.is_open():
        clock.advance(30 * 60_000)
    told = (await boss.get("/api/chat")).json["hours"]
    assert told["open"] is True
    assert told["since"] <= clock.now() < told["until"]
    assert told["until"] - told["since"] == 8 * 3_600_000
