"""The planner as a chat model: the same agent, tools and limits, and the same answers."""

from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from bot.assistant import BuiltIn
from bot.model.agent import Turn, make
from bot.model.masking import Masker
from bot.model.planner_model import PlannerModel, calls_of_planner, said_in
from bot.talk import Call, Done, Say, Talk
from tests.bot.model.shop import OnePlanner, Shop, Shown, talk


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
