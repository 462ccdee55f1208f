"""The planner as a chat model: the same agent, tools and limits, and the same answers."""

import asyncio
from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from bot.assistant import BuiltIn, Toolbox
from bot.model.agent import TooManyCalls, Turn, make
from bot.model.masking import Masker
from bot.model.planner_model import PlannerModel, calls_of_planner, said_in
from bot.talk import CALLS, Call, Done, Say, Talk
from core.tools import Asker, Found, Tool
from tests.bot.model.shop import NOW, SHE, OnePlanner, Shop, Shown, Words, talk


async def asked(shop: Shop, planner: OnePlanner, said: Talk) -> Say | None:
    """What the agent says with the planner as its model."""
    agent = make(PlannerModel(planner=planner, talk=said), shop.tools())
    turn = Turn(said, shop.box(), planner, Masker(on=True), ZoneInfo("Asia/Taipei"))
    state: dict[str, Any] = await agent.ainvoke(
        {"messages": [HumanMessage(said.said[-1].text)]}, context=turn
    )
    last = state["messages"][-1]
    assert isinstance(last, AIMessage)
    return said_in(last)


async def test_the_planner_says_the_same_in_an_agent_as_by_itself() -> None:
    for words in ("有辣椒嗎", "我要真人", "電話 0912-345-678"):
        direct, within = Shop(), Shop()
        said = talk(words)
        alone = await BuiltIn(OnePlanner).answer(said, direct.box(), Shown())
        assert await asked(within, OnePlanner(), said) == alone
        assert within.asked == direct.asked


async def test_of_many_tools_that_are_called_at_once_no_more_are_asked_than_an_answer_may() -> None:
    asked: list[str] = []

    async def search(_asker: Asker, words: Words) -> Found:
        asked.append(words.words)
        await asyncio.sleep(0)  # as whatever asks a database
        return Found({"products": []})

    tools = Toolbox([Tool("search", "", Words, search)], Asker(SHE, "en", NOW))
    turn = Turn(talk("辣椒"), tools, OnePlanner(), Masker(on=True), ZoneInfo("Asia/Taipei"))
    calls = (turn.use("search", {"words": f"{n}"}) for n in range(CALLS + 3))
    found = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(one) for one in found if isinstance(one, Exception)] == [TooManyCalls] * 3
    assert len(asked) == len(turn.done) == CALLS


def test_it_reads_its_own_calls_alone() -> None:
    own = Done(Call("orders", {}), {"orders": []})
    messages = [
        HumanMessage("我的訂單"),
        ToolMessage("x", tool_call_id="call_1", artifact=Done(Call("places", {}), {})),
        ToolMessage("x", tool_call_id="plan-0", artifact=own),
        ToolMessage("broke", tool_call_id="plan-1", status="error"),
    ]
    assert calls_of_planner(messages) == (own,)


def test_what_another_model_wrote_is_no_answer_of_the_planner() -> None:
    assert said_in(AIMessage("好", response_metadata={"say": "好"})) is None
