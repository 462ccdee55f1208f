"""All that an answer is made from, and how it is put into words."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any, Final

from bot.planning.articles_known import KnownArticles
from bot.planning.meaning import Meaning
from bot.planning.mentions import Names
from bot.planning.moments import day, moment, moments
from bot.planning.turn import Turn
from bot.talk import Call, Done, Say, Talk
from bot.words import said
from core.clock import Instant
from core.locales import Locale
from core.tools import Button, Card, Change
from core.tools import HandoverReason as Reason

Steps = Generator[Call, Done, Say]
"""An answer: it asks tools, is told what they found, and says something in the end."""

LABEL: Final = 40
"""Characters on a button."""
_BETWEEN: Final = {"en": ", "}
_MENU: Final = ("product_search", "order_status", "delivery", "human")


@dataclass(frozen=True, slots=True)
class Scene:
    talk: Talk
    turn: Turn
    meaning: Meaning
    names: Names
    articles: KnownArticles
    zone: str

    @property
    def locale(self) -> Locale:
        return self.turn.locale

    def words(self, key: str, **values: object) -> str:
        return said(self.locale, key, values)

    def listed(self, things: Iterable[str]) -> str:
        return _BETWEEN.get(self.locale, "、").join(things)

    def moment(self, at: Instant) -> str:
        return moment(at, self.talk.now, self.locale, self.zone)

    def moments(self, found: Iterable[Instant]) -> list[str]:
        return moments(found, self.talk.now, self.locale, self.zone)

    def day(self, at: Instant) -> str:
        return day(at, self.locale, self.zone)

    def menu(self, *intents: str) -> tuple[Button, ...]:
        """What may be asked, to press: `intents`, or what most people ask."""
        return choices(
            (self.words(f"choice.{intent}"), f"intent:{intent}") for intent in intents or _MENU
        )

    def say(
        self,
        text: str,
        *,
        intent: str | None = None,
        tool: str | None = None,
        cards: Iterable[Card] = (),
        buttons: Iterable[Button] = (),
        proposal: Change | None = None,
        handover: Reason | None = None,
        confirm: bool = False,
        introduces: bool = False,
    ) -> Say:
        """`text`, and before the first answer of a round who it is that speaks, unless the text
        `introduces` it. `intent`: where it is not what she was taken for."""
        if self.turn.first and not introduces:
            text = f"{self.words('talking.intro', shop=self.talk.shop)}\n{text}"
        return Say(
            text=text,
            intent=intent or self.meaning.intent,
            locale=self.locale,
            cards=tuple(cards)[:5],
            buttons=tuple(buttons),
            proposal=proposal,
            confirm=confirm,
            handover=handover,
            tool=tool,
        )

    def proposes(
        self, text: str, proposal: Change, tool: str | None, cards: Iterable[Card] = ()
    ) -> Say:
        """`text` that asks for a yes, with its buttons."""
        return self.say(
            text,
            tool=tool,
            cards=cards,
            proposal=proposal,
            buttons=(
                Button("yes", self.words("button.yes"), "confirm", "intent:yes"),
                Button("no", self.words("button.no"), "decline", "intent:no"),
            ),
        )


def choices(offered: Iterable[tuple[str, str | None]]) -> tuple[Button, ...]:
    """Buttons of labels and what they mean (None: what they say), in their order."""
    return tuple(
        Button(
            str(number), label if len(label) <= LABEL else label[: LABEL - 1] + "…", "say", means
        )
        for number, (label, means) in enumerate(offered, 1)
    )


def amount(money: dict[str, Any]) -> str:
    """What a tool said that something costs."""
    return str(money["text"])
