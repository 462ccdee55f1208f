"""Who waits for the bot is answered: one turn at a time for each conversation, many at once.

Nothing is kept here that matters. Who waits stands in the log; what is forgotten, in a crash or
because too many asked at once, is found there by `sweep`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import structlog
from prometheus_client import Counter, Histogram

from bot.assistant import Assistant, Toolbox
from bot.talk import Say, Talk
from core.errors import PlusOneError

SETTLED_S = 0.12
"""After her last message: who sends three at once means one thing."""
WRITING_S, LONGEST_S = 1.5, 6.0
"""While she is seen to write on, the bot waits: from the last sign of it, and in all."""
TURNS_AT_ONCE = 64
CONVERSATIONS = 5_000
"""That may wait here; more are found by the next sweep."""
SWEPT_S = 2.0

_answered = Counter("plusone_bot_answers_total", "Answers of the bot, by intent.", ["intent"])
_failed = Counter("plusone_bot_failures_total", "Turns of the bot that raised.")
_took = Histogram(
    "plusone_bot_turn_seconds",
    "From the decision to answer to the answer's commit.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16),
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A customer who waits for an answer to her messages up to `upto` of a round."""

    talk: Talk
    tools: Toolbox
    round: int
    upto: int


class Conversations(Protocol):
    """What a turn needs of the chat."""

    async def waiting(self, conversation: str) -> Waiting | None:
        """Who waits there for the bot; None where it has nothing to say."""
        ...

    async def unanswered(self, limit: int) -> list[str]:
        """Conversations in which the bot owes an answer."""
        ...

    async def say(self, conversation: str, waiting: Waiting, say: Say) -> None:
        """Have it said, if it still answers what was said last."""
        ...

    async def leave(self, conversation: str, waiting: Waiting) -> None:
        """Leave it to people: the bot cannot answer."""
        ...

    def tell(self, conversation: str, upto: int, words: str | None) -> None:
        """Show the words so far; None takes them back."""
        ...


class Turns:
    """Answers whoever waits; `run` is its one task, which owns one for each turn under way."""

    def __init__(
        self,
        conversations: Conversations,
        assistant: Callable[[], Awaitable[Assistant]],
        *,
        settled_s: float = SETTLED_S,
    ) -> None:
        """`assistant` waits until there is one: the planner learns at start."""
        self._conversations = conversations
        self._assistant = assistant
        self._settled_s = settled_s
        self._asked: dict[str, float] = {}
        """When something was last said in a conversation whose turn has not begun."""
        self._writes: dict[str, float] = {}
        """When she was last seen to write on."""
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(TURNS_AT_ONCE)
        self._over = False

    def heard(self, conversation: str) -> None:
        """A customer has said something there. Returns at once."""
        full = conversation not in self._asked and len(self._asked) >= CONVERSATIONS
        if full or self._over:
            return
        loop = asyncio.get_running_loop()
        self._asked[conversation] = loop.time()
        if conversation not in self._turns:
            task = loop.create_task(self._turn(conversation), name=f"bot {conversation}")
            self._turns[conversation] = task
            task.add_done_callback(lambda _task: self._ended(conversation))

    def writes(self, conversation: str) -> None:
        """She is seen to write there."""
        if conversation in self._asked:
            self._writes[conversation] = asyncio.get_running_loop().time()

    async def run(self) -> None:
        """Find who was forgotten, until cancelled; turns under way are then broken off."""
        try:
            while True:
                try:
                    for conversation in await self._conversations.unanswered(CONVERSATIONS):
                        if conversation not in self._turns:
                            self.heard(conversation)
                except PlusOneError as error:  # the database is away: the next sweep will do
                    log.warning("bot.not_swept", error=error.error_code)
                await asyncio.sleep(SWEPT_S)
        finally:
            self._over = True
            turns = list(self._turns.values())
            for task in turns:
                task.cancel()
            await asyncio.gather(*turns, return_exceptions=True)

    def _ended(self, conversation: str) -> None:
        self._turns.pop(conversation, None)
        self._writes.pop(conversation, None)
        if conversation in self._asked:  # said between the last look and now
            self.heard(conversation)

    async def _turn(self, conversation: str) -> None:
        async with self._places:
            while conversation in self._asked:
                await self._settle(conversation)
                try:
                    await self._answer(conversation)
                except PlusOneError as error:  # the room or the database: the sweep comes back
                    log.warning("bot.not_said", conversation=conversation, error=error.error_code)

    async def _settle(self, conversation: str) -> None:
        """Wait for what belongs to the same turn."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while True:
            due = self._asked[conversation] + self._settled_s
            if conversation in self._writes:
                due = max(due, self._writes[conversation] + WRITING_S)
            wait_s = min(due, begun + LONGEST_S) - loop.time()
            if wait_s <= 0:
                break
            await asyncio.sleep(wait_s)
        self._asked.pop(conversation)
        self._writes.pop(conversation, None)

    async def _answer(self, conversation: str) -> None:
        waiting = await self._conversations.waiting(conversation)
        if waiting is None:
            return

        def tell(words: str | None) -> None:
            self._conversations.tell(conversation, waiting.upto, words)

        assistant = await self._assistant()
        with _took.time():
            try:
                say = await assistant.answer(waiting.talk, waiting.tools, tell)
            except PlusOneError:
                raise
            except Exception:
                # Whatever it is, she must not wait for a bot that cannot.
                _failed.inc()
                log.exception("bot.failed", conversation=conversation)
                await self._conversations.leave(conversation, waiting)
                return
            await self._conversations.say(conversation, waiting, say)
        _answered.labels(say.intent).inc()
