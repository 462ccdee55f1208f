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
from core.rooms.relay import InProcessRelay, Relay, Topic

SETTLED_S = 0.12
"""After her last message: who sends three at once means one thing."""
WRITING_S, LONGEST_S = 1.5, 6.0
"""While she is seen to write on, the bot waits: from the last sign of it, and in all."""
TURNS_AT_ONCE = 64
CONVERSATIONS = 5_000
"""That may wait here; more are found by the next sweep."""
SWEPT_S = 2.0
IN_HAND_S = 5.0
"""How long it is believed that another process answers, which says so every `SWEPT_S`."""
FORGOTTEN_MS = 3_000
"""Who has waited for so long and is in nobody's hands is answered by whoever finds her."""
LATE_MS = 20_000
"""The same where nobody can hear in whose hands she is: longer than a turn takes."""
SAID_AT_ONCE = 1_000

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

    async def unanswered(self, limit: int, waited_ms: int) -> list[str]:
        """Conversations in which the bot owes an answer for so long."""
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
        relay: Relay | None = None,
    ) -> None:
        """`assistant` waits until there is one: the planner learns at start. `relay`: by which
        processes tell each other whom they answer."""
        self._relay = InProcessRelay() if relay is None else relay
        self._hands = Topic(self._relay, "bot", tuple[str, list[str]])
        self._hands.hear(self._in_hand)
        self._elsewhere: dict[str, tuple[float, str]] = {}
        """Until when it is believed that another process answers, and which."""
        self._swept: set[str] = set()
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
            self._hands.cast((self._relay.process, [conversation]))

    def writes(self, conversation: str) -> None:
        """She is seen to write there."""
        if conversation in self._asked:
            self._writes[conversation] = asyncio.get_running_loop().time()

    async def run(self) -> None:
        """Find who was forgotten, until cancelled; turns under way are then broken off."""
        self._over = False
        try:
            while True:
                try:
                    await self._sweep()
                except PlusOneError as error:  # the database is away: the next sweep will do
                    log.warning("bot.not_swept", error=error.error_code)
                await asyncio.sleep(SWEPT_S)
        finally:
            self._over = True
            turns = list(self._turns.values())
            for task in turns:
                task.cancel()
            await asyncio.gather(*turns, return_exceptions=True)
            self._hands.cast((self._relay.process, []))

    async def _sweep(self) -> None:
        """Say whom this process answers, and take up who is in nobody's hands."""
        mine = list(self._turns)
        for first in range(0, len(mine), SAID_AT_ONCE):
            self._hands.cast((self._relay.process, mine[first : first + SAID_AT_ONCE]))
        now = asyncio.get_running_loop().time()
        for conversation in [one for one, (until, _) in self._elsewhere.items() if until < now]:
            del self._elsewhere[conversation]
        for conversation in await self._conversations.unanswered(CONVERSATIONS, self._waited_ms):
            if conversation not in self._turns and conversation not in self._elsewhere:
                self._swept.add(conversation)
                self.heard(conversation)

    @property
    def _waited_ms(self) -> int:
        """How long somebody has to have waited before another process than hers takes her up."""
        since = self._relay.heard_since
        if self._relay.alone:
            return 0
        if since is None or asyncio.get_running_loop().time() - since < IN_HAND_S:
            return LATE_MS
        return FORGOTTEN_MS

    def _in_hand(self, told: tuple[str, list[str]]) -> None:
        """Another process answers these; none where it goes, and answers nobody any more."""
        process, conversations = told
        if not conversations:
            held = [one for one, (_, whose) in self._elsewhere.items() if whose == process]
            for conversation in held:
                del self._elsewhere[conversation]
        until = asyncio.get_running_loop().time() + IN_HAND_S
        for conversation in conversations:
            self._elsewhere[conversation] = until, process

    def _is_others(self, conversation: str) -> bool:
        """Whether two have taken up the same forgotten one, and the other goes first."""
        swept = conversation in self._swept
        self._swept.discard(conversation)
        other = self._elsewhere.get(conversation)
        return swept and other is not None and other[1] < self._relay.process

    def _ended(self, conversation: str) -> None:
        self._turns.pop(conversation, None)
        self._writes.pop(conversation, None)
        self._swept.discard(conversation)
        if conversation in self._asked:  # said between the last look and now
            self.heard(conversation)

    async def _turn(self, conversation: str) -> None:
        async with self._places:
            while conversation in self._asked:
                await self._settle(conversation)
                if self._is_others(conversation):
                    continue
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
