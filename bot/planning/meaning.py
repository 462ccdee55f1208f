"""What a turn means: an intent, and the products, numbers and orders that go with it."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from bot.data import table
from bot.intents import INTENTS, Classifier, Guess, concepts
from bot.language import fold
from bot.masking import PRODUCT
from bot.planning.articles_known import KnownArticles
from bot.planning.guards import Guard, guard_of
from bot.planning.mentions import MOST, Names, heat, is_plus, order_number, place_of, quantity
from bot.planning.turn import Turn
from bot.search import goods_in
from bot.talk import Said, Talk

SURE = -0.1
"""An intent of this score and above is acted on."""
LEAST = -0.5
"""One of this score too, if it is `CLEAR` of the next and the words are `FAMILIAR`."""
CLEAR = 0.1
FAMILIAR = 0.6
STRANGE = 0.1
"""Of words that are less familiar than this nothing is taken to be understood, unless they are of
the shop."""
TOLD = -0.45
"""An intent of this score is acted on where words are of the shop: a product, or what is asked of
one."""
BESIDE = 0.3
"""What is none of the shop's business is not, by so little, where words are of the shop."""
GRAVE = 0.2
"""From this score on a matter is for people, whether or not a word for it is known."""
ARTICLE_SURE = 0.62
"""An article that fits so well says what an unclear question is about."""

ABOUT_PRODUCTS: Final = frozenset({"product_info", "price", "stock", "cart_add"})
_CHOOSE_FROM: Final = tuple(
    one
    for one in INTENTS
    if one
    not in ("greet", "thanks", "bye", "yes", "no", "other", "sensitive", "complaint", "about_bot")
)
_ANSWERS: Final = table("answers")


def _folded(name: str) -> list[str]:
    return sorted({fold(word) for word in _ANSWERS[name]}, key=lambda word: (-len(word), word))


