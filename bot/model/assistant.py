"""Answers written by a language model, as far as they hold; else the planner's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import aclosing
from pathlib import PurePath
from typing import Any, Final, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

import structlog
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    SystemMessage,
)
from langsmith import tracing_context
from prometheus_client import Counter

from bot.assistant import BuiltIn, Planner, Tell, Toolbox
from bot.model.agent import Turn
from bot.model.guard import LONGEST, given, refuses
from bot.model.masking import Masker
from bot.model.planner_model import said_in
from bot.model.prompt import system, turns
from bot.planning.meaning import Meaning
from bot.planning.turn import turn_of
from bot.talk import CALLS, Button, Call, Done, Say, Talk
from bot.words import said as words_of
from core.locales import Locale
from core.tools import HandoverReason

TOLD_EVERY_S = 0.1
PIECES = 10_000
"""Of one answer, of whatever kind: a stream that never ends must end before memory does."""
ARGUMENTS = 20_000
"""Characters of arguments for tools."""
END_S = 0.5
"""For a call that was broken off to close its connection."""
FAILURES, REST_S = 3, 30.0
"""So many in a row, and it is not asked for a while: nobody waits 8 s for a server that is down."""

_OF_PLANNER: Final = frozenset(
    {"yes", "no", "greet", "thanks", "bye", "about_bot", "human", "complaint", "sensitive"}
)
"""Intents on which nothing is to be gained, or nothing to be risked."""
_INTENTS: Final = {
    "articles": "product_info",
    "benefits": "coupon",
    "cart": "cart_view",
    "claims": "claims",
    "consultation": "consult",
    "coupons": "coupon",
    "deliveries": "delivery",
    "hand_over": "human",
    "loyalty": "points",
    "opening": "hours",
    "orders": "order_status",
    "places": "places",
    "product": "product_info",
    "propose_add": "cart_add",
    "propose_cancel": "order_cancel",
    "propose_remove": "cart_remove",
    "search_products": "product_search",
    "stock": "stock",
}
"""What she is taken for where the planner did not say: by the tool that answered."""
_BEYOND_REPAIR: Final = frozenset({"address", "code", "inside", "long", "money", "share", "state"})
"""What no further words make right."""

_answers = Counter(
    "plusone_bot_model_answers_total",
    "Answers asked of a language model, by what became of them.",
    ["outcome"],
)

log = structlog.get_logger(__name__)


@runtime_checkable
class Understands(Protocol):
    """A planner that also tells what it takes a customer for."""

    def meaning(self, talk: Talk) -> Meaning: ...


class Refused(Exception):
    """What the model wrote may not be said; the reason is a word of `guard`."""


class ModelAssistant:
    """Asks a model within limits of time and calls, and says nothing that `guard` refuses.

    Telemetry of LangChain is off whatever the environment says: what customers write goes to the
    model that the operator named, and nowhere else.
    """

    def __init__(
        self,
        agent: Any,
        planner: Callable[[], Planner],
        *,
        zone: ZoneInfo,
        timeout_s: float,
        mask: bool,
    ) -> None:
        """`agent`: see `bot.model.agent.make`; `planner` gives the newest one."""
        self._agent = agent
        self._planner = planner
        self._built_in = BuiltIn(planner)
        self._zone = zone
        self._timeout_s = timeout_s
        self._mask = mask
        self._failures = 0
        self._rests_until = 0.0

    async def answer(self, talk: Talk, tools: Toolbox, tell: Tell) -> Say:
        planner = self._planner()
        first = planner.plan(talk, ())
        meaning = planner.meaning(talk) if isinstance(planner, Understands) else None
        if _is_for_planner(talk, first, meaning) or self._rests():
            return await self._built_in.answer(talk, tools, tell)
        words = _Words(tell)
        intent = meaning.intent if meaning else first.intent if isinstance(first, Say) else "other"
        turn = Turn(talk, tools, planner, Masker(on=self._mask), self._zone)
        asking = asyncio.create_task(self._ask(turn, words, intent))
        say: Say | None = None
        try:
            say = await self._outcome(asking)
        finally:
            turn.over = True
            words.end()
            if say is None:
                words.take_back()
            await _end(asking)
        return say or await self._built_in.answer(talk, tools, tell)

    async def _outcome(self, asking: asyncio.Task[Say]) -> Say | None:
        """What was asked for; None where it failed, was late, or may not be said."""
        await asyncio.wait({asking}, timeout=self._timeout_s)
        if not asking.done():
            self._note("late")
            return None
        try:
            return asking.result()
        except asyncio.CancelledError:  # from within, since nobody here cancelled it yet
            self._note("failed", error="CancelledError")
        except Refused as refused:
            log.info("bot.model_refused", why=str(refused))
            self._note("refused")
        except Exception as error:
            # Providers, HTTP clients and LangChain raise what they like for what a server does.
            self._note("failed", **_told(error))
        return None

    async def _ask(self, turn: Turn, words: _Words, intent: str) -> Say:
        """What is said, the planner's where the model broke. Raises Refused, and whatever else."""
        talk = turn.talk
        seen = turn_of(talk)
        locale = seen.locale
        if seen.first:  # nobody is to take a bot for a person
            words.begin(f"{words_of(locale, 'talking.intro', {'shop': talk.shop})}\n")
        final = await self._stream(turn, _messages(turn, locale), locale, words)
        if turn.failure is not None:
            self._note("failed", **_told(turn.failure))
        if (say := said_in(final)) is not None:
            words.take_back()
            return say
        text = _plain(turn.masker.restore(final.text))
        done = tuple(turn.done)
        if why := refuses(text, given(talk, done, self._zone), locale):
            raise Refused(why)
        self._note("answered")
        return _say(words.beginning + text, locale, done, intent)

    async def _stream(
        self, turn: Turn, messages: list[BaseMessage], locale: Locale, words: _Words
    ) -> AIMessage:
        """The last message; the words of it are shown while it comes. Raises Refused."""
        final: AIMessage | None = None
        text, of, pieces, arguments = "", "", 0, 0
        run = self._agent.astream(
            {"messages": messages},
            # Each call of the model and of tools is a step, and so is each limit in between.
            {"recursion_limit": 6 * CALLS},
            context=turn,
            stream_mode=["messages", "updates"],
        )
        with tracing_context(enabled=False):
            async with aclosing(run) as events:
                async for mode, event in events:
                    if mode == "updates":
                        final = _last(event) or final
                        continue
                    chunk = event[0]
                    if not isinstance(chunk, AIMessageChunk):
                        continue
                    pieces += 1
                    arguments += sum(len(call["args"] or "") for call in chunk.tool_call_chunks)
                    if pieces > PIECES or arguments > ARGUMENTS:
                        raise Refused("endless")
                    if chunk.id != of:  # another message, perhaps another model's
                        text, of = "", chunk.id or ""
                    text += chunk.text
                    if chunk.tool_call_chunks or turn.failure is not None:
                        words.take_back()
                    elif text:
                        self._show(text, turn, locale, words)
        if final is None:
            raise Refused("empty")
        return final

    def _show(self, text: str, turn: Turn, locale: Locale, words: _Words) -> None:
        if len(text) > LONGEST + 200:
            raise Refused("long")
        if not words.are_due():
            return
        so_far = _plain(turn.masker.restore(settled(text)))
        why = refuses(so_far, given(turn.talk, turn.done, self._zone), locale, whole=False)
        if why in _BEYOND_REPAIR:
            raise Refused(why)
        if why is None:
            words.show(so_far)

    def _rests(self) -> bool:
        return asyncio.get_running_loop().time() < self._rests_until

    def _note(self, outcome: str, **why: Any) -> None:
        _answers.labels(outcome).inc()
        if outcome not in ("late", "failed"):
            self._failures = 0
            return
        log.warning("bot.model_failed", outcome=outcome, **why)
        self._failures += 1
        if self._failures >= FAILURES:
            self._rests_until = asyncio.get_running_loop().time() + REST_S


