"""What a model may say: nothing that a tool did not say in this turn, and nothing that is granted.

Whoever is unsure says no: then the built-in planner answers, which costs the customer nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from bot.language import fold, speaks
from bot.model.claims import Claims, read
from bot.model.prompt import RULES, is_instant, legible
from bot.talk import Done, Talk
from core.clock import Instant
from core.locales import Locale
from core.money import Money

LONGEST = 1500

_STATES_MEANT: Final = {"due": "awaiting_payment", "refund_due": "refunded", "void": "cancelled"}
"""What states of payments are read as, where they are not called the same."""

# All of these are compared folded: one script, one case, Cantonese as written Chinese.
_GRANTED: Final = re.compile(
    r"折扣|打折|特价|优惠价|优惠码|折价|减价|降价|便宜(?:你|您|给)|半价|买一送一|赠送|免费送|赠品|附赠"
    r"|送(?:你|您)(?:一|小|个|份|两)|补偿|赔偿|赔(?:你|您)|退(?:你|您)款|退(?:还|你|您)?钱|全额退|保证|承诺|担保"
    r"|包(?:退|换|赔)|一定(?:会)?(?:到|有货|送到|退|给)|免运|免邮|包邮|免费|运费全免"
    r"|discount|coupon code|promo|half price|price match|special price|on the house|free of charge"
    r"|for free|\bfree\b|\bguarantee|\bpromise|compensat|reimburse|full refund"
    r"|(?:we|i)(?:'ll| will| can) (?:refund|replace|waive|credit|reduce|lower)|\bwaived?\b"
)
_FREE_DELIVERY: Final = "免运 免邮 包邮 免费 free"
_VERBS: Final = (
    r"(?:added|cancell?ed|removed|changed|updated|reserved|refunded|applied|placed|processed|issued"
    r"|submitted|ordered|notified|booked|credited)\b"
)
_DONE: Final = re.compile(
    r"已经?(?:帮|替|为|给)(?:你|您)|(?:帮|替|为)(?:你|您)[^。,!?]{0,12}(?:好了|完成了|成功)"
    r"|(?:帮|替|为)(?:你|您)(?:加入|取消|退款|预留|保留|下单|更改|修改|申请|登记)(?:了|完)"
    r"|我已经?(?:加|取消|退|改|更|预留|保留|下单|通知|登记|申请)"
    r"|(?:已|成功)(?:经)?(?:加入|放进|放入)(?:你的|您的)?购物车|已(?:经)?预留|已(?:经)?保留"
    rf"|\b(?:i|we)(?:'ve| have)?(?: just| now| already)? {_VERBS}"
    rf"|\b(?:has|have) (?:now |already )?been {_VERBS}"
    r"|\bit'?s (?:done|in your cart|reserved)\b"
)
_HANDED: Final = re.compile(
    r"(?:帮|替|为|给|将|把)(?:你|您)[^。,!?]{0,8}(?:转|联系|通知)|转(?:接|给)(?:了)?(?:专员|客服|真人|同事)"
    r"|(?:connect|transfer|hand|pass)(?:ing|ed)? you (?:over|to|with|on)"
)
_OFFERED: Final = re.compile(
    r"[?？吗呢]|要不要|是否|需要|如果|若|可以|would you|shall|should i|if you|do you want|can "
)
_NOT: Final = re.compile(r"没有?|无|不|未|非|\bno\b|\bnot\b|n't|\bnever\b|unable|without")
_CLAUSE: Final = re.compile(r"[,，。;；!！?？\n]")
_INSIDE: Final = re.compile(
    r"\b[a-z]{2,4}_[0-9a-z]{16,}|</?data|propose_|hand_over|search_products"
    r"|system prompt|[系是]统(?:提示|指令)|提示词|\[(?:email|card|id|phone|address|name)_\d"
)
_LAST_ONE: Final = re.compile(
    r"(?:剩|剩下|只有|还有|尚有|only|just)\s?(?:一|1|one)\s?(?:件|罐|瓶|包|盒|份|个|left|pieces?|jars?|units?)"
)
_LETTERS: Final = re.compile(r"[^0-9a-z]+")


def _rules_in_pieces() -> tuple[str, ...]:
    """The rules in stretches of 40 letters; whoever repeats one has repeated the rules."""
    letters = _LETTERS.sub("", RULES.lower())
    return tuple(letters[place : place + 40] for place in range(0, len(letters) - 40, 20))


_RULES: Final = _rules_in_pieces()


class Given(msgspec.Struct, frozen=True):
    """What a model was given to speak of: `claims` by tools, `own` in the customer's words."""

    claims: Claims
    own: Claims
    words: str
    """All that tools said, folded."""
    names: tuple[str, ...]
    """Titles and the like, longest first: they may be in another language."""
    one_left: bool
    """Of something there is one: else "only 1 left" is not the same as "a jar"."""
    handed: bool
    """A person goes on, so that this may be said."""


