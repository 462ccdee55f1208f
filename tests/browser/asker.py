"""A customer who asks the shop something, by a socket of her own beside the pages."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Self

import aiohttp
import socketio
from yarl import URL

from tests.browser.visits import PATIENCE_MS

NAMESPACE: Final = "/chat"
ANSWER_S: Final = PATIENCE_MS / 1000


class Asker:
    """A guest with her conversation; `heard` is every event that she was told."""

    def __init__(self, http: aiohttp.ClientSession, name: str) -> None:
        self.name = name
        self.conversation = ""
        self.heard: list[dict[str, Any]] = []
        self._http = http
        self._more = asyncio.Event()
        self._socket = socketio.AsyncClient(
            http_session=http, reconnection=False, logger=False, handle_sigint=False
        )

    @classmethod
    @asynccontextmanager
    async def comes(cls, address: str, name: str) -> AsyncIterator[Self]:
        headers = {"Origin": str(URL(address).origin()), "X-Plusone": "1"}
        cookies = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(address, headers=headers, cookie_jar=cookies) as http:
            asker = cls(http, name)
            await asker._post("/api/session/guest", {"name": name})
            asker.conversation = (await asker._post("/api/chat", {}))["conversation"]
            asker._socket.on("frame", asker._on_frame, namespace=NAMESPACE)
            await asker._socket.connect(
                address,
                headers=headers,
                namespaces=[NAMESPACE],
                transports=["websocket"],
                wait_timeout=ANSWER_S,
            )
            try:
                await asker._ask("join", {"conversation": asker.conversation})
                yield asker
            finally:
                await asker._socket.disconnect()
                asker._socket.eio.http = None  # once collected it would close what it was lent

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self._http.post(path, json=body) as answer:
            assert answer.ok, await answer.text()
            told: dict[str, Any] = await answer.json()
            return told

    async def puts_in_cart(self, variant: str, pieces: int = 1) -> None:
        body = {"variant_id": variant, "quantity": pieces, "request_id": str(uuid.uuid4())}
        await self._post("/api/cart/lines", body)

    async def says(self, text: str, **more: Any) -> None:
        await self._ask("say", {"request_id": str(uuid.uuid4()), "text": text, **more})

    async def types(self) -> None:
        await self._ask("typing", {})

    async def reads(self) -> None:
        """Read all that she was told."""
        upto = self.heard[-1]["offset"]
        await self._ask("read", {"request_id": str(uuid.uuid4()), "upto": upto})

    async def rates(self, score: int, text: str) -> None:
        await self._ask("rate", {"request_id": str(uuid.uuid4()), "score": score, "text": text})

    async def hears(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """Wait until she was told an event of this kind, with these data or words."""
        async with asyncio.timeout(ANSWER_S):
            while True:
                self._more.clear()
                for one in self.heard:
                    told = {**one["data"], "text": one.get("text"), "name": one.get("name")}
                    if one["type"] == kind and wanted.items() <= told.items():
                        return one
                await self._more.wait()

    async def _ask(self, event: str, body: dict[str, Any]) -> None:
        told = await self._socket.call(event, body, namespace=NAMESPACE, timeout=ANSWER_S)
        assert told["ok"], told

    async def _on_frame(self, frame: dict[str, Any]) -> None:
        self.heard += frame["events"]
        self._more.set()
