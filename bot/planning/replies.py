"""What a turn means as an answer to what the bot said: a button, a number, "the second one"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from bot.intents import INTENTS, concepts
from bot.language import fold
from bot.masking import PRODUCT
from bot.planning.articles_known import KnownArticles
from bot.planning.counts import asks_so_many
from bot.planning.meaning import ABOUT_PRODUCTS, Meaning
from bot.planning.mentions import Names, heat, is_plus, order_number, place_of, quantity
from bot.planning.phrases import (
    SIGNS,
    cancels,
    cancels_or_keeps,
    declines,
    thanks,
    thumbs_up,
    yes_or_no,
)
from bot.planning.phrases import folded as words
from bot.planning.turn import Turn
from bot.talk import Said, Talk

_ASKING: Final = words("asking")
_BY_WORDS: Final = ("product_search", "product_info", "recommend")
_FOLLOWED: Final = frozenset({"delivery", "payment", "returns"})
_LOOKED_BACK: Final = 8
"""Messages in which the product may be that "it" is."""
_TASTE: Final = 10
"""Characters that say how hot, and no more."""
_AGAIN = re.compile(
    rf"^(?:那|还有|how about|what about|and)?\s*(?:the |a |some |your )?\s*{PRODUCT}"
    r"\s*(?:呢|也|勒|咧|嘞|leh|lah|then)?$"
)
_FOLLOWS = re.compile(
    r"^(?:那么?|如果|若|what if|and if|what about|how about|and)[^吗?？]*(?:呢)?\s*[?？]?$"
)
_AND = re.compile("^(?:那|还有|至于)?[^吗?？]{1,8}(?:呢|也有吗)[?？]?$")
_BARE_COUNT = re.compile(
    r"^(?:actually\s)?(?:我要|要|来|给我|那|就|拿|各|改成?|换成?|变成|还是|i want|i'll take"
    r"|i'd like|make it|make that|just|take|change to|change it to)?\s*"
    r"(?:\+|x|加)?\s*(?:[0-9]{1,3}|[一两二三四五六七八九十]{1,3}|[a-z]{3,6})\s*"
    r"(?:罐|瓶|盒|个|份|组|包|件|箱|套|袋|只)?\s*"
    r"(?:of them|of those|of these|jars?|bottles?|boxes|box|pieces?)?"
    r"\s*(?:就好|好了|吧|就可以了?|谢谢|please)?$"
)
_THE_ONE = re.compile("^要?(?:那个)?|(?:那|这)?(?:个|款|种)?的?$")
"""中的, 要大的那個: what is said around the name of a variant."""


class Replies:
    """Reads answers; knows what products and articles are called."""

    def __init__(self, names: Names, articles: KnownArticles) -> None:
        self._names = names
        self._articles = articles

    def yes_or_no(self, talk: Talk, turn: Turn) -> Meaning | None:
        """A yes or a no, to whatever is open or offered."""
        change = talk.proposal.change if talk.proposal else None
        for_cart = change is not None and change.kind == "cart.add"
        answer: str | None = yes_or_no(turn.folded, for_cart=for_cart)
        if change is not None and change.kind == "order.cancel" and cancels(turn.folded):
            # "Cancel" what: the order, or this?
            answer = answer if answer == "yes" else cancels_or_keeps(turn.folded)
        elif answer is None and change is not None and not self._names.find(turn.folded):
            answer = "no" if declines(turn.folded) else None
        if answer == "yes" and change is None:
            offered = [
                button.means
                for button in (turn.before.buttons if turn.before else ())
                if button.means and button.kind != "decline"
            ]
            if len(offered) == 1:
                return self.pressed(talk, turn, offered[0])
            if thanks(turn.folded) or thumbs_up(turn.folded):
                answer = "thanks"  # 好～謝謝
        return Meaning(intent=answer, text=turn.folded, plain=True) if answer else None

    def pressed(self, talk: Talk, turn: Turn, means: str) -> Meaning:
        """What a button means that she pressed, or wrote."""
        kind, _, what = means.partition(":")
        before = turn.before.intent if turn.before else None
        if kind == "intent" and what in INTENTS:
            return Meaning(
                intent=what,
                text=turn.asked_before if what in _BY_WORDS else "",
                products=self.pointed(talk, turn, ""),
                quantity=quantity(turn.asked_before) if what == "cart_add" else None,
                order=order_number(turn.asked_before) if what.startswith("order_") else None,
                plain=True,
            )
        if kind == "product":
            intent = before if before in ABOUT_PRODUCTS or before == "cart_remove" else None
            return Meaning(
                intent=intent or "product_info",
                text=turn.folded,
                products=(what,),
                quantity=quantity(turn.asked_before),
            )
        if kind == "variant":
            return Meaning(
                intent=before if before in ("cart_remove", "stock", "price") else "cart_add",
                text=turn.folded,
                products=self.pointed(talk, turn, ""),
                variant=what,
                quantity=quantity(turn.asked_before),
            )
        if kind == "article":
            return Meaning(intent=self._articles.intent(what), text=turn.folded, article=what)
        return Meaning(intent="other", text=turn.folded)

    def pointed(self, talk: Talk, turn: Turn, text: str) -> tuple[str, ...]:
        """The product that "it" is: the one shown or named last, or that she was looking at."""
        shown = _shown(turn.before)
        if len(shown) > 1 and (one := place_of(text, shown)):
            return (one,)
        if len(shown) == 1:
            return shown
        if not shown:
            for said in reversed(talk.said[-_LOOKED_BACK:]):
                earlier = _shown(said)
                if said.role != "customer" and len(earlier) == 1:
                    return earlier
                if earlier and said.role != "customer":
                    break
        if shown:
            return shown
        named = tuple(self._names.find(turn.asked_before))
        return named if len(named) == 1 else (talk.product,) if talk.product else ()

    def bare(self, talk: Talk, turn: Turn, text: str) -> Meaning | None:
        """What says little by itself: a number of pieces, a variant, a name."""
        products = self._names.find(text)
        pointed = self.pointed(talk, turn, text)
        return (
            self._as_price(talk, turn, text, products, pointed)
            or self._as_number(talk, turn, text, products, pointed)
            or self._as_taste(talk, text, products, pointed)
            or self._as_name(talk, turn, text, products)
            or self._as_the_next(turn, text, products or pointed)
            or self._as_place(turn, text, pointed)
        )

    def as_button(self, talk: Talk, turn: Turn, text: str) -> Meaning | None:
        """What a button says, written; the number of an order that was asked for."""
        before = turn.before
        if before is None:
            return None
        plain = SIGNS.sub("", text)
        for button in before.buttons:
            label = SIGNS.sub("", fold(button.label))
            if label and button.means and _presses(button.means, label, plain):
                found = self.pressed(talk, turn, button.means)
                return msgspec.structs.replace(found, quantity=quantity(text) or found.quantity)
        if before.intent == "order_cancel" and order_number(text) and len(text) < 14:
            return Meaning(intent="order_cancel", text=text, order=order_number(text))
        return None

    def _as_price(
        self,
        talk: Talk,
        turn: Turn,
        text: str,
        products: Sequence[str],
        pointed: Sequence[str],
    ) -> Meaning | None:
        """The price of so many, where that of what is at hand was told: "and two?", 那兩件呢."""
        told = turn.before is not None and turn.before.intent == "price"
        if not told or talk.proposal is not None or products or len(pointed) != 1:
            return None
        pieces = quantity(text)
        if pieces is None or pieces < 2 or not asks_so_many(text):
            return None
        return Meaning(intent="price", text=text, products=tuple(pointed), quantity=pieces)

    def _as_number(
        self,
        talk: Talk,
        turn: Turn,
        text: str,
        products: Sequence[str],
        pointed: Sequence[str],
    ) -> Meaning | None:
        """So many of it: +1, 兩罐好了."""
        if is_plus(text) and not any(_within(word, text) for word in _ASKING):
            return self._adding(text, products or pointed)
        if not quantity(text) or products or not _BARE_COUNT.match(SIGNS.sub(" ", text).strip()):
            return None
        if turn.before is not None and turn.before.intent == "cart_remove":
            return None
        adding = self._adding(text, pointed)
        change = talk.proposal.change if talk.proposal else None
        if change is not None and change.kind == "cart.add":  # another number of the same
            return msgspec.structs.replace(adding, variant=change.variant)
        return adding

    def _as_taste(
        self, talk: Talk, text: str, products: Sequence[str], pointed: Sequence[str]
    ) -> Meaning | None:
        """How hot she wants what is offered to her, whether or not there is a choice: 中辣的."""
        change = talk.proposal.change if talk.proposal else None
        if change is None or change.kind != "cart.add" or products or not pointed:
            return None
        if heat(text) is None or len(SIGNS.sub("", text)) > _TASTE:
            return None
        return msgspec.structs.replace(self._adding(text, pointed), quantity=change.quantity)

    def _as_name(
        self, talk: Talk, turn: Turn, text: str, products: Sequence[str]
    ) -> Meaning | None:
        """The same as before, of another product: 那脆梅呢."""
        if not _AGAIN.match(SIGNS.sub(" ", self._names.mask(text)).strip()):
            return None
        intent = _last(talk, ABOUT_PRODUCTS | {"cart_remove"}) or "product_search"
        return Meaning(
            intent=intent,
            text=text,
            products=tuple(products),
            named=True,
            quantity=quantity(turn.asked_before) if intent == "cart_add" else None,
        )

    def _as_the_next(self, turn: Turn, text: str, products: Sequence[str]) -> Meaning | None:
        """The same as before, of something else: 那門市自取呢, 板橋店呢."""
        intent = turn.before.intent if turn.before is not None else None
        about = concepts(text)
        if intent is None or not _follows(intent, text, about - {"thing"}):
            return None
        if intent == "delivery" and "when" in about:
            known = self._articles.title("delivery-time", turn.locale) is not None
            article = "delivery-time" if known else None
            return Meaning(intent=intent, text=text, about=about, article=article)
        return Meaning(
            intent=intent,
            text=f"{turn.asked_before} {text}",
            about=about | concepts(turn.asked_before),
            products=tuple(products),
            named=bool(self._names.find(text)),
        )

    def _as_place(self, turn: Turn, text: str, pointed: Sequence[str]) -> Meaning | None:
        """One of those that were shown: 第二個."""
        shown = _shown(turn.before)
        if not pointed or len(SIGNS.sub("", text)) > 14 or not place_of(text, shown):
            return None
        wanted = any(_within(word, text) for word in ("我要", "要", "买", "take", "want"))
        if quantity(text) or wanted:
            return self._adding(text, pointed)
        if concepts(text) - {"thing"}:
            return None
        last = turn.before.intent if turn.before is not None else None
        intent = last if last in ABOUT_PRODUCTS else None
        return Meaning(intent=intent or "product_info", text=text, products=tuple(pointed))

    def _adding(self, text: str, products: Sequence[str]) -> Meaning:
        return Meaning(
            intent="cart_add",
            text=text,
            products=tuple(products),
            named=bool(self._names.find(text)) or PRODUCT in self._names.mask(text),
            quantity=quantity(text),
        )


def _follows(intent: str, text: str, about: frozenset[str]) -> bool:
    if intent == "stock":
        return bool(_AND.match(text)) and not about - {"shop", "town", "where", "taste"}
    if intent == "delivery" and about == {"price"}:
        return True  # 寄到新加坡嗎 | 那多少錢
    if intent in ("hours", "places") and "day" in about:
        return not about - {"day", "when", "shop", "support"}  # 那禮拜天呢
    follows = intent in _FOLLOWED and bool(_FOLLOWS.match(text) or _AND.match(text))
    return follows and (intent == "delivery" or not about)


def _last(talk: Talk, intents: frozenset[str]) -> str | None:
    """The one of `intents` that the bot took her for in its last two answers."""
    said = [one.intent for one in talk.said if one.role == "bot"][-2:]
    return next((one for one in reversed(said) if one in intents), None)


def _shown(said: Said | None) -> tuple[str, ...]:
    """The products of a message, in the order in which they are shown."""
    if said is None:
        return ()
    cards = [card.id for card in said.cards if card.kind == "product"]
    offered = [
        button.means.removeprefix("product:")
        for button in said.buttons
        if button.means and button.means.startswith("product:")
    ]
    return tuple(dict.fromkeys(cards + offered))


def _presses(means: str, label: str, plain: str) -> bool:
    """Whether she wrote what a button says; a variant may be shortened, or named in English."""
    if label == plain:
        return True
    if not means.startswith("variant:") or len(plain) > 16:
        return False
    plain = _THE_ONE.sub("", plain) or plain
    shortened = plain in label and (len(plain) > 1 or label.startswith(plain))
    alike = heat(label) is not None and heat(label) == heat(plain)
    return label in plain or shortened or alike


def _within(word: str, text: str) -> bool:
    return re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text) is not None