_YES, _NO = frozenset(_folded("yes")), frozenset(_folded("no"))
_ONE = "|".join(map(re.escape, _folded("affirming")))
_AFFIRMED = re.compile(f"(?:{_ONE})(?:{_ONE}|[的啊呀哦喔啦了呢])*")
"""嗯對, 好的好的: yes, said more than once."""
_ASKING: Final = _folded("asking")
_END = r"(?=$|[\s,，.。!！~～?？、:：;；])"
_OPENING = re.compile(
    "^(?:" + "|".join(re.escape(w) + (_END if w.isascii() else "") for w in _folded("openings"))
    + r")[\s,，.。!！~～?？、:：;；啊呀喔哦]*"
)  # fmt: skip
_CLOSING = re.compile(
    r"[\s,，.。!！~～?？、:：;；]*(?:" + "|".join(map(re.escape, _folded("closings")))
    + r")[\s,，.。!！~～啊呀喔哦]*$"
)  # fmt: skip
_TRIM = re.compile(
    r"[\s,，.。!！~～?？、:：;；'’😊👍🙏❤️]+|" + "|".join(map(re.escape, _folded("trimmings")))
)
_SIGNS = re.compile(r"[\s,，.。!！~～?？、:：;；\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]+")
_AGAIN = re.compile(
    rf"^(?:那|还有|how about|what about|and)?\s*(?:the |a |some |your )?\s*{PRODUCT}\s*(?:呢|也)?$"
)
_QUESTION = re.compile(
    r"[?？吗呢]|什么|怎么|哪|谁|几|多少|为何|帮|\b(?:what|how|who|where|when|why|which|can|do|is|are)\b"
)
_MANY = re.compile(r"([^0-9])\1{2,}")
"""A character that is kept down: 啊啊啊啊."""
_IF = re.compile(r"如果|万一|若是|要是|假如|\bif\b|\bin case\b")
_KEEP = re.compile(
    r"^(?:那|就|那就)?(?:先)?(?:帮我|给我)?(?:留|拿|来|买|带)\s*(?:我)?[0-9一两二三四五六七八九十]"
)
"""那幫我留兩罐: of what was spoken of."""
_NUMBER = "[0-9一两二三四五六七八九十]"
_CAME_SHORT = re.compile(
    rf"(?:少|漏|缺)(?:给我|给)?(?:发|寄|送|装|放|拿|给)(?:我)?(?:了)?|(?:只|才)(?:来|到|收到|寄来?|送来?|"
    rf"发来?|给我?|拿到)(?:了)?\s*{_NUMBER}|(?:订|买|拍)(?:了)?{_NUMBER}.{{1,6}}(?:就来|就到|收到)(?:了)?{_NUMBER}"
)
"""She got less than she paid for."""
_NOT_SHORT: Final = frozenset({"cart_add", "order_status", "delivery", "returns", "other"})
_CONTENT = re.compile(
    "里面有?几|(?:多少|几)(?:条|根|颗|粒|片|克|公克|毫升|人份|大卡|卡路里|ml|g\\b)|有多(?:大|重)|多大(?:罐|瓶)"
)
_COMES_TO = re.compile(
    r"(?:共|合计|起来|要|得|是|花|卖)多少(?!罐|瓶|盒)|多少钱|几(?:块|元|毛)|价钱|价格|\bhow much\b"
)
_GIVES_UP = re.compile("不要|取消|不买|不想要|退掉|撤|\\bcancel\\b|don't want")
_ENOUGH = re.compile("够吗|够不够|够不|货够|够买")
_EACH = re.compile(
    "[0-9]{2,4}(?:元|块|块钱)?(?:吗|是吧|对吧|对不对)|(?:各|各是|分别|分别是|各要)多少"
)
_IN_ORDER = re.compile(
    "(?:并|合|加)(?:并)?到.{0,4}(?:订单|一单|同一)|"
    "(?:订单|那单|那张单|那笔)(?:里|中|上)?.{0,4}(?:加|多|换|改|减)|(?:订|下)(?:好|完)?(?:了|单了).{0,4}(?:想)(?:再)?(?:加|多|换|改|减|少)"
)
_OTHER_SHOP = re.compile(
    "(?:取货|自提|自取|取件)的?(?:店|点|门市|门店|地点).{0,6}(?:换|改|选错)|(?:换|改).{0,4}(?:取货|自提|自取)的?(?:店|点|门市|门店)"
)
_EATS = re.compile("(?:能|可以|能不能|可不可以|适合|敢).{0,4}(?:吃|食|喝)")
_ASKS = re.compile("(?:吗|是吧|对吧|够不够|是不是)[?？]?$|一样|够吗")
_REQUESTS = re.compile("可以|能|帮|给我|加|放|拿掉|删|移|取消|麻烦|来")
"""樹子一罐是 210 嗎 puts nothing into a cart; 可以幫我加一罐嗎 does."""
_ARRIVES = re.compile("能到|收得到|收到|到货|会到|到吗|天到|发货|寄出|出货")
_TRANSFERS = re.compile("汇|转(?!人|接|真)|打(?:钱|款)")
_AGE = re.compile("岁.{0,8}(?:吃|喝)|个月.{0,8}(?:吃|喝)|(?:吃|喝).{0,10}岁")
_LESS = re.compile("(?:能不能|可不可以|可以|能|想).{0,4}(?:少|减|加|改|换)")
_DID_CLAIM = re.compile(
    "我.{0,8}(?:[+]|加|喊|打|扣|抢).{0,6}(?:算|成功|到|上|中|登记).{0,2}(?:吗|没|不|$)"
)
_KEEPS = re.compile("(?:撑|放|摆|存).{0,3}(?:多久|几天|多长|几个月)")
_WRAPS = re.compile("(?:能|可以|帮|有).{0,6}(?:包装|卡片|贺卡|提袋)")
_EXTRA = re.compile("买(?:得|多|满|够).{0,6}送")
_NOT_PAID = re.compile("没(?:付|汇|转|给钱)|(?:拍|订|买|点|下|按)错|手滑|重复")
_LATE = re.compile("说好.{0,8}(?:天|周|到)|都.{0,4}(?:周|礼拜|星期|月|天)了")
_WHOLE = re.compile("没有?(?:破|坏|碎|问题|瑕疵)")
_IS_IT = re.compile("^(?!.*(?:有|卖|找|买)).*(?:是.*(?:吗|还是)|用.*(?:吗|的))")
_WHAT_IS_THERE = re.compile("^(?:你们|你家|店里|最近)*(?:有|都有)(?:出)?(?:什么|哪些)")
_COLLECTS = re.compile("自己.{0,8}(?:拿|取|领)|到店(?:拿|取)")
_REACHES = re.compile("寄|送|收件|收货|收得到|收到|运费|运到|几天")
_NOT_THERE: Final = frozenset({"order_change", "places", "other", "payment"})
_HERS = re.compile("我(?:的)?(?:东西|货|包裹|快递)|我(?:订|买|拍|下单)(?:了|的)")
_THEN = re.compile("多久|多长时间|之后|以后|怎么|要不要")
_OWN = re.compile(r"我|刚|昨|还|剩|\b(?:my|mine|i)\b")
_GOES_TO_PAY = re.compile("(?:去|来)付(?:款|钱)|(?:好了|完了|选好|挑好|选完|挑完).*付(?:款|钱)")
_SEEKS = re.compile("^(?:我)?(?:正)?(?:在找|想找|要找|找)|looking for")
_HAVE = re.compile(
    "^(?:你们|你家|店里|那)?(?:家)?(?:有没有|有卖|卖不卖|有|卖|想买|想要).{1,10}(?:吗|不|没|呢|嘛)?[?？]?$"
)
_EDIBLE = re.compile("酱|醋|饼|糖|茶|粉|肉|汤|菜|糕|豆|果|米|料")
_BOUGHT: Final = frozenset(
    {"order_status", "order_cancel", "order_change", "returns", "complaint", "delivery"}
)
_ACCOUNT = re.compile("账号|帐号|账户|帐户|会员|(?<![a-z])account(?![a-z])")
_TIMES = re.compile(
    "现在(?:还)?有|这时|周末|周[一二三四五六日]|星期|礼拜|假日|节日|过年|晚上|半夜|几点|早上|中午|什么时候"
)
_SUCH = re.compile("(?:有|卖).*(?:那种|这种|之类|类似|那类|一类)")
_WHOM = re.compile("谁|联|窗口|对接|哪位")
_WHICH = re.compile(r"哪.*(?:便宜|划算)|\bwhich\b.*cheap")
_FOLLOWS = re.compile(
    r"^(?:那么?|如果|若|what if|and if|what about|how about|and)[^吗?？]*(?:呢)?\s*[?？]?$"
)
_AND = re.compile("^(?:那|还有|至于)?[^吗?？]{1,8}(?:呢|也有吗)[?？]?$")
_BARE_COUNT = re.compile(
    r"^(?:我要|要|来|给我|那|就|拿|各|改成?|换成?|变成|还是|i want|i'll take|i'd like"
    r"|make it|make that|just|take|change to|change it to|actually)?\s*"
    r"(?:\+|x|加)?\s*(?:[0-9]{1,3}|[一两二三四五六七八九十]{1,3}|[a-z]{3,6})\s*"
    r"(?:罐|瓶|盒|个|份|组|包|件|箱|套|袋|只)?\s*"
    r"(?:of them|of those|of these|jars?|bottles?|boxes|box|pieces?)?"
    r"\s*(?:就好|好了|吧|就可以了?|谢谢|please)?$"
)


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    intent: str
    text: str
    """What she wrote, folded, without greetings: for searching."""
    about: frozenset[str] = frozenset()
    """What its words are about (`bot/data/concepts.toml`)."""
    choices: tuple[str, ...] = ()
    """Intents that it may have been, the likeliest first."""
    products: tuple[str, ...] = ()
    """The products that she may mean, by name or by pointing: one where it is clear."""
    named: bool = False
    """She named a food, whether or not there is one."""
    quantity: int | None = None
    order: str | None = None
    variant: str | None = None
    """The variant on a button that she pressed."""
    article: str | None = None
    guard: Guard | None = None
    plain: bool = False
    """She said yes or no and nothing else, or pressed it: only such a yes confirms anything."""


