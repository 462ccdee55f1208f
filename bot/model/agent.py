"""The agent around a model: its tools, its limits, and the planner where the model fails.

The model sees names, descriptions and arguments of tools. For whom a tool is called lies in the
context of the run, which no message reaches.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from langchain.agents import create_agent
from langchain.agents.middleware import (
    AgentMiddleware,
    ModelCallLimitMiddleware,
    ModelRequest,
    ModelResponse,
    ToolErrorMiddleware,
)
from langchain.agents.middleware.types import ToolCallRequest
from langchain.tools import ToolRuntime
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.tools import BaseTool, StructuredTool

from bot.assistant import Planner, Toolbox
from bot.model.masking import Masker
from bot.model.planner_model import PlannerModel
from bot.model.prompt import answer_of
from bot.talk import CALLS, Call, Done, Talk
from core.tools import Tool

log = structlog.get_logger(__name__)

_PUBLIC: Final = frozenset(
    {
        "articles", "benefits", "consultation", "deliveries", "opening", "places", "product",
        "search_products", "stock",
    }
)  # fmt: skip
"""Tools that tell of the shop alone: its addresses and numbers are no secret."""


class TooManyCalls(Exception):
    """A model called more tools than an answer may."""


@dataclass
class Turn:
    """What one run may use; none of it is in any message."""

    talk: Talk
    tools: Toolbox
    planner: Planner
    masker: Masker
    zone: ZoneInfo
    done: list[Done] = field(default_factory=list)
    begun: int = 0
    """Tools that were called, whether or not they have answered: a model calls many at once."""
    failure: Exception | None = None
    """Why the planner took over."""
    over: bool = False
    """Nobody waits for it any more."""

    async def use(self, name: str, args: dict[str, Any]) -> tuple[str, Done]:
        """What a tool says, as a model reads it and whole. Raises TooManyCalls."""
        if self.over or self.begun >= CALLS:
            raise TooManyCalls
        self.begun += 1
        done = await self.tools.call(Call(name, self.masker.restore_in(args)))
        self.done.append(done)
        text = answer_of(done, self.zone)
        if name in _PUBLIC:
            return self.masker.hide_known(text), done
        return self.masker.hide(text), done


def make(model: BaseChatModel, tools: Iterable[Tool]) -> Any:
    """A compiled graph; run it with a `Turn` as its context. Takes 20 ms."""
    middleware: list[AgentMiddleware[Any, Any, Any]] = [
        ModelCallLimitMiddleware(run_limit=CALLS, exit_behavior="error"),
        ToolErrorMiddleware(_tool_broke),
        OrPlanner(),
    ]
    as_langchain = [_as_langchain(tool) for tool in tools]
    return create_agent(model, as_langchain, context_schema=Turn, middleware=middleware)


class OrPlanner(AgentMiddleware[Any, Turn]):
    """Lets the planner begin anew, within the same run, once a model has failed."""

    async def awrap_model_call(
        self,
        request: ModelRequest[Turn],
        handler: Callable[[ModelRequest[Turn]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        turn = request.runtime.context
        if turn.failure is None:
            try:
                return await handler(request)
            except Exception as failure:
                # Whatever a provider's client raises; `ModelAssistant` writes it in the log.
                if turn.over:
                    raise
                turn.failure = failure
                turn.done.clear()
                turn.begun = 0
        planner = PlannerModel(planner=turn.planner, talk=turn.talk)
        return await handler(request.override(model=planner, model_settings={}))


def _tool_broke(error: Exception, request: ToolCallRequest) -> str | None:
    if isinstance(error, TooManyCalls):
        return None
    log.error("bot.tool_broke", tool=request.tool_call["name"], error=type(error).__name__)
    return "This could not be looked up."


def _as_langchain(tool: Tool) -> BaseTool:
    async def run(runtime: ToolRuntime[Turn], **args: Any) -> tuple[str, Done]:
        return await runtime.context.use(tool.name, args)

    return StructuredTool(
        name=tool.name,
        description=tool.description,
        # As JSON Schema, so that `Toolbox` checks what comes: then an argument that there is not,
        # such as another's id, is refused and not dropped.
        args_schema=tool.takes.model_json_schema(),
        coroutine=run,
        response_format="content_and_artifact",
    )
