"""What holds for every comment, whatever is typed."""

import json
import sys
import unicodedata
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from live.plus_one import Claim, Item, Parsed, Rules, Variant, Vocabulary, parse
from live.plus_one.check import read_items
from live.plus_one.parse import OUTCOMES_MAX

CORPUS = Path(__file__).parent.parent / "corpus"
SETS = read_items((CORPUS / "plus_one_items.json").read_bytes())
TYPED = [
    json.loads(line)["text"]
    for line in (CORPUS / "plus_one.jsonl").read_text(encoding="utf-8").splitlines()
]
FRAGMENTS = [
    *(
        "A01",
        "B02",
        "C03",
        "Z99",
        "a 01",
        "cfA01",
        "A01B02",
        "5",
        "12",
        "粉底",
        "口紅",
        "dm1",
        "M01",
    ),
    *(
        "+1",
        "+2",
        "＋１",
        "加1",
        "十1",
        "x2",
        "*2",
        "=2",
        "-1",
        "+0",
        "+1000",
        " 2",
        "兩個",
        "一百",
    ),
    *("紅", "白色", "M", "L", "red", "紫", "全色", "各", "each", "all", "38", "แดง", "xanh"),
    *("取消", "不要", "唔要", "cancel", "候補", "排", "改", "換", "change", "to", "我要", "cf"),
    *("不", "don't", "嗎", "?", "還有", "多少", "同意", "好看", "謝謝", "了", "很", "買家"),
    *(" ", ",", "、", "/", "\n", ";", "-", "+", ".", ":", "=", "1. 小明 "),
    *("GMT+8", "100元", "$5", "8:30", "0912345678", "+886912345678", "1+1=2", "1,000", "1.5"),
]

vocabularies = st.sampled_from(list(SETS.values()))
rules = st.builds(
    Rules, strictness=st.sampled_from(["exact", "contains"]), max_quantity=st.integers(1, 150)
)
pieced = st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join)
comments = st.one_of(st.text(max_size=60), pieced, st.sampled_from(TYPED))


def told(parsed: Parsed) -> tuple[tuple[Claim, ...], list[str]]:
    return parsed.claims, [rejection.reason for rejection in parsed.rejections]


@given(text=st.text(max_size=1200), vocabulary=vocabularies, rules=rules)
def test_any_text_is_read_without_a_fault(text: str, vocabulary: Vocabulary, rules: Rules) -> None:
    parse(text, vocabulary, rules)


@given(
    text=st.text(st.characters(categories=["Cs", "Cc", "Cf", "Mn", "Nd", "No", "Sm"]), max_size=80),
    vocabulary=vocabularies,
)
def test_broken_and_odd_characters_are_read_without_a_fault(
    text: str, vocabulary: Vocabulary
) -> None:
    parsed = parse(text, vocabulary)

    for rejection in parsed.rejections:
        rejection.text.encode()


@given(text=comments, vocabulary=vocabularies, rules=rules)
def test_claims_name_what_the_show_has_and_may_give(
    text: str, vocabulary: Vocabulary, rules: Rules
) -> None:
    items = {item.code: item for item in vocabulary.items}
    for claim in parse(text, vocabulary, rules).claims:
        item = items[claim.code]
        everything = claim.action == "cancel" and claim.quantity is None
        if claim.quantity is not None:
            assert 1 <= claim.quantity <= rules.max_quantity
        else:
            assert claim.action == "cancel"
        assert item.open or claim.action == "cancel"
        keys = {variant.key for variant in item.variants}
        if claim.variant is None:
            assert not keys or everything
        else:
            assert claim.variant in keys


@given(text=comments, vocabulary=vocabularies, rules=rules)
def test_rejections_offer_only_what_can_be_taken(
    text: str, vocabulary: Vocabulary, rules: Rules
) -> None:
    items = {item.code: item for item in vocabulary.items}
    parsed = parse(text, vocabulary, rules)
    for rejection in parsed.rejections:
        assert rejection.text
        assert rejection.code is None or rejection.code in items
        if rejection.reason in ("needs_variant", "unknown_variant"):
            assert rejection.code is None or set(rejection.nearest) <= {
                variant.key for variant in items[rejection.code].variants
            }
        else:
            assert all(items[code].open for code in rejection.nearest)
        if rejection.reason == "unknown_item":
            assert len(rejection.nearest) <= 3
    assert parsed.quiet_chip is None or items[parsed.quiet_chip].open


