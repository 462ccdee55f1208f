"""From a turn to what it means: by its button, by what it answers, or by its words."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from bot.intents import Classifier, Guess, concepts
from bot.language import CJK
from bot.masking import PRODUCT
from bot.planning.articles_known import KnownArticles
from bot.planning.guards import guard_of
from bot.planning.meaning import Meaning
from bot.planning.mentions import Names, has_order_number, order_number, quantity
from bot.planning.phrases import SIGNS, core, only_greets, thanks
from bot.planning.replies import Replies
from bot.planning.turn import Turn
from bot.talk import Said, Talk

SURE: Final = -0.4
"""An intent of this score and above is acted on; below it she is asked what she means."""
STRANGE: Final = 0.1
"""Of words less familiar than this nothing is taken to be understood but a product's name."""
GRAVE: Final = 0.2
"""From this score on a matter is for people, whether or not a word for it is known."""
ARTICLE_SURE: Final = 0.62
"""An article that fits so well says what an unclear question is about."""
FEW: Final = 14
"""Characters of Chinese, or words, that may leave unsaid what they are about."""
ON_TOPIC: Final = 0.45
"""So much likelier is what was spoken of just before."""
_BRIEF: Final = 8
"""Characters of what only says that it was heard."""
_TALK: Final = frozenset({"greet", "thanks", "bye", "yes", "no", "other"})
_NO_TOPIC: Final = _TALK | {"cart_add", "cart_remove", "order_cancel", "checkout", "about_bot",
                            "complaint", "sensitive", "human"}  # fmt: skip
_NO_CHOICE: Final = _TALK | {"about_bot", "complaint", "sensitive"}
_GRAVE: Final = frozenset({"illness", "health", "law"})
_PIECES = re.compile(rf"[{CJK}]|[a-z0-9']+")


class Understanding:
    """All that it takes to understand: learnt once."""

    def __init__(self, classifier: Classifier, names: Names, articles: KnownArticles) -> None:
        self._classifier = classifier
        self._names = names
        self._articles = articles
        self._replies = Replies(names, articles)

    def of(self, talk: Talk, turn: Turn) -> Meaning:
        if turn.pressed:
            return self._replies.pressed(talk, turn, turn.pressed)
        text = core(turn.messages)
        found = self._replies.as_button(talk, turn, text) or self._replies.yes_or_no(talk, turn)
        if found is None and not SIGNS.sub("", turn.folded):
            found = Meaning(intent="other", text="")
        found = found or self._replies.bare(talk, turn, text) or self._by_words(talk, turn, text)
        if guard := guard_of(turn.folded):
            return msgspec.structs.replace(found, guard=guard)
        return found

    def _by_words(self, talk: Talk, turn: Turn, text: str) -> Meaning:
        masked = self._names.mask(text)
        named = tuple(self._names.find(text))
        about = concepts(text)
        guesses = _on_topic(self._classifier.guesses(masked), turn.before, text)
        intent = self._settled(guesses, text, masked, about, named=bool(named))
        if intent == "yes" and talk.proposal is None and thanks(turn.folded):
            intent = "thanks"  # 好的明白了，感謝
        if intent == "other" and len(text) <= _BRIEF and thanks(turn.folded):
            intent = "thanks"  # 知道啦，謝謝你
        if intent in ("other", "delivery") and has_order_number(text):
            intent = "order_status"  # P-1001 什麼時候到
        if intent == "other" and not about and only_greets(turn.messages, turn.folded):
            intent = "greet"
        return Meaning(
            intent=intent,
            text=text,
            about=about,
            choices=tuple(one.intent for one in guesses if one.intent not in _NO_CHOICE)[:3],
            products=named or self._replies.pointed(talk, turn, text),
            named=bool(named) or PRODUCT in masked,
            quantity=quantity(text),
            order=order_number(text),
        )

    def _settled(
        self, guesses: list[Guess], text: str, masked: str, about: frozenset[str], *, named: bool
    ) -> str:
        """The likeliest intent, if it is likely enough; by an article, if one says just that."""
        best = next(one for one in guesses if _is_grave(one, about))
        known = PRODUCT in masked or self._classifier.familiar(masked) >= STRANGE
        if known and best.score >= SURE:
            return best.intent
        if PRODUCT in masked and best.intent != "other" and named:
            return "product_info"  # do I need to refrigerate the plums
        article = self._articles.best(text)
        if article is not None and article[1] >= ARTICLE_SURE:
            return self._articles.intent(article[0])
        return "other"


def _is_grave(guess: Guess, about: frozenset[str]) -> bool:
    """Not where it would be illness, health or law, and no word says so, and it is not sure."""
    return guess.intent != "sensitive" or guess.score >= GRAVE or not about.isdisjoint(_GRAVE)


def _on_topic(guesses: list[Guess], before: Said | None, text: str) -> list[Guess]:
    """Guesses where few words follow an answer: they are likelier to be of what that was about."""
    topic = before.intent if before is not None else None
    if topic is None or topic in _NO_TOPIC or len(_PIECES.findall(text)) > FEW:
        return guesses
    on_topic = [
        Guess(one.intent, one.score + ON_TOPIC) if one.intent == topic else one for one in guesses
    ]
    return sorted(on_topic, key=lambda one: -one.score)
