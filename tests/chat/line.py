"""A socket of a chat or a desk, as pages open it: what is asked, and what is told."""

from __future__ import annotations

import uuid
from typing import Any

import aiohttp
import socketio

from chat.namespace import NAMESPACE
from tests.chat import fold
from tests.service import Browser


class Line:
    """One person's socket, of her browser's session; `view` is what her page has."""

    def __init__(self, browser: Browser, http: aiohttp.ClientSession) -> None:
        self._browser = browser
        self.socket = socketio.AsyncClient(
            http_session=http, reconnection=False, handle_sigint=False
        )
        self.view: dict[str, Any] = {}
        self.inbox: dict[str, dict[str, Any]] = {}
        """The lines of the list that were told, by their ids."""
        self.counts: dict[str, int] = {}
        self.here: list[str] = []
        self.away: list[str] = []
        self.typing: list[dict[str, Any]] = []
        for event, handler in (
            ("frame", self._frame),
            ("inbox", self._inbox),
            ("presence", self._presence),
            ("typing", self.typing.append),
        ):
            self.socket.on(event, handler, namespace=NAMESPACE)

    async def connect(self) -> None:
        headers = {"Origin": self._browser.address}
        if self._browser.token:
            headers["Cookie"] = f"plusone={self._browser.token}"
        await self.socket.connect(
            self._browser.address,
            headers=headers,
            namespaces=[NAMESPACE],
            transports=["websocket"],
            wait_timeout=20,
        )

    async def ask(self, event: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send an event; commands under a name of their own, if `body` has none."""
        body = {} if body is None else body
        if event in ("say", "press", "undo", "read", "rate", "act"):
            body = {"request_id": str(uuid.uuid4()), **body}
        reply: dict[str, Any] = await self.socket.call(event, body, namespace=NAMESPACE, timeout=20)
        return reply

    async def join(self, conversation: str) -> dict[str, Any]:
        """Follow a conversation, which has to go well."""
        reply = await self.ask("join", {"conversation": conversation})
        assert reply["ok"], reply
        self.view = reply["whole"]
        return self.view

    async def says(self, text: str, **more: Any) -> dict[str, Any]:
        return await self.does("say", {"text": text, **more})

    async def acts(self, type_: str, **data: Any) -> dict[str, Any]:
        return await self.does("act", {"do": {"type": type_, **data}})

    async def does(self, event: str, body: dict[str, Any]) -> dict[str, Any]:
        reply = await self.ask(event, body)
        assert reply["ok"], reply
        return reply

    async def refused(self, event: str, body: dict[str, Any] | None = None) -> str:
        """The code with which an event is refused."""
        reply = await self.ask(event, body)
        assert not reply["ok"], reply
        return str(reply["error"]["code"])

    @property
    def talk(self) -> dict[str, Any]:
        found: dict[str, Any] = self.view["conversation"]
        return found

    @property
    def texts(self) -> list[str]:
        """What the thread says, its messages alone."""
        return [line["text"] for line in self.talk["lines"] if line["kind"] == "message"]

    def _frame(self, frame: dict[str, Any]) -> None:
        if not self.view or frame["to"] <= self.view["offset"]:
            return
        assert frame["from"] <= self.view["offset"] + 1, "a gap"
        self.view = fold.fold(self.view, frame["events"])
        self.view |= {"offset": frame["to"], "at_ms": frame["at_ms"]}

    def _inbox(self, told: dict[str, Any]) -> None:
        self.inbox |= {row["id"]: row for row in told["rows"]}
        self.counts = told["counts"]

    def _presence(self, told: dict[str, Any]) -> None:
        self.here, self.away = told["here"], told["away"]
