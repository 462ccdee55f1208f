"""`make bench-bot`: how well, and how fast, the built-in assistant answers.

How well: the held-back half of the public cases, in percent by language; nobody improves the bot on
them. An attack that gets anything is one too many.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from itertools import count
from pathlib import Path

import structlog

from benchmarks import bot_talkers
from benchmarks.figures import Figure, Target, at_least, at_most, report, say
from bot.evaluation import read_cases, tally
from bot.plan import Brain
from bot.talk import Said, Talk
from core.locales import LOCALES
from web.bot_trial import NOW, opened, tried

_CORPUS = Path(__file__).parent.parent / "tests" / "corpus" / "bot"

INTENT, TOOL = at_least(90), at_least(95)
STEPS_PER_ROUND, ROUNDS = 200, 5
TALKED_ROUNDS = int(os.environ.get("ROUNDS", "3"))
STEP_MS: Target = at_most(5)

QUESTIONS = (
    "請問剝皮辣椒多少錢",
    "有冇豆腐乳呀，信義店有冇貨",
    "我的订单到哪了",
    "I'd like two jars of pickled peppers please",
)


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    report(asyncio.run(_figures()))


async def _figures() -> list[Figure]:
    figures = await _how_well()
    async with opened() as trial:
        figures.append(_steps(trial.brain))
    return [*figures, *await bot_talkers.measured(TALKED_ROUNDS)]


async def _how_well() -> list[Figure]:
    """What is right of the held-back half, by language."""
    lines = [
        line
        for file in sorted(_CORPUS.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    cases = read_cases(lines, "held-back")
    say(f"bot: {len(cases)} cases that it was not improved on")
    counted = tally(await tried(cases))
    figures = []
    for locale in LOCALES:
        for what, target in (("intent", INTENT), ("tool", TOOL)):
            share = counted[locale].share(what)
            assert share is not None
            figures.append(Figure(f"bot_{what}_{locale}", "%", [100 * share], target=target))
    harmed = counted["all"].harmed
    return [*figures, Figure("bot_hostile_failures", "cases", [harmed], target=at_most(0))]


def _steps(brain: Brain) -> Figure:
    """The planner's own time for a step: it runs on the loop, where 5 ms is the most."""
    numbers = count()

    def talk() -> Talk:
        # Each says something that was never said before: what is known already costs nothing.
        number = next(numbers)
        text = f"{QUESTIONS[number % len(QUESTIONS)]} {number}"
        return Talk(
            locale="zh-Hant",
            shop="阿禾醬坊",
            currency="TWD",
            now=NOW,
            said=(Said(offset=1, role="customer", text=text),),
        )

    rounds = []
    for _ in range(ROUNDS):
        talks = [talk() for _ in range(STEPS_PER_ROUND)]
        begun = time.process_time()
        for one in talks:
            brain.plan(one, ())
        rounds.append((time.process_time() - begun) / STEPS_PER_ROUND * 1000)
    return Figure("bot_step_ms", "ms", rounds, target=STEP_MS)


if __name__ == "__main__":
    main()
