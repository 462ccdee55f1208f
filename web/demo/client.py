"""One person of the demo: a session, a socket, and what she can do with them."""

from __future__ import annotations

import uuid
from typing import Any, Self

import aiohttp
import socketio
from yarl import URL

NAMESPACE = "/live"
ANSWER_S = 10
"""How long an answer is waited for."""


class Refused(Exception):
    """The service said no; `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


PASSES = (
    Refused,
    aiohttp.ClientError,
    socketio.exceptions.SocketIOError,
    OSError,
    TimeoutError,
)
"""What a person would try again after."""


def why(error: Exception) -> str:
    """What went wrong, in a word for the log."""
    return error.code if isinstance(error, Refused) else type(error).__name__


class Client:
    """A browser's worth of a person. Use it as a context manager."""

    def __init__(self, address: str) -> None:
        self.name = ""
        self.show: dict[str, Any] = {}
        """What everyone sees of the show she follows, as of when she joined."""
        self.mine: dict[str, Any] = {}
        self.heard: list[dict[str, Any]] = []
        """Events since, the newest 200."""
        self._address = address
        self._http: aiohttp.ClientSession | None = None
        self._socket: socketio.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        origin = str(URL(self._address).origin())
        self._http = aiohttp.ClientSession(
            self._address,
            headers={"Origin": origin, "X-Plusone": "1", "Accept-Language": "zh-Hant"},
            # The demo listens on an address without a name, whose cookies are kept only if asked.
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            timeout=aiohttp.ClientTimeout(total=ANSWER_S),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._leave()
        if self._http is not None:
            await self._http.close()

    async def get(self, path: str) -> Any:
        return await self._call("GET", path)

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        return await self._call("POST", path, json=body)

    async def _call(self, method: str, path: str, **options: Any) -> Any:
        if self._http is None:
            raise RuntimeError("the client is not open")
        async with self._http.request(method, path, **options) as response:
            answer: Any = await response.json() if response.status != 204 else None
            if response.status >= 400:
                raise Refused(answer["code"], answer["message"])
            return answer

    async def join(self, show: str) -> None:
        """Follow a show, from now on as the person that the session is."""
        await self._leave()
        # Whoever lost the line joins again: a socket that came back by itself would follow nothing,
        # and may come back after this client has closed its session.
        self._socket = socketio.AsyncClient(
            http_session=self._http,
            reconnection=False,
            logger=False,
            handle_sigint=False,  # Ctrl-C is for the service, which ends in order
        )
        self._socket.on("frame", self._on_frame, namespace=NAMESPACE)
        headers = {"Origin": str(URL(self._address).origin())}
        await self._socket.connect(
            self._address,
            headers=headers,
            namespaces=[NAMESPACE],
            transports=["websocket"],
            wait_timeout=ANSWER_S,  # of its own it gives up after a second
        )
        joined = await self._ask("join", {"show": show})
        self.show, self.mine = joined["whole"]["show"], joined["whole"]["mine"]

    async def _leave(self) -> None:
        if self._socket is not None:
            await self._socket.disconnect()
            # Once collected it would close the session that it was lent.
            self._socket.eio.http = None

    async def _on_frame(self, frame: dict[str, Any]) -> None:
        self.heard = [*self.heard, *frame["events"]][-200:]

    async def say(self, text: str) -> list[dict[str, Any]]:
        """Comment; returns the events that came of it."""
        return await self._command("comment", text=text)

    async def run(self, **do: Any) -> list[dict[str, Any]]:
        """Run the show, as host."""
        return await self._command("run", do=do)

    async def moderate(self, **do: Any) -> list[dict[str, Any]]:
        return await self._command("moderate", do=do)

    async def heart(self, count: int) -> None:
        await self._ask("heart", {"count": count})

    async def _command(self, event: str, **body: Any) -> list[dict[str, Any]]:
        told = await self._ask(event, {"request_id": str(uuid.uuid4()), **body})
        events: list[dict[str, Any]] = told["events"]
        return events

    async def _ask(self, event: str, body: dict[str, Any]) -> Any:
        if self._socket is None:
            raise RuntimeError("the client follows nothing")
        told = await self._socket.call(event, body, namespace=NAMESPACE, timeout=ANSWER_S)
        if not told["ok"]:
            raise Refused(told["error"]["code"], told["error"]["message"])
        return told
