"""Calls that all talk at once, in a process of their own: what their pages say to each other.

    python -m benchmarks.call_talkers

Its standard input is one line of JSON, `{port, customers, reps}` with a session's token for each
side of each call, then a line with the seconds of each run. It says `{"talking": CALLS}` once all
calls were asked for and answered, and what was measured after each run.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import sys
import time
from collections.abc import AsyncIterator
from itertools import count
from statistics import quantiles
from typing import Any, Final
from uuid import uuid4

import aiohttp
import msgspec
import socketio

EVERY_S: Final = 5.0
"""Between two beginnings of one call: a network that changes as often as this is a bad one."""
BATCH_S: Final = 0.06
"""A page gathers candidates for so long before it sends them."""
BATCHES, CANDIDATES = 3, 6
SDP: Final = 6_500
"""Characters: what Chromium writes for one picture and one sound is 5,000 to 7,000."""
ANSWER_S: Final = 60
NAMESPACE: Final = "/consult"

_NUMBER = re.compile(r"(?:o=- |candidate:)(\d+)")
_numbers = count(1_000_000_000)


class Took:
    """How long each signal took to its other side, in seconds, while it is counted."""

    def __init__(self) -> None:
        self.counting = False
        self.seconds: list[float] = []
        self._sent: dict[int, tuple[float, asyncio.Future[None]]] = {}

    def send(self, number: int) -> asyncio.Future[None]:
        heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sent[number] = time.perf_counter(), heard
        return heard

    def hear(self, signal: dict[str, Any]) -> None:
        now = time.perf_counter()
        said = (
            signal["description"]["sdp"]
            if signal.get("description")
            else signal["candidates"][0]["candidate"]
        )
        found = _NUMBER.search(said)
        if found is None:
            raise RuntimeError("a signal of nobody's")
        begun, heard = self._sent.pop(int(found[1]))
        heard.set_result(None)
        if self.counting:
            self.seconds.append(now - begun)


class Page:
    """One side's sockets."""

    def __init__(self, client: socketio.AsyncClient, http: aiohttp.ClientSession) -> None:
        self.client = client
        self.http = http
        self.seat = uuid4().hex
        self.other = ""

    async def ask(self, event: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.call(event, body, namespace=NAMESPACE, timeout=ANSWER_S)
        if not answer["ok"]:
            raise RuntimeError(f"{event} was refused: {answer}")
        told: dict[str, Any] = answer
        return told

    async def joins(self, call: str) -> None:
        await self.ask("join", {"call": call})

    async def sits(self) -> None:
        await self.ask("sit", {"request_id": uuid4().hex, "seat": self.seat})

    async def answers(self, call: str) -> None:
        do = {"type": "answer"}
        await self.ask("do", {"request_id": uuid4().hex, "call": call, "do": do})

    async def signals(self, took: Took, **what: Any) -> None:
        """Send, and wait until the other side has it."""
        number = next(_numbers)
        if "type" in what:
            what = {"description": {"type": what["type"], "sdp": _sdp(number)}}
        else:
            what = {"candidates": [_candidate(number) for _ in range(CANDIDATES)]}
        heard = took.send(number)
        await self.ask("signal", {"seat": self.seat, "to": self.other, **what})
        async with asyncio.timeout(ANSWER_S):
            await heard


def _sdp(number: int) -> str:
    begun = f"v=0\r\no=- {number} 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    line = "a=fmtp:97 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
    return begun + line * ((SDP - len(begun)) // len(line))


def _candidate(number: int) -> dict[str, Any]:
    told = f"candidate:{number} 1 udp 2122260223 192.0.2.17 54321 typ host generation 0 ufrag Xy9z"
    return {"candidate": told, "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "Xy9z"}


class Talk:
    """One call that is on."""

    def __init__(self, customer: Page, rep: Page) -> None:
        self._customer = customer
        self._rep = rep
        customer.other, rep.other = rep.seat, customer.seat

    async def begins(self, took: Took) -> None:
        """What two pages say to each other until they have a way between them."""
        await self._customer.signals(took, type="offer")
        await asyncio.gather(self._answers(took), self._gathers(self._customer, took))

    async def _answers(self, took: Took) -> None:
        await self._rep.signals(took, type="answer")
        await self._gathers(self._rep, took)

    async def _gathers(self, page: Page, took: Took) -> None:
        for _ in range(BATCHES):
            await asyncio.sleep(BATCH_S)
            await page.signals(took)

    async def goes_on(self, took: Took, later_s: float, until: float) -> None:
        await asyncio.sleep(later_s)
        while time.monotonic() < until:
            begun = time.monotonic()
            await self.begins(took)
            await asyncio.sleep(max(0.0, EVERY_S - (time.monotonic() - begun)))


@contextlib.asynccontextmanager
async def opened(address: str, token: str) -> AsyncIterator[Page]:
    headers = {"Cookie": f"plusone={token}", "Origin": address}
    async with aiohttp.ClientSession(headers={**headers, "X-Plusone": "1"}) as http:
        client = socketio.AsyncClient(http_session=http, handle_sigint=False)
        page = Page(client, http)
        await client.connect(
            address,
            headers=headers,
            transports=["websocket"],
            namespaces=[NAMESPACE],
            wait_timeout=ANSWER_S,
        )
        try:
            yield page
        finally:
            await client.disconnect()


async def put_through(address: str, customer: Page, reps: asyncio.Queue[Page]) -> Talk:
    """Have a customer ask, and a rep who is free answer."""
    async with customer.http.post(
        f"{address}/api/consult/calls", json={"locale": "zh-Hant"}
    ) as response:
        call = (await response.json())["call"]
    await customer.joins(call)
    await customer.sits()
    rep = reps.get_nowait()
    await rep.answers(call)
    await rep.joins(call)
    await rep.sits()
    return Talk(customer, rep)


async def main() -> None:
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    asked = msgspec.json.decode(await lines.readline())
    address = f"http://127.0.0.1:{asked['port']}"
    took = Took()
    async with contextlib.AsyncExitStack() as stack:
        reps: asyncio.Queue[Page] = asyncio.Queue()
        customers = []
        for token in asked["reps"]:
            page = await stack.enter_async_context(opened(address, token))
            page.client.on("signal", took.hear, namespace=NAMESPACE)
            reps.put_nowait(page)
        for token in asked["customers"]:
            page = await stack.enter_async_context(opened(address, token))
            page.client.on("signal", took.hear, namespace=NAMESPACE)
            customers.append(page)
        talks = [await put_through(address, customer, reps) for customer in customers]
        _tell({"talking": len(talks)})
        while line := await lines.readline():
            _tell(await _run(talks, took, float(line)))


async def _run(talks: list[Talk], took: Took, seconds: float) -> dict[str, float]:
    chance = random.Random(0)
    took.seconds.clear()
    took.counting = True
    begun, cpu = time.monotonic(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for talk in talks:
            group.create_task(talk.goes_on(took, chance.random() * EVERY_S, begun + seconds))
    took.counting = False
    whole = time.monotonic() - begun
    percentiles = quantiles((s * 1000 for s in took.seconds), n=100)
    return {
        "signals": len(took.seconds),
        "per_s": len(took.seconds) / whole,
        "p50_ms": percentiles[49],
        "p99_ms": percentiles[98],
        "max_ms": max(took.seconds) * 1000,
        "cpu_pct": 100 * (time.process_time() - cpu) / whole,
        "seconds": whole,
    }


def _tell(what: dict[str, Any]) -> None:
    sys.stdout.write(msgspec.json.encode(what).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
