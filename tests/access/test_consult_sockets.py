"""Every event of the calls' sockets has its row in the table, and each thing done in a call too."""

from __future__ import annotations

import contextlib
from typing import Any

import aiohttp
import pytest

from tests.access.table import CONSULT, PEOPLE, rows
from tests.access.test_sockets import commands_of
from tests.service import Browser, Service
from tests.video.consult.line import Line
from video.consult import commands
from video.consult.namespace import NAMESPACE
from web.rooms import SOCKETS

BODIES: dict[str, dict[str, Any]] = {
    "watch": {},
    "lobby": {},
    "sit": {"seat": "a-page-of-hers"},
    "ice": {},
    "cart": {},
    "signal": {
        "seat": "a-page-of-hers",
        "to": "another-page",
        "state": {"mic": True, "camera": True, "screen": False, "weak": False},
    },
    "say": {"text": "在嗎"},
    "show": {"product": "prd_" + "0" * 26},
    "change": {"kind": "cart.add", "variant": "var_" + "0" * 26, "quantity": 1},
    "undo": {"offset": 1},
    "note": {"text": "老客人"},
    "rate": {"score": 5},
}
CODES = {"not_signed_in": "401", "forbidden": "403", "not_found": "404"}
FURTHER = {"join nothing", "answer without joining"}


def test_every_event_has_a_row_and_every_row_an_event(service: Service) -> None:
    namespace = service.app[SOCKETS].namespace_handlers[NAMESPACE]
    events = {name[3:] for name in dir(namespace) if name.startswith("on_")}
    named = (events - {"do"}) | {f"do {name}" for name in commands_of(commands.Do)}
    assert named == {row.name for row in rows(CONSULT)} - FURTHER


@pytest.fixture
async def lines(browsers: dict[str, Browser], stack: contextlib.AsyncExitStack) -> dict[str, Line]:
    found = {}
    for who, browser in browsers.items():
        http = await stack.enter_async_context(aiohttp.ClientSession())
        found[who] = Line(browser, http)
        await found[who].connect()
        stack.push_async_callback(found[who].socket.disconnect)
    return found


async def test_each_person_gets_what_the_table_says(
    service: Service, browsers: dict[str, Browser], lines: dict[str, Line]
) -> None:
    asked = await browsers["customer"].post("/api/consult/calls", {"locale": "en"})
    call = str(asked.json["call"])
    assert (await lines["rep"].answers(call))["ok"]
    await lines["customer"].enter(call)
    await lines["rep"].enter(call)
    surprises = []
    for row in rows(CONSULT):
        if row.name in ("connect", "disconnect"):
            continue  # that all are connected is what the rest stands on
        for who in PEOPLE:
            service.clock.advance(1_000)
            reply = await asks(lines[who], row.name, call)
            outcome = "ok" if reply["ok"] else CODES.get(reply["error"]["code"], "ok")
            if outcome != row.outcomes[who]:
                surprises.append(f"{row.name}: {who} got {reply}")
    assert surprises == []


async def asks(line: Line, name: str, call: str) -> dict[str, Any]:
    """What comes of a row: of what needs a call, after joining it, where that is refused."""
    if name in ("watch", "lobby"):
        return await line.ask(name)
    if name == "join nothing":
        return await line.ask("join", {"call": "cll_" + "0" * 26})
    if name == "answer without joining":
        return await line.answers(call)
    reply = await line.ask("join", {"call": call})
    event, _, act = name.partition(" ")
    if event == "join" or not reply["ok"]:
        return reply
    body = BODIES.get(act or event, {})
    return await line.ask(event, {"do": {"type": act, **body}} if act else body)