def given(talk: Talk, done: Iterable[Done], zone: ZoneInfo) -> Given:
    """What this turn's tools, the clock and the customer said."""
    said: list[str] = []
    claims = _facts_of(talk, zone)
    handed = one_left = False
    for one in done:
        if one.failed:
            continue
        handed |= one.call.tool == "hand_over"
        for key, leaf in _leaves(one.data):
            claims |= _fact(key, leaf, talk.now, zone)
            one_left |= leaf == 1 and key in ("available", "pieces", "online")
        said += [leaf for _, leaf in _leaves(legible(one.data, zone)) if isinstance(leaf, str)]
        claims |= Claims(numbers=frozenset(map(Decimal, _sizes(one.data))))
    for text in said:
        claims |= read(text)
    own = Claims()
    for message in talk.said[-8:]:
        if message.role == "customer":
            own |= read(message.text[:LONGEST])
    words = " ".join(map(fold, said))
    if any(key == "free_from" and leaf is not None for key, leaf in _all(done)):
        words += _FREE_DELIVERY
    names = sorted({text for text in said if 2 <= len(text) <= 120}, key=len, reverse=True)
    return Given(claims, own, words, tuple(names), one_left, handed)


def refuses(text: str, known: Given, locale: Locale, *, whole: bool = True) -> str | None:
    """Why `text` may not be said, a word for the log; None: it may. Not `whole`: it goes on."""
    if len(text) > LONGEST:
        return "long"
    if whole and not text.strip():
        return "empty"
    plain = fold(text)
    if _INSIDE.search(plain) or _repeats_rules(text):
        return "inside"
    return (
        _unfounded(text, plain, known)
        or _granting(plain, known)
        or (_other_language(text, known, locale) if whole or len(text) > 40 else None)
    )


def _unfounded(text: str, plain: str, known: Given) -> str | None:
    said, facts, own = read(text), known.claims, known.own
    if _LAST_ONE.search(plain) and not known.one_left:
        return "number"
    numbers = facts.numbers | own.numbers | facts.money | own.limits | own.money | {Decimal(1)}
    hours: set[tuple[int, int]] = set()
    if not facts.times:  # of "10–19" only who knows that it is hours can tell
        hours = {(int(number) % 12, 0) for number in facts.numbers if 0 <= number <= 24}
    days_of_months = {Decimal(day) for _, day in facts.dates | own.dates}
    wrong = {
        "money": said.money - facts.money,
        "limit": said.limits - facts.money - own.limits - own.money - own.numbers,
        "share": said.shares - facts.shares,
        "date": said.dates - facts.dates - own.dates,
        "time": said.times - facts.times - own.times - hours,
        "day": said.days - facts.days - own.days,
        "near": said.near - facts.near - own.near,
        "state": said.states - facts.states,
        "span": said.spans - facts.spans - own.spans,
        "number": said.numbers - numbers - days_of_months,
        "code": {code for code in said.codes - own.codes if code not in known.words},
        "address": said.addresses - facts.addresses - own.addresses,
    }
    return next((kind for kind, left in wrong.items() if left), None)