@given(text=comments, vocabulary=vocabularies, rules=rules)
def test_chatter_is_what_has_neither_claims_nor_rejections(
    text: str, vocabulary: Vocabulary, rules: Rules
) -> None:
    parsed = parse(text, vocabulary, rules)

    assert parsed.chatter == (not parsed.claims and not parsed.rejections)
    assert len(parsed.claims) + len(parsed.rejections) <= OUTCOMES_MAX


@given(text=comments, vocabulary=vocabularies, rules=rules)
def test_the_same_comment_is_read_the_same(text: str, vocabulary: Vocabulary, rules: Rules) -> None:
    assert parse(text, vocabulary, rules) == parse(text, vocabulary, rules)


@given(text=pieced, vocabulary=vocabularies, rules=rules)
def test_width_and_case_mean_nothing(text: str, vocabulary: Vocabulary, rules: Rules) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)

    expected = told(parse(text, vocabulary, rules))

    assert told(parse(wide, vocabulary, rules)) == expected
    assert told(parse(text.upper(), vocabulary, rules)) == expected
    assert told(parse(text.lower(), vocabulary, rules)) == expected
    assert told(parse(unicodedata.normalize("NFD", text), vocabulary, rules)) == expected


@given(
    text=pieced,
    vocabulary=vocabularies,
    hidden=st.sampled_from(["\u200b", "\u200d", "\ufe0f", "\u2060", "\x00", "\u00ad"]),
    data=st.data(),
)
def test_what_nobody_sees_means_nothing(
    text: str, vocabulary: Vocabulary, hidden: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(text)))

    typed = text[:place] + hidden + text[place:]

    assert parse(typed, vocabulary) == parse(text, vocabulary)


@given(
    text=comments,
    vocabulary=vocabularies,
    rules=rules,
    courtesy=st.sampled_from(
        ["謝謝", "謝謝老闆", "thank you", "ครับ", "🙏🙏", "!!!", "~", "唔該 thx"]
    ),
)
def test_courtesy_means_nothing(
    text: str, vocabulary: Vocabulary, rules: Rules, courtesy: str
) -> None:
    expected = told(parse(text, vocabulary, rules))

    assert told(parse(f"{text} {courtesy}", vocabulary, rules)) == expected


@given(text=comments, vocabulary=vocabularies, rules=rules)
def test_what_the_show_does_with_repeats_is_not_the_parsers(
    text: str, vocabulary: Vocabulary, rules: Rules
) -> None:
    replacing = Rules(
        strictness=rules.strictness, max_quantity=rules.max_quantity, repeat="replace"
    )

    assert parse(text, vocabulary, replacing) == parse(text, vocabulary, rules)


@given(text=comments, vocabulary=vocabularies, rules=rules)
def test_a_higher_maximum_loses_no_claim(text: str, vocabulary: Vocabulary, rules: Rules) -> None:
    higher = Rules(strictness=rules.strictness, max_quantity=rules.max_quantity + 50)
    claims = parse(text, vocabulary, rules).claims
    left = list(parse(text, vocabulary, higher).claims)

    for claim in claims:
        left.remove(claim)


@given(text=comments, after=st.text(max_size=700), vocabulary=vocabularies)
def test_nothing_counts_behind_the_five_hundredth_character(
    text: str, after: str, vocabulary: Vocabulary
) -> None:
    assume("\n" not in text[-1:])

    assert parse(text.ljust(500) + after, vocabulary) == parse(text.ljust(500), vocabulary)


@given(text=comments, vocabulary=vocabularies, rules=rules, data=st.data())
def test_opening_items_anew_is_preparing_them_anew(
    text: str, vocabulary: Vocabulary, rules: Rules, data: st.DataObject
) -> None:
    codes = [item.code for item in vocabulary.items]
    opened = data.draw(st.sets(st.sampled_from(codes))) if codes else set()

    quick = vocabulary.with_open(opened)
    anew = Vocabulary.of(
        Item(code=item.code, open=item.code in opened, variants=item.variants)
        for item in vocabulary.items
    )

    assert quick.items == anew.items
    assert parse(text, quick, rules) == parse(text, anew, rules)


# --- comments made from what they mean

