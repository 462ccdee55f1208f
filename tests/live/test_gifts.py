"""Give-aways by keyword: the first so many who write it, each once, and what everyone is told."""

import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from core.errors import BadRequest, Conflict, Forbidden, NotFound
from core.rooms.events import EVERYONE, PUBLIC, Logged, Reader
from live import commands as c
from live import events as e
from tests.live.shows import (
    ANNA,
    BEN,
    CARA,
    COUPON,
    DAN,
    FAY,
    HOST,
    KIND,
    MODERATOR,
    Stage,
    every,
    only,
    reader,
    types,
    viewer,
)

run: TypeAdapter[Any] = TypeAdapter(c.Run)


def giving(most: int = 2, keyword: str = "我要折扣", **fields: Any) -> Stage:
    stage = Stage()
    stage.runs("gift.open", keyword=keyword, coupon=COUPON, most=most, **fields)
    return stage


def winners(stage: Stage) -> list[tuple[str, int]]:
    return [(one.by, one.number) for one in every(stage.events, e.GiftWon)]


def test_the_first_so_many_win_and_then_it_is_closed() -> None:
    stage = giving(2)
    assert types(stage.says(ANNA, "我要折扣")) == ["comment.posted", "gift.won", "gift.counted"]
    last = stage.says(BEN, "我要折扣")
    assert types(last)[1:] == ["gift.won", "gift.counted", "gift.closed"]
    assert only(last, e.GiftCounted).left == 0
    assert only(last, e.GiftClosed).won == 2
    assert types(stage.says(CARA, "我要折扣")) == ["comment.posted"]
    assert winners(stage) == [(ANNA.id, 1), (BEN.id, 2)]
    assert stage.show.gift is None


def test_who_has_won_does_not_win_again_under_any_of_her_ids() -> None:
    stage = giving(3)
    stage.says(CARA, "我要折扣")
    erin = viewer("Erin", CARA)
    for _ in range(2):
        assert types(stage.says(CARA, "我要折扣")) == ["comment.posted"]
        assert types(stage.says(erin, "我要折扣")) == ["comment.posted"]
    stage.merges(CARA, erin)
    assert types(stage.says(viewer("Erin"), "我要折扣")) == ["comment.posted"]
    assert winners(stage) == [(CARA.id, 1)]
    assert [one["number"] for one in stage.sees(reader(erin))["mine"]["gifts"]] == [1]


def test_after_it_was_opened_anew_everyone_may_win_again() -> None:
    stage = giving(1)
    stage.says(ANNA, "我要折扣")
    stage.runs("gift.open", keyword="我要折扣", coupon=COUPON, most=1)
    stage.says(ANNA, "我要折扣")
    assert winners(stage) == [(ANNA.id, 1), (ANNA.id, 1)]


@pytest.mark.parametrize(
    ("keyword", "typed", "wins"),
    [
        ("我要折扣", "我要折扣", True),
        ("我要折扣", "  我要折扣\n", True),
        ("我要折扣", "我要折扣！", False),
        ("我要折扣", "我要折扣我要折扣", False),
        ("我要折扣", "大家說我要折扣", False),
        ("Good Night", "good  NIGHT", True),
        ("Good Night", "ＧＯＯＤ\u3000ｎｉｇｈｔ", True),
        ("good night", "good\u200b night", True),
        ("good night", "goodnight", False),
        ("好", "好", True),
    ],
)
def test_the_whole_comment_is_the_keyword_as_comments_are_read(
    keyword: str, typed: str, wins: bool
) -> None:
    stage = giving(1, keyword)
    assert bool(every(stage.says(ANNA, typed), e.GiftWon)) == wins


def test_blocked_people_and_staff_win_nothing() -> None:
    stage = giving(9)
    stage.moderates("person.block", person=ANNA.id)
    with pytest.raises(Forbidden):
        stage.says(ANNA, "我要折扣")
    for one in (HOST, MODERATOR):
        assert types(stage.says(one, "我要折扣")) == ["comment.posted"]
    assert winners(stage) == []


def test_who_is_muted_or_slowed_down_wins_without_being_heard_and_once() -> None:
    stage = giving(9)
    stage.moderates("slow_mode.set", seconds=60)
    stage.says(ANNA, "哈囉")
    assert types(stage.says(ANNA, "我要折扣")) == ["gift.won", "gift.counted"]
    stage.moderates("person.mute", person=BEN.id)
    assert types(stage.says(BEN, "我要折扣")) == ["gift.won", "gift.counted"]
    with pytest.raises(Forbidden) as muted:
        stage.says(BEN, "我要折扣")
    assert muted.value.error_code == "muted"
    assert winners(stage) == [(ANNA.id, 1), (BEN.id, 2)]