async def _end(task: asyncio.Task[Say]) -> None:
    """Break `task` off. What does not end then is left to itself: the customer waits no longer."""
    task.add_done_callback(_seen)
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=END_S)
        if not task.done():
            log.error("bot.model_not_ended")


def _seen(task: asyncio.Task[Say]) -> None:
    """What it raised when it was broken off is of no interest; asyncio would complain."""
    if not task.cancelled():
        task.exception()


class _Words:
    """What is shown while an answer is written."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self.beginning = ""
        """What stands before them; it is ours."""
        self._shown = ""
        self._due = 0.0
        self._ended = False

    def begin(self, text: str) -> None:
        self.beginning = text

    def are_due(self) -> bool:
        return self._loop.time() >= self._due

    def show(self, text: str) -> None:
        if text and text != self._shown and not self._ended:
            self._shown = text
            self._due = self._loop.time() + TOLD_EVERY_S
            self._tell(self.beginning + text)

    def take_back(self) -> None:
        if self._shown:
            self._shown = ""
            self._tell(None)

    def end(self) -> None:
        """Show no more, whatever still comes."""
        self._ended = True


_BREAK: Final = re.compile(r"[\s，。！？；：、」）]")
_OPEN_END: Final = re.compile(r"(?:[\d.,:/%$#+-]+|\[[A-Z_\d]*)\s*\Z")


def settled(text: str) -> str:
    """As much of a text as further pieces do not change: "NT$28" may become "NT$288"."""
    breaks = list(_BREAK.finditer(text))
    return _OPEN_END.sub("", text[: breaks[-1].end()]) if breaks else ""


def _plain(text: str) -> str:
    """Without marks of Markdown, which chat shows as they are."""
    return re.sub(r"\*\*|__|`|^#+ ", "", text, flags=re.MULTILINE).strip()


def _is_for_planner(talk: Talk, first: Call | Say, meaning: Meaning | None) -> bool:
    """Whether code answers by itself: buttons, confirmations, attacks, and what is for people."""
    if turn_of(talk).pressed is not None:
        return True
    if meaning is not None and (meaning.guard is not None or meaning.intent in _OF_PLANNER):
        return True
    if isinstance(first, Call):
        return first.tool == "hand_over"
    return first.confirm or first.handover is not None or first.intent in _OF_PLANNER


def _messages(turn: Turn, locale: Locale) -> list[BaseMessage]:
    said: list[BaseMessage] = [
        HumanMessage(text) if role == "customer" else AIMessage(text)
        for role, text in ((role, turn.masker.hide(text)) for role, text in turns(turn.talk))
    ]
    rules = turn.masker.hide_known(system(turn.talk, locale, turn.zone))
    return [SystemMessage(rules), *said]


def _last(event: dict[str, Any]) -> AIMessage | None:
    """The message of a step of the model that ends the turn."""
    messages = (event.get("model") or {}).get("messages") or [None]
    last = messages[-1]
    return last if isinstance(last, AIMessage) and not last.tool_calls else None


def _say(text: str, locale: Locale, done: tuple[Done, ...], intent: str) -> Say:
    held = [one for one in done if not one.failed]
    proposal = next((one.proposal for one in reversed(held) if one.proposal), None)
    last = held[-1].call.tool if held else None
    if intent == "other":  # to the planner, and the model knew what to ask
        intent = _INTENTS.get(last or "", intent)
    return Say(
        text=text,
        intent=intent,
        locale=locale,
        cards=next((one.cards for one in reversed(held) if one.cards), ()),
        buttons=_yes_or_no(locale) if proposal else (),
        proposal=proposal,
        handover=_reason(held),
        tool=last,
    )


def _yes_or_no(locale: Locale) -> tuple[Button, ...]:
    return (
        Button("yes", words_of(locale, "button.yes", {}), "confirm", "intent:yes"),
        Button("no", words_of(locale, "button.no", {}), "decline", "intent:no"),
    )


def _reason(held: list[Done]) -> HandoverReason | None:
    for one in reversed(held):
        if one.call.tool == "hand_over":
            reason: HandoverReason = one.call.args.get("reason", "asked")
            return reason
    return None


def _told(error: BaseException) -> dict[str, Any]:
    """What a log may hold of an error: what it says may repeat what a customer wrote, or a key."""
    told: dict[str, Any] = {"error": type(error).__name__}
    if (status := getattr(error, "status_code", None)) is not None:
        told["status"] = status
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is not None:
        told["at"] = f"{PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    return told
