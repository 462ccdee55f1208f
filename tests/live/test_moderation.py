"""What moderators do, and that it is on record."""

import pytest

from core.errors import Conflict, NotFound
from core.rooms.events import PUBLIC, STAFF, Reader
from live import events as e
from tests.live.shows import ANNA, BEN, CARA, HOST, MODERATOR, Stage, reader, types, viewer

STAFF_READER = Reader(HOST.ids, staff=True)


def _comment(stage: Stage, text: str = "可疑連結") -> int:
    stage.says(ANNA, text)
    return stage.show.latest_comments()[-1].offset


def test_a_hidden_comment_is_blank_to_everyone() -> None:
    stage = Stage()
    offset = _comment(stage)
    assert stage.moderates("comment.hide", comment=offset) == [
        e.CommentHidden(comment=offset, staff=MODERATOR.id)
    ]
    for who in (PUBLIC, reader(ANNA), STAFF_READER):
        seen = stage.sees(who)["show"]["comments"][-1]
        assert (seen["hidden"], seen["name"], seen["text"]) == (True, None, None)


def test_what_is_hidden_is_not_sent_to_whoever_comes_back() -> None:
    stage = Stage()
    offset = _comment(stage)
    stage.moderates("comment.hide", comment=offset)
    assert "可疑連結" not in str(stage.told(PUBLIC, 0, late=True))


def test_what_is_hidden_again_is_not_in_its_restoration_either() -> None:
    stage = Stage()
    offset = _comment(stage)
    for _ in range(3):
        stage.moderates("comment.hide", comment=offset)
        stage.moderates("comment.restore", comment=offset)
    assert "可疑連結" in str(stage.told(PUBLIC, 0, late=True))
    stage.moderates("comment.hide", comment=offset)
    assert "可疑連結" not in str(stage.told(PUBLIC, 0, late=True))


def test_a_restored_comment_comes_with_its_words() -> None:
    stage = Stage()
    offset = _comment(stage)
    stage.moderates("comment.hide", comment=offset)
    stage.moderates("comment.restore", comment=offset)
    event = stage.told(PUBLIC, len(stage.log) - 1)[0]
    assert (event["name"], event["text"]) == ("Anna", "可疑連結")
    assert stage.sees(PUBLIC)["show"]["comments"][-1]["text"] == "可疑連結"


def test_what_was_typed_leaves_the_studios_list_with_its_comment() -> None:
    stage = Stage()
    stage.sells(pieces=1)
    offset = _comment(stage, "A01+1")
    stage.moderates("comment.hide", comment=offset)
    assert stage.sees(STAFF_READER)["staff"]["claims"][-1]["typed"] is None
    stage.moderates("comment.restore", comment=offset)
    assert stage.sees(STAFF_READER)["staff"]["claims"][-1]["typed"] == "A01+1"


def test_hiding_what_is_hidden_and_giving_back_what_is_shown_change_nothing() -> None:
    stage = Stage()
    offset = _comment(stage)
    assert stage.moderates("comment.restore", comment=offset) == []
    stage.moderates("comment.hide", comment=offset)
    assert stage.moderates("comment.hide", comment=offset) == []


def test_only_comments_still_on_the_list_are_changed() -> None:
    stage = Stage()
    offset = _comment(stage)
    for n in range(100):
        stage.says(BEN, f"第{n}句")
    for act in ("hide", "restore", "pin"):
        with pytest.raises(NotFound) as refused:
            stage.moderates(f"comment.{act}", comment=offset)
        assert refused.value.error_code == "unknown_comment"


def test_what_is_no_comment_is_not_hidden() -> None:
    stage = Stage()
    with pytest.raises(NotFound):
        stage.moderates("comment.hide", comment=1)


def test_a_comment_is_pinned_until_another_is_or_none_or_it_is_hidden() -> None:
    stage = Stage()
    first, second = _comment(stage, "一"), _comment(stage, "二")
    stage.moderates("comment.pin", comment=first)
    stage.moderates("comment.pin", comment=second)
    assert stage.sees(PUBLIC)["show"]["pinned_comment"]["text"] == "二"
    assert stage.moderates("comment.pin", comment=second) == []
    stage.moderates("comment.hide", comment=first)
    assert stage.sees(PUBLIC)["show"]["pinned_comment"]["text"] == "二"
    stage.moderates("comment.hide", comment=second)
    assert stage.sees(PUBLIC)["show"]["pinned_comment"] is None
    with pytest.raises(Conflict):
        stage.moderates("comment.pin", comment=second)
    assert stage.moderates("comment.pin", comment=None) == []


