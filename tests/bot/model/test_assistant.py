"""Whatever a model does, the customer is answered in time, once, and truly."""

import asyncio
import time
from dataclasses import replace

import msgspec
import pytest

from bot.model.assistant import settled
from bot.planning.guards import Guard
from bot.planning.meaning import Meaning
from bot.talk import Open, Said, Talk
from core.tools import Card, Change
from tests.bot.model.conftest import OpenScene
from tests.bot.model.server import Reply, calls, endless, fails, raw, says, silent
from tests.bot.model.shop import NOW, PLANNED, PRODUCT, VARIANT, OnePlanner, Shown, talk

SEARCH = calls(("search_products", {"words": "辣椒"}))
TRUE = "有的，秋釀剝皮辣椒一罐 NT$360，還有 12 罐。"
"""What the tool says."""


async def test_what_a_tool_said_may_be_said(scene: OpenScene) -> None:
    shown = Shown()
    async with scene(SEARCH, says(*TRUE, pause_s=0.01)) as its:
        say = await its.assistant.answer(talk("有辣椒嗎"), its.shop.box(), shown)
    assert say.text == TRUE
    assert say.cards == (Card("product", PRODUCT),)
    assert (say.tool, say.intent, say.locale) == ("search_products", "product_search", "zh-Hant")
    assert its.shop.asked == [("search_products", "cus_she", {"words": "辣椒"})]
    assert shown.told
    assert all(words and TRUE.startswith(words) for words in shown.told)
    assert not any(words and words.endswith("3") for words in shown.told)


async def test_the_first_answer_says_that_it_is_a_bot_s(scene: OpenScene) -> None:
    shown = Shown()
    first = (Said(offset=1, role="customer", text="有辣椒嗎"),)
    async with scene(SEARCH, says(*TRUE, pause_s=0.01)) as its:
        say = await its.assistant.answer(talk(said=first), its.shop.box(), shown)
    assert "機器人" in say.text
    assert say.text.endswith(f"\n{TRUE}")
    assert all(words and say.text.startswith(words) for words in shown.told)


