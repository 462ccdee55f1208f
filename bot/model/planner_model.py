"""The built-in planner as a chat model: agents, tools and middleware serve it as any other."""

from __future__ import annotations

from typing import Any, Final

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from pydantic import ConfigDict

from bot.assistant import Planner
from bot.talk import Done, Say, Talk

_OURS: Final = "plan-"
"""How the ids of its own calls begin: what another model called before is none of its business."""


class PlannerModel(BaseChatModel):
    """Plans one answer to `talk`; of the messages it reads only what its own calls brought.

    The last message carries the whole `Say` (`said_in`), since text is not all that it says.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    planner: Any
    """A `Planner`; pydantic has no checks for protocols."""
    talk: Talk

    @property
    def _llm_type(self) -> str:
        return "plusone-planner"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Runnable[Any, AIMessage]:
        """Itself: it knows the tools by their names."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        planner: Planner = self.planner
        done = calls_of_planner(messages)
        step = planner.plan(self.talk, done)
        if isinstance(step, Say):
            message = AIMessage(step.text, response_metadata={"say": step})
        else:
            call = {"name": step.tool, "args": step.args, "id": f"{_OURS}{len(done)}"}
            message = AIMessage("", tool_calls=[{**call, "type": "tool_call"}])
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        # On the loop: the default would take a thread for a millisecond's work.
        return self._generate(messages, stop)


def calls_of_planner(messages: list[BaseMessage]) -> tuple[Done, ...]:
    """What the tools said that the planner itself called, in order."""
    return tuple(
        message.artifact
        for message in messages
        if isinstance(message, ToolMessage)
        and message.tool_call_id.startswith(_OURS)
        and isinstance(message.artifact, Done)
    )


def said_in(message: AIMessage) -> Say | None:
    """What the planner said; None of what another model wrote."""
    say = message.response_metadata.get("say")
    return say if isinstance(say, Say) else None