SHOW = Vocabulary.of(
    [
        Item("A01", True),
        Item("B02", True, (Variant("red", (("紅", "red"),)), Variant("white", (("白", "white"),)))),
        Item("7", True),
        Item("粉底", True),
    ]
)
NUMERALS = {1: "一", 2: "兩", 3: "三", 10: "十", 12: "十二", 20: "二十", 99: "九十九"}


@st.composite
def _orders(draw: st.DrawFn) -> tuple[str, Claim]:
    code = draw(st.sampled_from(["A01", "B02", "7", "粉底"]))
    number = draw(st.sampled_from(sorted(NUMERALS)))
    variant = draw(st.sampled_from(["red", "white"])) if code == "B02" else None
    word = {None: "", "red": draw(st.sampled_from(["紅", "red"]))}.get(variant, "白")
    named = draw(st.sampled_from([code, code.lower()])) + (f" {word}" if word else "")
    written = draw(
        st.sampled_from(
            [
                f"{named}+{number}",
                f"{named} +{number}",
                f"{named}x{number}" if not word.isascii() or not word else f"{named} x{number}",
                f"{named}*{number}",
                f"{named}={number}",
                f"{named} {number}個",
                f"{named}加{number}",
                f"{named}+{NUMERALS[number]}",
                f"{named}{NUMERALS[number]}個",
                f"我要{named}+{number}",
            ]
        )
    )
    return written, Claim(code, variant, number, "add")


@given(
    orders=st.lists(_orders(), min_size=1, max_size=6),
    between=st.sampled_from([" ", ",", "，", "、", "; ", "/", "\n", " 還有 ", "還有", " and "]),
    rules=st.sampled_from([Rules(), Rules(strictness="contains")]),
)
def test_orders_one_after_another_are_claims_in_that_order(
    orders: list[tuple[str, Claim]], between: str, rules: Rules
) -> None:
    parsed = parse(between.join(written for written, _ in orders), SHOW, rules)

    assert parsed.claims == tuple(claim for _, claim in orders)
    assert parsed.rejections == ()


@given(
    orders=st.lists(_orders(), min_size=1, max_size=4),
    talk=st.text(st.sampled_from("今天天氣真好我們去玩喝茶吃飯"), min_size=5, max_size=12),
    place=st.integers(0, 4),
)
def test_talk_beside_orders_is_chatter_in_exact_and_nothing_in_contains(
    orders: list[tuple[str, Claim]], talk: str, place: int
) -> None:
    parts = [written for written, _ in orders]
    parts.insert(place, talk)
    text = "\n".join(parts)

    assert parse(text, SHOW).chatter
    assert parse(text, SHOW, Rules(strictness="contains")).claims == tuple(
        claim for _, claim in orders
    )


# --- linear: counted in lines of the parser that run, not in seconds

HOSTILE = [
    *("A01+1,", "+1", "a1", "a01", "紅", "1 ", "A01 紅 ", "取消", "Z99+1 ", "+1 A01 ", "A01、"),
    *("全部+1", "把A01改", "A01改", "5改", "1-", "(", "0", "0 ", "x2", "+886 ", "$1", "1:11 "),
    *(
        "不",
        "i ",
        "t",
        "1. ",
        "紅各1",
        "各1",
        "+1 紅 ",
        "取消A01 ",
        "我要",
        "好 ",
        "cfa01",
        "1,000",
    ),
    *("A01 2 ", "1/2 ", "A01紫 ", "十", "百", "加1", "\n", "A01\n", "候補 ", "A ", "a-", "5 "),
]


@pytest.mark.parametrize("strictness", ["exact", "contains"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_four_times_the_text_is_about_four_times_the_work(hostile: str, strictness: Any) -> None:
    rules = Rules(strictness=strictness)
    times = 100 // len(hostile)
    for name in ("sizes", "digits"):
        short = _lines_run(hostile * times, SETS[name], rules)
        long = _lines_run(hostile * times * 4, SETS[name], rules)

        assert long <= 4.6 * short + 200


def _lines_run(text: str, vocabulary: Vocabulary, rules: Rules) -> int:
    count = 0

    def trace(frame: FrameType, _event: str, _argument: object) -> Any:
        nonlocal count
        if "plus_one" not in frame.f_code.co_filename:
            return None
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        parse(text, vocabulary, rules)
    finally:
        sys.settrace(before)
    return count
