"""What may happen in a conversation: who speaks, who has it, when it moves on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pydantic import ValidationError

from chat import commands as c
from chat import events as e
from core.errors import Conflict, Forbidden, NotFound, PlusOneError
from tests.chat.talk import ANNA, ANSWER_MS, BEN, BOSS, IDLE_MS, JI, WEN, Talk

PRODUCT = "prd_" + "0" * 26


@pytest.fixture
def talk() -> Talk:
    """A question that waits."""
    talk = Talk()
    talk.says(ANNA, "在嗎")
    return talk


def refused(do: Callable[[], object]) -> PlusOneError:
    with pytest.raises(PlusOneError) as caught:
        do()
    return caught.value


def test_her_first_words_open_a_round_that_waits(talk: Talk) -> None:
    assert talk.types[1:] == ["conversation.opened", "message.sent"]
    state = talk.state
    assert (state.control, state.round, state.waiting_since) == ("queued", 1, talk.now)


def test_a_burst_of_messages_is_one_round(talk: Talk) -> None:
    talk.passes(1_000)
    talk.says(ANNA, "還在嗎")
    assert talk.types.count("conversation.opened") == 1
    assert talk.state.waiting_since == talk.now - 1_000


def test_another_customer_finds_no_such_conversation(talk: Talk) -> None:
    for do in (c.Said(c.Say(text="嗨")), c.Read(upto=1), c.Rate(score=5)):
        with pytest.raises(NotFound):
            talk.does(BEN, do)


def test_a_rep_answers_what_she_has_taken(talk: Talk) -> None:
    assert refused(lambda: talk.says(JI, "在")).error_code == "not_yours"
    talk.acts(JI, "take")
    talk.says(JI, "在")
    state = talk.state
    assert (state.control, state.staff, state.waiting_since) == ("human", JI.id, None)


def test_of_two_who_take_it_at_once_one_has_it(talk: Talk) -> None:
    talk.acts(JI, "take")
    error = refused(lambda: talk.acts(WEN, "take"))
    assert isinstance(error, Conflict)
    assert (error.error_code, error.data) == ("taken", {"staff": JI.id, "name": "Ji"})
    assert talk.acts(JI, "take") == [], "she has it already"
    talk.acts(WEN, "take", **{"from": JI.id})
    assert talk.state.staff == WEN.id
    assert refused(lambda: talk.says(JI, "我說")).error_code == "not_yours"


def test_who_takes_from_somebody_who_has_given_it_back_is_told(talk: Talk) -> None:
    talk.acts(JI, "take")
    talk.acts(JI, "transfer")
    assert refused(lambda: talk.acts(WEN, "take", **{"from": JI.id})).error_code == "taken"
    assert talk.state.control == "queued"


def test_it_is_given_away_by_who_has_it_or_leads(talk: Talk) -> None:
    talk.acts(JI, "take")
    for do in (c.HandTo(WEN.id, "Wen"), c.Transfer(type="transfer"), c.Resolve(type="resolve")):
        assert refused(partial(talk.does, WEN, do)).error_code == "not_yours"
    talk.does(BOSS, c.HandTo(WEN.id, "Wen"))
    assert (talk.state.staff, talk.state.staff_name) == (WEN.id, "Wen")
    assert talk.does(WEN, c.HandTo(WEN.id, "Wen")) == []


def test_a_question_without_an_answer_waits_for_everybody_again(talk: Talk) -> None:
    talk.acts(JI, "take")
    assert talk.passes(ANSWER_MS - 1) == []
    [released] = talk.passes(1)
    assert released == e.ConversationReleased(staff=JI.id, cause="unanswered")
    assert (talk.state.control, talk.state.waiting_since) == ("queued", talk.now - ANSWER_MS)
    assert talk.passes(ANSWER_MS) == []


def test_who_takes_a_question_that_waits_has_her_own_time_for_it(talk: Talk) -> None:
    talk.acts(JI, "take")
    talk.passes(ANSWER_MS)
    talk.acts(WEN, "take")
    assert talk.passes(ANSWER_MS - 1) == []
    assert talk.passes(1) == [e.ConversationReleased(staff=WEN.id, cause="unanswered")]
    talk.acts(WEN, "take")
    talk.does(WEN, c.HandTo(JI.id, "Ji", talk.now + ANSWER_MS))
    assert talk.passes(ANSWER_MS) == [e.ConversationReleased(staff=JI.id, cause="unanswered")]


def test_an_answer_in_time_keeps_it(talk: Talk) -> None:
    talk.acts(JI, "take")
    talk.says(JI, "在")
    assert talk.passes(ANSWER_MS) == []
    talk.says(ANNA, "好")
    assert talk.passes(ANSWER_MS - 1) == []
    assert len(talk.passes(1)) == 1


def test_a_round_in_which_nobody_says_more_ends_by_itself(talk: Talk) -> None:
    talk.acts(JI, "take")
    talk.says(JI, "還需要什麼嗎")
    [resolved] = talk.passes(IDLE_MS)
    assert resolved == e.ConversationResolved(staff=None, cause="idle")
    assert talk.passes(IDLE_MS) == []


def test_one_who_comes_back_begins_a_round_and_keeps_her_history(talk: Talk) -> None:
    talk.acts(JI, "take")
    talk.acts(JI, "resolve")
    talk.says(ANNA, "還有一件事")
    state = talk.state
    assert (state.control, state.round, state.staff) == ("queued", 2, None)
    assert [line.text for line in state.lines if line.kind == "message"] == ["在嗎", "還有一件事"]


def test_a_rep_may_write_to_one_whose_round_is_over(talk: Talk) -> None:
    talk.acts(JI, "take")
    talk.acts(JI, "resolve")
    talk.acts(WEN, "take")
    talk.says(WEN, "到貨了")
    assert (talk.state.round, talk.state.control) == (2, "human")
    assert len(talk.acts(WEN, "resolve")) == 1
    assert talk.acts(JI, "resolve") == []


def test_what_is_promised_is_promised_once_and_only_to_one_who_waits(talk: Talk) -> None:
    promise = c.Promise(1, None, 3)
    assert talk.does(c.SYSTEM, promise) == [e.ConversationPromised(opens_at=None, place=3)]
    assert talk.does(c.SYSTEM, promise) == []
    talk.acts(JI, "take")
    assert talk.state.promised is None
    assert talk.does(c.SYSTEM, promise) == []


def test_she_rates_a_round_that_is_over(talk: Talk) -> None:
    assert refused(lambda: talk.does(ANNA, c.Rate(score=5))).error_code == "not_resolved"
    talk.acts(JI, "take")
    talk.acts(JI, "resolve")
    talk.does(ANNA, c.Rate(score=2))
    talk.does(ANNA, c.Rate(score=4, text="好一點"))
    assert talk.state.rated is not None
    assert (talk.state.rated.score, talk.state.rated.text) == (4, "好一點")
    with pytest.raises(Forbidden):
        talk.does(JI, c.Rate(score=5))


def test_products_are_shown_by_staff_and_asked_about_by_customers(talk: Talk) -> None:
    with pytest.raises(Forbidden):
        talk.says(ANNA, product=PRODUCT)
    with pytest.raises(Forbidden):
        talk.says(ANNA, "這些", products=[PRODUCT])
    talk.acts(JI, "take")
    talk.says(JI, product=PRODUCT)
    with pytest.raises(Forbidden):
        talk.says(JI, "這個", about={"product": PRODUCT})


def test_what_is_read_only_grows_and_never_past_what_there_is(talk: Talk) -> None:
    assert talk.state.unread("staff") == 1
    talk.does(JI, c.Read(upto=10**6))
    assert (talk.state.read_staff, talk.state.unread("staff")) == (3, 0)
    assert talk.does(JI, c.Read(upto=2)) == []


def test_what_is_old_is_blanked_and_not_what_she_says_who_comes_back_meanwhile(talk: Talk) -> None:
    talk.says(ANNA, "我住在某某路")
    talk.acts(JI, "take")
    talk.acts(JI, "resolve")
    old = c.EraseOld(talk.now + 1)
    talk.now += IDLE_MS
    talk.says(ANNA, "我回來了")
    assert talk.does(c.SYSTEM, old) == []
    talk.acts(BOSS, "resolve")
    assert talk.does(c.SYSTEM, old) == [], "she was answered soon"
    assert talk.last.text == "我回來了"
    talk.now += 1
    assert talk.does(c.SYSTEM, c.EraseOld(talk.now)) == [e.TalkErased(person=None)]
    assert talk.last.text is None


def test_a_guest_who_signs_in_keeps_her_conversation(talk: Talk) -> None:
    talk.does(c.SYSTEM, c.Merge(ANNA.id, BEN.id))
    talk.says(BEN, "是我")
    talk.says(ANNA, "這一頁還是舊的")
    assert talk.state.customer == BEN.id
    assert talk.does(c.SYSTEM, c.Merge(ANNA.id, BEN.id)) == []


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"text": ""}, {"text": " \n"}, {"text": "x" * 2_001}, {"text": 7}, {"product": "x"},
        {"products": []}, {"products": ["x"]}, {"products": [PRODUCT] * 6},
        {"text": "x", "html": True}, {"text": "x", "about": {"title": "x"}},
    ],
)  # fmt: skip
def test_what_says_nothing_is_not_said(sent: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        c.Say.model_validate(sent)


class Races(RuleBasedStateMachine):
    """Whoever does whatever, in whatever order: nobody answers for another."""

    def __init__(self) -> None:
        super().__init__()
        self.talk = Talk()

    @rule(text=st.sampled_from(["在嗎", "好"]))
    def asks(self, text: str) -> None:
        self.talk.says(ANNA, text)

    @rule(who=st.sampled_from([JI, WEN, BOSS]))
    def answers(self, who: c.Actor) -> None:
        may = self.talk.state.staff == who.id
        try:
            self.talk.says(who, "答")
        except Conflict:
            assert not may
        else:
            assert may

    @rule(
        who=st.sampled_from([JI, WEN, BOSS]),
        do=st.sampled_from(["take", "transfer", "resolve"]),
        seen=st.sampled_from([None, JI.id, WEN.id]),
    )
    def acts(self, who: c.Actor, do: str, seen: str | None) -> None:
        before = self.talk.state
        try:
            self.talk.acts(who, do, **({"from": seen} if do == "take" else {}))
        except Conflict:
            assert self.talk.state == before
        else:
            if do == "take" and before.staff != who.id:
                assert before.staff == seen

    @rule(ms=st.sampled_from([1, ANSWER_MS, IDLE_MS]))
    def waits(self, ms: int) -> None:
        self.talk.passes(ms)
        assert self.talk.passes(0) == [], "what was due is done"

    @invariant()
    def holds(self) -> None:
        state = self.talk.state
        assert (state.staff is not None) == (state.control == "human")
        assert state.waiting_since is None or state.control in ("queued", "human")
        assert (state.round == 0) == (state.control == "new")


TestRaces = Races.TestCase
TestRaces.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
