"""The built-in assistant: from a conversation, and what tools said, to the next step.

Pure and the same every time: no clock, no chance, no I/O, about a millisecond a step. It says
prices, stock, dates and orders only as tools told them, and changes nothing: it proposes, and a yes
to what is open is for code to carry out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from bot.learning import learn
from bot.planning import (
    articles,
    basket,
    benefits,
    buying,
    consulting,
    goods,
    people,
    shop,
    talking,
)
from bot.planning.articles_known import KnownArticle as KnownArticle
from bot.planning.articles_known import KnownArticles
from bot.planning.meaning import Meaning
from bot.planning.mentions import KnownProduct as KnownProduct
from bot.planning.mentions import Names
from bot.planning.scene import Scene, Steps
from bot.planning.turn import turn_of
from bot.planning.understanding import Understanding
from bot.talk import Call, Done, Say, Talk

UNDERSTOOD: Final = 256
"""Turns whose meaning is kept while they are answered."""
_ANSWERS: Final[Mapping[str, Callable[[Scene], Steps]]] = {
    "greet": talking.greet,
    "thanks": talking.thanks,
    "bye": talking.bye,
    "yes": talking.yes,
    "no": talking.no,
    "about_bot": talking.about_bot,
    "product_search": goods.search,
    "product_info": goods.info,
    "price": goods.price,
    "stock": goods.stock,
    "recommend": goods.recommend,
    "places": shop.places,
    "hours": shop.hours,
    "delivery": shop.delivery,
    "returns": articles.article,
    "payment": articles.article,
    "order_status": buying.status,
    "order_cancel": buying.cancel,
    "order_change": articles.article,
    "claims": buying.claims,
    "how_to_order": articles.article,
    "cart_view": basket.view,
    "cart_add": basket.add,
    "cart_remove": basket.remove,
    "checkout": basket.checkout,
    "coupon": benefits.coupon,
    "points": benefits.points,
    "invoice": articles.article,
    "consult": consulting.consult,
    "complaint": people.complaint,
    "sensitive": people.sensitive,
    "human": people.asked,
    "privacy": articles.article,
    "other": people.other,
}


class Brain:
    """What the assistant has learnt: immutable, and used by all turns at once."""

    def __init__(
        self, understanding: Understanding, names: Names, known: KnownArticles, zone: str
    ) -> None:
        # Each step of an answer starts from the same conversation.
        self._understood = lru_cache(maxsize=UNDERSTOOD)(understanding.of)
        self._names = names
        self._articles = known
        self._zone = zone

    @classmethod
    def build(
        cls,
        products: Iterable[KnownProduct],
        known: Iterable[KnownArticle],
        *,
        zone: str = "Asia/Taipei",
    ) -> Brain:
        """Learnt from the examples, the shop's products and its articles. Off the loop: a second
        the first time in a process, milliseconds for each hundred names and articles then.

        `zone`: the shop's, in which it says when (IANA).
        """
        names, articles_known = Names(products), KnownArticles(known)
        return cls(Understanding(learn(), names, articles_known), names, articles_known, zone)

    def plan(self, talk: Talk, done: Sequence[Done]) -> Call | Say:
        """The next step: a tool to ask, or, with what was `done`, what to say."""
        scene = self._scene(talk)
        guarded = scene.meaning.guard is not None
        answer = people.guarded if guarded else _ANSWERS[scene.meaning.intent]
        return _step(scene, answer(scene), done)

    def meaning(self, talk: Talk) -> Meaning:
        """What she is taken for, and whether it is something that is never given."""
        return self._scene(talk).meaning

    def gave_up(self, talk: Talk) -> Say:
        """What is said where many tools led to nothing: a person goes on."""
        return people.handed(self._scene(talk), "failed")

    def _scene(self, talk: Talk) -> Scene:
        turn = turn_of(talk)
        meaning = self._understood(talk, turn)
        return Scene(talk, turn, meaning, self._names, self._articles, self._zone)


def _step(scene: Scene, answer: Steps, done: Sequence[Done]) -> Call | Say:
    """Where an answer stands after what was done: it is told all of it from the start."""
    try:
        step = next(answer)
        for index, one in enumerate(done):
            if one.failed and one.call.tool != "hand_over":
                return _step(scene, people.failed(scene), done[index + 1 :])
            step = answer.send(one)
    except StopIteration as end:
        said: Say = end.value
        return said
    return step