class Understanding:
    """All that it takes to understand: learnt once."""

    def __init__(self, classifier: Classifier, names: Names, articles: KnownArticles) -> None:
        self._classifier = classifier
        self._names = names
        self._articles = articles

    def of(self, talk: Talk, turn: Turn) -> Meaning:
        """What the turn means, by its button, by what it answers, or by its words."""
        if turn.pressed:
            return self._pressed(talk, turn, turn.pressed)
        text = core(turn.messages)
        found = _meaning(self, talk, turn, text)
        if found.guard is None and (guard := guard_of(turn.folded)):
            return msgspec.structs.replace(found, guard=guard)
        return found

    def _pressed(self, talk: Talk, turn: Turn, means: str) -> Meaning:
        kind, _, what = means.partition(":")
        before = turn.before.intent if turn.before else None
        if kind == "intent" and what in INTENTS:
            return Meaning(
                intent=what,
                text=turn.asked_before if what in _BY_WORDS else "",
                products=self._pointed(talk, turn, ""),
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
                products=self._pointed(talk, turn, ""),
                variant=what,
                quantity=quantity(turn.asked_before),
            )
        if kind == "article":
            return Meaning(intent=self._articles.intent(what), text=turn.folded, article=what)
        return Meaning(intent="other", text=turn.folded)

    def names(self, text: str) -> bool:
        """Whether a product is named."""
        return bool(self._names.find(text))

    def _by_words(self, talk: Talk, turn: Turn, text: str) -> Meaning:
        masked = self._names.mask(text)
        named = tuple(self._names.find(text))
        products = named or self._pointed(talk, turn, text)
        about = concepts(text)
        guesses = self._guesses(turn, text, masked, about)
        intent = self._settled(guesses, text, masked, about)
        intent = _corrected(
            intent,
            text,
            about,
            products=bool(products),
            named=bool(named) or PRODUCT in masked,
            pieces=quantity(text),
            order=order_number(text),
        )
        if intent == "yes" and talk.proposal is None and _CLOSING.search(turn.folded):
            intent = "thanks"  # 好的明白了，感謝
        if intent == "other" and len(text) <= _BRIEF and _THANKS.search(turn.folded):
            intent = "thanks"  # 知道啦，謝謝你
        if intent == "other" and _greets(turn, about):
            intent = "greet"
        return Meaning(
            intent=intent,
            text=text,
            about=about,
            choices=tuple(one.intent for one in guesses if one.intent in _CHOOSE_FROM)[:3],
            products=products,
            named=bool(named) or PRODUCT in masked,
            quantity=quantity(text),
            order=order_number(text),
        )

    def _guesses(self, turn: Turn, text: str, masked: str, about: frozenset[str]) -> list[Guess]:
        guesses = self._classifier.guesses(masked)
        if guesses[0].score < SURE and len(turn.messages) > 1:
            # One of several messages may say it alone.
            single = [
                self._classifier.guesses(self._names.mask(core((one,)))) for one in turn.messages
            ]
            best = max(single, key=lambda found: found[0].score)
            if best[0].score > guesses[0].score and best[0].intent not in _SMALL:
                return best
        return guesses

    def _settled(self, guesses: list[Guess], text: str, masked: str, about: frozenset[str]) -> str:
        """The likeliest intent, if it is likely enough; by an article, if one says just that."""
        asks = _ASKS.search(text) and not _REQUESTS.search(text)
        guesses = [
            one
            for one in guesses
            if _is_grave(one, about) and not (asks and one.intent in ("cart_add", "cart_remove"))
        ]
        best, second = guesses[0], guesses[1]
        ours = not about & ELSEWHERE and (PRODUCT in masked or bool(about - _GENERAL))
        if ours and best.intent == "other" and second.score >= max(TOLD, best.score - BESIDE):
            best, second = second, guesses[2]
        familiar = self._classifier.familiar(masked)
        if ours or familiar >= STRANGE:
            clear = best.score - second.score >= CLEAR and familiar >= FAMILIAR
            least = TOLD if ours else SURE
            if best.score >= least or (best.score >= LEAST and clear):
                return best.intent
        article = self._articles.best(text)
        if article is not None and article[1] >= ARTICLE_SURE:
            return self._articles.intent(article[0])
        return "other"

    def _pointed(self, talk: Talk, turn: Turn, text: str) -> tuple[str, ...]:
        """The product that "it" is: the one shown last, or that she was looking at."""
        shown = _shown(turn.before)
        if len(shown) > 1 and (one := place_of(text, shown)):
            return (one,)
        if len(shown) == 1:
            return shown
        if not shown:
            for said in reversed(talk.said[-8:]):
                earlier = _shown(said)
                if said.role != "customer" and len(earlier) == 1:
                    return earlier
                if earlier and said.role != "customer":
                    break
        return (talk.product,) if talk.product and not shown else shown

    def bare(self, talk: Talk, turn: Turn, text: str) -> Meaning | None:
        """A bare answer to what the bot said: a number of pieces, a variant, a name."""
        before = turn.before
        products = self._names.find(text)
        pointed = self._pointed(talk, turn, text)
        if before is not None:
            plain = _SIGNS.sub("", text)
            for button in before.buttons:
                label = _SIGNS.sub("", fold(button.label))
                if label and button.means and _presses(button.means, label, plain):
                    found = self._pressed(talk, turn, button.means)
                    count = quantity(text)
                    return msgspec.structs.replace(found, quantity=count or found.quantity)
            if before.intent == "order_cancel" and order_number(text) and len(text) < 14:
                return Meaning(intent="order_cancel", text=text, order=order_number(text))
        if is_plus(text) and not any(_within(word, text) for word in _ASKING):
            return self._adding(text, products or list(pointed))
        count = quantity(text)
        if count and not products and _BARE_COUNT.match(_SIGNS.sub(" ", text).strip()):
            if before is not None and before.intent == "cart_remove":
                return None
            adding = self._adding(text, list(pointed))
            change = talk.proposal.change if talk.proposal else None
            if change is not None and change.kind == "cart.add":  # another number of the same
                return msgspec.structs.replace(adding, variant=change.variant)
            return adding
        masked = _SIGNS.sub(" ", self._names.mask(text)).strip()
        if _AGAIN.match(masked):
            intent = _last(talk, ABOUT_PRODUCTS | {"cart_remove"}) or "product_search"
            return Meaning(
                intent=intent,
                text=text,
                products=tuple(products),
                named=True,
                quantity=quantity(turn.asked_before) if intent == "cart_add" else None,
            )
        follows = before is not None and self._follows(turn, text)
        if before is not None and follows:
            about = concepts(text)
            if before.intent == "delivery" and "when" in about:
                return Meaning(
                    intent="delivery",
                    text=text,
                    about=about,
                    article="delivery-time"
                    if self._articles.title("delivery-time", "en")
                    else None,
                )
            return Meaning(
                intent=before.intent or "other",
                text=f"{turn.asked_before} {text}",
                about=about | concepts(turn.asked_before),
                products=tuple(products) or pointed,
                named=bool(products),
            )
        if pointed and len(_SIGNS.sub("", text)) <= 14 and place_of(text, _shown(before)):
            last = before.intent if before is not None else None
            if quantity(text) or any(
                _within(w, text) for w in ("我要", "要", "买", "take", "want")
            ):
                return self._adding(text, list(pointed))
            if not concepts(text) - {"thing"}:
                known = last if last in ABOUT_PRODUCTS else "product_info"
                return Meaning(intent=known or "product_info", text=text, products=pointed)
        return None

    def _follows(self, turn: Turn, text: str) -> bool:
        """Whether it asks the same as before of something else: 那門市自取呢, 板橋店呢."""
        intent = turn.before.intent if turn.before is not None else None
        about = concepts(text) - {"thing"}
        if intent == "stock":
            return bool(_AND.match(text)) and not about - {"shop", "town", "where", "taste"}
        follows = intent in _FOLLOWED and bool(_FOLLOWS.match(text))
        return follows and (intent == "delivery" or not about)

    def _adding(self, text: str, products: list[str]) -> Meaning:
        return Meaning(
            intent="cart_add",
            text=text,
            products=tuple(products),
            named=bool(self._names.find(text)) or PRODUCT in self._names.mask(text),
            quantity=quantity(text),
        )


