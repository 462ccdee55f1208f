"""The law of views: a snapshot, and what was told since, are the next snapshot."""

from __future__ import annotations

import json

import msgspec
import pytest

from tests.video.consult import fold
from tests.video.consult.make_vectors import FILE, text
from tests.video.consult.story import READERS, Story, stories
from tests.video.consult.talk import ANNA, CALL, JI, KIND, SOAP, Talk, reader
from video.consult import commands as c
from video.consult import events as e
from video.consult import stored
from video.consult.evolve import evolve

TOLD = stories()


def test_the_stories_have_every_kind_of_event() -> None:
    assert {type_ for told in TOLD.values() for type_ in told.types} == set(e.EVENTS)


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_every_scene_follows_from_the_one_before(told: Story, who: str) -> None:
    start, followed = told.scenes[0], 0
    for end in told.scenes[1:]:
        view, after = told.snapshots[start][who], told.snapshots[end][who]
        events = told.told(READERS[who], start, end)
        if not any(fold.needs_whole(event) for event in events):
            folded = fold.fold(view, events)
            assert folded | {"offset": end, "at_ms": after["at_ms"]} == after
            followed += 1
        start = end
    assert followed


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_every_event_makes_the_view_that_a_newcomer_gets(told: Story, who: str) -> None:
    state = KIND.initial(CALL)
    view: fold.Json | None = None
    for logged in told.sent:
        state = evolve(state, logged)
        fresh = {"offset": logged.offset, "at_ms": logged.at_ms}
        fresh |= KIND.public(state) | KIND.snapshot(state, READERS[who])
        fresh = json.loads(json.dumps(fresh))
        event = json.loads(logged.wire())
        if view is not None and READERS[who].sees(logged.audience) and not fold.needs_whole(event):
            assert fold.fold(view, [event]) == fresh, event["type"]
        view = fresh


def test_the_vectors_for_pages_are_up_to_date() -> None:
    assert FILE.read_text("utf-8") == text(), "run: python -m tests.video.consult.make_vectors"


def test_the_vectors_have_every_kind_of_event_that_a_page_can_follow() -> None:
    vectors = json.loads(FILE.read_text("utf-8"))
    told = {event["type"] for one in vectors for event in one["events"]}
    # Nobody is let in before the first event; an invitation comes in the same batch as that.
    assert told == set(e.EVENTS) - {"call.asked", "call.invited"}
    assert any(one["after"] is None for one in vectors)


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_a_log_read_anew_makes_the_same_call(told: Story) -> None:
    state = KIND.initial(CALL)
    for logged in told.log:
        state = evolve(state, logged)
    assert stored.dump(state) == stored.dump(told.state)


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_a_stored_call_goes_on_as_the_one_that_was_stored(told: Story) -> None:
    state = KIND.initial(CALL)
    for logged in told.log:
        state = evolve(state, logged)
        assert stored.load(stored.dump(state)) == state


def test_events_are_read_back_from_the_log_as_they_were_written() -> None:
    for told in TOLD.values():
        for logged in told.sent:
            written = msgspec.json.encode(logged.event)
            assert msgspec.json.decode(written, type=e.EVENTS[logged.event.TYPE]) == logged.event


def test_a_customer_sees_nothing_of_the_notes() -> None:
    told = TOLD["talked"]
    seen = str(told.told(READERS["customer"], 0)) + str(
        [one["customer"] for one in told.snapshots.values()]
    )
    assert "乾性肌" not in seen
    assert "note.written" not in seen
    assert "乾性肌" in str(told.told(READERS["staff"], 0))


def test_what_was_erased_is_in_no_view_and_no_stored_state() -> None:
    talk = Talk()
    talk.asks(text="我的皮膚很敏感", about=e.About(product=SOAP))
    talk.rings()
    talk.answers()
    talk.acts(ANNA, "say", text="我住在某某路")
    talk.acts(JI, "say", text="好的")
    talk.acts(JI, "note", text="敏感肌")
    mine, hers = talk.changes(JI), talk.changes(ANNA)
    talk.acts(ANNA, "hang_up")
    talk.acts(ANNA, "rate", score=2, text="太慢")
    talk.system(c.EraseTalk(ANNA.id))
    kept = stored.dump(talk.state).decode()
    for gone in ("我的皮膚很敏感", "某某路", '"Anna"', "太慢", SOAP):
        assert gone not in kept
    for stays in ("好的", "敏感肌", '"Ji"'):
        assert stays in kept
    named = {one.offset: one.name for one in talk.state.changes}
    assert named == {mine: "Ji", hers: None}
    assert talk.state.rated is not None
    assert talk.state.rated.score == 2

    talk.system(c.EraseTalk(None))
    kept = stored.dump(talk.state).decode()
    for gone in ("好的", "敏感肌", '"Ji"'):
        assert gone not in kept
    assert talk.sees(reader(JI))["staff"] == {"notes": None}


def test_what_a_rep_typed_may_be_erased_alone() -> None:
    talk = Talk().talk()
    talk.acts(ANNA, "say", text="你好")
    talk.acts(JI, "say", text="您好")
    talk.acts(JI, "note", text="熟客")
    talk.system(c.EraseTalk(JI.id))
    call = talk.sees(reader(ANNA))["call"]
    assert call["staff"] == {"id": JI.id, "name": None}
    assert [one["text"] for one in call["said"]] == ["你好", None]
    assert call["name"] == "Anna"


def test_what_is_typed_after_an_erasure_is_there() -> None:
    talk = Talk().talk()
    talk.system(c.EraseTalk(None))
    talk.acts(ANNA, "say", text="還在嗎")
    talk.acts(JI, "note", text="新的")
    state = KIND.initial(CALL)
    for logged in talk.log:
        state = evolve(state, logged)
    assert state == talk.state
    assert state.said[-1].text == "還在嗎"


def test_a_newcomer_sees_the_newest_of_everything() -> None:
    talk = Talk().talk()
    view = talk.sees(reader(JI))
    start = len(talk.log)
    for number in range(210):
        talk.acts(ANNA, "say", text=f"第{number}句")
    for _ in range(105):
        talk.changes(ANNA)
    for number in range(55):
        talk.does(JI, c.Shown(f"prd_{number:026}"))
        talk.system(c.Ordered(f"ord_{number:026}", f"P-{number}", 100, "TWD"))
    seen = talk.sees(reader(JI))
    call = seen["call"]
    assert [len(call[part]) for part in ("said", "changes", "shown", "orders")] == [
        200, 100, 50, 50,
    ]  # fmt: skip
    assert call["said"][-1]["text"] == "第209句"
    assert call["order"]["number"] == "P-54"
    assert fold.fold(view, talk.told(reader(JI), start)) == seen
