"""Every event of every socket has its row in the table, and each command in it too."""

import asyncio
import contextlib
from functools import partial
from typing import Annotated, Any, get_args, get_origin

import aiohttp
import pytest

from chat import namespace as chat
from core.identity.staff import STAFF
from live import commands
from live.namespace import NAMESPACE
from tests.access.table import PEOPLE, SOCKETS, rows
from tests.live.members import a_coupon, open_club, spend
from tests.service import Browser, Service
from tests.viewers import Viewer, open_show
from video.consult import namespace as consult
from web import rooms
from web.keys import DATABASE

NOBODYS_ID = "cus_" + "0" * 26


def commands_of(union: Any) -> set[str]:
    """The `type` of each command in a union of them."""
    assert get_origin(union) is Annotated
    models = get_args(get_args(union)[0])
    return {get_args(model.model_fields["type"].annotation)[0] for model in models}


def test_every_event_has_a_row_and_every_row_an_event(service: Service) -> None:
    namespaces = service.app[rooms.SOCKETS].namespace_handlers
    assert set(namespaces) == {NAMESPACE, chat.NAMESPACE, consult.NAMESPACE}
    events = {name[3:] for name in dir(namespaces[NAMESPACE]) if name.startswith("on_")}
    named = events - {"run", "moderate"}
    named |= {f"run {name}" for name in commands_of(commands.Run)}
    named |= {f"moderate {name}" for name in commands_of(commands.Moderate)}
    further = {"join draft", "join nothing", "join members"}
    assert named == {row.name for row in rows(SOCKETS)} - further


@pytest.fixture
async def viewers(
    browsers: dict[str, Browser], stack: contextlib.AsyncExitStack
) -> dict[str, Viewer]:
    found = {}
    for who, browser in browsers.items():
        http = await stack.enter_async_context(aiohttp.ClientSession())
        found[who] = Viewer(browser, http)
        await found[who].connect()
        stack.push_async_callback(found[who].socket.disconnect)
    return found


def bodies(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is sent for each row: whole, so that nothing but who asks is in its way."""
    item, claim, comment = made["item"], made["claim"], made["comment"]
    return {
        "join": {"show": made["show"]},
        "join draft": {"show": made["draft"]},
        "join nothing": {"show": "shw_" + "0" * 26},
        "join members": {"show": made["members"]},
        "heart": {"count": 1},
        "comment": {"text": "你好"},
        "claim": {"item": item, "quantity": 1},
        "give_back": {"claim": claim, "quantity": 1},
        "show.go_live": {},
        "show.end": {},
        "show.change": {"title": "開賣了"},
        "item.add": made["add"],
        "item.change": {"item": item, "price": 20_000},
        "item.allot": {"item": item, "allotment": 50},
        "item.open": {"item": item},
        "item.close": {"item": item},
        "item.move": {"item": item},
        "item.remove": {"item": item},
        "item.pin": {"item": item},
        "item.countdown": {"item": item},
        "gift.open": {"keyword": "我要折扣", "coupon": made["coupon"], "most": 3},
        "gift.close": {},
        "comment.hide": {"comment": comment},
        "comment.restore": {"comment": comment},
        "comment.pin": {"comment": comment},
        "person.mute": {"person": NOBODYS_ID, "seconds": 60},
        "person.unmute": {"person": NOBODYS_ID},
        "person.block": {"person": NOBODYS_ID},
        "person.unblock": {"person": NOBODYS_ID},
        "slow_mode.set": {"seconds": 0},
        "words.set": {"words": []},
        "announce": {"text": "歡迎"},
        "claim.add": {"person": NOBODYS_ID, "item": item, "quantity": 1},
        "claim.change": {"claim": claim, "quantity": 5},
        "claim.cancel": {"claim": claim},
        "wait.cancel": {"wait": claim},
    }


async def test_each_person_gets_what_the_table_says(
    service: Service, browsers: dict[str, Browser], viewers: dict[str, Viewer]
) -> None:
    made = await open_show(browsers["host"], viewers["host"], viewers["customer"])
    sent = bodies(made | await open_to_members(service, browsers))
    surprises = []
    for row in rows(SOCKETS):
        if row.name in ("connect", "disconnect"):
            continue  # that all are connected is what the rest stands on
        event, _, command = row.name.partition(" ")
        body = sent[command] if event in ("run", "moderate") else sent[row.name]
        if event in ("run", "moderate"):
            body = {"do": {"type": command, **body}}
        for who in PEOPLE:
            service.clock.advance(1_000)
            viewer = viewers[who]
            reply = await viewer.ask(event, body)
            if row.name.startswith("join "):
                assert (await viewer.ask("join", sent["join"]))["ok"]
            outcome = what_came_of(reply, strict="404" in row.outcomes.values())
            if outcome != row.outcomes[who]:
                surprises.append(f"{row.name}: {who} got {reply}")
    assert surprises == []


async def open_to_members(service: Service, browsers: dict[str, Browser]) -> dict[str, str]:
    """A show for those who have silver, which `customer` has; and a coupon that can be given."""
    database, now = service.app[DATABASE], service.clock.now()
    await open_club(database, now)
    hers = (await browsers["customer"].get("/api/session")).json["person"]["id"]
    await database.write(partial(spend, customer=hers, minor=100_000, now=now))
    new = {"title": "會員之夜", "starts_at": 1, "tier": "silver"}
    show = (await browsers["host"].post("/api/staff/shows", new)).json["id"]
    return {"members": show, "coupon": await a_coupon(database, now)}


def what_came_of(reply: dict[str, Any], *, strict: bool) -> str:
    """As in the table. Where its row has no 404, that something is gone does not say who may."""
    if reply["ok"]:
        return "ok"
    known = {"not_signed_in": "401", "forbidden": "403", "not_allowed": "403"} | (
        {"not_found": "404"} if strict else {}
    )
    code = reply["error"]["code"]
    assert code not in ("internal", "rate_limited", "bad_request"), reply
    return known.get(code, "ok")


async def test_who_is_signed_out_loses_her_sockets(
    service: Service, browsers: dict[str, Browser], viewers: dict[str, Viewer]
) -> None:
    gone = {who: asyncio.Event() for who in ("host", "moderator", "guest")}
    for who, event in gone.items():
        viewers[who].socket.on("disconnect", lambda *_, e=event: e.set(), namespace=NAMESPACE)
    await browsers["host"].delete("/api/session")
    await service.app[STAFF].remove("moderator@example.com")
    async with asyncio.timeout(20):
        await gone["host"].wait()
        await gone["moderator"].wait()
    assert not gone["guest"].is_set()
