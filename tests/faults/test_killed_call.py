"""`kill -9` while two talk: what was acknowledged stands in the call once, and the call goes on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import aiohttp
import socketio

from core.db import Database
from core.http import COOKIE
from core.rooms.events import Logged
from core.rooms.history import read_events
from tests.browser.shop_process import ShopProcess
from tests.servers import free_port
from tests.show_process import ANSWER_S, Served, people, served
from tests.waiting import until
from video.consult import events as e
from video.consult.commands import Pace
from video.consult.kind import CallKind
from video.consult.presence import LOST_MS

NAMESPACE: Final = "/consult"
SAID: Final = 12
AHEAD: Final = 3
"""Words that each side sends without waiting for the answers to those before."""
KILLED_AFTER: Final = 8
"""Words that are acknowledged when the process is killed, others being under way."""


class Side:
    """One side's page of a call, as far as its socket goes."""

    def __init__(self, http: aiohttp.ClientSession, address: str) -> None:
        self.http = http
        self.address = address
        self.seat = uuid4().hex
        self.call = ""
        self.view: dict[str, Any] = {}
        self.heard: list[dict[str, Any]] = []
        self.signals: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.socket = socketio.AsyncClient(
            http_session=http, reconnection=False, handle_sigint=False
        )
        self.socket.on("frame", self._frame, namespace=NAMESPACE)
        self.socket.on("signal", self.signals.put, namespace=NAMESPACE)

    async def ask(self, event: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer, which is a good one. Raises SocketIOError where the line is lost."""
        reply: dict[str, Any] = await self.socket.call(
            event, body, namespace=NAMESPACE, timeout=ANSWER_S
        )
        assert reply["ok"], reply
        return reply

    async def does(self, request: str, **do: Any) -> dict[str, Any]:
        return await self.ask("do", {"request_id": request, "do": do})

    async def answers(self, call: str) -> None:
        do = {"type": "answer"}
        await self.ask("do", {"request_id": uuid4().hex, "call": call, "do": do})

    async def sits(self, call: str, since: dict[str, Any] | None = None) -> dict[str, Any]:
        """Follow the call and take its seat; returns what is told of the call."""
        self.call = call
        joined = await self.ask("join", {"call": call, **({"since": since} if since else {})})
        self.view = joined.get("whole") or {}
        self.heard += joined.get("missed", {}).get("events", [])
        await self.ask("sit", {"request_id": uuid4().hex, "seat": self.seat})
        return joined

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self.http.post(self.address + path, json=body) as response:
            assert response.ok, await response.text()
            told: dict[str, Any] = await response.json()
            return told

    async def get(self, path: str) -> dict[str, Any]:
        async with self.http.get(self.address + path) as response:
            assert response.ok, await response.text()
            told: dict[str, Any] = await response.json()
            return told

    def _frame(self, frame: dict[str, Any]) -> None:
        self.heard += frame["events"]


@contextlib.asynccontextmanager
async def side(address: str, token: str, *, seat: str | None = None) -> AsyncIterator[Side]:
    headers = {"Cookie": f"{COOKIE}={token}", "Origin": address, "X-Plusone": "1"}
    async with aiohttp.ClientSession(headers=headers, cookie_jar=aiohttp.DummyCookieJar()) as http:
        one = Side(http, address)
        one.seat = seat or one.seat
        await one.socket.connect(
            address,
            headers=headers,
            namespaces=[NAMESPACE],
            transports=["websocket"],
            wait_timeout=ANSWER_S,
        )
        try:
            yield one
        finally:
            await one.socket.disconnect()


async def log_of(url: str, call: str) -> list[Logged]:
    async with Database.open(url, pool=1) as database:
        return await database.read(
            lambda conn: read_events(conn, CallKind(Pace()), call, after=0, limit=10_000)
        )


async def test_a_call_outlives_a_killed_process_and_nothing_in_it_is_there_twice(
    database_url: str, tmp_path: Path
) -> None:
    folk = await people(database_url, 1)
    [guest] = folk.guests.values()
    port = free_port()
    seats: dict[str, str] = {}
    answered: dict[str, tuple[int, int]] = {}
    under_way = {name: asyncio.Semaphore(AHEAD) for name in ("customer", "staff")}

    async def says(name: str, one: Side, number: int, service: Served | None) -> None:
        request = f"{name}-request-{number}"
        with contextlib.suppress(socketio.exceptions.SocketIOError, asyncio.CancelledError):
            async with under_way[name]:
                reply = await one.does(request, type="say", text=f"{name} {number}")
            told = reply["first"], reply["last"]
            assert answered.setdefault(request, told) == told, request
            if service is not None and len(answered) == KILLED_AFTER:
                service.kill()

    def flood(sides: dict[str, Side], service: Served | None) -> list[asyncio.Future[None]]:
        return [
            asyncio.ensure_future(says(name, one, number, service))
            for number in range(SAID)
            for name, one in sides.items()
        ]

    with served(database_url, tmp_path, port=port) as service:
        async with aiohttp.ClientSession() as http:
            await service.ready(http)
        async with (
            side(service.address, guest) as customer,
            side(service.address, folk.rep) as rep,
        ):
            call = (await customer.post("/api/consult/calls", {"locale": "zh-Hant"}))["call"]
            await customer.sits(call)
            await rep.answers(call)
            await rep.sits(call)
            put = {"type": "change", "kind": "cart.add", "variant": folk.variant, "quantity": 2}
            await rep.does("put-into-cart", **put)
            await until(lambda: [one for one in customer.heard if one["type"] == "change.made"])
            seats = {"customer": customer.seat, "staff": rep.seat}
            said = flood({"customer": customer, "staff": rep}, service)
            await until(lambda: service.process.poll() is not None)
            for task in said:
                task.cancel()
            await asyncio.gather(*said)
            epoch = customer.view["epoch"]
            last = customer.heard[-1]
    acknowledged = dict(answered)
    assert KILLED_AFTER <= len(acknowledged) < 2 * SAID

    with served(database_url, tmp_path, port=port) as service:
        async with aiohttp.ClientSession() as http:
            await service.ready(http)
        async with (
            side(service.address, guest, seat=seats["customer"]) as customer,
            side(service.address, folk.rep, seat=seats["staff"]) as rep,
        ):
            # One goes on from where she was, the other is told all of it.
            since = {"epoch": epoch, "offset": last["offset"], "at_ms": last["at_ms"]}
            joined = await customer.sits(call, since)
            assert "missed" in joined
            whole = (await rep.sits(call))["whole"]["call"]
            assert whole["phase"] == "talking"
            there = {one["text"] for one in whole["said"]}
            assert {request.replace("-request-", " ") for request in acknowledged} <= there

            await asyncio.gather(*flood({"customer": customer, "staff": rep}, None))
            await rep.does("put-into-cart", **put)
            assert len(answered) == 2 * SAID
            # They are brought together again under the names that they had.
            state = {"mic": True, "camera": True, "screen": False, "weak": False}
            signal = {"seat": rep.seat, "to": customer.seat, "state": state}
            assert (await rep.ask("signal", signal))["delivered"]
            assert (await asyncio.wait_for(customer.signals.get(), ANSWER_S))["from"] == rep.seat
            [line] = (await customer.get(f"/api/consult/calls/{call}/cart"))["lines"]
            assert line["quantity"] == 2

            await customer.does("hangs-up-at-last", type="hang_up")
            assert (await rep.get(f"/api/consult/calls/{call}/summary"))["cause"] == "hung_up"

    log = await log_of(database_url, call)
    assert [one.offset for one in log] == list(range(1, len(log) + 1))
    words = [one.content for one in log if isinstance(one.event, e.CallSaid)]
    assert sorted(str(one and one.text) for one in words) == sorted(
        f"{name} {n}" for name in seats for n in range(SAID)
    )
    assert sum(isinstance(one.event, e.ChangeAsked) for one in log) == 1
    assert sum(isinstance(one.event, e.ChangeMade) for one in log) == 1
    assert sum(isinstance(one.event, e.CallAnswered) for one in log) == 1
    assert isinstance(log[-1].event, e.CallEnded)


async def test_a_customer_who_waited_and_never_comes_back_is_let_go(tmp_path: Path) -> None:
    shop = ShopProcess(tmp_path, MEDIA_ENGINE="none")
    try:
        await shop.start()
        async with aiohttp.ClientSession(
            shop.address,
            headers={"Origin": shop.address, "X-Plusone": "1"},
            cookie_jar=aiohttp.CookieJar(unsafe=True),
        ) as http:
            async with http.post("/api/session/guest", json={"name": "小美"}) as response:
                token = response.cookies[COOKIE].value
            async with side(shop.address, token) as customer:
                call = (await customer.post("/api/consult/calls", {"locale": "zh-Hant"}))["call"]
                await customer.sits(call)
                shop.kill()
            await shop.start()

            async def lobby() -> dict[str, Any]:
                async with http.get("/api/consult") as response:
                    told: dict[str, Any] = await response.json()
                    return told

            async def summary() -> dict[str, Any]:
                async with http.get(f"/api/consult/calls/{call}/summary") as response:
                    told: dict[str, Any] = await response.json()
                    return told

            assert (await lobby())["call"] == call, "she may still come back"
            # Nobody has said for long enough that she is there: she is gone, and waited for.
            shop.pass_time(LOST_MS / 1000 + 1)
            await until(
                lambda: log_of(shop.database, call),
                lambda log: isinstance(log[-1].event, e.CallLeft),
            )
            shop.pass_time(Pace().grace_ms / 1000 - 10)
            assert (await lobby())["call"] == call
            shop.pass_time(10)
            told = await until(lobby, lambda told: told["call"] is None)
            assert told["waiting"] == 0
            assert (await summary())["cause"] == "lost"
    finally:
        await asyncio.to_thread(shop.stop)
