"""A rep at the desk, by a socket of her own beside the pages."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, Self

import aiohttp
import socketio
from yarl import URL

from tests.browser.stage import OPERATOR
from tests.browser.visits import PATIENCE_MS

NAMESPACE: Final = "/chat"
ANSWER_S: Final = PATIENCE_MS / 1000


class Desk:
    """Sees who waits, and answers."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.http = http
        self.conversation: dict[str, Any] = {}
        """The conversation that was opened last, as of when it was."""
        self._typists: set[str] = set()
        self._moved = asyncio.Event()
        self._socket = socketio.AsyncClient(
            http_session=http, reconnection=False, logger=False, handle_sigint=False
        )

    @classmethod
    @asynccontextmanager
    async def opened(cls, address: str, who: dict[str, str] = OPERATOR) -> AsyncIterator[Self]:
        headers = {"Origin": str(URL(address).origin()), "X-Plusone": "1"}
        cookies = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(address, headers=headers, cookie_jar=cookies) as http:
            desk = cls(http)
            async with http.post("/api/session/staff", json=who) as answer:
                assert answer.ok, await answer.text()
            desk._socket.on("inbox", desk._on_inbox, namespace=NAMESPACE)
            desk._socket.on("typing", desk._on_typing, namespace=NAMESPACE)
            await desk._socket.connect(
                address,
                headers=headers,
                namespaces=[NAMESPACE],
                transports=["websocket"],
                wait_timeout=ANSWER_S,
            )
            try:
                await desk._ask("watch", {})
                yield desk
            finally:
                await desk._socket.disconnect()
                desk._socket.eio.http = None  # once collected it would close what it was lent

    async def row(self, name: str, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """What the list says of the customer called `name`, as soon as `until` holds for it."""
        async with asyncio.timeout(ANSWER_S):
            while True:
                self._moved.clear()
                async with self.http.get(
                    "/api/staff/conversations", params={"queue": "all"}
                ) as told:
                    for one in (await told.json())["conversations"]:
                        if one["name"] == name and until(one):
                            found: dict[str, Any] = one
                            return found
                await self._moved.wait()

    async def take(self, name: str) -> dict[str, Any]:
        """Wait until the customer called `name` waits, and take her conversation on."""
        row = await self.row(name, lambda one: one["control"] == "queued" and one["last"])
        await self.open(row["id"])
        await self.act(type="take", **{"from": row["staff"]})
        return row

    async def open(self, conversation: str) -> dict[str, Any]:
        """The conversation as it is now."""
        joined = await self._ask("join", {"conversation": conversation})
        self.conversation = joined["whole"]["conversation"]
        return self.conversation

    async def lines(self) -> list[tuple[str, str | None]]:
        """Who said what, in the conversation that is open."""
        talk = await self.open(self.conversation["id"])
        return [(one["from"], one["text"]) for one in talk["lines"] if one["kind"] == "message"]

    async def say(self, text: str | None = None, product: str | None = None) -> None:
        said = {name: one for name, one in (("text", text), ("product", product)) if one}
        await self._command("say", **said)

    async def read(self) -> None:
        talk = await self.open(self.conversation["id"])
        await self._command("read", upto=talk["lines"][-1]["offset"])

    async def types(self) -> None:
        await self._ask("typing", {})

    async def heard_typing(self, name: str) -> None:
        """Wait until the customer called `name` was seen writing in the conversation."""
        async with asyncio.timeout(ANSWER_S):
            while name not in self._typists:
                self._moved.clear()
                await self._moved.wait()

    async def act(self, **do: Any) -> None:
        await self._command("act", do=do)

    async def _command(self, event: str, **body: Any) -> None:
        await self._ask(event, {"request_id": str(uuid.uuid4()), **body})

    async def _ask(self, event: str, body: dict[str, Any]) -> dict[str, Any]:
        told = await self._socket.call(event, body, namespace=NAMESPACE, timeout=ANSWER_S)
        assert told["ok"], told
        answer: dict[str, Any] = told
        return answer

    async def _on_inbox(self, _told: dict[str, Any]) -> None:
        self._moved.set()

    async def _on_typing(self, told: dict[str, Any]) -> None:
        self._typists.add(told["name"])
        self._moved.set()
