"""The law of views: a snapshot, and what was told since, are the next snapshot."""

from __future__ import annotations

import pytest

from chat import commands as c
from chat import events as e
from chat import stored
from chat.evolve import evolve
from core.rooms.events import Reader
from tests.chat import fold
from tests.chat.make_vectors import FILE, text
from tests.chat.story import READERS, Story, story
from tests.chat.talk import ANNA, CONVERSATION, JI, KIND, Talk, reader


@pytest.fixture(scope="module")
def told() -> Story:
    return story()


def test_the_story_has_every_kind_of_event(told: Story) -> None:
    assert set(told.types) == set(e.EVENTS)


@pytest.mark.parametrize("who", READERS)
def test_every_scene_follows_from_the_one_before(told: Story, who: str) -> None:
    start, followed = 1, 0
    for end in told.scenes:
        view, after = told.snapshots[start][who], told.snapshots[end][who]
        events = told.told(READERS[who], start, end)
        if not any(fold.needs_whole(event) for event in events):
            folded = fold.fold(view, events)
            assert folded | {"offset": end, "at_ms": after["at_ms"]} == after
            followed += 1
        start = end
    assert followed >= 5


def test_the_vectors_for_other_clients_are_up_to_date() -> None:
    assert FILE.read_text("utf-8") == text(), "run: python -m tests.chat.make_vectors"


def test_a_log_read_anew_makes_the_same_conversation(told: Story) -> None:
    state = KIND.initial(CONVERSATION)
    for logged in told.log:
        state = evolve(state, logged)
    blanked = (*told.state.lines, *told.state.notes)
    assert stored.dump(state) == stored.dump(told.state), blanked


def test_a_stored_conversation_goes_on_as_the_one_that_was_stored(told: Story) -> None:
    for cut in told.scenes:
        state = KIND.initial(CONVERSATION)
        for logged in told.log[:cut]:
            state = evolve(state, logged)
        assert stored.load(stored.dump(state)) == state


def test_a_customer_sees_nothing_of_what_staff_write_to_each_other(told: Story) -> None:
    seen = str(told.told(READERS["customer"], 0)) + str(told.snapshots)
    customer = str([one["customer"] for one in told.snapshots.values()])
    assert "老客人" in seen
    assert "老客人" not in customer
    assert "送禮" not in customer
    types = {one["type"] for one in told.told(READERS["customer"], 0)}
    assert not types & {"note.added", "tags.set"}


def test_what_was_erased_is_in_no_view_and_no_stored_state() -> None:
    talk = Talk()
    talk.says(ANNA, "我住在某某路")
    talk.acts(JI, "take")
    talk.says(JI, "好的")
    talk.does(c.SYSTEM, c.EraseTalk(ANNA.id))
    kept = stored.dump(talk.state).decode()
    assert "某某路" not in kept
    assert '"Anna"' not in kept
    assert "好的" in kept
    talk.does(c.SYSTEM, c.EraseTalk(None))
    assert "好的" not in stored.dump(talk.state).decode()


def test_a_newcomer_sees_the_last_two_hundred_lines() -> None:
    talk = Talk()
    for number in range(250):
        talk.says(ANNA, f"第{number}句")
    seen = talk.sees(reader(ANNA))["conversation"]
    assert len(seen["lines"]) == 200
    assert seen["lines"][-1]["text"] == "第249句"
    assert seen["more"] is True


def test_a_stranger_reads_nothing() -> None:
    assert Talk().sees(Reader()).get("staff") is None
