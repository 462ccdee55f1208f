"""Whoever answers: from a conversation and tools to what is said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

import structlog

from bot.talk import CALLS, Call, Done, Say, Talk
from core.errors import BadRequest, PlusOneError
from core.inputs import read_as
from core.tools import Asker, Tool

TOOL_TIMEOUT_S = 2.0

Tell = Callable[[str | None], None]
"""Shows the words so far while an answer is being written; None takes them back."""

log = structlog.get_logger(__name__)


class Toolbox:
    """The tools that there are, called for one person."""

    def __init__(self, tools: Iterable[Tool], asker: Asker) -> None:
        self.tools = {tool.name: tool for tool in tools}
        self.asker = asker

    async def call(self, call: Call) -> Done:
        """What the tool says; `failed` where it does not exist, was asked wrongly, or is broken."""
        tool = self.tools.get(call.tool)
        if tool is None:
            return Done(call, {"error": "unknown_tool"}, failed=True)
        try:
            args = read_as(tool.takes, call.args)
            async with asyncio.timeout(TOOL_TIMEOUT_S):
                found = await tool.run(self.asker, args)
        except BadRequest as error:
            return Done(call, {"error": error.error_code, **error.data}, failed=True)
        except (PlusOneError, TimeoutError) as error:
            # The answer says that it could not be looked up; a rep goes on if that repeats.
            code = error.error_code if isinstance(error, PlusOneError) else "timeout"
            log.warning("bot.tool_failed", tool=call.tool, error=code)
            return Done(call, {"error": code}, failed=True)
        return Done(call, found.data, found.cards, found.proposal)


class Assistant(Protocol):
    """The built-in planner, or a language model with that to fall back on."""

    async def answer(self, talk: Talk, tools: Toolbox, tell: Tell) -> Say:
        """What to say to the newest messages of `talk`. Never raises for what a model does."""
        ...


class Planner(Protocol):
    """See `bot.plan`: pure, the same answer for the same question."""

    def plan(self, talk: Talk, done: tuple[Done, ...]) -> Call | Say: ...

    def gave_up(self, talk: Talk) -> Say:
        """What is said where `CALLS` calls led to nothing."""
        ...


class BuiltIn:
    """Answers by the planner alone: no model, no key, no network."""

    def __init__(self, planner: Callable[[], Planner]) -> None:
        """`planner` gives the newest one: what the shop knows changes."""
        self._planner = planner

    async def answer(self, talk: Talk, tools: Toolbox, tell: Tell) -> Say:
        planner = self._planner()
        done: tuple[Done, ...] = ()
        for _ in range(CALLS + 1):
            step = planner.plan(talk, done)
            if isinstance(step, Say):
                return step
            done = (*done, await tools.call(step))
        return planner.gave_up(talk)