def test_a_guest_wins_where_the_host_lets_guests_win() -> None:
    stage = giving(1, guests=True)
    assert only(stage.says(FAY, "我要折扣"), e.GiftWon).by == FAY.id


def test_a_guest_is_told_alone_and_once_that_she_may_sign_in_and_then_wins() -> None:
    stage = giving(1)
    assert types(stage.says(FAY, "我要折扣！")) == ["comment.posted"]
    before = len(stage.log)
    refused = only(stage.says(FAY, "我要折扣"), e.GiftRefused)
    gift = stage.sees(PUBLIC)["show"]["gift"]
    assert (refused.gift, refused.by, refused.reason) == (gift["id"], FAY.id, "sign_in")
    assert (gift["guests"], gift["left"]) == (False, 1)
    assert types(stage.says(FAY, "我要折扣")) == ["comment.posted"], "she knows"
    assert [one["type"] for one in stage.told(PUBLIC, before)] == ["comment.posted"] * 2
    assert stage.sees(reader(FAY))["mine"]["gift_refused"] == gift["id"]
    assert stage.sees(PUBLIC)["mine"]["gift_refused"] is None

    signed_in = viewer("Fay")
    assert only(stage.says(signed_in, "我要折扣"), e.GiftWon).number == 1
    assert winners(stage) == [(FAY.id, 1)]


def test_a_guest_who_turns_out_to_be_another_customer_wins_as_her() -> None:
    stage = giving(1)
    stage.says(FAY, "我要折扣")
    stage.merges(FAY, ANNA)
    anna = viewer("Anna", FAY)
    assert only(stage.says(anna, "我要折扣"), e.GiftWon).by == ANNA.id


def test_a_guest_who_was_told_is_told_anew_of_the_next_give_away() -> None:
    stage = giving(1)
    stage.says(FAY, "我要折扣")
    stage.runs("gift.close")
    assert types(stage.says(FAY, "我要折扣")) == ["comment.posted"]
    stage.runs("gift.open", keyword="好", coupon=COUPON, most=1)
    told = only(stage.says(FAY, "好"), e.GiftRefused)
    assert stage.sees(reader(FAY))["mine"]["gift_refused"] == told.gift


def test_a_guest_who_is_muted_is_told_without_being_heard() -> None:
    stage = giving(1)
    stage.moderates("person.mute", person=FAY.id)
    assert types(stage.says(FAY, "我要折扣")) == ["gift.refused"]
    with pytest.raises(Forbidden) as muted:
        stage.says(FAY, "我要折扣")
    assert muted.value.error_code == "muted"
    stage.moderates("person.block", person=FAY.id)
    with pytest.raises(Forbidden):
        stage.says(FAY, "我要折扣")


def test_a_give_away_of_before_the_choice_is_for_guests_too() -> None:
    """As its log says it, which has no word of guests."""
    stored = b'{"gift":"g3","keyword":"hi","coupon":"c","title":"t","most":1,"staff":"s"}'
    event = msgspec.json.decode(stored, type=e.GiftOpened)
    stage = Stage()
    logged = Logged(len(stage.log) + 1, stage.now, EVERYONE, event)
    stage.show = KIND.evolve(stage.show, logged)
    stage.log.append(logged)
    assert types(stage.says(FAY, "hi"))[1] == "gift.won"


def test_everyone_sees_how_many_are_left_and_each_only_her_own() -> None:
    stage = giving(3)
    stage.says(ANNA, "我要折扣")
    stage.says(BEN, "我要折扣")
    seen = stage.sees(PUBLIC)
    gift = seen["show"]["gift"]
    assert (gift["title"], gift["keyword"], gift["most"], gift["left"]) == (
        *("折五十", "我要折扣"),
        *(3, 1),
    )
    assert seen["mine"]["gifts"] == []
    (mine,) = stage.sees(reader(BEN))["mine"]["gifts"]
    assert (mine["gift"], mine["coupon"], mine["title"], mine["number"]) == (
        *(gift["id"], COUPON),
        *("折五十", 2),
    )
    staff = stage.sees(Reader(HOST.ids, staff=True))["staff"]["winners"]
    assert [(one["by"], one["name"], one["number"]) for one in staff] == [
        (ANNA.id, "Anna", 1),
        (BEN.id, "Ben", 2),
    ]
    told = stage.told(reader(CARA), 0)
    assert not [one for one in told if one["type"] == "gift.won"], "who won is nobody else's"