_THANKS = re.compile("谢|感恩|辛苦|thank|thx|cheers")
_BRIEF = 8
"""Characters of what only says that it was heard."""
_CANCELS = re.compile("取消|cancel")
_DECLINING: Final = tuple(_folded("declining"))
_SMALL: Final = ("greet", "thanks", "bye", "yes", "no", "other")
ELSEWHERE: Final = frozenset({"weather", "politics", "homework", "fun", "elsewhere", "daily"})
"""What words are about that are none of a shop's business."""
_GENERAL: Final = frozenset(
    {"how", "where", "when", "thing", "change", "book", "angry", "town", "way", "day", "illness"}
)
"""What words are about that says nothing of whether they are for a shop."""
_GRAVE: Final = frozenset({"illness", "health", "law"})
_FOLLOWED: Final = frozenset({"delivery", "payment", "returns"})
_BY_WORDS: Final = ("product_search", "product_info", "recommend")


def _meaning(known: Understanding, talk: Talk, turn: Turn, text: str) -> Meaning:
    answer = yes_or_no(turn.folded)
    change = talk.proposal.change if talk.proposal else None
    if answer is None and change is not None and not known.names(text):
        answer = _declines(turn.folded)
    if change is not None and change.kind == "order.cancel" and _CANCELS.search(turn.folded):
        answer = answer if answer == "yes" else None  # "cancel" what: the order, or this?
    if answer == "yes" and talk.proposal is None and turn.before is not None:
        offered = [one for one in turn.before.buttons if one.means and one.kind != "decline"]
        if len(offered) == 1 and offered[0].means:
            return known._pressed(talk, turn, offered[0].means)
    if answer == "yes" and change is None and _THANKS.search(turn.folded):
        answer = "thanks"  # 好～謝謝
    if answer is not None:
        return Meaning(intent=answer, text=turn.folded, plain=True)
    if not _SIGNS.sub("", turn.folded):
        return Meaning(intent="other", text="")
    return known.bare(talk, turn, text) or known._by_words(talk, turn, text)


