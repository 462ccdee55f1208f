"""Customers who ask the bot through their sockets, each in her own conversation."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import uuid4

import aiohttp
import socketio

import migrations
from benchmarks.figures import Figure, at_least, at_most, say
from benchmarks.service import Service, prepare
from bot.knowledge import demo as articles
from commerce_bridge.embedded import demo as goods
from core.clock import SystemClock
from core.db import Database

CUSTOMERS = 100
EVERY_S = 2.0
"""Between two questions of one customer: as often as the service takes them from one person."""
QUESTIONS = 12
"""Of each customer in a round."""
ASKED = (
    "剝皮辣椒多少錢", "有樹子嗎", "運費怎麼算", "可以退貨嗎", "門市在哪裡", "幾點有人",
    "豆腐乳有幾種", "我要兩罐紫蘇脆梅", "不用了", "how much is the chili oil", "呢款仲有冇貨",
    "do you ship overseas", "花椒辣油有哪些辣度", "怎麼付款", "訂單到哪了", "推薦一下", "你好",
    "謝謝", "有折扣嗎", "礼盒还有吗",
)  # fmt: skip
ANSWERED_S = 30


class Customer:
    """One customer's socket; times what she says until the bot's first words to it."""

    def __init__(self, client: socketio.AsyncClient, conversation: str) -> None:
        self._client = client
        self._conversation = conversation
        self._words = asyncio.Event()
        client.on("frame", self._frame, namespace="/chat")
        client.on("streaming", self._streaming, namespace="/chat")

    async def joins(self) -> None:
        await self._asked("join", {"conversation": self._conversation})

    async def asks(self, question: str) -> float:
        """Seconds from sending it to the first words of the answer."""
        self._words.clear()
        begun = time.perf_counter()
        await self._asked("say", {"request_id": uuid4().hex, "text": question})
        async with asyncio.timeout(ANSWERED_S):
            await self._words.wait()
        return time.perf_counter() - begun

    async def _asked(self, event: str, body: dict[str, Any]) -> None:
        answer = await self._client.call(event, body, namespace="/chat", timeout=ANSWERED_S)
        if not answer["ok"]:
            raise RuntimeError(f"refused: {answer}")

    def _frame(self, frame: dict[str, Any]) -> None:
        for event in frame["events"]:
            if event["type"] == "message.sent" and event["data"]["from"] == "bot":
                self._words.set()
            if event["type"] == "change.asked":  # a plain yes is answered by what it does
                self._words.set()

    def _streaming(self, told: dict[str, Any]) -> None:
        if told["text"]:
            self._words.set()


@asynccontextmanager
async def customers(service: Service, tokens: Sequence[str]) -> AsyncIterator[list[Customer]]:
    address = f"http://127.0.0.1:{service.port}"
    async with AsyncExitStack() as stack:
        found = []
        for token in tokens:
            headers = {"Cookie": f"plusone={token}", "Origin": address}
            http = await stack.enter_async_context(
                aiohttp.ClientSession(headers={**headers, "X-Plusone": "1"})
            )
            async with http.post(f"{address}/api/chat", json={}) as response:
                conversation = (await response.json())["conversation"]
            client = socketio.AsyncClient(http_session=http, handle_sigint=False)
            await client.connect(
                address,
                headers=headers,
                transports=["websocket"],
                namespaces=["/chat"],
                wait_timeout=10,
            )
            stack.push_async_callback(client.disconnect)
            found.append(Customer(client, conversation))
            await found[-1].joins()
        yield found


async def measured(rounds: int) -> list[Figure]:
    """First words with 100 conversations at once, and turns a second when all ask at once."""
    first_words, turns = [], []
    with tempfile.TemporaryDirectory(prefix="plusone-bench-") as folder:
        for number in range(rounds):
            url = f"sqlite:///{folder}/bot_{number}.sqlite"
            await asyncio.to_thread(migrations.upgrade, url)
            async with Database.open(url, pool=1) as database:
                await goods.furnish(database, SystemClock(), "TWD")
                await articles.furnish(database, SystemClock())
            people = await prepare(url, CUSTOMERS)
            with Service(url, Path(folder), MEDIA_ENGINE="none") as service:
                await service.answers("/readyz")
                async with customers(service, people.guests) as asking:
                    await asking[0].asks("你好")  # the bot has learnt by then
                    first_words.append(await _paced(asking, number))
                    turns.append(await _at_once(asking, number))
            say(
                f"bot, round {number + 1}: first words p95 {first_words[-1]:.0f} ms,"
                f" {turns[-1]:.0f} turns/s"
            )
    return [
        Figure("bot_first_words_p95_ms", "ms", first_words, target=at_most(300)),
        Figure("bot_turns_per_s", "1/s", turns, target=at_least(100)),
    ]


async def _paced(asking: Sequence[Customer], seed: int) -> float:
    """The 95th percentile, in ms, where each asks every two seconds, none with another."""
    chance = random.Random(seed)

    async def talks(customer: Customer, questions: list[str], later_s: float) -> list[float]:
        await asyncio.sleep(later_s)
        took = []
        for question in questions:
            took.append(await customer.asks(question))
            await asyncio.sleep(max(0.0, EVERY_S - took[-1]))
        return took

    told = await asyncio.gather(
        *(
            talks(one, chance.choices(ASKED, k=QUESTIONS), chance.random() * EVERY_S)
            for one in asking
        )
    )
    return quantiles((s * 1_000 for took in told for s in took), n=20)[-1]


async def _at_once(asking: Sequence[Customer], seed: int) -> float:
    """Turns a second where each asks again as soon as she is answered."""
    chance = random.Random(seed)

    async def talks(customer: Customer) -> None:
        for question in chance.choices(ASKED, k=QUESTIONS):
            await customer.asks(question)

    begun = time.perf_counter()
    await asyncio.gather(*map(talks, asking))
    return len(asking) * QUESTIONS / (time.perf_counter() - begun)
