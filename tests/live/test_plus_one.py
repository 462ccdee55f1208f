"""The rules of the "+1" grammar that the corpus does not show: chips, texts, preparing a show."""

import pytest

from live.plus_one import Claim, Item, Parsed, Rejection, Rules, Variant, Vocabulary, parse

RED_WHITE = (Variant("red", (("紅", "red"),)), Variant("white", (("白", "white"),)))
SIZES = tuple(
    Variant(f"{colour}-{size}", ((colour,), (size,)))
    for colour in ("red", "white")
    for size in ("m", "l")
)
CONTAINS = Rules(strictness="contains")


def show(*items: Item) -> Vocabulary:
    return Vocabulary.of(items)


PLAIN = show(Item("A01", True), Item("B02", True), Item("C03", False), Item("D04", True))


def rejection(parsed: Parsed) -> Rejection:
    (only,) = parsed.rejections
    return only


# --- what is offered for a comment that failed


def test_a_mistyped_code_is_answered_with_the_nearest_open_codes() -> None:
    vocabulary = show(Item("A01", True), Item("A11", True), Item("B01", True), Item("A00", False))

    assert rejection(parse("A10+2", vocabulary)) == Rejection(
        text="A10+2", reason="unknown_item", code=None, quantity=2, nearest=("A01", "A11", "B01")
    )


def test_a_code_that_is_far_from_all_is_answered_with_none() -> None:
    assert rejection(parse("Z99+1", PLAIN)).nearest == ()


def test_no_more_than_three_codes_are_offered_and_the_run_down_breaks_ties() -> None:
    vocabulary = show(*(Item(f"A0{number}", True) for number in (5, 4, 3, 2, 1)))

    assert rejection(parse("A09+1", vocabulary)).nearest == ("A05", "A04", "A03")


def test_a_bare_quantity_is_answered_with_the_open_codes() -> None:
    assert rejection(parse("+2", PLAIN)) == Rejection(
        text="+2", reason="ambiguous_item", quantity=2, nearest=("A01", "B02", "D04")
    )


def test_a_shared_colour_is_answered_with_the_items_that_know_it() -> None:
    vocabulary = show(
        Item("A01", True, RED_WHITE), Item("B02", True), Item("C03", True, RED_WHITE[:1])
    )

    assert rejection(parse("紅+1", vocabulary)).nearest == ("A01", "C03")


def test_a_missing_size_is_answered_with_the_sizes_of_that_colour() -> None:
    vocabulary = show(Item("A01", True, SIZES))

    assert rejection(parse("A01 red +1", vocabulary)) == Rejection(
        text="A01 red +1",
        reason="needs_variant",
        code="A01",
        quantity=1,
        nearest=("red-m", "red-l"),
    )


def test_an_unknown_size_is_answered_with_the_sizes_of_that_colour() -> None:
    vocabulary = show(Item("A01", True, SIZES))

    assert rejection(parse("A01 red XXL +1", vocabulary)).nearest == ("red-m", "red-l")


def test_a_closed_item_is_named_with_what_was_asked() -> None:
    assert rejection(parse("C03 兩個", PLAIN)) == Rejection(
        text="C03 兩個", reason="item_closed", code="C03", quantity=2
    )


def test_too_many_are_told_with_the_number() -> None:
    assert rejection(parse("A01+1000", PLAIN)) == Rejection(
        text="A01+1000", reason="quantity_out_of_range", code="A01", quantity=1000
    )


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("A01+1 Ｚ99+1", "Z99+1"),
        ("請給我 z99 +1 謝謝", "z99 +1"),
        ("A01+1\n  B02多少錢？ ", "B02多少錢?"),
        ("A01+1，A01改B02", "A01改B02"),
        ("A01+1 加100元", "+100元"),
        ("Straße Z99+1", "z99+1"),
    ],
)
def test_a_rejection_quotes_its_piece_in_her_own_case(typed: str, text: str) -> None:
    (only,) = parse(typed, PLAIN, CONTAINS).rejections

    assert only.text == text


# --- quiet chips


@pytest.mark.parametrize(
    ("typed", "chip"),
    [
        ("這件A01我昨天買了+1", "A01"),
        ("A01好漂亮", "A01"),
        ("B02 A01 好漂亮", "B02"),
        ("C03好漂亮", None),
        ("C03比A01好漂亮", "A01"),
        ("好漂亮", None),
        ("A01 B02", "A01"),
        ("A01+1 B02", "B02"),
        ("A01+1 A01", None),
        ("A01+1", None),
    ],
)
def test_an_open_item_named_without_a_claim_is_asked_about_quietly(
    typed: str, chip: str | None
) -> None:
    assert parse(typed, PLAIN).quiet_chip == chip