def _declines(folded: str) -> str | None:
    """`no` to an open proposal where a text begins with one, whatever she says then: nothing is
    changed by it. A yes with more behind it is none."""
    parts = [part for part in _SIGNS.split(folded) if part]
    if not parts:
        return None
    begins = any(parts[0] == w if w.isascii() else parts[0].startswith(w) for w in _DECLINING)
    return "no" if begins or parts[0] in _NO else None


def core(messages: tuple[str, ...]) -> str:
    """Messages without the greetings before and the thanks after, where anything else is left."""
    left = []
    for message in messages:
        text = message
        while (shorter := _OPENING.sub("", text)) != text:
            text = shorter
        text = _CLOSING.sub("", text)
        left.append(text.strip())
    joined = "\n".join(one for one in left if one)
    return _MANY.sub(r"\1\1", joined or "\n".join(messages))


def yes_or_no(folded: str) -> str | None:
    """`yes` or `no` where a text says just that; nothing is changed on a maybe."""
    text = _SIGNS.sub(" ", folded).strip()
    for shape in (text, _TRIM.sub("", text).strip(), " ".join(_TRIM.sub(" ", text).split())):
        if shape in _NO:
            return "no"
        if shape in _YES:
            return "yes"
    parts = text.split()
    if parts and all(part in _YES or _AFFIRMED.fullmatch(part) for part in parts):
        return "yes"
    return None


