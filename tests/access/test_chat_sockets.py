"""Every event of the chat's sockets has its row in the table, and each act of a rep too."""

from __future__ import annotations

import contextlib
from typing import Any

import aiohttp
import pytest

from chat import commands
from chat.namespace import NAMESPACE
from tests.access.table import CHAT, PEOPLE, rows
from tests.access.test_sockets import commands_of
from tests.chat.line import Line
from tests.service import Browser, Service
from web.rooms import SOCKETS

BODIES: dict[str, dict[str, Any]] = {
    "join nothing": {"conversation": "cnv_" + "0" * 26},
    "typing": {},
    "watch": {},
    "say": {"text": "在嗎"},
    "read": {"upto": 1},
    "rate": {"score": 5},
    "press": {"offset": 1, "key": "yes"},
    "undo": {"offset": 1},
    "act take": {},
    "act cart": {"variant": "var_" + "0" * 26, "quantity": 1},
    "act note": {"text": "老客人"},
    "act tag": {"tags": ["辣"]},
    "act transfer": {},
    "act resolve": {},
}
CODES = {"not_signed_in": "401", "forbidden": "403", "not_found": "404"}


def test_every_event_has_a_row_and_every_row_an_event(service: Service) -> None:
    namespace = service.app[SOCKETS].namespace_handlers[NAMESPACE]
    events = {name[3:] for name in dir(namespace) if name.startswith("on_")}
    named = (events - {"act"}) | {f"act {name}" for name in commands_of(commands.Do)}
    assert named == {row.name for row in rows(CHAT)} - {"join nothing"}


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
    begun = await browsers["customer"].post("/api/chat", {})
    own = {"conversation": begun.json["conversation"]}
    surprises = []
    for row in rows(CHAT):
        if row.name in ("connect", "disconnect"):
            continue  # that all are connected is what the rest stands on
        event, _, act = row.name.partition(" ")
        body = own if row.name == "join" else BODIES[row.name]
        body = {"do": {"type": act, **body}} if event == "act" else body
        for who in PEOPLE:
            service.clock.advance(5_000)
            line = lines[who]
            reply = await line.ask("join", own)
            if row.name in ("typing", "watch", "join nothing") or reply["ok"]:
                reply = await line.ask(event, body)
            outcome = "ok" if reply["ok"] else CODES.get(reply["error"]["code"], "ok")
            if outcome != row.outcomes[who]:
                surprises.append(f"{row.name}: {who} got {reply}")
    assert surprises == []