def test_contains_asks_about_nothing() -> None:
    assert parse("A01好漂亮", PLAIN, CONTAINS).quiet_chip is None


# --- notes


def test_the_name_on_a_list_s_line_is_kept_as_a_note() -> None:
    parsed = parse("1. 小明 A01+1\n2. Amy Chen B02+2\n3) D04+1", PLAIN)

    assert [claim.note for claim in parsed.claims] == ["小明", "Amy Chen", None]


# --- preparing a show


def test_codes_come_back_as_the_show_wrote_them() -> None:
    vocabulary = show(Item("Ａ-01", True), Item("Rose Gold", True))

    claims = parse("a01+1 ROSE GOLD+2", vocabulary).claims

    assert claims == (Claim("Ａ-01", None, 1, "add"), Claim("Rose Gold", None, 2, "add"))


def test_of_two_items_with_one_code_the_first_is_meant() -> None:
    vocabulary = show(Item("A01", False), Item("a01", True))

    assert rejection(parse("A01+1", vocabulary)).reason == "item_closed"


def test_variant_words_of_several_words_and_scripts_are_found() -> None:
    variants = (
        Variant("rose", (("rose gold", "玫瑰金"), ("XL 加大",))),
        Variant("50", (("50ml", "1.5l"),)),
    )
    vocabulary = show(Item("A01", True, variants))

    assert parse("A01 Rose  Gold XL 加大 +1", vocabulary).claims == (
        Claim("A01", "rose", 1, "add"),
    )
    assert parse("A01 50ml 2個", vocabulary).claims == (Claim("A01", "50", 2, "add"),)
    assert parse("A01 1.5L x2", vocabulary).claims == (Claim("A01", "50", 2, "add"),)


def test_a_variant_may_be_called_like_a_word_of_the_grammar() -> None:
    variants = (Variant("pack", (("包",),)), Variant("all", (("all",),)))
    vocabulary = show(Item("A01", True, variants))

    assert parse("A01 包 +1", vocabulary).claims == (Claim("A01", "pack", 1, "add"),)
    assert parse("A01 all 兩包", vocabulary).claims == (Claim("A01", "all", 2, "add"),)


def test_an_item_without_words_for_its_variants_asks_for_one() -> None:
    vocabulary = show(Item("A01", True, (Variant("red", ()), Variant("white", ((),)))))

    assert rejection(parse("A01+1", vocabulary)).reason == "needs_variant"


def test_the_only_variant_need_not_be_named() -> None:
    vocabulary = show(Item("A01", True, (Variant("one", (("M",),)),)))

    assert parse("A01+1", vocabulary).claims == (Claim("A01", "one", 1, "add"),)


def test_opening_and_closing_keeps_the_words() -> None:
    closed = PLAIN.with_open({"C03"})

    assert parse("C03+1", closed).claims == (Claim("C03", None, 1, "add"),)
    assert parse("+1", closed).claims == (Claim("C03", None, 1, "add"),)
    assert rejection(parse("A01+1", closed)).reason == "item_closed"
    assert parse("A01+1", PLAIN).claims == (Claim("A01", None, 1, "add"),)


def test_an_empty_code_names_nothing() -> None:
    vocabulary = show(Item("\u200b", True), Item("A01", True))

    assert rejection(parse("+1", vocabulary)).nearest == ("\u200b", "A01")
    assert parse("你好", vocabulary).chatter


# --- bounds


def test_a_number_that_the_cut_runs_through_is_left_out_whole() -> None:
    typed = "A01+1 ".ljust(494) + "B02+12"

    assert parse(typed, PLAIN).claims == (
        Claim("A01", None, 1, "add"),
        Claim("B02", None, 12, "add"),
    )
    assert parse(f" {typed}", PLAIN).claims == (Claim("A01", None, 1, "add"),)


def test_more_than_a_hundred_pieces_are_not_read() -> None:
    parsed = parse("A01x1," * 83, PLAIN)
    many = parse("7+1 " * 125, show(Item("7", True)))

    assert len(parsed.claims) == 83
    assert len(many.claims) == 100


def test_text_that_grows_when_normalised_is_cut() -> None:
    assert parse("\ufdfa" * 500, PLAIN).chatter
