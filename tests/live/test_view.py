"""The law of views: a snapshot, and what was told since, are the next snapshot."""

import json

import pytest

from core.rooms.events import PUBLIC
from live import commands as c
from live import events as e
from live import stored
from live.evolve import evolve
from tests.live import fold
from tests.live.make_vectors import FILE, text
from tests.live.shows import ANNA, BEN, KIND, SHOW, Stage, reader
from tests.live.story import READERS, Evening, evening


@pytest.fixture(scope="module")
def told() -> Evening:
    return evening()


def test_the_evening_has_every_kind_of_event(told: Evening) -> None:
    assert {event.TYPE for event in told.events} == set(e.EVENTS)


@pytest.mark.parametrize("who", READERS)
def test_every_scene_follows_from_the_one_before(told: Evening, who: str) -> None:
    start = 1
    for end in told.scenes:
        view, after = told.snapshots[start][who], told.snapshots[end][who]
        for late in (False, True):
            events = told.told(READERS[who], start, end, late=late)
            if any(fold.needs_whole(view, event) for event in events):
                continue
            folded = fold.fold(view, events)
            assert folded | {"offset": end, "at_ms": after["at_ms"]} == after
        start = end


def test_only_what_changes_who_somebody_is_needs_a_whole_snapshot(told: Evening) -> None:
    for who, reads in READERS.items():
        view = told.snapshots[1][who]
        needing = [one for one in told.told(reads, 0) if fold.needs_whole(view, one)]
        assert {one["type"] for one in needing} <= {"person.merged", "person.muted", "talk.erased"}


def test_the_vectors_for_other_clients_are_up_to_date() -> None:
    assert FILE.read_text("utf-8") == text(), "run: python -m tests.live.make_vectors"


def test_the_vectors_have_every_kind_of_event_that_a_page_is_sent() -> None:
    vectors = json.loads(FILE.read_text("utf-8"))
    types = {event["type"] for one in vectors for event in one["events"]}
    assert set(e.EVENTS) - types == {"show.created"}
    assert any(one["after"] is None for one in vectors)


def test_a_log_read_anew_makes_the_same_show(told: Evening) -> None:
    show = KIND.initial(SHOW)
    for logged in told.log:
        show = evolve(show, logged)
    assert stored.dump(show) == stored.dump(told.show)


def test_a_stored_show_goes_on_as_the_one_that_was_stored(told: Evening) -> None:
    for cut in told.scenes:
        show = KIND.initial(SHOW)
        for logged in told.log[:cut]:
            show = evolve(show, logged)
        again = stored.load(stored.dump(show))
        for logged in told.log[cut:]:
            again = evolve(again, logged)
        assert stored.dump(again) == stored.dump(told.show)


def test_what_was_erased_reads_as_hidden_everywhere() -> None:
    stage = Stage()
    stage.says(ANNA, "我住在某某路")
    show = KIND.initial(SHOW)
    for logged in stage.log:
        show = evolve(show, logged.blanked())
    stage.show = show
    seen = stage.sees(PUBLIC)["show"]["comments"][-1]
    assert (seen["hidden"], seen["name"], seen["text"]) == (True, None, None)


def test_erasing_leaves_no_word_of_hers_in_any_view_or_stored_state() -> None:
    stage = Stage()
    stage.sells("A01", pieces=1)
    stage.says(ANNA, "我住在某某路")
    stage.says(ANNA, "Z99+1")
    stage.says(BEN, "晚安")
    assert "Z99" in stored.dump(stage.show).decode()
    stage.does(c.SYSTEM, c.EraseTalk(ANNA.id))
    kept = stored.dump(stage.show).decode()
    assert "我住在某某路" not in kept
    assert "Z99" not in kept
    assert "晚安" in kept
    stage.does(c.SYSTEM, c.EraseTalk(None))
    assert "晚安" not in stored.dump(stage.show).decode()


def test_a_newcomer_sees_the_last_hundred_comments() -> None:
    stage = Stage()
    for n in range(250):
        stage.says(ANNA, f"第{n}句")
    texts = [one["text"] for one in stage.sees(PUBLIC)["show"]["comments"]]
    assert texts == [f"第{n}句" for n in range(150, 250)]


def test_nobody_is_told_what_concerns_another_alone(told: Evening) -> None:
    ben = reader(BEN)
    for event in told.told(ben, 0):
        about = event["data"].get("by", event["data"].get("person"))
        if event["type"] in ("claim.refused", "comment.unread", "claim.paying", "person.muted"):
            assert about == BEN.id
        assert not event["type"].startswith(("words.", "item.asked", "item.placed"))


def test_a_snapshot_for_the_public_names_no_claims_of_anyone(told: Evening) -> None:
    seen = told.sees(PUBLIC)
    assert "staff" not in seen
    assert seen["mine"]["claims"] == seen["mine"]["waits"] == seen["mine"]["refusals"] == []
