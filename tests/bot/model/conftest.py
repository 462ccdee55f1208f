"""A model is spoken to through sockets, by the client that production uses."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from bot.assistant import Assistant
from bot.model.loading import opened
from core.settings import Settings
from tests.bot.model.server import ModelServer, Reply, serving
from tests.bot.model.shop import OnePlanner, Shop


class Scene:
    """A shop, its planner, an assistant with a model, and that model's server."""

    def __init__(self, server: ModelServer, assistant: Assistant, shop: Shop, planner: OnePlanner):
        self.server = server
        self.assistant = assistant
        self.shop = shop
        self.planner = planner


OpenScene = Callable[..., AbstractAsyncContextManager[Scene]]


@pytest.fixture
async def scene(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenScene]:
    """Opens scenes; afterwards no task and no thread but the loop's own is left."""
    monkeypatch.setenv("OPENAI_API_KEY", "the-environment-s")

    @asynccontextmanager
    async def open_scene(
        *replies: Reply, planner: OnePlanner | None = None, **settings: Any
    ) -> AsyncIterator[Scene]:
        async with serving(*replies) as server:
            asked_for = {
                "bot_model": "openai:scripted",
                "bot_model_url": server.url,
                "bot_model_key": SecretStr("the-settings"),
                "bot_timeout_s": 1.0,
                **settings,
            }
            shop, brain = Shop(), planner or OnePlanner()
            async with opened(Settings(**asked_for), lambda: brain, shop.tools()) as assistant:
                yield Scene(server, assistant, shop, brain)

    threads = set(threading.enumerate())
    yield open_scene
    gc.collect()  # what is only ended when it is collected is ended now
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        _, left = await asyncio.wait(left, timeout=5)
    assert left == set()
    begun = {thread.name for thread in set(threading.enumerate()) - threads}
    assert {name for name in begun if not name.startswith("uvloop")} == set()
