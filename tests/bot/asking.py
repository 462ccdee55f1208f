"""Calls tools as the bot does, as one person or another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.assistant import Toolbox
from bot.talk import Call, Done
from core.clock import Clock
from core.identity.model import Person
from core.locales import Locale
from core.tools import Asker, Tool
from tests.commerce_bridge.world import person

MEI = person("mei")
OTHER = person("other")


class Asking:
    """`locale` and `by`: how, and as whom."""

    def __init__(self, tools: Sequence[Tool], clock: Clock) -> None:
        self.tools = tools
        self.clock = clock

    async def done(
        self, name: str, /, *, locale: Locale = "zh-Hant", by: Person = MEI, **args: Any
    ) -> Done:
        """What the tool said, or how it failed."""
        box = Toolbox(self.tools, Asker(by, locale, self.clock.now()))
        return await box.call(Call(name, args))

    async def __call__(self, name: str, /, **args: Any) -> Any:
        """What the tool found; it must not fail."""
        done = await self.done(name, **args)
        assert not done.failed, done.data
        return done.data


def dollars(number: int, text: str) -> dict[str, Any]:
    return {"minor": number * 100, "currency": "TWD", "text": text}