def _last(talk: Talk, intents: frozenset[str]) -> str | None:
    """The one of `intents` that the bot took her for in its last two answers."""
    said = [one.intent for one in talk.said if one.role == "bot"][-2:]
    return next((one for one in reversed(said) if one in intents), None)


def _corrected(
    intent: str,
    text: str,
    about: frozenset[str],
    *,
    products: bool,
    named: bool,
    pieces: int | None,
    order: str | None,
) -> str:
    """What a few words decide, whatever else is said beside them."""
    if about & ELSEWHERE:
        if intent == "coupon" and not about & {"coupon", "points"}:
            return "other"
        if intent == "complaint" and not named and "daily" in about and "order" not in about:
            return "other"
        bought = "elsewhere" in about and intent in _BOUGHT
        wanted = not named and "shop" not in about and intent in ("recommend", "places", "stock")
        return "other" if bought or wanted else intent
    if intent in ("complaint", "returns") and "return" in about and _WHOLE.search(text):
        return "returns"
    if "damaged" in about and intent in ("returns", "delivery", "other") and not _IF.search(text):
        return "complaint"
    if intent == "other" and ("bulk" in about or (products and (pieces or 0) > MOST)):
        return "cart_add" if products else "price"
    if intent in _NOT_SHORT and _CAME_SHORT.search(text) and not _IF.search(text):
        return "complaint"
    if intent == "cart_view" and named and "cart" not in about:
        return "price"  # what three of it come to
    if intent == "cart_view" and named and not _QUESTION.search(text):
        return "cart_remove" if "remove" in about else "cart_add"
    if intent in ("price", "stock", "cart_add") and named and _CONTENT.search(text):
        return "product_info"
    if intent == "cart_add" and named and _COMES_TO.search(text):
        return "price"
    if intent == "cart_add" and not products and not named and about & {"support", "person"}:
        return "human"
    if intent == "price" and "fee" in about:
        return "delivery"
    if order and intent in ("cart_remove", "other", "returns") and _GIVES_UP.search(text):
        return "order_cancel"
    if intent == "places" and named and "way" not in about:
        return "stock"
    if intent == "payment" and _ARRIVES.search(text) and "order" not in about:
        return "delivery"
    if intent in ("privacy", "order_status") and _ACCOUNT.search(text) and _TRANSFERS.search(text):
        return "payment"
    if intent == "checkout" and "live" in about:
        return "how_to_order"
    if intent in ("other", "product_info", "product_search", "recommend") and _AGE.search(text):
        return "sensitive"
    if intent == "places" and _COLLECTS.search(text):
        return "delivery"
    reaches = "town" in about and "change" not in about and _REACHES.search(text)
    if intent in _NOT_THERE and reaches and not products:
        return "delivery"
    if intent == "delivery" and _HERS.search(text) and not _IF.search(text):
        return "order_status"
    if intent == "claims" and "claim" in about and _THEN.search(text) and not _OWN.search(text):
        return "how_to_order"
    if intent == "payment" and _GOES_TO_PAY.search(text):
        return "checkout"
    if intent == "product_info" and named and _SEEKS.search(text):
        return "product_search"
    if (
        intent == "other"
        and _HAVE.search(text)
        and (named or goods_in(text) or _EDIBLE.search(text))
    ):
        return "product_search"
    if intent == "cart_remove" and _ACCOUNT.search(text):
        return "privacy"
    if intent in ("product_info", "price", "cart_add", "other") and named and _ENOUGH.search(text):
        return "stock"
    if intent == "complaint" and "angry" not in about and _LESS.search(text):
        return "order_change"
    if intent == "how_to_order" and _DID_CLAIM.search(text):
        return "claims"
    if intent == "returns" and _KEEPS.search(text):
        return "product_info"
    if intent in ("recommend", "delivery") and _WRAPS.search(text):
        return "product_info"
    if intent in ("other", "delivery", "recommend") and _EXTRA.search(text):
        return "coupon"
    if intent in ("other", "payment") and _GIVES_UP.search(text) and _NOT_PAID.search(text):
        return "order_cancel"
    if intent == "other" and _WHAT_IS_THERE.search(text):
        return "product_search"
    if intent == "other" and _LATE.search(text):
        return "complaint"
    if order and intent == "other":
        return "order_status"
    if intent == "returns" and "退订" in text:
        return "order_cancel"
    if intent == "product_search" and named and _IS_IT.search(text):
        return "product_info"
    each = _EACH.search(text) and not _CONTENT.search(text)
    if intent in ("product_info", "other") and named and each:
        return "price"
    if intent == "cart_add" and _IN_ORDER.search(text):
        return "order_change"
    if intent in ("returns", "delivery", "places") and _OTHER_SHOP.search(text):
        return "order_change"
    if intent == "claims" and "how" in about and not _OWN.search(text.replace("教我", "")):
        return "how_to_order"
    if intent in ("product_search", "recommend") and about & _GRAVE and _EATS.search(text):
        return "sensitive"
    if intent in ("greet", "human", "about_bot") and "support" in about and _TIMES.search(text):
        return "hours"
    if intent in ("stock", "product_info", "other") and named and _SUCH.search(text):
        return "product_search"
    if intent == "invoice" and products and (pieces or 0) > MOST and _WHOM.search(text):
        return "cart_add"
    if order and "change" in about and intent == "delivery":
        return "order_change"
    if "return" in about and (intent == "payment" or (intent == "delivery" and "退" in text)):
        return "returns"
    if (
        pieces
        and products
        and not _COMES_TO.search(text)
        and (intent == "coupon" or _KEEP.search(text))
    ):
        return "cart_add"
    if intent == "price" and "ship" in about and not named:
        return "delivery"
    if intent == "coupon" and _WHICH.search(text):
        return "price"
    return intent


def _is_grave(guess: Guess, about: frozenset[str]) -> bool:
    """Not where it would be illness, health or law, and no word says so, and it is not sure."""
    return guess.intent != "sensitive" or guess.score >= GRAVE or bool(about & _GRAVE)


def _greets(turn: Turn, about: frozenset[str]) -> bool:
    """Whether she greets, and then says something that asks for nothing."""
    greets = any(_OPENING.match(one) for one in turn.messages)
    return greets and not about and not _QUESTION.search(turn.folded)


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
    alike = heat(label) is not None and heat(label) == heat(plain)
    return label in plain or (len(plain) > 1 and plain in label) or alike


def _within(word: str, text: str) -> bool:
    return re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text) is not None
