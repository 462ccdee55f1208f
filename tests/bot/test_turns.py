"""Turns: who waits is answered, once at a time, however much is said and whatever breaks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import cast

import pytest

from bot import turns
from bot.assistant import Tell, Toolbox
from bot.talk import Say, Talk
from bot.turns import Turns, Waiting
from core.errors import Unavailable
from core.identity.model import Person
from core.tools import Asker
from tests.core.rooms.relays import Wired, wired
from tests.waiting import until

ANNA = Person("guest", "cus_1")


def talk() -> Talk:
    return Talk(locale="en", shop="", currency="TWD", now=0, said=())


@dataclass
class Chat:
    """Conversations as numbers: how much was said in each, and up to where it was answered."""

    said: dict[str, int] = field(default_factory=dict)
    answered: dict[str, list[int]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    told: list[tuple[str, int, str | None]] = field(default_factory=list)
    broken: int = 0
    """So many sayings fail."""
    looked: int = 0
    """How often it was asked who waits."""

    def says(self, conversation: str) -> None:
        self.said[conversation] = self.said.get(conversation, 0) + 1

    async def waiting(self, conversation: str) -> Waiting | None:
        said = self.said.get(conversation, 0)
        if said == (self.answered.get(conversation) or [0])[-1]:
            return None
        return Waiting(talk(), Toolbox((), Asker(ANNA, "en", 0)), 1, said)

    async def unanswered(self, limit: int, waited_ms: int) -> list[str]:
        self.looked += 1
        found = [one for one in self.said if await self.waiting(one) is not None]
        return [one for one in found if one not in self.left][:limit]

    async def say(self, conversation: str, waiting: Waiting, say: Say) -> None:
        if self.broken:
            self.broken -= 1
            raise Unavailable("The database is away.")
        if waiting.upto == self.said[conversation]:
            self.answered.setdefault(conversation, []).append(waiting.upto)

    async def leave(self, conversation: str, waiting: Waiting) -> None:
        self.left.append(conversation)

    def tell(self, conversation: str, upto: int, words: str | None) -> None:
        self.told.append((conversation, upto, words))


@dataclass
class Thinker:
    """Answers when it is let; counts how many it thinks about at once."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    begun: int = 0
    at_once: int = 0
    most: int = 0
    fails: bool = False

    async def answer(self, talk: Talk, tools: Toolbox, tell: Tell) -> Say:
        self.begun += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await self.gate.wait()
        finally:
            self.at_once -= 1
        if self.fails:
            raise ValueError("a planner's fault")
        tell("so far")
        return Say(text="yes", intent="greet", locale="en")


@pytest.fixture
def chat() -> Chat:
    return Chat()


SETTLED_S = 0.2
"""Longer than a busy machine leaves a test standing between two things that are said at once."""


@pytest.fixture
def thinker() -> Thinker:
    thinker = Thinker()
    thinker.gate.set()
    return thinker


@pytest.fixture
async def bot(chat: Chat, thinker: Thinker) -> AsyncIterator[Turns]:
    async def ready() -> Thinker:
        return thinker

    made = Turns(chat, ready, settled_s=SETTLED_S)
    task = asyncio.create_task(made.run())
    await asyncio.sleep(0)
    yield made
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert not [one for one in asyncio.all_tasks() if one.get_name().startswith("bot ")]


async def test_who_says_three_things_at_once_is_answered_once(bot: Turns, chat: Chat) -> None:
    for _ in range(3):
        chat.says("a")
        bot.heard("a")
        await asyncio.sleep(0.01)
    await until(lambda: bool(chat.answered))
    await asyncio.sleep(2 * SETTLED_S)
    assert chat.answered == {"a": [3]}
    assert chat.told == [("a", 3, "so far")]


async def test_who_is_seen_to_write_on_is_waited_for_but_not_for_ever(
    bot: Turns, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "WRITING_S", 0.3)
    monkeypatch.setattr(turns, "LONGEST_S", 0.8)
    loop, begun = asyncio.get_running_loop(), asyncio.get_running_loop().time()
    chat.says("a")
    bot.heard("a")
    while not chat.answered:
        assert loop.time() < begun + 3
        bot.writes("a")
        await asyncio.sleep(0.02)
    assert loop.time() - begun > 0.7


async def test_what_is_said_while_it_thinks_makes_it_think_again(
    bot: Turns, chat: Chat, thinker: Thinker
) -> None:
    thinker.gate.clear()
    chat.says("a")
    bot.heard("a")
    await until(lambda: thinker.begun == 1)
    chat.says("a")
    bot.heard("a")
    thinker.gate.set()
    await until(lambda: chat.answered == {"a": [2]})
    assert thinker.most == 1, "one turn at a time"