def test_names_of_winners_go_with_what_is_erased() -> None:
    stage = giving(3)
    stage.says(ANNA, "我要折扣")
    stage.does(c.SYSTEM, c.EraseTalk(ANNA.id))
    (winner,) = stage.sees(Reader(HOST.ids, staff=True))["staff"]["winners"]
    assert (winner["by"], winner["name"]) == (ANNA.id, None)


# The host


def test_one_give_away_at_a_time_and_only_in_a_live_show() -> None:
    stage = Stage(live=False)
    act = {"keyword": "好", "coupon": COUPON, "most": 1}
    with pytest.raises(Conflict) as early:
        stage.runs("gift.open", **act)
    assert early.value.error_code == "show_not_live"
    stage.runs("show.go_live")
    stage.runs("gift.open", **act)
    with pytest.raises(Conflict) as second:
        stage.runs("gift.open", **act)
    assert second.value.error_code == "gift_is_open"


def test_the_host_closes_it_and_the_end_of_the_show_does() -> None:
    stage = giving(3)
    stage.says(ANNA, "我要折扣")
    closed = only(stage.runs("gift.close"), e.GiftClosed)
    assert (closed.won, closed.staff) == (1, HOST.id)
    assert stage.runs("gift.close") == []
    stage.runs("gift.open", keyword="好", coupon=COUPON, title="明天見", most=3)
    assert stage.show.gift is not None
    assert stage.show.gift.title == "明天見"
    assert types(stage.runs("show.end")) == ["gift.closed", "show.ended"]
    with pytest.raises(Conflict):
        stage.says(BEN, "好")


def test_a_coupon_that_cannot_be_given_opens_nothing() -> None:
    stage = Stage()
    with pytest.raises(NotFound) as unknown:
        stage.runs("gift.open", keyword="好", coupon="cpn_" + "0" * 26, most=1)
    assert unknown.value.error_code == "unknown_coupon"
    assert stage.show.gift is None


@pytest.mark.parametrize("keyword", ["+1", "A01+1", "a01 兩個", "取消", "\u200b"])
def test_a_keyword_that_would_order_something_is_none(keyword: str) -> None:
    stage = Stage()
    stage.sells(pieces=3)
    with pytest.raises(BadRequest) as wrong:
        stage.runs("gift.open", keyword=keyword, coupon=COUPON, most=1)
    assert wrong.value.error_code == "keyword_orders"


def test_it_is_read_as_the_show_reads_what_people_write() -> None:
    keyword = "我要抽獎A01+1"
    for strictness, gives in (("exact", True), ("contains", False)):
        stage = Stage(strictness=strictness)
        stage.sells(pieces=3)
        opens = contextlib.nullcontext() if gives else pytest.raises(BadRequest)
        with opens:
            stage.runs("gift.open", keyword=keyword, coupon=COUPON, most=1)
        assert (stage.show.gift is not None) == gives
        ordered = every(stage.says(ANNA, keyword), e.ClaimHeld)
        assert bool(ordered) != gives


@pytest.mark.parametrize(
    "wrong",
    [
        {"keyword": ""},
        {"keyword": "  "},
        {"keyword": "好" * 41},
        {"most": 0},
        {"most": 10_001},
        {"most": "3"},
        {"coupon": "50"},
        {"title": "好" * 81},
        {"guests": "yes"},
        {"more": 1},
    ],
)
def test_a_give_away_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    right = {"type": "gift.open", "keyword": "好", "coupon": COUPON, "most": 3}
    assert run.validate_python(right)
    with pytest.raises(ValidationError):
        run.validate_python(right | wrong)


@settings(max_examples=80, deadline=None)
@given(
    most=st.integers(1, 4),
    guests=st.booleans(),
    crowd=st.lists(
        st.tuples(
            st.sampled_from([ANNA, BEN, CARA, DAN, FAY]),
            st.sampled_from(["我要折扣", "我要折扣！", "A01+1"]),
        ),
        max_size=14,
    ),
)
def test_it_is_the_first_different_people_in_the_order_of_the_log(
    most: int, guests: bool, crowd: list[tuple[c.Actor, str]]
) -> None:
    stage = giving(most, guests=guests)
    stage.sells(pieces=3)
    for by, typed in crowd:
        stage.says(by, typed)
    said = [by for by, typed in crowd if typed == "我要折扣" and (guests or by != FAY)]
    first = list(dict.fromkeys(by.id for by in said))[:most]
    assert winners(stage) == [(by, number) for number, by in enumerate(first, 1)]
    assert (stage.show.gift is None) == (len(first) == most)