def test_mutes_and_blocks_name_who_did_it_and_are_told_to_the_person() -> None:
    stage = Stage()
    stage.says(ANNA, "哈囉")
    stage.moderates("person.mute", person=ANNA.id, seconds=60)
    stage.moderates("person.block", person=ANNA.id)
    muted, blocked = stage.log[-2:]
    assert muted.event == e.PersonMuted(
        person=ANNA.id, until=stage.now + 60_000, staff=MODERATOR.id
    )
    assert blocked.event == e.PersonBlocked(person=ANNA.id, staff=MODERATOR.id)
    assert muted.audience == blocked.audience == ANNA.id
    mine = stage.sees(reader(ANNA))["mine"]
    assert (mine["muted_until"], mine["blocked"]) == (stage.now + 60_000, True)


def test_a_mute_a_block_and_their_ends_are_listed_for_staff() -> None:
    stage = Stage()
    stage.says(ANNA, "哈囉")
    stage.moderates("person.mute", person=ANNA.id)
    stage.moderates("person.block", person=BEN.id)
    staff = stage.sees(STAFF_READER)["staff"]
    assert staff["muted"] == [{"person": ANNA.id, "name": "Anna", "until": None}]
    assert staff["blocked"] == [{"person": BEN.id, "name": None}]
    stage.moderates("person.unmute", person=ANNA.id)
    stage.moderates("person.unblock", person=BEN.id)
    staff = stage.sees(STAFF_READER)["staff"]
    assert staff["muted"] == staff["blocked"] == []


@pytest.mark.parametrize("act", ["person.unmute", "person.unblock"])
def test_to_end_what_is_not_changes_nothing(act: str) -> None:
    assert Stage().moderates(act, person=ANNA.id) == []


def test_a_block_of_the_guest_stays_when_she_signs_in() -> None:
    stage = Stage()
    stage.moderates("person.block", person=CARA.id)
    stage.moderates("person.mute", person=BEN.id, seconds=60)
    stage.merges(CARA, BEN)
    mine = stage.sees(reader(viewer("Ben", CARA)))["mine"]
    assert (mine["blocked"], mine["muted_until"]) == (True, stage.now + 60_000)


def test_a_mute_by_an_old_comment_is_one_of_the_person_she_became() -> None:
    stage = Stage()
    stage.says(CARA, "哈囉")
    stage.merges(CARA, BEN)
    (muted,) = stage.moderates("person.mute", person=CARA.id)
    assert muted.person == BEN.id


def test_blocked_words_are_for_staff_to_see() -> None:
    stage = Stage()
    (event,) = stage.moderates("words.set", words=["詐騙", "詐騙", "假貨"])
    assert event.words == ("詐騙", "假貨")
    assert stage.log[-1].audience == STAFF
    assert stage.moderates("words.set", words=["詐騙", "假貨"]) == []


def test_an_announcement_stands_until_it_is_taken_down() -> None:
    stage = Stage()
    stage.moderates("announce", text="  滿千免運 ")
    assert stage.sees(PUBLIC)["show"]["announcement"]["text"] == "滿千免運"
    stage.moderates("announce", text=None)
    assert stage.sees(PUBLIC)["show"]["announcement"] is None
    assert stage.moderates("announce", text="   ") == []


def test_slow_mode_is_everyones_to_see() -> None:
    stage = Stage()
    stage.moderates("slow_mode.set", seconds=30)
    assert stage.sees(PUBLIC)["show"]["slow_mode_s"] == 30
    assert stage.moderates("slow_mode.set", seconds=30) == []


def test_every_act_of_staff_names_who_did_it() -> None:
    stage = Stage()
    item = stage.sells(pieces=3)
    offset = _comment(stage)
    stage.moderates("comment.hide", comment=offset)
    stage.moderates("comment.restore", comment=offset)
    stage.moderates("comment.pin", comment=offset)
    stage.moderates("person.mute", person=ANNA.id)
    stage.moderates("person.unmute", person=ANNA.id)
    stage.moderates("person.block", person=ANNA.id)
    stage.moderates("person.unblock", person=ANNA.id)
    stage.moderates("slow_mode.set", seconds=5)
    stage.moderates("words.set", words=["x"])
    stage.moderates("announce", text="hello")
    before = len(stage.log)
    (held,) = stage.moderates("claim.add", person=ANNA.id, item=item, quantity=2)
    stage.moderates("claim.change", claim=held.claim, quantity=1)
    stage.moderates("claim.cancel", claim=held.claim)
    acts = [one.event for one in stage.log[before - 10 :]]
    assert len(acts) == 13
    assert {act.staff for act in acts} == {MODERATOR.id}, types(acts)  # type: ignore[attr-defined]
