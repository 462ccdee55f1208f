"""What a text says that can be checked: amounts, shares, dates, times, numbers, states, addresses.

Read from what a model wrote and from what it was given alike, so that the two compare. Chinese and
English, full and half width, numerals of both kinds.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

import msgspec

_NUMBER: Final = r"\d{1,12}(?:,\d{3})*(?:\.\d{1,4})?"
_SIGN: Final = r"(?:nt\$|hk\$|us\$|s\$|[$¥€£]|\b(?:twd|ntd|hkd|usd|cny|rmb|jpy|eur|gbp|sgd|myr)\b)"
_WORD: Final = (
    r"(?:元|塊錢|块钱|塊|块|蚊|圓|円"
    r"|(?:twd|ntd|hkd|usd|cny|rmb|dollars?|bucks|yuan|euros?|pounds?)\b)"
)
_LARGE: Final = {"萬": 10_000, "万": 10_000, "千": 1000, "百": 100, "k": 1000}
_MONEY: Final = re.compile(
    rf"{_SIGN}\s?({_NUMBER})(\s?[萬万千百]|k\b)?"
    rf"|(?<!\d)(?<!\d[.,])({_NUMBER})(\s?[萬万千百]|k\b)?\s?{_WORD}"
)
_SHARE: Final = re.compile(
    rf"(?<!\d)(?<!\d[.,])({_NUMBER})\s?(?:%|趴|percent\b|per cent\b)|百分之({_NUMBER})"
    rf"|(?<!\d)(?<!\d[.,])({_NUMBER})\s?(折|成)"
)
_ADDRESS: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
    r"|(?:[a-z]{2,10}://|www\.)[^\s<>，。）)「」]+"
    r"|(?<![a-z0-9@.-])(?:[a-z0-9-]{1,40}\.){1,4}"
    r"(?:com|net|org|tw|hk|cn|io|shop|store|me|cc|ly|app|xyz|info|biz|co|link|site|top)\b"
    r"(?:/[^\s<>，。）)「」]*)?",
    re.ASCII,
)
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_MONTH: Final = (
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|tember|t|ober|ember)?\b\.?"
)
_DATES: Final = (
    re.compile(r"\b(?:\d{4}|\d{3}年?)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?[日號号]?"),
    re.compile(r"(\d{1,2})\s?月\s?(\d{1,2})\s?[日號号]?"),
    re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])"),
    re.compile(rf"\b{_MONTH}\s?(\d{{1,2}})(?:st|nd|rd|th)?\b"),
    re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}"),
)
_TIMES: Final = (
    re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::\d{2})?(?!\d)"),
    re.compile(r"(?<!\d)(\d{1,2})\s?[點点時时](半|\s?\d{1,2}\s?分)?"),
    re.compile(r"\b(\d{1,2})\s?()(?:am|pm|a\.m\.|p\.m\.|o'clock)"),
)
_DAYS: Final = {day: place for place, day in enumerate("一二三四五六日")} | {"天": 6}
_DAY: Final = re.compile(r"(?:星期|禮拜|礼拜|週|周)([一二三四五六日天])")
_DAYS_LONG: Final = re.compile(
    r"(?:星期|禮拜|礼拜|週|周)([一二三四五六日天])\s?[至到~\-–—]\s?(?:星期|禮拜|礼拜|週|周)?"
    r"([一二三四五六日天])"
)
_ENGLISH_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ENGLISH_DAY: Final = r"\b(mon|tue|wed|thu|fri|sat|sun)(?:s?day|nesday|rsday|urday|s|rs|r)?s?\b"
_ENGLISH_DAY_ALONE: Final = re.compile(_ENGLISH_DAY)
_ENGLISH_DAYS_LONG: Final = re.compile(
    rf"{_ENGLISH_DAY}\s?(?:[-–—~]|to|through|until)\s?{_ENGLISH_DAY}"
)
_NEAR: Final = {
    "tomorrow": re.compile(r"明天|明日|明早|明晚|聽日|听日|\btomorrow\b"),
    "after": re.compile(r"後天|后天|後日|后日|day after tomorrow"),
    "next week": re.compile(r"[下][週周]|下(?:個|个)?(?:星期|禮拜|礼拜)|\bnext week\b"),
}
_STATES: Final = {
    "awaiting_payment": r"待付款|未付款|等待付款|尚未付款|\bunpaid\b|awaiting payment",
    "paid": r"已[經经]?(?:付款|收款)|付咗款|(?<!be )(?<!been )\bpaid\b",
    "ready": r"[備备]好|[備备][貨货]完成|可以?取[貨货]|\bready (?:for|to be) (?:pick|collect)",
    "handed_out": r"已[經经]?(?:出[貨货]|寄出|[發发][貨货出]|送[達达]|到[貨货]|[簽签]收|取[貨货])"
    r"|已[經经]?配送|寄咗|出咗貨|(?:[運运]送|配送|派送|[運运][輸输]|送貨)[中緊]|在路上"
    r"|\b(?:shipped|delivered|dispatched|handed out|in transit|on (?:its|the) way)\b",
    "cancelled": r"已[經经]?取消|取消咗(?!就)|\bcancell?ed\b",
    "refunded": r"已[經经]?退款|退咗款|退款(?:中|完成)|\brefunded\b",
    "lapsed": r"已[經经]?(?:逾期|失效|[過过]期)|\bexpired\b|\blapsed\b",
}
_STATE: Final = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _STATES.items()))
_NOT: Final = re.compile(r"(?:\bnot|n't|\bno|\bnever|\bisn|未|沒|没|冇|不)\W?(?:\w+ ){0,2}\Z")
_UNITS: Final = {
    "minute": r"分鐘|分钟|min(?:ute)?s?\b",
    "hour": r"小時|小时|個鐘|hours?\b|hrs?\b|h\b",
    "day": r"個?工作天|[個个]?工作[日天]|天|日(?![期常本])|(?:working |business )?days?\b",
    "week": r"[個个]?(?:週|周|星期|禮拜|礼拜)(?![年邊边一二三四五六日])|weeks?\b",
    "month": r"[個个]月|months?\b",
    "year": r"年|years?\b",
}
_UNIT: Final = "|".join(f"(?P<{name}>{words})" for name, words in _UNITS.items())
_SPAN: Final = re.compile(
    rf"(?<!\d)(?<!\d[.,])(?:(?P<from>{_NUMBER})\s?(?:-|–|—|~|至|到|to)\s?)?"
    rf"(?P<to>{_NUMBER})[\s-]?(?:{_UNIT})"
)
_CODE: Final = re.compile(r"(?<![a-z0-9-])(?=[a-z-]{0,20}\d)[a-z][a-z0-9-]{0,40}", re.ASCII)
_PLAIN: Final = re.compile(rf"(?<![\d.])({_NUMBER})")
_PLUS_ONE: Final = re.compile(r"(?<!\d)\+ ?1(?!\d)")
_LISTED: Final = re.compile(r"(?m)^\s*\(?\d{1,2}(?:[.)、]|\s?[.)]\s)(?!\d)")

_DIGITS: Final = {sign: place for place, sign in enumerate("零一二三四五六七八九")} | {
    "\u3007": 0,
    "兩": 2,
    "两": 2,
}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_SIGNS: Final = "零\u3007一二兩两三四五六七八九十百千萬万"
_NUMERAL: Final = re.compile(
    rf"(?<![\d{_SIGNS}])([{_SIGNS}]{{1,12}})(?=\s?(?:元|塊|块|蚊|圓|折|成(?![為为功立分])|趴|%"
    r"|天|日|號|号|月|年|[小時时分]{{1,2}}鐘?钟?(?!享)|點|点|件|罐|瓶|包(?![裝装括含])|盒|組|组|週|周"
    r"|個|个|公斤|克|倍|款|種|种|樣|样|箱|次|位|支|隻|只|條|条|份))"
)
_ONLY_ONE: Final = re.compile(
    r"一\s?(?:點|点|個|个|次|份|組|组|款|種|种|樣|样|位|成|號|号|分|天|條|条|支|隻|只)"
)
_COUNTED: Final = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100,
}  # fmt: skip
_ENGLISH_NUMERAL: Final = re.compile(
    rf"\b({'|'.join(_COUNTED)})(?=[ -](?:percent|days?|hours?|minutes?|weeks?|months?|dollars?|left"
    r"|pieces?|jars?|bottles?|boxes|units?|in stock|more|remaining|available|working|business)\b)"
)  # fmt: skip


class Claims(msgspec.Struct, frozen=True):
    """`times` are on the twelve hours of a clock; `shares` such as `20%` or `8折`."""

    money: frozenset[Decimal] = frozenset()
    limits: frozenset[Decimal] = frozenset()
    """Amounts that are named as no more than a bound: "under NT$500"."""
    shares: frozenset[str] = frozenset()
    dates: frozenset[tuple[int, int]] = frozenset()
    times: frozenset[tuple[int, int]] = frozenset()
    days: frozenset[int] = frozenset()
    near: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    spans: frozenset[tuple[Decimal, str]] = frozenset()
    """How long: the number and its unit."""
    numbers: frozenset[Decimal] = frozenset()
    codes: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()

    def __or__(self, other: Claims) -> Claims:
        pairs = zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)
        return Claims(*(one | another for one, another in pairs))


_BOUND: Final = re.compile(
    r"\s?(?:以下|以內|以内|之內|之内|內|内|左右)|\s?or less|\s?budget"
)  # fmt: skip
_BOUNDED: Final = re.compile(
    r"(?:預算|预算|不超過|不超过|低於|低于|少於|少于|under|below|within|up to|less than|budget of?"
    r"|at most)\s?(?:是|為|为|about )?\s?\Z"
)


class _Reader:
    """Takes one kind after the other out of a text, so that no number is read twice."""

    def __init__(self, text: str) -> None:
        self.text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")

    def take(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        found = list(pattern.finditer(self.text))
        if found:
            self.text = pattern.sub(lambda one: " " * len(one[0]), self.text)
        return found


def read(text: str) -> Claims:
    """What `text` says. Nothing raises: what is no date is numbers."""
    reader = _Reader(text)
    addresses = frozenset(one[0].rstrip(".,;:!?") for one in reader.take(_ADDRESS))
    states = frozenset(
        one.lastgroup or ""
        for one in reader.take(_STATE)
        if not _NOT.search(one.string[max(0, one.start() - 20) : one.start()])
    )
    days = _days(reader)
    near = frozenset(name for name, pattern in _NEAR.items() if reader.take(pattern))
    reader.text = _ENGLISH_NUMERAL.sub(lambda one: str(_COUNTED[one[1]]), reader.text)
    reader.text = _NUMERAL.sub(_in_digits, _ONLY_ONE.sub("", reader.text))
    money, limits = _money(reader)
    shares = frozenset(_share(one) for one in reader.take(_SHARE))
    dates = frozenset(date for pattern in _DATES for date in map(_date, reader.take(pattern)))
    times = frozenset(time for pattern in _TIMES for time in map(_time, reader.take(pattern)))
    spans = frozenset(span for one in reader.take(_SPAN) for span in _spans(one))
    codes = frozenset(one[0] for one in reader.take(_CODE))
    reader.take(_PLUS_ONE)
    reader.take(_LISTED)
    numbers = frozenset(_value(one[1]) for one in reader.take(_PLAIN))
    return Claims(
        money, limits, shares, dates, times, days, near, states, spans, numbers, codes, addresses
    )


def _spans(one: re.Match[str]) -> list[tuple[Decimal, str]]:
    unit = one.lastgroup or ""
    return [(_value(number), unit) for number in (one["from"], one["to"]) if number]


def _days(reader: _Reader) -> frozenset[int]:
    found: set[int] = set()
    for one in reader.take(_DAYS_LONG):
        found |= _span(_DAYS[one[1]], _DAYS[one[2]])
    for one in reader.take(_ENGLISH_DAYS_LONG):
        found |= _span(_ENGLISH_DAYS.index(one[1]), _ENGLISH_DAYS.index(one[2]))
    found |= {_DAYS[one[1]] for one in reader.take(_DAY)}
    # "sun" and "sat" alone are English words too; a day of the week is said in full or with others.
    found |= {
        _ENGLISH_DAYS.index(one[1])
        for one in reader.take(_ENGLISH_DAY_ALONE)
        if one[0] not in ("sun", "sat", "wed", "suns", "sats", "weds")
    }
    return frozenset(found)


def _span(first: int, last: int) -> set[int]:
    return {(first + step) % 7 for step in range((last - first) % 7 + 1)}


def _money(reader: _Reader) -> tuple[frozenset[Decimal], frozenset[Decimal]]:
    money: set[Decimal] = set()
    limits: set[Decimal] = set()
    for one in reader.take(_MONEY):
        value = _value(one[1] or one[3]) * _LARGE.get((one[2] or one[4] or "").strip(), 1)
        bounded = _BOUND.match(one.string, one.end()) or _BOUNDED.search(
            one.string[max(0, one.start() - 12) : one.start()]
        )
        (limits if bounded else money).add(value)
    return frozenset(money), frozenset(limits)


def _value(digits: str) -> Decimal:
    return Decimal(digits.replace(",", "")).normalize()


def _share(one: re.Match[str]) -> str:
    number = _value(one[1] or one[2] or one[3])
    return f"{number:f}{one[4] or '%'}"


def _date(one: re.Match[str]) -> tuple[int, int]:
    first, second = one[1], one[2]
    if first in _MONTHS:
        return _MONTHS[first], int(second)
    if second in _MONTHS:
        return _MONTHS[second], int(first)
    return int(first), int(second)


def _time(one: re.Match[str]) -> tuple[int, int]:
    minutes = (one[2] or "").strip("分 ")
    hour = int(one[1])
    return hour % 12 if hour <= 24 else hour, 30 if minutes == "半" else int(minutes or 0)


def _in_digits(one: re.Match[str]) -> str:
    """Chinese numerals below 100 million: 一千零八十, 兩萬."""
    total = section = digit = 0
    for sign in one[1]:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _TENS:
            section += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            total += (section + digit or 1) * 10_000
            section = digit = 0
    return str(total + section + digit)
