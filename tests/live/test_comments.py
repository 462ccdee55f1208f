"""A comment's way: read, shown, decided, and what stops it."""

import msgspec
import pytest

from core.errors import BadRequest, Conflict, Forbidden, RateLimited
from live import commands as c
from live import comments
from live import events as e
from live.comments import has_blocked_word
from tests.live.shows import ANNA, BEN, CARA, HOST, MINUTE, Stage, only, types, variant, viewer


def test_a_comment_is_shown_to_all_with_its_writer_and_text_beside_the_log() -> None:
    stage = Stage()
    (posted,) = stage.says(ANNA, "好可愛")
    logged = stage.log[-1]
    assert posted == e.CommentPosted(by=ANNA.id, role="viewer")
    assert logged.audience == ""
    assert logged.content is not None
    assert (logged.content.author, logged.content.name) == (ANNA.id, "Anna")
    assert logged.content.text == "好可愛"


def test_what_came_of_a_claim_stands_at_its_comment() -> None:
    stage = Stage()
    stage.sells(pieces=1)
    stage.says(ANNA, "+2")
    comment = stage.show.latest_comments()[-1]
    assert [(one.kind, one.quantity) for one in comment.outcomes] == [("held", 1), ("waiting", 1)]


def test_what_became_of_it_since_stands_there_too() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    claim = stage.presses(ANNA, item)[0].claim
    stage.says(BEN, "+1")
    stage.says(CARA, "+1")
    stage.gives_back(ANNA, claim)
    ben, cara = stage.show.latest_comments()
    assert ben.outcomes[0].later == "held"
    won = stage.claims_of(BEN)[0]
    assert ben.outcomes[0].claim == won.id
    stage.pays(BEN, won.id)
    stage.places(won.id)
    stage.says(CARA, "取消")
    ben, cara, _ = stage.show.latest_comments()
    assert (ben.outcomes[0].later, cara.outcomes[0].later) == ("sold", "given_back")


def test_a_comment_that_gives_back_says_so_at_its_own_line() -> None:
    stage = Stage()
    item = stage.sells("A01", pieces=3)
    stage.says(ANNA, "A01+1")
    stage.says(ANNA, "A01+5")
    stage.says(ANNA, "A01取消")
    _, _, cancel = stage.show.latest_comments()
    told = [(one.kind, one.item, one.quantity, one.claim) for one in cancel.outcomes]
    assert told == [
        ("given_back", item, 3, None),
        ("given_back", item, 2, None),
        ("given_back", item, 1, None),
    ]
    assert [one.typed for one in list(stage.show.records)[-3:]] == ["A01取消"] * 3


def test_a_code_that_nobody_has_gets_chips_with_the_nearest() -> None:
    stage = Stage()
    item = stage.sells("A01", pieces=1)
    (rejected,) = only(stage.says(ANNA, "A10+2"), e.CommentUnread).rejections
    assert (rejected.reason, rejected.quantity) == ("unknown_item", 2)
    assert [(near.item, near.code) for near in rejected.nearest] == [(item, "A01")]


def test_a_bare_number_with_two_items_open_gets_both_as_chips() -> None:
    stage = Stage()
    a, b = stage.sells("A01", pieces=1), stage.sells("B02", pieces=1)
    (rejected,) = only(stage.says(ANNA, "+1"), e.CommentUnread).rejections
    assert rejected.reason == "ambiguous_item"
    assert {near.item for near in rejected.nearest} == {a, b}


@pytest.mark.parametrize(
    ("text", "reason"), [("A01+1", "needs_variant"), ("A01紫+1", "unknown_variant")]
)
def test_an_item_with_variants_gets_them_as_chips(text: str, reason: str) -> None:
    stage = Stage()
    item = stage.sells("A01", variant("紅", 1), variant("白", 1))
    (rejected,) = only(stage.says(ANNA, text), e.CommentUnread).rejections
    assert (rejected.reason, rejected.item, rejected.code) == (reason, item, "A01")
    assert [near.variant for near in rejected.nearest] == ["紅", "白"]


def test_where_one_piece_fails_the_good_ones_stand() -> None:
    stage = Stage()
    stage.sells("A01", pieces=1)
    events = stage.says(ANNA, "A01+1 Z99+1")
    assert types(events) == ["comment.posted", "claim.held", "comment.unread"]


def test_chatter_that_names_an_open_item_gets_a_quiet_chip() -> None:
    stage = Stage()
    item = stage.sells("A01", pieces=1)
    unread = only(stage.says(ANNA, "A01 這件我昨天買了耶"), e.CommentUnread)
    assert (unread.rejections, unread.quiet) == ((), item)
    assert not list(stage.show.records), "a quiet chip is no line of the studio's list"


def test_what_was_not_understood_is_told_to_its_writer_alone() -> None:
    stage = Stage()
    stage.sells("A01", pieces=1)
    stage.says(ANNA, "Z99+1")
    assert stage.log[-1].audience == ANNA.id