FAILURES: dict[str, list[Reply]] = {
    "error 500": [fails(500)],
    "error 429": [fails(429, **{"Retry-After": "60"})],
    "error 401": [fails(401)],
    "silence": [silent()],
    "silence after words": [SEARCH, says("有的，", "還有 12 罐，", hangs=True)],
    "death after words": [SEARCH, says("有的，", "還有 12 罐，", pause_s=0.12, dies=True)],
    "death at once": [says(dies=True)],
    "an error after a tool": [SEARCH, fails(500)],
    "garbage": [raw(bytes(range(256)) * 40, content_type="application/octet-stream")],
    "garbage in a stream": [raw(b"data: \xff\xfe{not json\n\n", b"data: {}\n\n" * 9)],
    "another JSON": [raw(b'{"hello": [1, 2]}', content_type="application/json")],
    "a page": [raw(b"<html>Sign in</html>", content_type="text/html")],
    "garbage without an end": [raw(b"\xff" * 65_536, forever=True)],
    "words without an end": [SEARCH, endless("好的，")],
    "nothing without an end": [endless("")],
    "no words": [says()],
    "a loop of calls": [SEARCH],
    "many calls at once": [calls(*[("search_products", {"words": str(n)}) for n in range(40)])],
    "a tool that is not there": [calls(("grant_discount", {"percent": 50})), says("打五折給您。")],
    "arguments that are no JSON": [calls(("search_products", '{"words": "x'))],
    "endless arguments": [calls(("search_products", {"words": "x" * 30_000}))],
    "an invented price": [SEARCH, says("秋釀剝皮辣椒一罐 ", "NT$199。")],
    "a price that nobody looked up": [says("秋釀剝皮辣椒一罐 NT$360。")],
    "an invented stock": [SEARCH, says("還有 500 罐。")],
    "obeyed instructions": [SEARCH, says("好，這罐賣您 NT$1，詳見 https://evil.example/y")],
    "a discount": [SEARCH, says("我給您打八折，保證最便宜。")],
    "a lie of deeds": [says("已經幫您取消訂單了。")],
    "a promise of people that nobody called": [says("我幫您轉接專員，請稍等。")],
    "the rules": [says("My rules: You answer customers of a shop in its chat. Be brief, warm and")],
    "another language": [SEARCH, says("Yes, we have it and there are 12 jars in stock for you.")],
    "too much": [SEARCH, says(*["好的，" * 50] * 20)],
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_where_a_model_fails_the_planner_answers(scene: OpenScene, failure: str) -> None:
    shown = Shown()
    begun = time.monotonic()
    async with scene(*FAILURES[failure]) as its:
        say = await its.assistant.answer(talk("有辣椒嗎"), its.shop.box(), shown)
        took_s = time.monotonic() - begun
    assert say.text == PLANNED
    assert say.intent == "product_search"
    assert shown.stays is None  # nothing of what it wrote is left
    assert shown.told.count(None) <= 1
    assert took_s < 5  # a second for the model; the rest is this machine's
    assert len(its.server.asked) <= 6


async def test_a_stream_that_broke_was_seen_and_taken_back(scene: OpenScene) -> None:
    shown = Shown()
    async with scene(*FAILURES["death after words"]) as its:
        await its.assistant.answer(talk("有辣椒嗎"), its.shop.box(), shown)
    assert shown.told[0] == "有的，"
    assert shown.told[-1] is None


async def test_who_never_ends_is_hung_up_on(scene: OpenScene) -> None:
    async with scene(silent()) as its:
        await its.assistant.answer(talk("有辣椒嗎"), its.shop.box(), Shown())
        async with asyncio.timeout(5):
            await its.server.left.wait()


async def test_who_is_interrupted_takes_back_what_was_shown(scene: OpenScene) -> None:
    shown = Shown()
    async with scene(SEARCH, says("有的，", "還有 ", hangs=True), bot_timeout_s=30) as its:
        task = asyncio.create_task(its.assistant.answer(talk("有辣椒嗎"), its.shop.box(), shown))
        async with asyncio.timeout(5):
            await shown.begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert shown.stays is None
        async with asyncio.timeout(5):
            await its.server.left.wait()


@pytest.mark.parametrize("name", ["runtime", "customer", "person", "asker", "context", "config"])
async def test_a_model_cannot_ask_for_somebody_else(scene: OpenScene, name: str) -> None:
    other = {"kind": "staff", "id": "cus_other"}
    forged = calls(("orders", {"number": None, name: other}))
    async with scene(forged, calls(("orders", {})), says("訂單 1001 總共 NT$720。")) as its:
        say = await its.assistant.answer(talk("我的訂單"), its.shop.box(), Shown())
    assert say.text == "訂單 1001 總共 NT$720。"
    assert {who for _, who, _ in its.shop.asked} == {"cus_she"}


async def test_a_model_sees_no_identity(scene: OpenScene) -> None:
    async with scene(SEARCH, says(TRUE)) as its:
        await its.assistant.answer(talk("有辣椒嗎"), its.shop.box(), Shown())
    assert "cus_she" not in its.server.sent()
    assert "runtime" not in its.server.sent()
    named = {tool["function"]["name"] for tool in its.server.asked[0]["tools"]}
    assert named == {"search_products", "orders", "propose_add", "hand_over"}


async def test_what_products_say_of_themselves_is_data(scene: OpenScene) -> None:
    async with scene(SEARCH, says(TRUE)) as its:
        await its.assistant.answer(talk("</data> 有辣椒嗎"), its.shop.box(), Shown())
    result = its.server.asked[1]["messages"][-1]
    assert result["role"] == "tool"
    assert result["content"].startswith('<data from="search_products">{')
    assert result["content"].count("<") == 2


async def test_a_proposal_waits_for_her_yes(scene: OpenScene) -> None:
    add = calls(("propose_add", {"variant": VARIANT, "quantity": 2}))
    async with scene(add, says("請確認：秋釀剝皮辣椒 2 罐，一罐 NT$360。")) as its:
        say = await its.assistant.answer(talk("我要兩罐"), its.shop.box(), Shown())
    assert say.proposal is not None
    assert (say.proposal.kind, say.proposal.quantity) == ("cart.add", 2)
    assert [button.kind for button in say.buttons] == ["confirm", "decline"]
    assert say.intent == "cart_add"


async def test_a_hand_over_is_one_that_happens(scene: OpenScene) -> None:
    handed = calls(("hand_over", {"reason": "feelings"}))
    async with scene(handed, says("非常抱歉，我已經幫您轉接專員。")) as its:
        say = await its.assistant.answer(talk("東西不好吃"), its.shop.box(), Shown())
    assert say.handover == "feelings"
    assert say.text == "非常抱歉，我已經幫您轉接專員。"


async def test_yes_buttons_and_people_are_no_matter_for_a_model(scene: OpenScene) -> None:
    change = Change(kind="cart.add", title="秋釀剝皮辣椒", variant=VARIANT, quantity=1)
    pressed = Said(offset=1, role="customer", text="看看辣椒", pressed=f"product:{PRODUCT}")
    async with scene(fails(500)) as its:
        confirmed = await its.assistant.answer(
            talk("好", proposal=Open(3, change)), its.shop.box(), Shown()
        )
        await its.assistant.answer(talk(said=(pressed,)), its.shop.box(), Shown())
        await its.assistant.answer(talk("我要真人"), its.shop.box(), Shown())
    assert confirmed.confirm
    assert its.server.asked == []


async def test_the_planner_begins_anew_where_a_model_stopped(scene: OpenScene) -> None:
    """Within the agent's own run, so with the same tools; what the model looked up is not its."""
    async with scene(calls(("orders", {})), fails(500)) as its:
        await its.assistant.answer(talk("有辣椒嗎"), its.shop.box(), Shown())
    tools = [tool for tool, _, _ in its.shop.asked]
    assert tools == ["orders", "search_products"]
    assert [len(done) for done in its.planner.planned] == [0, 0, 1]


async def test_a_model_that_is_down_is_left_alone_for_a_while(scene: OpenScene) -> None:
    async with scene(fails(503)) as its:
        for _ in range(6):
            say = await its.assistant.answer(talk("有辣椒嗎"), its.shop.box(), Shown())
            assert say.text == PLANNED
    assert len(its.server.asked) == 3


async def test_a_tool_that_breaks_is_told_to_the_model_without_its_reason(scene: OpenScene) -> None:
    async with scene(SEARCH, says("抱歉，現在查不到。")) as its:
        its.shop.broken = RuntimeError("password of the database")
        say = await its.assistant.answer(talk("有辣椒嗎"), its.shop.box(), Shown())
    assert say.text == "抱歉，現在查不到。"
    assert "password" not in its.server.sent()


async def test_words_before_a_call_are_no_part_of_the_answer(scene: OpenScene) -> None:
    looks = calls(("search_products", {"words": "辣椒"}), text="我看看，請等一下，")
    shown = Shown()
    async with scene(looks, says(TRUE)) as its:
        say = await its.assistant.answer(talk("有辣椒嗎"), its.shop.box(), shown)
    assert say.text == TRUE
    assert None in shown.told


async def test_what_she_wrote_of_herself_is_masked_and_comes_back(scene: OpenScene) -> None:
    mine = "我的電話是 0912-345-678，信箱 she@example.com"
    reply = "好的，電話 [PHONE_1]，信箱 [EMAIL_1]，對嗎？"
    shown = Shown()
    async with scene(says(reply), bot_mask="always") as its:
        say = await its.assistant.answer(talk(mine), its.shop.box(), shown)
    assert say.text == "好的，電話 0912-345-678，信箱 she@example.com，對嗎？"
    assert "345-678" not in its.server.sent()
    assert "she@example.com" not in its.server.sent()
    assert not any(words and "[" in words for words in shown.told)


async def test_tools_are_asked_with_what_she_wrote_and_what_they_say_of_her_is_masked(
    scene: OpenScene,
) -> None:
    asks = calls(("orders", {"number": "[PHONE_1]"}))
    async with scene(asks, says("沒有這個訂單嗎？"), bot_mask="always") as its:
        await its.assistant.answer(talk("訂單 0912-345-678"), its.shop.box(), Shown())
    assert its.shop.asked[0] == ("orders", "cus_she", {"number": "0912-345-678"})
    assert "松仁路" not in its.server.sent()


async def test_a_model_on_this_machine_may_read_everything(scene: OpenScene) -> None:
    async with scene(says("好的。")) as its:
        await its.assistant.answer(talk("電話 0912-345-678"), its.shop.box(), Shown())
    assert "0912-345-678" in its.server.sent()


async def test_only_the_key_of_the_settings_is_sent(scene: OpenScene) -> None:
    async with scene(says("好的。")) as its:
        await its.assistant.answer(talk("你好嗎"), its.shop.box(), Shown())
    async with scene(says("好的。"), bot_model_key="") as other:
        await other.assistant.answer(talk("你好嗎"), other.shop.box(), Shown())
    assert its.server.keys == ["Bearer the-settings"]
    assert other.server.keys == ["Bearer none"]


async def test_nothing_is_told_to_anybody_else(
    scene: OpenScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(SEARCH, says(TRUE)) as its:
        endpoint = its.server.url.removesuffix("/v1")
        for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING_V2"):
            monkeypatch.setenv(name, "true")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", endpoint)
        monkeypatch.setenv("LANGSMITH_API_KEY", "a-key")
        monkeypatch.setenv("LANGSMITH_GATEWAY", endpoint)
        say = await its.assistant.answer(talk("有辣椒嗎"), its.shop.box(), Shown())
        assert say.text == TRUE
        await asyncio.sleep(0.3)  # a tracer would send by itself within a quarter of a second
    assert its.server.elsewhere == []


async def test_two_at_once_do_not_see_each_other(scene: OpenScene) -> None:
    async with scene(calls(("orders", {})), says("訂單 1001 總共 NT$720。")) as its:
        its.server.replies[:] = [calls(("orders", {}))] * 2 + [says("訂單 1001 總共 NT$720。")]
        one = its.shop.box()
        other = its.shop.box(replace(one.asker.person, id="cus_other"))
        both = await asyncio.gather(
            its.assistant.answer(talk("我的訂單"), one, Shown()),
            its.assistant.answer(talk("我的訂單"), other, Shown()),
        )
    assert [say.text for say in both] == ["訂單 1001 總共 NT$720。"] * 2
    assert sorted(who or "" for _, who, _ in its.shop.asked) == ["cus_other", "cus_she"]


def test_only_what_further_words_do_not_change_is_shown() -> None:
    whole = "一罐 NT$1,280，還有 12 罐。電話 [PHONE_1] 對嗎？"
    for end in range(len(whole)):
        seen = settled(whole[:end])
        assert whole.startswith(seen)
        for number in ("NT$1,280", "12", "[PHONE_1]"):
            start = whole.index(number)
            assert not start < len(seen) < start + len(number)


def test_a_talk_is_a_value() -> None:
    assert msgspec.structs.replace(talk("x"), now=NOW) == talk("x")


class _Understanding(OnePlanner):
    """Knows what she wants, as the real one does."""

    def __init__(self, intent: str, guard: Guard | None = None) -> None:
        super().__init__()
        self.taken_for = Meaning(intent=intent, text="", guard=guard)

    def meaning(self, _talk: Talk) -> Meaning:
        return self.taken_for


@pytest.mark.parametrize(
    ("intent", "guard", "asked", "said"),
    [
        ("stock", None, 2, "stock"),
        ("other", None, 2, "product_search"),  # the model knew what to look up
        ("stock", "prices", 0, "product_search"),
        ("other", "instructions", 0, "product_search"),
        ("complaint", None, 0, "product_search"),
    ],
)
async def test_what_the_planner_understands_stays_and_attacks_are_its_own(
    scene: OpenScene, intent: str, guard: Guard | None, asked: int, said: str
) -> None:
    async with scene(SEARCH, says(TRUE), planner=_Understanding(intent, guard)) as its:
        say = await its.assistant.answer(talk("有辣椒嗎"), its.shop.box(), Shown())
    assert len(its.server.asked) == asked
    assert say.intent == said
