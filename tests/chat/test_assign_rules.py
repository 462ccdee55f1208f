"""What the service gives to a rep: only what still waits, and never to one who left it."""

from __future__ import annotations

from chat import commands as c
from chat import events as e
from tests.chat.talk import ANNA, ANSWER_MS, JI, WEN, Talk


def assign(talk: Talk, who: c.Actor, number: int = 1) -> list[object]:
    return talk.does(c.SYSTEM, c.Assign(number, who.id, who.name, talk.now + ANSWER_MS))


def asked() -> Talk:
    talk = Talk()
    talk.says(ANNA, "在嗎")
    return talk


def test_what_waits_is_given_to_a_rep_who_has_her_time_for_it() -> None:
    talk = asked()
    until = talk.now + ANSWER_MS
    taken = e.ConversationTaken(staff=JI.id, answer_by=until, assigned=True)
    assert assign(talk, JI) == [taken]
    assert (talk.state.staff, talk.state.staff_name) == (JI.id, "Ji")
    assert (talk.state.lines[-1].kind, talk.state.lines[-1].assigned) == ("taken", True)
    assert talk.passes(ANSWER_MS) == [e.ConversationReleased(staff=JI.id, cause="unanswered")]


def test_of_two_who_are_given_it_one_has_it() -> None:
    talk = asked()
    assign(talk, JI)
    assert assign(talk, WEN) == []
    assert talk.state.staff == JI.id


def test_who_took_it_herself_keeps_it() -> None:
    talk = asked()
    talk.acts(WEN, "take")
    assert assign(talk, JI) == []
    assert not talk.state.lines[-1].assigned


def test_what_was_chosen_for_another_round_is_given_to_nobody() -> None:
    talk = asked()
    talk.acts(JI, "take")
    talk.acts(JI, "resolve")
    assert assign(talk, JI) == []
    talk.says(ANNA, "還有")
    assert assign(talk, JI, number=1) == []
    assert len(assign(talk, JI, number=2)) == 1


def test_who_left_it_is_not_given_it_again_until_somebody_has_answered() -> None:
    talk = asked()
    assign(talk, JI)
    talk.passes(ANSWER_MS)
    assert assign(talk, JI) == []
    assert len(assign(talk, WEN)) == 1
    talk.passes(ANSWER_MS)
    assert talk.state.left_by == (JI.id, WEN.id)
    assert assign(talk, JI) == assign(talk, WEN) == []
    talk.acts(JI, "take")
    talk.says(JI, "在")
    assert not talk.state.left_by
    talk.acts(JI, "transfer")
    assert assign(talk, JI) == [], "she gave it back just now"
    assert len(assign(talk, WEN)) == 1


def test_another_round_is_anybodys() -> None:
    talk = asked()
    assign(talk, JI)
    talk.passes(ANSWER_MS)
    talk.acts(WEN, "take")
    talk.acts(WEN, "resolve")
    talk.says(ANNA, "還有一件")
    assert len(assign(talk, JI, number=2)) == 1


def test_what_the_bot_has_is_given_to_nobody() -> None:
    talk = Talk(bot=True)
    talk.says(ANNA, "在嗎")
    assert assign(talk, JI) == []
    talk.bot_says("等一下", handover="asked")
    assert len(assign(talk, JI)) == 1
