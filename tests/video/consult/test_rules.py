"""What may happen in a call: who is rung, who talks, who may do what, how it ends."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pydantic import TypeAdapter, ValidationError

from core.errors import Conflict, Forbidden, NotFound, PlusOneError
from tests.video.consult.talk import (
    ANNA,
    BEN,
    CANCELLED,
    JI,
    KIND,
    OIL,
    PACE,
    SECOND,
    SOAP,
    START,
    TWO_JARS,
    WEN,
    Talk,
    customer,
)
from video.consult import commands as c
from video.consult import events as e

ERIN = customer("Erin", ANNA)


@pytest.fixture
def talk() -> Talk:
    """Anna waits, and her page is there."""
    talk = Talk()
    talk.asks()
    return talk


@pytest.fixture
def talking() -> Talk:
    """Anna and Ji talk."""
    return Talk().talk()


@pytest.fixture
def invited() -> Talk:
    """Ji has asked Anna to talk."""
    talk = Talk()
    talk.invites(JI)
    return talk


def refused(do: Callable[[], object]) -> PlusOneError:
    with pytest.raises(PlusOneError) as caught:
        do()
    return caught.value


def code(do: Callable[[], object]) -> str:
    error = refused(do)
    assert isinstance(error, Conflict)
    return error.error_code


# How it begins


def test_who_asks_waits(talk: Talk) -> None:
    state = talk.state
    assert (state.phase, state.by, state.customer) == ("waiting", "customer", ANNA.id)
    assert (state.name, state.asked_at) == ("Anna", START)


def test_a_call_is_asked_for_once(talk: Talk) -> None:
    assert code(talk.asks) == "call_exists"
    assert code(partial(talk.invites, WEN)) == "call_exists"


def test_only_customers_ask_and_only_reps_invite() -> None:
    with pytest.raises(Forbidden):
        Talk().asks(JI)
    with pytest.raises(Forbidden):
        Talk().invites(ANNA)
    with pytest.raises(Forbidden):
        Talk().invites(c.SYSTEM)


def test_nothing_happens_where_no_call_is() -> None:
    for by in (ANNA, JI):
        for do in (c.Say(type="say", text="嗨"), c.Answering("Ji"), c.HangUp(type="hang_up")):
            with pytest.raises(NotFound):
                Talk().does(by, do)


def test_who_invites_waits_for_the_customer(invited: Talk) -> None:
    state = invited.state
    assert invited.types == ["call.asked", "call.invited"]
    assert (state.phase, state.by, state.staff, state.wanted) == ("invited", "staff", JI.id, JI.id)
    assert (state.name, state.staff_name) == ("Anna", "Ji")
    assert state.until == START + PACE.invite_ms


# Whose it is

EVERYTHING: dict[str, Any] = {
    "say": c.Say(type="say", text="嗨"), "hang_up": c.HangUp(type="hang_up"),
    "change": c.DoChange(TWO_JARS), "undo": c.Undo(type="undo", offset=1),
    "show": c.Shown(SOAP), "hide": c.Hide(type="hide"), "sit": c.Sit("a-page-12"),
    "decline": c.Decline(type="decline"), "leave": c.Leave(type="leave"),
    "callback": c.Callback(type="callback"), "chat": c.Chat(type="chat"),
    "accept": c.Accept(type="accept"), "rate": c.Rate(type="rate", score=1),
    "note": c.Note(type="note", text="x"),
}  # fmt: skip
_SYSTEMS: list[Any] = [
    c.Ring(WEN.id, "Wen", 1), c.Passed(JI.id, "gone"), c.Left("staff", "ji-page-1"),
    c.Became(1, undone=False), c.Ordered("ord_1", "1", 1, "TWD"), c.Merge(ANNA.id, BEN.id),
    c.EraseTalk(None),
]  # fmt: skip


@pytest.mark.parametrize("do", EVERYTHING.values(), ids=EVERYTHING)
def test_a_call_is_nobodys_but_its_customers(talking: Talk, do: Any) -> None:
    with pytest.raises(NotFound):
        talking.does(BEN, do)


@pytest.mark.parametrize("do", [one for name, one in EVERYTHING.items() if name != "decline"])
def test_a_call_is_no_other_reps(talking: Talk, do: Any) -> None:
    with pytest.raises(NotFound):
        talking.does(WEN, do)
    waiting = Talk()
    waiting.asks()
    with pytest.raises(NotFound):
        waiting.does(WEN, do)


@pytest.mark.parametrize("do", _SYSTEMS, ids=lambda do: type(do).__name__)
def test_what_the_service_does_nobody_else_does(talking: Talk, do: Any) -> None:
    before = talking.state
    for by in (ANNA, JI):
        with pytest.raises(Forbidden):
            talking.does(by, do)
    assert talking.state == before


def test_each_side_does_its_own(talking: Talk) -> None:
    for do in ("leave", "callback", "chat", "accept", "rate"):
        with pytest.raises(Forbidden):
            talking.does(JI, EVERYTHING[do])
    for mine in (c.Answering("Anna"), EVERYTHING["note"], c.CalledBack()):
        with pytest.raises(Forbidden):
            talking.does(ANNA, mine)


def test_a_rep_who_was_passed_over_has_nothing_more_to_do_with_it(talk: Talk) -> None:
    talk.rings(JI)
    talk.sits(JI)
    talk.acts(JI, "decline")
    for do in ("sit", "note", "hang_up"):
        with pytest.raises(NotFound):
            talk.does(JI, EVERYTHING[do])
    assert talk.acts(JI, "decline") == []


# It rings


def test_it_rings_at_one_rep_who_answers(talk: Talk) -> None:
    talk.rings(JI)
    assert (talk.state.phase, talk.state.staff) == ("ringing", JI.id)
    assert talk.state.until == START + PACE.ring_ms
    talk.passes(3 * SECOND)
    talk.answers(JI)
    state = talk.state
    assert (state.phase, state.staff, state.staff_name) == ("talking", JI.id, "Ji")
    assert (state.answered_at, state.until) == (START + 3 * SECOND, None)


def test_it_rings_at_nobody_else_meanwhile(talk: Talk) -> None:
    talk.rings(JI)
    assert talk.rings(WEN) == []
    assert talk.state.staff == JI.id
    talk.answers(JI)
    assert talk.rings(WEN) == []


def test_who_does_not_answer_is_passed_over(talk: Talk) -> None:
    talk.rings(JI)
    assert talk.passes(PACE.ring_ms - 1) == []
    assert talk.passes(1) == [e.CallUnanswered(staff=JI.id, cause="timeout")]
    state = talk.state
    assert (state.phase, state.staff, state.until) == ("waiting", None, None)
    assert [(one.staff, one.cause, one.at_ms) for one in state.left_by] == [
        (JI.id, "timeout", talk.now)
    ]
    talk.rings(WEN)
    talk.acts(WEN, "decline")
    talk.rings(JI)
    talk.system(c.Passed(JI.id, "gone"))
    assert [one.cause for one in talk.state.left_by] == ["timeout", "declined", "gone"]


def test_who_goes_elsewhere_waits_no_more_and_hangs_up_on_nobody(talk: Talk) -> None:
    talk.rings(JI)
    assert talk.does(ANNA, c.Withdraw()) == [e.CallEnded(cause="left", by="customer")]
    talking = Talk().talk()
    assert talking.does(ANNA, c.Withdraw()) == []
    assert talking.state.phase == "talking"
    with pytest.raises(Forbidden):
        talking.does(JI, c.Withdraw())


def test_a_late_passing_over_of_another_ring_changes_nothing(talk: Talk) -> None:
    assert talk.system(c.Passed(JI.id, "gone")) == []
    talk.rings(WEN)
    assert talk.system(c.Passed(JI.id, "gone")) == []
    assert talk.acts(JI, "decline") == []
    assert talk.state.staff == WEN.id
    talk.answers(WEN)
    assert talk.system(c.Passed(WEN.id, "gone")) == []
    assert talk.acts(WEN, "decline") == []
    assert talk.state.phase == "talking"


def test_anybody_may_pick_one_who_waits(talk: Talk) -> None:
    talk.answers(WEN)
    assert (talk.state.phase, talk.state.staff) == ("talking", WEN.id)


def test_of_two_reps_who_answer_at_once_one_has_it(talk: Talk) -> None:
    talk.answers(WEN)
    error = refused(partial(talk.answers, JI))
    assert isinstance(error, Conflict)
    assert (error.error_code, error.data) == ("taken", {"staff": WEN.id, "name": "Wen"})
    assert talk.answers(WEN) == [], "she has it already"


def test_nobody_picks_one_that_rings_at_another(talk: Talk) -> None:
    talk.rings(JI)
    assert code(partial(talk.answers, WEN)) == "taken"
    talk.answers(JI)


def test_a_rep_talks_to_one_customer_at_a_time(talk: Talk) -> None:
    talk.rings(JI)
    assert code(lambda: talk.does(JI, c.Answering("Ji", elsewhere=True))) == "in_a_call"
    assert talk.state.phase == "ringing"


def test_a_ring_that_ends_in_the_batch_in_which_it_is_answered_is_still_answered(
    talk: Talk,
) -> None:
    talk.rings(JI)
    talk.now += PACE.ring_ms
    answered = talk.does(JI, c.Answering("Ji"))
    assert answered == [e.CallAnswered(staff=JI.id)]
    assert talk.types[-2:] == ["call.unanswered", "call.answered"]
    assert talk.state.staff == JI.id


def test_a_ring_that_ended_and_went_on_to_another_is_not_answered(talk: Talk) -> None:
    talk.rings(JI)
    talk.passes(PACE.ring_ms)
    talk.rings(WEN)
    assert code(partial(talk.answers, JI)) == "taken"


def test_the_answer_to_one_who_has_just_left_comes_too_late(talk: Talk) -> None:
    talk.rings(JI)
    talk.acts(ANNA, "leave")
    error = refused(partial(talk.answers, JI))
    assert (error.error_code, error.data) == ("call_over", {"cause": "left"})
    assert talk.state.staff is None
    assert talk.acts(JI, "decline") == []


# Invitations


def test_she_accepts(invited: Talk) -> None:
    assert invited.acts(ANNA, "accept") == [e.CallAnswered(staff=JI.id)]
    assert invited.log[-1].content is not None
    assert (invited.log[-1].content.author, invited.log[-1].content.name) == (JI.id, "Ji")
    assert (invited.state.phase, invited.state.staff_name) == ("talking", "Ji")
    assert invited.acts(ANNA, "accept") == [], "of two pages of hers one was first"
    assert code(partial(invited.acts, ANNA, "decline")) == "not_invited"


def test_she_declines(invited: Talk) -> None:
    invited.acts(ANNA, "decline")
    state = invited.state
    assert (state.phase, state.cause, state.ended_by) == ("ended", "declined", "customer")
    assert state.staff == JI.id, "who invited sees what became of it"
    assert invited.acts(ANNA, "decline") == []
    assert code(partial(invited.acts, ANNA, "accept")) == "call_over"


def test_an_invitation_lapses_and_is_then_no_longer_accepted(invited: Talk) -> None:
    assert invited.passes(PACE.invite_ms - 1) == []
    invited.now += 1
    assert code(partial(invited.acts, ANNA, "accept")) == "call_over"
    state = invited.state
    assert (state.phase, state.cause, state.ended_by) == ("ended", "unanswered", "system")


def test_who_invites_may_take_it_back(invited: Talk) -> None:
    invited.acts(JI, "hang_up")
    state = invited.state
    assert (state.phase, state.cause, state.ended_by) == ("ended", "unanswered", "staff")


def test_nobody_answers_an_invitation_for_the_customer(invited: Talk) -> None:
    assert code(partial(invited.answers, JI)) == "not_answered"
    assert code(partial(invited.answers, WEN)) == "taken"
    assert invited.rings(WEN) == []


def test_who_was_not_invited_accepts_and_declines_nothing(talk: Talk) -> None:
    assert code(partial(talk.acts, ANNA, "accept")) == "not_invited"
    assert code(partial(talk.acts, ANNA, "decline")) == "not_invited"


def test_who_never_opened_an_invitation_is_not_missed(invited: Talk) -> None:
    assert invited.passes(PACE.grace_ms) == []
    invited.sits(ANNA)
    invited.goes(ANNA)
    invited.passes(PACE.grace_ms)
    assert invited.state.cause == "lost"


# Where their pages are


def test_the_newest_page_of_a_side_counts(talking: Talk) -> None:
    assert talking.state.customer_seat.page == "anna-page-1"
    talking.sits(ANNA, "anna-page-2")
    assert talking.state.customer_seat.page == "anna-page-2"
    assert talking.goes(ANNA, "anna-page-1") == [], "of the older one nothing more counts"
    assert talking.state.customer_seat.page == "anna-page-2"
    assert talking.state.staff_seat.page == "ji-page-1"


def test_a_page_that_goes_is_missed_until_it_is_back(talking: Talk) -> None:
    talking.passes(SECOND)
    assert talking.goes(JI) == [e.CallLeft(side="staff", seat="ji-page-1")]
    assert talking.goes(JI) == [], "it cannot go twice"
    assert talking.state.staff_seat.gone_at == talking.now
    talking.sits(JI)
    assert talking.state.staff_seat.gone_at is None


def test_the_late_end_of_an_old_connection_of_the_same_page_changes_nothing(talking: Talk) -> None:
    came = talking.state.customer_seat.joined
    talking.sits(ANNA, "anna-page-1")
    assert talking.goes(ANNA, "anna-page-1", came) == []
    assert talking.state.customer_seat.page == "anna-page-1"
    assert len(talking.goes(ANNA, "anna-page-1", talking.state.customer_seat.joined)) == 1


def test_who_waits_and_does_not_come_back_is_lost(talk: Talk) -> None:
    talk.goes(ANNA)
    talk.rings(JI)
    talk.passes(PACE.ring_ms)
    assert talk.state.phase == "waiting"
    assert talk.passes(PACE.grace_ms - PACE.ring_ms - 1) == []
    assert talk.passes(1) == [e.CallEnded(cause="lost", by="system")]
    assert talk.sits(ANNA) == [], "too late"


def test_who_comes_back_in_time_waits_on(talk: Talk) -> None:
    talk.goes(ANNA)
    talk.passes(PACE.grace_ms - 1)
    talk.sits(ANNA)
    assert talk.passes(10 * PACE.grace_ms) == []
    assert talk.state.phase == "waiting"


def test_who_asks_and_never_comes_is_lost() -> None:
    talk = Talk()
    talk.does(ANNA, c.Ask(ANNA.id, "en"))
    talk.passes(PACE.grace_ms)
    assert talk.state.cause == "lost"


def test_a_ring_and_the_customer_end_in_their_order(talk: Talk) -> None:
    talk.passes(PACE.grace_ms)
    talk.goes(ANNA)
    talk.passes(PACE.grace_ms - PACE.ring_ms - 1)
    talk.rings(JI)
    talk.now += PACE.grace_ms
    assert [one.TYPE for one in talk.passes(0)] == ["call.unanswered", "call.ended"]
    assert talk.passes(0) == []


@pytest.mark.parametrize("who", [ANNA, JI], ids=["customer", "rep"])
def test_who_talks_and_does_not_come_back_ends_it(talking: Talk, who: c.Actor) -> None:
    talking.goes(who)
    assert talking.passes(PACE.talk_grace_ms - 1) == []
    assert talking.passes(1) == [e.CallEnded(cause="lost", by="system")]
    assert talking.state.staff == JI.id


def test_of_two_who_are_gone_the_one_who_went_first_is_missed_first(talking: Talk) -> None:
    talking.goes(JI)
    talking.passes(10 * SECOND)
    talking.goes(ANNA)
    talking.sits(JI)
    assert talking.passes(PACE.talk_grace_ms - 1) == []
    talking.passes(1)
    assert talking.state.cause == "lost"


def test_who_accepts_and_never_comes_is_missed(invited: Talk) -> None:
    invited.acts(ANNA, "accept")
    invited.sits(JI)
    assert invited.state.customer_seat.gone_at == invited.now
    invited.passes(PACE.talk_grace_ms)
    assert invited.state.cause == "lost"


def test_a_rep_who_answers_and_never_comes_is_missed(talk: Talk) -> None:
    talk.answers(JI)
    assert talk.state.staff_seat.gone_at == talk.now
    talk.passes(PACE.talk_grace_ms)
    assert talk.state.cause == "lost"


def test_the_page_of_a_rep_who_was_passed_over_is_nobodys(talk: Talk) -> None:
    talk.rings(JI)
    talk.sits(JI)
    talk.acts(JI, "decline")
    talk.answers(WEN)
    assert talk.state.staff_seat.page is None
    assert talk.goes(JI) == []


def test_a_page_that_was_there_when_it_rang_is_there_when_they_talk(talk: Talk) -> None:
    talk.rings(JI)
    talk.sits(JI)
    talk.answers(JI)
    assert (talk.state.staff_seat.page, talk.state.staff_seat.gone_at) == ("ji-page-1", None)


def test_the_times_are_those_of_the_installation() -> None:
    talk = Talk()
    talk.asks()
    talk.goes(ANNA)
    assert KIND.next_due(talk.state) == talk.now + PACE.grace_ms
    other = type(KIND)(c.Pace(grace_ms=5))
    assert other.next_due(talk.state) == talk.now + 5
    talk.sits(ANNA)
    assert other.next_due(talk.state) is None


# While they talk


def test_both_say_things(talking: Talk) -> None:
    talking.acts(JI, "say", text="您好")
    talking.acts(ANNA, "say", text="你好")
    assert [(one.side, one.name, one.text) for one in talking.state.said] == [
        ("staff", "Ji", "您好"),
        ("customer", "Anna", "你好"),
    ]


@pytest.mark.parametrize("do", ["say", "show", "hide", "change"])
def test_there_is_nothing_to_say_or_show_before_and_after(talk: Talk, do: str) -> None:
    assert code(lambda: talk.does(ANNA, EVERYTHING[do])) == "not_talking"
    talk.answers(JI)
    talk.acts(JI, "hang_up")
    for by in (ANNA, JI):
        assert code(partial(talk.does, by, EVERYTHING[do])) == "call_over"


def test_one_product_is_shown_at_a_time(talking: Talk) -> None:
    talking.does(JI, c.Shown(SOAP))
    assert talking.does(ANNA, c.Shown(SOAP)) == [], "both see it already"
    talking.does(ANNA, c.Shown(OIL))
    state = talking.state
    assert state.card is not None
    assert (state.card.product, state.card.by) == (OIL, "customer")
    talking.acts(JI, "hide")
    assert talking.state.card is None
    assert talking.acts(ANNA, "hide") == []
    talking.does(JI, c.Shown(SOAP))
    assert talking.state.shown == (SOAP, OIL)
    talking.acts(JI, "hang_up")
    assert talking.state.card is None


def test_the_cart_is_changed_by_both_and_said_by_whom(talking: Talk) -> None:
    mine, hers = talking.changes(JI), talking.changes(ANNA)
    found = {one.offset: (one.by, one.staff, one.name) for one in talking.state.changes}
    assert found == {mine: ("staff", JI.id, "Ji"), hers: ("customer", None, "Anna")}


def test_a_change_has_one_outcome(talking: Talk) -> None:
    offset = talking.changes()
    talking.system(c.Became(offset, undone=False))
    assert talking.system(c.Became(offset, undone=False, code="out_of_stock")) == []
    assert talking.system(c.Became(offset, undone=True)) == [], "nobody wanted it undone"
    change = talking.state.change(offset)
    assert change is not None
    assert (change.state, change.code) == ("done", None)
    assert talking.system(c.Became(1, undone=False)) == [], "no change was asked for there"


def test_what_could_not_be_done_is_said(talking: Talk) -> None:
    offset = talking.changes()
    talking.system(c.Became(offset, undone=False, code="out_of_stock"))
    change = talking.state.change(offset)
    assert change is not None
    assert (change.state, change.code) == ("refused", "out_of_stock")
    assert code(lambda: talking.acts(ANNA, "undo", offset=offset)) == "not_undoable"


def test_both_undo_what_was_done(talking: Talk) -> None:
    for by in (ANNA, JI):
        offset = talking.changes(JI)
        assert code(partial(talking.acts, by, "undo", offset=offset)) == "not_undoable"
        talking.system(c.Became(offset, undone=False))
        assert talking.acts(by, "undo", offset=offset) == [e.ChangeUndoAsked(of=offset, by=by.side)]
        assert talking.acts(ANNA, "undo", offset=offset) == [], "it is being undone"
        talking.system(c.Became(offset, undone=True))
        assert talking.acts(JI, "undo", offset=offset) == []
        assert talking.system(c.Became(offset, undone=True)) == []


def test_what_could_not_be_undone_stays(talking: Talk) -> None:
    offset = talking.changes()
    talking.system(c.Became(offset, undone=False))
    talking.acts(ANNA, "undo", offset=offset)
    talking.system(c.Became(offset, undone=True, code="sold_out"))
    change = talking.state.change(offset)
    assert change is not None
    assert (change.state, change.code) == ("kept", "sold_out")
    assert code(lambda: talking.acts(ANNA, "undo", offset=offset)) == "not_undoable"


def test_only_changes_of_the_cart_are_undone(talking: Talk) -> None:
    offset = talking.changes(JI, CANCELLED)
    talking.system(c.Became(offset, undone=False))
    assert code(lambda: talking.acts(ANNA, "undo", offset=offset)) == "not_undoable"
    error = refused(lambda: talking.acts(ANNA, "undo", offset=1))
    assert (type(error), error.error_code) == (NotFound, "unknown_change")


def test_after_the_call_the_customer_alone_undoes(talking: Talk) -> None:
    offset = talking.changes()
    talking.acts(JI, "hang_up")
    talking.system(c.Became(offset, undone=False))
    assert code(lambda: talking.acts(JI, "undo", offset=offset)) == "call_over"
    talking.acts(ANNA, "undo", offset=offset)
    talking.system(c.Became(offset, undone=True))
    assert talking.state.changes[0].state == "undone"


def test_notes_are_written_whole_during_the_call_and_after_it(talking: Talk) -> None:
    talking.acts(JI, "note", text="乾性肌")
    assert talking.log[-1].audience == "staff"
    assert talking.acts(JI, "note", text="乾性肌") == []
    talking.acts(JI, "hang_up")
    talking.acts(JI, "note", text="乾性肌，要回電")
    assert talking.state.notes is not None
    assert talking.state.notes.text == "乾性肌，要回電"
    talking.acts(JI, "note", text="")
    assert talking.state.notes.text == ""


def test_no_notes_are_taken_of_a_call_that_only_rings(talk: Talk) -> None:
    assert talk.rings(JI)
    assert code(lambda: talk.acts(JI, "note", text="x")) == "not_talking"


def test_what_she_buys_during_the_call_is_told(talking: Talk) -> None:
    ordered = c.Ordered("ord_1", "P-1", 500, "TWD")
    assert len(talking.system(ordered)) == 1
    assert talking.system(ordered) == []
    assert [one.id for one in talking.state.orders] == ["ord_1"]


def test_what_she_bought_is_heard_of_a_little_late(talking: Talk) -> None:
    during = talking.now
    talking.passes(SECOND)
    talking.acts(ANNA, "hang_up")
    talking.passes(SECOND)
    assert talking.system(c.Ordered("ord_1", "P-1", 500, "TWD")) == []
    assert talking.system(c.Ordered("ord_2", "P-2", 500, "TWD", during - 1)) == []
    assert len(talking.system(c.Ordered("ord_3", "P-3", 500, "TWD", during))) == 1


def test_what_she_buys_while_she_waits_is_none_of_the_calls(talk: Talk) -> None:
    assert talk.system(c.Ordered("ord_1", "P-1", 500, "TWD")) == []


# How it ends


def test_both_who_hang_up_at_once_end_it_once(talking: Talk) -> None:
    hang_up = c.HangUp(type="hang_up")
    first, second = talking.do_at_once((JI, hang_up), (ANNA, hang_up))
    assert (first, second) == ([e.CallEnded(cause="hung_up", by="staff")], [])
    state = talking.state
    assert (state.cause, state.ended_by, state.ended_at) == ("hung_up", "staff", talking.now)


@pytest.mark.parametrize("do", ["leave", "hang_up"])
def test_who_waits_may_leave(talk: Talk, do: str) -> None:
    talk.rings(JI)
    talk.acts(ANNA, do)
    assert (talk.state.cause, talk.state.ended_by) == ("left", "customer")
    assert talk.acts(ANNA, do) == []


def test_a_rep_does_not_hang_up_what_she_has_not_answered(talk: Talk) -> None:
    talk.rings(JI)
    assert code(partial(talk.acts, JI, "hang_up")) == "not_talking"


def test_who_leaves_the_moment_somebody_answers_has_hung_up(talking: Talk) -> None:
    talking.acts(ANNA, "leave")
    assert talking.state.cause == "hung_up"


@pytest.mark.parametrize("begin", ["waiting", "ringing", "invited"])
@pytest.mark.parametrize("do", ["callback", "chat"])
def test_she_may_turn_to_something_else_as_long_as_nobody_answers(begin: str, do: str) -> None:
    talk = Talk()
    if begin == "invited":
        talk.invites()
    else:
        talk.asks()
    if begin == "ringing":
        talk.rings()
    talk.acts(ANNA, do)
    assert (talk.state.phase, talk.state.cause) == ("ended", do)
    assert talk.acts(ANNA, do) == []
    other = "chat" if do == "callback" else "callback"
    assert code(partial(talk.acts, ANNA, other)) == "call_over"


def test_who_talks_is_not_called_back(talking: Talk) -> None:
    assert code(partial(talking.acts, ANNA, "callback")) == "talking"
    assert code(partial(talking.acts, ANNA, "chat")) == "talking"


def test_who_wants_to_be_called_back_says_what_about() -> None:
    talk = Talk()
    talk.asks(text="膚況")
    talk.acts(ANNA, "callback", text="七點後")
    assert (talk.state.text, talk.state.text_at) == ("七點後", len(talk.log))
    again = Talk()
    again.asks(text="膚況")
    again.acts(ANNA, "callback")
    assert (again.state.text, again.state.text_at) == ("膚況", 1)


def test_any_rep_calls_back_once(talk: Talk) -> None:
    assert code(lambda: talk.does(WEN, c.CalledBack())) == "no_callback"
    talk.acts(ANNA, "callback")
    assert talk.state.wants_callback
    assert talk.does(WEN, c.CalledBack()) == [e.CallbackDone(staff=WEN.id)]
    assert talk.acts(JI, "called_back") == []
    assert not talk.state.wants_callback


def test_she_says_how_it_was_when_it_is_over(talking: Talk) -> None:
    assert code(lambda: talking.acts(ANNA, "rate", score=5)) == "not_over"
    talking.acts(JI, "hang_up")
    talking.acts(ANNA, "rate", score=2)
    talking.acts(ANNA, "rate", score=5, text="很好")
    assert talking.state.rated is not None
    assert (talking.state.rated.score, talking.state.rated.text) == (5, "很好")


def test_what_never_was_is_not_rated(talk: Talk) -> None:
    talk.acts(ANNA, "leave")
    assert code(lambda: talk.acts(ANNA, "rate", score=1)) == "not_talking"


# Who she is


def test_a_guest_who_signs_in_in_the_middle_of_a_call_talks_on(talking: Talk) -> None:
    talking.system(c.Merge(ANNA.id, ERIN.id))
    assert talking.system(c.Merge(ANNA.id, ERIN.id)) == []
    assert talking.system(c.Merge(BEN.id, ERIN.id)) == []
    assert (talking.state.customer, talking.state.phase) == (ERIN.id, "talking")
    assert talking.state.customer_seat.page == "anna-page-1"
    talking.acts(ERIN, "say", text="我登入了")
    talking.acts(ANNA, "say", text="舊的頁面")
    only_new = customer("Erin")
    talking.acts(only_new, "hang_up")
    assert talking.state.cause == "hung_up"


def test_a_call_goes_on_when_its_words_are_erased(talking: Talk) -> None:
    talking.system(c.EraseTalk(None))
    talking.acts(ANNA, "say", text="還在")
    talking.acts(JI, "hang_up")
    assert talking.state.cause == "hung_up"


# What comes from outside

_DO: TypeAdapter[Any] = TypeAdapter(c.Do)


@pytest.mark.parametrize(
    "bad",
    [
        {"type": "say", "text": ""},
        {"type": "say", "text": " \n "},
        {"type": "say", "text": "x" * 2_001},
        {"type": "say"},
        {"type": "change", "kind": "order.cancel", "variant": "var_" + "0" * 26, "quantity": 1},
        {"type": "change", "kind": "cart.add", "variant": "var_" + "0" * 26, "quantity": 0},
        {"type": "change", "kind": "cart.add", "variant": "var_" + "0" * 26, "quantity": 21},
        {"type": "change", "kind": "cart.add", "variant": "var_" + "0" * 26, "quantity": "1"},
        {"type": "change", "kind": "cart.add", "variant": "x", "quantity": 1},
        {"type": "undo", "offset": 0},
        {"type": "show", "product": "prd_1"},
        {"type": "callback", "text": "x" * 501},
        {"type": "rate", "score": 6},
        {"type": "rate", "score": True},
        {"type": "note", "text": "x" * 4_001},
        {"type": "hang_up", "also": 1},
        {"type": "ring"},
        {},
    ],
)
def test_what_is_not_so_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _DO.validate_python(bad)


def test_the_name_of_a_seat_is_plain() -> None:
    assert c.SendSit(request_id="request-1", seat="Aa0_-zzz").seat == "Aa0_-zzz"
    for bad in ("short", "x" * 65, "with space", "seat_ñññ", "seat-123\n"):
        with pytest.raises(ValidationError):
            c.SendSit(request_id="request-1", seat=bad)


def test_where_nothing_was_looked_at_nothing_is_told() -> None:
    assert c.About().told() is None
    assert c.About(product=SOAP).told() == e.About(product=SOAP)


# Whatever happens


_PEOPLE = {"anna": ANNA, "erin": customer("Erin"), "ben": BEN, "ji": JI, "wen": WEN}
_PAGES = ("page-number-1", "page-number-2")


class Calls(RuleBasedStateMachine):
    """Whoever does whatever, in whatever order and however late."""

    def __init__(self) -> None:
        super().__init__()
        self.talk = Talk()
        self.over: Any = None
        self.outcomes: dict[tuple[int, str], int] = {}

    def _does(self, by: c.Actor, do: Any) -> None:
        self.talk.passes(0)
        before = self.talk.state
        try:
            happened = self.talk.does(by, do)
        except PlusOneError:
            assert self.talk.state == before, "who is refused leaves no trace"
            return
        if by.side == "customer" and not isinstance(do, c.Ask):
            assert not before.ids.isdisjoint(by.ids), "it is nobody else's"
        for event in happened:
            if isinstance(event, e.ChangeMade | e.ChangeUndone):
                key = (event.of, event.TYPE)
                self.outcomes[key] = self.outcomes.get(key, 0) + 1

    @rule(
        who=st.sampled_from(list(_PEOPLE.values())), do=st.sampled_from(list(EVERYTHING.values()))
    )
    def acts(self, who: c.Actor, do: Any) -> None:
        self._does(who, do)

    @rule(who=st.sampled_from([ANNA, ANNA, JI]))
    def begins(self, who: c.Actor) -> None:
        self._does(
            who,
            c.Ask(ANNA.id, "en")
            if who.side == "customer"
            else c.Invite(ANNA.id, "Anna", "en", PACE.invite_ms),
        )

    @rule(who=st.sampled_from([JI, WEN]), elsewhere=st.booleans())
    def answers(self, who: c.Actor, elsewhere: bool) -> None:
        before = self.talk.state
        self._does(who, c.Answering(who.name, elsewhere))
        if before.phase == "talking":
            assert self.talk.state.staff == before.staff, "nobody takes a call from another"

    @rule(who=st.sampled_from([JI, WEN]))
    def rings(self, who: c.Actor) -> None:
        self._does(c.SYSTEM, c.Ring(who.id, who.name, PACE.ring_ms))

    @rule(who=st.sampled_from([JI, WEN]))
    def passes_over(self, who: c.Actor) -> None:
        self._does(c.SYSTEM, c.Passed(who.id, "gone"))

    @rule(who=st.sampled_from([ANNA, JI, WEN]), page=st.sampled_from(_PAGES))
    def sits(self, who: c.Actor, page: str) -> None:
        self._does(who, c.Sit(page))

    @rule(
        side=st.sampled_from(["customer", "staff"]),
        page=st.sampled_from(_PAGES),
        joined=st.none() | st.integers(1, 40),
    )
    def goes(self, side: e.Side, page: str, joined: int | None) -> None:
        self._does(c.SYSTEM, c.Left(side, page, joined))

    @rule(back=st.integers(0, 3), undone=st.booleans(), why=st.sampled_from([None, "sold_out"]))
    def became(self, back: int, undone: bool, why: str | None) -> None:
        asked = [one.offset for one in self.talk.log if one.event.TYPE == "change.asked"]
        if asked:
            of = asked[-1 - back % len(asked)]
            self._does(c.SYSTEM, c.Became(of, undone, why))

    @rule(who=st.sampled_from([ANNA, JI]), back=st.integers(0, 3))
    def undoes(self, who: c.Actor, back: int) -> None:
        asked = [one.offset for one in self.talk.log if one.event.TYPE == "change.asked"]
        if asked:
            self._does(who, c.Undo(type="undo", offset=asked[-1 - back % len(asked)]))

    @rule(
        do=st.sampled_from(
            [c.Merge(ANNA.id, ERIN.id), c.EraseTalk(None), c.Ordered("ord_1", "1", 1, "TWD")]
        )
    )
    def service_does(self, do: Any) -> None:
        self._does(c.SYSTEM, do)

    @rule(who=st.sampled_from([ANNA, JI, WEN]))
    def calls_back(self, who: c.Actor) -> None:
        self._does(who, c.CalledBack())

    @rule(ms=st.sampled_from([1, PACE.ring_ms, PACE.grace_ms, PACE.talk_grace_ms, PACE.invite_ms]))
    def waits(self, ms: int) -> None:
        due = KIND.next_due(self.talk.state)
        happened = self.talk.passes(ms)
        assert bool(happened) == (due is not None and due <= self.talk.now)
        assert self.talk.passes(0) == [], "what was due is done"
        due = KIND.next_due(self.talk.state)
        assert due is None or due > self.talk.now

    @invariant()
    def holds(self) -> None:
        state = self.talk.state
        assert (state.phase in ("ringing", "invited")) == (state.until is not None)
        if state.phase in ("ringing", "invited", "talking"):
            assert state.staff is not None
        if state.phase in ("new", "waiting"):
            assert state.staff is None
        assert (state.phase == "ended") == (state.ended_at is not None) == (state.cause is not None)
        if state.phase == "talking":
            assert state.answered_at is not None
            for seat in (state.customer_seat, state.staff_seat):
                assert (seat.page is None) == (seat.gone_at is not None), "there, or missed"
        if state.cause is not None:
            assert (state.answered_at is not None) or state.cause != "hung_up"
        if self.over is not None:
            assert (state.phase, state.cause, state.ended_at) == self.over, "over is over"
        elif state.over:
            self.over = (state.phase, state.cause, state.ended_at)
        answered = [one for one in self.talk.log if one.event.TYPE == "call.answered"]
        assert len(answered) <= 1
        assert self.talk.types.count("call.ended") <= 1
        assert all(count == 1 for count in self.outcomes.values())


TestCalls = Calls.TestCase
TestCalls.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
