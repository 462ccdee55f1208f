"""A socket of a call or a desk, as pages open it: what is asked, and what is told."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

import aiohttp
import socketio

from tests.service import Browser
from tests.video.consult import fold
from video.consult.namespace import NAMESPACE

SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"


class Line:
    """One person's socket, of her browser's session; `view` is what her page has of the call."""

    def __init__(self, browser: Browser, http: aiohttp.ClientSession) -> None:
        self.browser = browser
        self.socket = socketio.AsyncClient(
            http_session=http, reconnection=False, handle_sigint=False
        )
        self.seat = secrets.token_hex(12)
        self.view: dict[str, Any] = {}
        self.board: dict[str, Any] = {}
        self.places: list[dict[str, Any]] = []
        self.lobbies: list[dict[str, Any]] = []
        self.signals: list[dict[str, Any]] = []
        self.passed: list[str] = []
        self.rung: list[str] = []
        """At whom it rang while she followed the call, one after the other."""
        self.carts = 0
        for event, handler in (
            ("frame", self._frame),
            ("calls", self._calls),
            ("queue", self.places.append),
            ("lobby", self.lobbies.append),
            ("signal", self.signals.append),
            ("passed", lambda told: self.passed.append(told["call"])),
            ("cart", self._cart),
        ):
            self.socket.on(event, handler, namespace=NAMESPACE)

    async def connect(self) -> None:
        headers = {"Origin": self.browser.address}
        if self.browser.token:
            headers["Cookie"] = f"plusone={self.browser.token}"
        await self.socket.connect(
            self.browser.address,
            headers=headers,
            namespaces=[NAMESPACE],
            transports=["websocket"],
            wait_timeout=20,
        )

    async def ask(self, event: str, body: Any = None) -> dict[str, Any]:
        """Send an event; commands under a name of their own, if `body` has none."""
        body = {} if body is None else body
        if event in ("sit", "do"):
            body = {"request_id": str(uuid.uuid4()), **body}
        reply: dict[str, Any] = await self.socket.call(event, body, namespace=NAMESPACE, timeout=20)
        return reply

    async def join(self, call: str) -> dict[str, Any]:
        """Follow a call, which has to go well."""
        reply = await self.ask("join", {"call": call})
        assert reply["ok"], reply
        self.view = reply["whole"]
        return self.view

    async def sit(self) -> None:
        reply = await self.ask("sit", {"seat": self.seat})
        assert reply["ok"], reply

    async def enter(self, call: str) -> None:
        """Follow a call, and take the seat."""
        await self.join(call)
        await self.sit()

    async def watch(self) -> dict[str, Any]:
        reply = await self.ask("watch")
        assert reply["ok"], reply
        self.board = reply["board"]
        return self.board

    async def does(self, type_: str, **data: Any) -> dict[str, Any]:
        reply = await self.ask("do", {"do": {"type": type_, **data}})
        assert reply["ok"], reply
        return reply

    async def refused(self, type_: str, **data: Any) -> str:
        """The code with which something is refused."""
        return code(await self.ask("do", {"do": {"type": type_, **data}}))

    async def answers(self, call: str) -> dict[str, Any]:
        """As a desk does that does not follow the call yet."""
        return await self.ask("do", {"call": call, "do": {"type": "answer"}})

    async def signal(self, to: Line, **said: Any) -> dict[str, Any]:
        said = said or {"description": {"type": "offer", "sdp": SDP}}
        return await self.ask("signal", {"seat": self.seat, "to": to.seat, **said})

    @property
    def call(self) -> dict[str, Any]:
        found: dict[str, Any] = self.view["call"]
        return found

    @property
    def phase(self) -> str:
        return str(self.call["phase"])

    def _frame(self, frame: dict[str, Any]) -> None:
        if not self.view or frame["to"] <= self.view["offset"]:
            return
        assert frame["from"] <= self.view["offset"] + 1, "a gap"
        self.view = fold.fold(self.view, frame["events"])
        self.rung += [e["data"]["staff"] for e in frame["events"] if e["type"] == "call.rung"]
        self.view |= {"offset": frame["to"], "at_ms": frame["at_ms"]}

    def _calls(self, board: dict[str, Any]) -> None:
        self.board = board

    def _cart(self, _told: object) -> None:
        self.carts += 1


def code(reply: dict[str, Any]) -> str:
    assert not reply["ok"], reply
    return str(reply["error"]["code"])