def _granting(plain: str, known: Given) -> str | None:
    for found in _GRANTED.finditer(plain):
        if found[0] not in known.words and not _NOT.search(_clause(plain, found.start())):
            return "granted"
    if not known.handed:
        for found in _HANDED.finditer(plain):
            if not _OFFERED.search(_sentence(plain, found.start())):
                return "handed"
    told = _HANDED.sub(" ", plain) if known.handed else plain
    return "done" if _DONE.search(told) else None


def _other_language(text: str, known: Given, locale: Locale) -> str | None:
    """Both Traditional ones pass for each other: a Hong Kong customer reads written Chinese."""
    for name in known.names:
        text = text.replace(name, " ")
    heard = speaks(text, locale)
    return None if heard[:7] == locale[:7] else "language"


def _clause(text: str, end: int) -> str:
    """What stands before `end` in its clause."""
    return _CLAUSE.split(text[max(0, end - 30) : end])[-1]


def _sentence(text: str, place: int) -> str:
    start = max(text.rfind(sign, 0, place) for sign in "。.!?\n") + 1
    ends = [end for sign in "。.!?\n" if (end := text.find(sign, place)) >= 0]
    return text[start : min(ends, default=len(text)) + 1]


def _repeats_rules(text: str) -> bool:
    letters = _LETTERS.sub("", text.lower())
    return len(letters) >= 40 and any(piece in letters for piece in _RULES)


def _facts_of(talk: Talk, zone: ZoneInfo) -> Claims:
    facts = read(talk.shop)
    for at in (talk.opens_at, talk.callback_at):
        if at is not None:
            facts |= _instant(at, talk.now, zone)
    return facts | read(talk.item or "")


def _fact(key: str, leaf: Any, now: Instant, zone: ZoneInfo) -> Claims:
    if isinstance(leaf, Money):
        return Claims(money=frozenset({leaf.major.normalize()}))
    if is_instant(key, leaf):
        return _instant(leaf, now, zone)
    if isinstance(leaf, bool) or leaf is None:
        return Claims()
    if isinstance(leaf, int | float):
        return Claims(numbers=frozenset({Decimal(str(leaf)).normalize()}))
    if key in ("state", "payment"):
        return Claims(states=frozenset({leaf, _STATES_MEANT.get(leaf, leaf)}))
    return Claims()


def _instant(at: Instant, now: Instant, zone: ZoneInfo) -> Claims:
    """A day and time, and what it is called from now."""
    local, today = (datetime.fromtimestamp(one / 1000, zone) for one in (at, now))
    days = (local.date() - today.date()).days
    near = {1: {"tomorrow"}, 2: {"after"}}.get(days, set())
    monday = today.date() + timedelta(days=7 - today.weekday())
    if timedelta(0) <= local.date() - monday < timedelta(days=7):
        near = near | {"next week"}
    return Claims(
        dates=frozenset({(local.month, local.day)}),
        times=frozenset({(local.hour % 12, local.minute)}),
        days=frozenset({local.weekday()}),
        near=frozenset(near),
        numbers=frozenset({Decimal(local.year)}),
    )


def _leaves(tree: Any, key: str = "") -> Iterable[tuple[str, Any]]:
    """The values of JSON with the keys that they stand under; an amount is one of them."""
    if isinstance(tree, dict):
        if {"minor", "currency", "text"} <= tree.keys():
            yield key, Money(tree["minor"], tree["currency"])
            return
        for name, value in tree.items():
            yield from _leaves(value, name)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _leaves(value, key)
    else:
        yield key, tree


def _all(done: Iterable[Done]) -> Iterable[tuple[str, Any]]:
    for one in done:
        yield from _leaves(one.data)


def _sizes(tree: Any) -> Iterable[int]:
    """How many there are of what is listed: "these three"."""
    if isinstance(tree, dict):
        for value in tree.values():
            yield from _sizes(value)
    elif isinstance(tree, list | tuple):
        yield len(tree)
        for value in tree:
            yield from _sizes(value)