async def test_many_conversations_are_answered_at_once_and_not_too_many(
    bot: Turns, chat: Chat, thinker: Thinker
) -> None:
    thinker.gate.clear()
    for number in range(200):
        chat.says(str(number))
        bot.heard(str(number))
    await until(lambda: thinker.at_once == turns.TURNS_AT_ONCE)
    thinker.gate.set()
    await until(lambda: len(chat.answered) == 200)
    assert thinker.most == turns.TURNS_AT_ONCE
    assert set(map(len, chat.answered.values())) == {1}


async def test_who_was_not_heard_is_found_by_the_sweep(
    chat: Chat, thinker: Thinker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "SWEPT_S", 0.1)
    chat.says("before it began")

    async def ready() -> Thinker:
        return thinker

    task = asyncio.create_task(Turns(chat, ready, settled_s=0.01).run())
    await until(lambda: "before it began" in chat.answered)
    chat.says("while it ran")
    await until(lambda: "while it ran" in chat.answered)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_an_answer_that_could_not_be_said_is_said_later(
    bot: Turns, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "SWEPT_S", 0.1)
    chat.broken = 1
    chat.says("a")
    bot.heard("a")
    await until(lambda: chat.answered == {"a": [1]})


async def test_a_fault_of_the_planner_leaves_her_to_people_and_others_go_on(
    bot: Turns, chat: Chat, thinker: Thinker
) -> None:
    thinker.fails = True
    chat.says("a")
    bot.heard("a")
    await until(lambda: chat.left == ["a"])
    thinker.fails = False
    chat.says("b")
    bot.heard("b")
    await until(lambda: chat.answered == {"b": [1]})


async def test_more_than_can_be_kept_are_left_to_the_sweep(
    bot: Turns, chat: Chat, thinker: Thinker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "CONVERSATIONS", 10)
    thinker.gate.clear()
    for number in range(50):
        bot.heard(str(number))
    assert len(asyncio.all_tasks()) < 20
    thinker.gate.set()


# Several processes


@contextlib.asynccontextmanager
async def processes(
    chat: Chat, thinkers: list[Thinker], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[list[tuple[Turns, asyncio.Task[None]]]]:
    """So many bots that answer the same conversations, and hear each other."""
    monkeypatch.setattr(turns, "SWEPT_S", 0.05)
    monkeypatch.setattr(turns, "IN_HAND_S", 0.4)
    made: list[tuple[Turns, asyncio.Task[None]]] = []
    for thinker, relay in zip(thinkers, wired(len(thinkers)), strict=True):

        async def ready(thinker: Thinker = thinker) -> Thinker:
            return thinker

        one = Turns(chat, ready, settled_s=0.02, relay=relay)
        made.append((one, asyncio.create_task(one.run())))
    try:
        yield made
    finally:
        for _, task in made:
            task.cancel()
        await asyncio.gather(*(task for _, task in made), return_exceptions=True)


async def test_whom_one_process_answers_no_other_takes_up_however_long_it_thinks(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    thinkers = [Thinker(), Thinker()]
    async with processes(chat, thinkers, monkeypatch) as [(one, _), _]:
        chat.says("a")
        one.heard("a")
        await until(lambda: thinkers[0].begun == 1)
        looked = chat.looked
        await until(lambda: chat.looked >= looked + 30)
        assert thinkers[1].begun == 0
        thinkers[0].gate.set()
        await until(lambda: chat.answered == {"a": [1]})


async def test_whom_a_process_leaves_behind_that_dies_one_of_the_others_answers(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    thinkers = [Thinker(), Thinker(), Thinker()]
    async with processes(chat, thinkers, monkeypatch) as [(one, task), *_]:
        chat.says("a")
        one.heard("a")
        await until(lambda: thinkers[0].begun == 1)
        cast(Wired, one._relay).cut = True  # it says nothing any more
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await until(lambda: thinkers[1].begun + thinkers[2].begun > 0)
        looked = chat.looked
        await until(lambda: chat.looked >= looked + 10)
        assert thinkers[1].begun + thinkers[2].begun == 1
        for thinker in thinkers:
            thinker.gate.set()
        await until(lambda: chat.answered == {"a": [1]})


async def test_whom_a_process_lets_go_in_order_is_answered_without_waiting_for_it(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    thinkers = [Thinker(), Thinker()]
    async with processes(chat, thinkers, monkeypatch) as [(one, task), _]:
        monkeypatch.setattr(turns, "IN_HAND_S", 3_600)
        chat.says("a")
        one.heard("a")
        await until(lambda: thinkers[0].begun == 1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await until(lambda: thinkers[1].begun == 1)


async def test_how_long_somebody_must_have_waited_says_who_can_be_heard(
    chat: Chat, thinker: Thinker
) -> None:
    async def ready() -> Thinker:
        return thinker

    [relay, _] = wired()
    assert Turns(chat, ready)._waited_ms == 0
    made = Turns(chat, ready, relay=relay)
    assert made._waited_ms == turns.FORGOTTEN_MS
    relay.cut = True
    assert made._waited_ms == turns.LATE_MS
