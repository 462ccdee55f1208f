"""People at a show who go on claiming whatever breaks, as their pages do.

Each has a socket of her own, by WebSocket or by polling, keeps the show's room by its log, comes
back when she is cut off, and sends what was not answered again, under the same name.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import socketio

from core.http import COOKIE
from core.rooms.events import EVERYONE, Logged
from live.namespace import NAMESPACE

ANSWER_S: Final = 60
AGAIN_S: Final = 0.5
"""Within which one comes back who was cut off."""
THINKS_S: Final = 0.25
"""Between the answer to one claim and the next: the flood of them is to last."""


@dataclass
class Told:
    """What people sent, and what each of their requests was acknowledged with."""

    sent: dict[str, str] = field(default_factory=dict)
    """Who sent each request."""
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def acknowledge(self, request: str, answer: dict[str, Any]) -> None:
        """Whoever asks again is told the same again."""
        known = self.answers.setdefault(request, answer)
        for name in ("first", "last", "events"):
            assert answer[name] == known[name], request


class Claimer:
    """One person; `run` is what she does until `stop`."""

    def __init__(self, own_id: str, token: str, transport: str, told: Told) -> None:
        self.own_id = own_id
        self.transport = transport
        self.place: dict[str, Any] | None = None
        """`{epoch, offset, at_ms}`: how far she has got."""
        self.frames: list[dict[str, Any]] = []
        """All that she was sent since she first came."""
        self.wholes = 0
        """How often she was told everything, and not what she had missed."""
        self._token = token
        self._told = told
        self._moved = asyncio.Event()
        self._stopped = asyncio.Event()
        self._request = ""
        self._number = 0
        self._does = "nothing yet"

    def __str__(self) -> str:
        return f"{self.own_id} by {self.transport} at {self.offset}: {self._does}"

    @property
    def offset(self) -> int:
        return 0 if self.place is None else int(self.place["offset"])

    async def reaches(self, offset: int) -> None:
        """Wait until she has everything up to it."""
        while self.offset < offset:
            self._moved.clear()
            await self._moved.wait()

    def stop(self) -> None:
        """Claim no more; what is unanswered stays so."""
        self._stopped.set()

    async def run(self, address: str, show: str) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(ConnectionError):
                async with self._line(address, show) as line:
                    await self._claims(line)
            await self._rests(random.uniform(0, AGAIN_S))

    @asynccontextmanager
    async def _line(self, address: str, show: str) -> AsyncIterator[_Line]:
        headers = {"Origin": address, "Cookie": f"{COOKIE}={self._token}"}
        async with aiohttp.ClientSession(
            headers=headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(ANSWER_S),
        ) as http:
            line = _Line(http, self, show)
            self._does = "comes"
            await line.connect(address, self.transport)
            try:
                self._does = "joins"
                await line.join()
                yield line
            finally:
                self._does = "leaves"
                await line.leave()

    async def _claims(self, line: _Line) -> None:
        while not (self._stopped.is_set() or line.is_to_move):
            if not self._request:
                self._number += 1
                self._request = f"{self.own_id[-8:]}-request-{self._number}"
                self._told.sent[self._request] = self.own_id
            self._does = f"asks {self._request}"
            answer = await line.ask("comment", {"request_id": self._request, "text": "+1"})
            if answer["ok"]:
                self._told.acknowledge(self._request, answer)
                self._request = ""
            else:
                assert answer["error"]["retryable"], answer
            self._does = "thinks"
            await self._rests(THINKS_S)

    async def _rests(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopped.wait()

    # What a line tells her

    def moved(self, place: dict[str, Any]) -> None:
        self.place = {name: place[name] for name in ("epoch", "offset", "at_ms")}
        self._moved.set()

    def takes(self, frame: dict[str, Any]) -> bool:
        """Take in a frame; False where it does not follow what she has."""
        if self.place is None or frame["epoch"] != self.place["epoch"]:
            return False
        if frame["to"] <= self.offset:
            return True
        if frame["from"] != self.offset + 1:
            return False
        self.frames.append(frame)
        self.moved({**frame, "offset": frame["to"]})
        return True

    def check(self, log: Sequence[Logged], wires: Sequence[dict[str, Any]]) -> None:
        """What she was sent is what the log holds for her: each of it once, in order."""
        after = 0
        for frame in self.frames:
            assert frame["from"] > after
            after = frame["to"]
            assert frame["events"] == [
                wires[place]
                for place in range(frame["from"] - 1, frame["to"])
                if log[place].audience in (EVERYONE, self.own_id)
            ]


class _Line:
    """One connection of hers."""

    def __init__(self, http: aiohttp.ClientSession, claimer: Claimer, show: str) -> None:
        self.is_to_move = False
        """Another process serves in the place of this one by now."""
        self._claimer = claimer
        self._show = show
        self._joining: asyncio.Task[None] | None = None
        self._early: list[dict[str, Any]] | None = []
        """Frames that came before the answer to `join` was looked at; None once she has joined."""
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._socket = socketio.AsyncClient(
            http_session=http, reconnection=False, handle_sigint=False
        )
        for event, handler in (
            ("frame", self._on_frame),
            ("catch_up", self._on_catch_up),
            ("come_back", self._on_come_back),
            ("disconnect", self._on_disconnect),
        ):
            self._socket.on(event, handler, namespace=NAMESPACE)

    async def connect(self, address: str, transport: str) -> None:
        """Raises ConnectionError where nobody serves."""
        try:
            await self._socket.connect(
                address, namespaces=[NAMESPACE], transports=[transport], wait_timeout=ANSWER_S
            )
        except (socketio.exceptions.ConnectionError, aiohttp.ClientError) as error:
            raise ConnectionError(str(error)) from error

    async def join(self) -> None:
        """Follow the show from where she is. Raises ConnectionError."""
        claimer, self._early = self._claimer, []
        body = {"show": self._show}
        answer = await self.ask("join", body | ({"since": claimer.place} if claimer.place else {}))
        if not answer["ok"]:
            assert answer["error"]["retryable"], answer
            raise ConnectionError("not now")
        if answer.get("missed"):
            assert claimer.takes(answer["missed"])
        else:
            claimer.wholes += 1
            claimer.moved(answer["whole"])
        early, self._early = self._early, None
        for frame in early:
            self._on_frame(frame)

    async def ask(self, event: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer. Raises ConnectionError where the line is lost before."""
        call = asyncio.ensure_future(
            self._socket.call(event, body, namespace=NAMESPACE, timeout=ANSWER_S)
        )
        try:
            await asyncio.wait({call, self._gone}, return_when=asyncio.FIRST_COMPLETED)
            if not call.done():
                raise ConnectionError("the line was lost")
            answer: dict[str, Any] = call.result()
        except socketio.exceptions.SocketIOError as error:
            raise ConnectionError(str(error)) from error
        finally:
            call.cancel()
        return answer

    async def leave(self) -> None:
        if self._joining is not None:
            self._joining.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._joining
        await self._socket.disconnect()
        self._socket.eio.http = None  # once collected it would close what it was lent

    def _on_frame(self, frame: dict[str, Any]) -> None:
        if self._early is not None:
            self._early.append(frame)
        elif not self._claimer.takes(frame):
            self._on_catch_up()

    def _on_catch_up(self, *_: object) -> None:
        if self._early is None:
            self._early = []
            self._joining = asyncio.ensure_future(self._joins_again())

    async def _joins_again(self) -> None:
        with contextlib.suppress(ConnectionError):  # then she comes back, and joins
            await self.join()

    def _on_come_back(self, _asked: dict[str, Any]) -> None:
        self.is_to_move = True

    def _on_disconnect(self, *_: object) -> None:
        if not self._gone.done():
            self._gone.set_result(None)