def test_what_was_not_understood_lies_beside_the_log_a_line_for_each_piece() -> None:
    stage = Stage()
    stage.sells("A01", pieces=1)
    unread = only(stage.says(ANNA, "A01+1 Z99+1\nY98 +2"), e.CommentUnread)
    assert [one.quantity for one in unread.rejections] == [1, 2]
    content = stage.log[-1].content
    assert content is not None
    assert (content.author, content.text) == (ANNA.id, "Z99+1\nY98 +2")
    assert b"Z99" not in msgspec.json.encode(unread)


def test_a_comment_read_before_an_item_closed_is_read_again() -> None:
    stage = Stage()
    item = stage.sells("A01", pieces=1)
    before = comments.read(stage.show, c.Comment(text="A01+1"))
    stage.runs("item.close", item=item)
    (rejected,) = only(stage.does(ANNA, before), e.CommentUnread).rejections
    assert rejected.reason == "item_closed"


def test_a_comment_read_before_a_claim_is_not_read_again() -> None:
    stage = Stage()
    stage.sells("A01", pieces=2)
    before = comments.read(stage.show, c.Comment(text="A01+1"))
    stage.says(BEN, "A01+1")
    assert before.vocabulary is comments.read(stage.show, before.comment).vocabulary


def test_staff_speak_as_what_they_are_and_never_claim() -> None:
    stage = Stage()
    stage.sells("A01", pieces=1)
    assert stage.says(HOST, "A01+1") == [e.CommentPosted(by=HOST.id, role="host")]


def test_after_the_end_nobody_speaks() -> None:
    stage = Stage()
    stage.runs("show.end")
    with pytest.raises(Conflict) as refused:
        stage.says(ANNA, "謝謝")
    assert refused.value.error_code == "show_ended"


# What stops chatter stops no claim


@pytest.mark.parametrize("seconds", [60, None])
def test_whoever_is_muted_does_not_chat_and_is_told_until_when(seconds: int | None) -> None:
    stage = Stage()
    stage.moderates("person.mute", person=ANNA.id, seconds=seconds)
    with pytest.raises(Forbidden) as refused:
        stage.says(ANNA, "哈囉")
    assert refused.value.error_code == "muted"
    assert refused.value.data["until"] == (stage.now + MINUTE if seconds else None)


def test_a_mute_ends_by_itself() -> None:
    stage = Stage()
    stage.moderates("person.mute", person=ANNA.id, seconds=60)
    stage.now += MINUTE
    assert stage.says(ANNA, "哈囉")


def test_a_mute_holds_under_every_id_of_hers() -> None:
    stage = Stage()
    stage.moderates("person.mute", person=CARA.id)
    with pytest.raises(Forbidden):
        stage.says(viewer("Erin", CARA), "哈囉")


def test_slow_mode_lets_each_speak_once_in_so_many_seconds() -> None:
    stage = Stage()
    stage.moderates("slow_mode.set", seconds=10)
    stage.says(ANNA, "一")
    stage.says(BEN, "二")
    stage.now += 4_000
    with pytest.raises(RateLimited) as refused:
        stage.says(ANNA, "三")
    assert refused.value.error_code == "slow_mode"
    assert refused.value.data["retry_after_ms"] == 6_000
    stage.now += 6_000
    assert stage.says(ANNA, "三")


def test_a_blocked_word_is_not_shown() -> None:
    stage = Stage()
    stage.moderates("words.set", words=["詐騙"])
    with pytest.raises(BadRequest) as refused:
        stage.says(ANNA, "這是 詐 騙 吧")
    assert refused.value.error_code == "blocked_words"


@pytest.mark.parametrize(
    "stopped",
    [
        ("person.mute", {"person": ANNA.id}),
        ("slow_mode.set", {"seconds": 30}),
        ("words.set", {"words": ["A01"]}),
    ],
)
def test_a_claim_goes_through_without_its_comment_being_shown(
    stopped: tuple[str, dict[str, object]],
) -> None:
    stage = Stage()
    stage.sells("A01", pieces=1)
    stage.says(ANNA, "哈囉")
    stage.moderates(stopped[0], **stopped[1])
    (held,) = stage.says(ANNA, "A01+1")
    assert (held.TYPE, held.comment) == ("claim.held", None)
    (unread,) = stage.says(ANNA, "A01+1 Z99+1")[1:]
    assert (unread.TYPE, unread.comment) == ("comment.unread", None)


@pytest.mark.parametrize(
    "text",
    [
        "badword",
        "BadWord",
        "b a d w o r d",
        "b.a.d-w_o*rd",
        "ｂａｄｗｏｒｄ",
        "b4dw0rd",
        "bádwörd",
        "x badword!",
    ],
)
def test_simple_evasions_of_a_blocked_word_are_seen_through(text: str) -> None:
    assert has_blocked_word(text, ("bad word",))


@pytest.mark.parametrize("text", ["bad", "word", "a good word", ""])
def test_other_words_pass(text: str) -> None:
    assert not has_blocked_word(text, ("badword",))


@pytest.mark.parametrize("words", [("...",), ("",), ()])
def test_a_word_of_signs_alone_blocks_nothing(words: tuple[str, ...]) -> None:
    assert not has_blocked_word("anything at all", words)
