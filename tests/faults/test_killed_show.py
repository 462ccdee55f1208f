"""`kill -9` in the middle of a flood of "+1": who was promised a piece has it, and nobody two."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from sqlalchemy import Connection, select

from commerce_bridge.claims import cart_claim
from commerce_bridge.embedded import stock
from core.db import Database
from core.rooms.events import Logged
from core.rooms.tables import room, room_command
from live import events as e
from tests.servers import free_port
from tests.show_process import Phone, internet, log_of, open_show, people, served

CUSTOMERS = 30
EACH = 12
PIECES = 200
"""Of the first kill some are left, at the second people wait in line."""
AHEAD = 4
"""Requests that a customer sends without waiting for the answers to those before."""
KILLED_AT = (0.3, 0.75)
"""Shares of all requests that are acknowledged when the process is killed."""


@dataclass
class Told:
    """What customers sent, and what each of their requests was acknowledged with."""

    sent: dict[str, str] = field(default_factory=dict)
    """Who sent each request."""
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def acknowledge(self, request: str, answer: dict[str, Any]) -> None:
        """Whoever asks again is told the same again."""
        known = self.answers.setdefault(request, answer)
        for name in ("first", "last", "events"):
            assert answer[name] == known[name], request


class Place:
    """Where the show is served, whichever process serves it."""

    def __init__(self, http: aiohttp.ClientSession, show: str = "") -> None:
        self.http = http
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.show = show
        self.up = asyncio.Event()
        self.everybody = asyncio.Barrier(CUSTOMERS)
        """All are there before the first of them speaks."""


class Customer:
    """A page that sends what was not answered again, under the same names."""

    def __init__(self, own_id: str, token: str, place: Place, told: Told) -> None:
        self._token = token
        self._place = place
        self._told = told
        self._requests = [f"{own_id[-8:]}-request-{number}" for number in range(EACH)]
        self._open = list(self._requests)
        self._begun = False
        told.sent.update(dict.fromkeys(self._requests, own_id))

    async def run(self) -> None:
        while self._open:
            await self._place.up.wait()
            phone = Phone(self._place.http, self._token)
            with contextlib.suppress(ConnectionError):  # killed: the next one is there soon
                await phone.connect(self._place.address, self._place.show)
                if not self._begun:
                    await self._place.everybody.wait()
                    self._begun = True
                while self._open:
                    await asyncio.gather(*(self._say(phone, name) for name in self._open[:AHEAD]))
            await phone.leave()

    async def again(self) -> None:
        """Send all once more, as a page does that never got the answers."""
        self._open = list(self._requests)
        await self.run()

    async def _say(self, phone: Phone, request: str) -> None:
        answer = await phone.ask("comment", {"request_id": request, "text": "+1"})
        if answer["ok"]:
            self._told.acknowledge(request, answer)
            self._open.remove(request)
        else:
            assert answer["error"]["retryable"], answer


async def test_what_was_promised_outlives_a_killed_process_and_nothing_is_promised_twice(
    database_url: str, tmp_path: Path
) -> None:
    everybody = await people(database_url, CUSTOMERS)
    told = Told()
    async with internet() as http:
        place = Place(http)
        customers = [Customer(*guest, place, told) for guest in everybody.guests.items()]
        async with contextlib.AsyncExitStack() as stack:
            group = await stack.enter_async_context(asyncio.TaskGroup())
            floods = [group.create_task(customer.run()) for customer in customers]
            for share in KILLED_AT:
                with served(database_url, tmp_path, port=place.port) as process:
                    await process.ready(http)
                    place.show = place.show or await open_show(
                        http, place.address, everybody, pieces=PIECES
                    )
                    place.up.set()
                    while len(told.answers) < share * len(told.sent):  # noqa: ASYNC110 (nobody tells)
                        await asyncio.sleep(0.001)
                    assert not all(flood.done() for flood in floods)
                    process.kill()
                    place.up.clear()
            with served(database_url, tmp_path, port=place.port) as process:
                await process.ready(http)
                place.up.set()
                await asyncio.gather(*floods)
                await asyncio.gather(*(customer.again() for customer in customers))
    await _check(database_url, place.show, told)


async def _check(url: str, show: str, told: Told) -> None:
    log = await log_of(url, show)
    async with Database.open(url, pool=1) as database:
        head, commands, cart = await database.read(lambda connection: _read(connection, show))
        assert await database.read(stock.audit) == []
    assert [logged.offset for logged in log] == list(range(1, head + 1))
    _check_acknowledged(log, commands, told)

    spoken = [logged for logged in log if isinstance(logged.event, e.CommentPosted)]
    held = [logged.event for logged in log if isinstance(logged.event, e.ClaimHeld)]
    waiting = [logged.event for logged in log if isinstance(logged.event, e.ClaimWaiting)]
    order = [logged.offset for logged in spoken]
    assert order == sorted(answer["first"] for answer in told.answers.values())
    assert [event.comment for event in held] == order[:PIECES]
    assert [event.comment for event in waiting] == order[PIECES:]
    assert [event.place for event in waiting] == list(range(1, len(waiting) + 1))
    assert {event.quantity for event in held} == {event.quantity for event in waiting} == {1}
    assert cart == {(one.claim, one.by, one.quantity, one.until, "held") for one in held}


def _check_acknowledged(
    log: list[Logged], commands: dict[str, tuple[str, int, int]], told: Told
) -> None:
    """Each request is in the log once, as its sender was told."""
    assert told.answers.keys() == told.sent.keys()
    for request, answer in told.answers.items():
        first, last = answer["first"], answer["last"]
        assert commands[request] == (told.sent[request], first, last)
        event = log[first - 1].event
        assert isinstance(event, e.CommentPosted)
        assert event.by == told.sent[request]
        assert answer["events"] == [
            msgspec.json.decode(one.wire()) for one in log[first - 1 : last]
        ]


def _read(
    connection: Connection, show: str
) -> tuple[int, dict[str, tuple[str, int, int]], set[tuple[Any, ...]]]:
    """The room's head, its commands by request, and what lies in carts."""
    c, k = room_command.c, cart_claim.c
    commands = connection.execute(
        select(c.request_id, c.sender, c.first_offset, c.last_offset).where(c.room_id == show)
    )
    rows = connection.execute(select(k.claim_id, k.customer, k.quantity, k.until, k.state))
    return (
        connection.execute(select(room.c.head).where(room.c.id == show)).scalar_one(),
        {request: (sender, first, last) for request, sender, first, last in commands},
        {tuple(row) for row in rows},
    )
