"""The bot in the log: it answers once, never over a person, and changes nothing by itself."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chat import commands as c
from chat import events as e
from core.errors import Conflict, Forbidden, NotFound
from core.tools import Card, Change
from tests.chat.talk import (
    ANNA,
    BEN,
    IDLE_MS,
    JI,
    MINUTE,
    OFFERED_MS,
    WEN,
    YES_OR_NO,
    Talk,
    reader,
)
from tests.chat.test_rules import refused

JARS = Change(kind="cart.add", title="樹子", variant="var_" + "0" * 26, quantity=2)


@pytest.fixture
def talk() -> Talk:
    """A customer has asked, and the bot is to answer."""
    talk = Talk(bot=True)
    talk.says(ANNA, "有樹子嗎")
    return talk


def test_where_there_is_a_bot_it_has_the_first_word(talk: Talk) -> None:
    assert talk.state.control == "bot"
    talk.bot_says("有的")
    assert talk.state.waiting_since is None
    assert talk.state.idle_at == talk.now + IDLE_MS


def test_an_answer_counts_once(talk: Talk) -> None:
    talk.bot_says("有的")
    assert talk.bot_says("有的", upto=talk.state.asked_upto) == []


def test_an_answer_that_comes_after_more_was_said_is_dropped(talk: Talk) -> None:
    upto = talk.state.asked_upto
    talk.says(ANNA, "還是有禮盒？")
    assert talk.bot_says("有樹子", upto=upto) == []
    assert [event.TYPE for event in talk.bot_says("都有")] == ["message.sent"]


def test_what_it_says_after_somebody_took_over_is_a_draft_for_staff(talk: Talk) -> None:
    talk.acts(JI, "take")
    [drafted] = talk.bot_says("有的", cards=(Card("product", "prd_" + "0" * 26),))
    assert isinstance(drafted, e.BotDrafted)
    assert "draft" not in talk.sees(reader(ANNA))["conversation"]
    assert "有的" not in str(talk.told(reader(ANNA), 0))
    assert talk.sees(reader(JI))["staff"]["draft"]["text"] == "有的"
    talk.says(JI, "有，兩種")
    assert talk.sees(reader(JI))["staff"]["draft"] is None


def test_it_drafts_nothing_where_a_rep_has_answered(talk: Talk) -> None:
    talk.acts(JI, "take")
    talk.says(JI, "有，兩種")
    assert talk.bot_says("有的") == []


def test_what_it_says_after_the_end_of_a_round_is_dropped_and_so_in_the_next(talk: Talk) -> None:
    upto = talk.state.asked_upto
    talk.acts(JI, "take")
    talk.acts(JI, "resolve")
    assert talk.bot_says("有的", round=1, upto=upto) == []
    talk.says(ANNA, "又來了")
    assert talk.state.control == "bot"
    assert talk.bot_says("有的", round=1, upto=upto, handover="missed") == []


def test_a_hand_over_puts_her_into_the_queue_and_tells_staff_what_is_known(talk: Talk) -> None:
    talk.bot_says("有的", intent="product_search", cards=(Card("product", "prd_" + "0" * 26),))
    talk.says(ANNA, "找真人")
    talk.passes(1_000)
    talk.bot_says("馬上", intent="human", handover="asked", locale="zh-Hant-HK")
    state = talk.state
    assert (state.control, state.waiting_since, state.handed_at) == ("queued", talk.now, talk.now)
    packet = talk.sees(reader(JI))["staff"]["packet"]
    assert packet["cause"] == "asked"
    assert packet["locale"] == "zh-Hant-HK"
    assert packet["intents"] == ["product_search", "human"]
    assert [card["id"] for card in packet["cards"]] == ["prd_" + "0" * 26]
    assert "packed" not in str(talk.told(reader(ANNA), 0))


def test_where_nobody_is_there_it_goes_on_until_the_call_back(talk: Talk) -> None:
    due = talk.now + 600 * MINUTE
    talk.bot_says("明早十點", intent="human", handover="asked", callback_at=due)
    assert (talk.state.control, talk.state.callback_at) == ("bot", due)
    talk.says(ANNA, "那有禮盒嗎")
    talk.bot_says("有", handover="missed", callback_at=due + 1)
    assert talk.types.count("conversation.handed_over") == 1, "it is promised once"
    talk.passes(due - talk.now - 1)
    assert talk.state.control == "bot"
    talk.passes(1)
    state = talk.state
    assert (state.control, state.waiting_since, state.callback_at) == ("queued", due, None)


def test_a_rep_may_take_it_from_the_bot_at_any_time(talk: Talk) -> None:
    talk.bot_says("明早十點", handover="asked", callback_at=talk.now + MINUTE)
    talk.acts(JI, "take")
    assert (talk.state.control, talk.state.callback_at) == ("human", None)
    talk.passes(2 * MINUTE)
    assert talk.state.control == "human"


def test_a_bot_that_is_gone_leaves_its_rounds_to_people(talk: Talk) -> None:
    talk.does(c.BOT, c.BotLeaves(1, "off"))
    assert talk.state.control == "queued"
    assert talk.does(c.BOT, c.BotLeaves(1, "off")) == []
    assert talk.bot_says("有的") != [], "as a draft"


# Buttons and proposals


def test_a_button_says_its_words(talk: Talk) -> None:
    talk.proposes(JARS)
    offset = talk.last.offset
    talk.presses(ANNA, "no")
    line = talk.last
    assert (line.side, line.text) == ("customer", "不用")
    assert line.pressed == e.Pressed(offset, "no")
    assert talk.state.waiting_since is not None, "the bot answers it"


def test_what_was_proposed_is_done_when_she_presses_yes_and_not_before(talk: Talk) -> None:
    assert "change.asked" not in [event.TYPE for event in talk.proposes(JARS)]
    offset = talk.last.offset
    _, asked = talk.presses(ANNA, "yes")
    assert (asked.change, asked.of, asked.staff) == (JARS, offset, None)
    assert talk.state.waiting_since is None
    assert refused(lambda: talk.presses(ANNA, "yes", offset)).error_code == "proposal_over"


def test_a_plain_yes_does_it_too(talk: Talk) -> None:
    talk.proposes(JARS)
    talk.says(ANNA, "好")
    [asked] = talk.bot_says("", confirm=True)
    assert asked.change == JARS


def test_a_yes_to_what_is_no_longer_offered_is_thought_over(talk: Talk) -> None:
    def confirmed() -> object:
        return talk.bot_says("好的，幫你加", confirm=True)

    talk.says(ANNA, "好")
    assert refused(confirmed).error_code == "proposal_over", "nothing was offered"
    assert talk.bot_says("什麼好？"), "and it may answer otherwise"
    talk.says(ANNA, "兩罐")
    talk.proposes(JARS)
    talk.passes(OFFERED_MS)
    talk.says(ANNA, "好")
    assert refused(confirmed).error_code == "proposal_over", "too late"
    assert talk.bot_says("太晚了")
    talk.says(ANNA, "兩罐")
    talk.proposes(JARS)
    talk.says(ANNA, "好")
    talk.acts(JI, "take")
    assert confirmed() == [], "a rep is not offered to say what was not done"


def test_a_proposal_ends_with_its_time_with_another_and_with_the_bots_turn(talk: Talk) -> None:
    def over(offset: int) -> str:
        return refused(lambda: talk.presses(ANNA, "yes", offset)).error_code

    talk.proposes(JARS)
    first = talk.last.offset
    talk.passes(OFFERED_MS)
    assert over(first) == "proposal_over"
    talk.says(ANNA, "兩罐")
    talk.proposes(JARS)
    second = talk.last.offset
    talk.says(ANNA, "三罐好了")
    talk.proposes(JARS)
    assert over(second) == "proposal_over"
    third = talk.last.offset
    talk.acts(JI, "take")
    assert over(third) == "proposal_over"


def test_buttons_are_hers(talk: Talk) -> None:
    talk.proposes(JARS)
    offset = talk.last.offset
    with pytest.raises(Forbidden):
        talk.presses(JI, "yes", offset)
    with pytest.raises(NotFound):
        talk.presses(BEN, "yes", offset)
    assert refused(lambda: talk.presses(ANNA, "maybe", offset)).error_code == "unknown_button"
    assert refused(lambda: talk.presses(ANNA, "yes", 1)).error_code == "unknown_button"


# What is changed for her


def line_of_change(talk: Talk) -> Any:
    return next(line for line in talk.state.lines if line.kind == "change")


def test_a_rep_who_has_it_fills_her_cart_and_she_may_undo_it(talk: Talk) -> None:
    assert refused(lambda: talk.does(JI, c.DoFor(JARS))).error_code == "not_yours"
    talk.acts(JI, "take")
    talk.does(JI, c.DoFor(JARS))
    of = line_of_change(talk).offset
    assert refused(lambda: talk.does(ANNA, c.Undo(offset=of))).error_code == "not_undoable"
    talk.does(c.SYSTEM, c.Became(of, undone=False))
    with pytest.raises(Forbidden):
        talk.does(JI, c.Undo(offset=of))
    [asked] = talk.does(ANNA, c.Undo(offset=of))
    assert asked == e.ChangeUndoAsked(of=of)
    assert talk.does(ANNA, c.Undo(offset=of)) == []
    talk.does(c.SYSTEM, c.Became(of, undone=True))
    assert line_of_change(talk).state == "undone"
    assert talk.does(ANNA, c.Undo(offset=of)) == []


def test_what_was_not_done_says_why_and_is_not_undone(talk: Talk) -> None:
    talk.proposes(JARS)
    talk.presses(ANNA, "yes")
    of = line_of_change(talk).offset
    talk.does(c.SYSTEM, c.Became(of, undone=False, code="out_of_stock"))
    line = line_of_change(talk)
    assert (line.state, line.code) == ("refused", "out_of_stock")
    assert refused(lambda: talk.does(ANNA, c.Undo(offset=of))).error_code == "not_undoable"


def test_a_cancelled_order_stays_cancelled(talk: Talk) -> None:
    talk.proposes(Change(kind="order.cancel", title="P-1007", order="ord_" + "0" * 26))
    talk.presses(ANNA, "yes")
    of = line_of_change(talk).offset
    talk.does(c.SYSTEM, c.Became(of, undone=False))
    assert refused(lambda: talk.does(ANNA, c.Undo(offset=of))).error_code == "not_undoable"


# Whatever happens at whichever moment of a turn


class TurnMachine(RuleBasedStateMachine):
    """A customer, two reps, the time, and a bot that thinks while all of them go on.

    A turn begins by reading the log and ends by saying something, perhaps much later, and perhaps
    twice, as after a crash.
    """

    def __init__(self) -> None:
        super().__init__()
        self.talk = Talk(bot=True)
        self.thinking: list[dict[str, Any]] = []

    def tries(self, do: Any) -> None:
        with contextlib.suppress(Conflict, NotFound):
            do()

    @rule(
        handover=st.sampled_from((None, None, "asked", "missed")),
        later=st.booleans(),
        proposes=st.booleans(),
        yes=st.booleans(),
    )
    def customer_says(self, *, handover: Any, later: bool, proposes: bool, yes: bool) -> None:
        """And the bot begins to think."""
        self.talk.says(ANNA, "嗯")
        state, now = self.talk.state, self.talk.now
        proposes = proposes and handover is None
        self.thinking.append(
            {
                "round": state.round,
                "upto": state.asked_upto,
                "handover": handover,
                "callback_at": now + 30 * MINUTE if handover and later else None,
                "proposal": JARS if proposes else None,
                "expires_at": now + OFFERED_MS if proposes else None,
                "buttons": YES_OR_NO if proposes else (),
                "confirm": yes and not proposes,
            }
        )

    @precondition(lambda self: self.thinking)
    @rule(back=st.integers(0, 3), times=st.integers(1, 2))
    def bot_ends(self, back: int, times: int) -> None:
        turn = self.thinking[-1 - back % len(self.thinking)]
        for _ in range(times):
            before = self.talk.state
            try:
                events = self.talk.bot_says("…", **turn)
            except Conflict:
                assert turn["confirm"], "only a yes is refused"
                assert before.proposal is None or before.proposal.expires_at <= self.talk.now
                events = self.talk.bot_says("…", **turn | {"confirm": False})
            current = turn["round"] == before.round and turn["upto"] == before.asked_upto
            if not current or before.bot_upto >= turn["upto"]:
                assert not [one for one in events if _is_bots(one)], "it was too late"
            elif before.control == "bot" and self.talk.state.control != "human":
                assert [one for one in events if _is_bots(one)], "she waits for nothing"

    @rule(rep=st.sampled_from((JI, WEN)))
    def rep_takes(self, rep: c.Actor) -> None:
        self.tries(lambda: self.talk.acts(rep, "take", **{"from": self.talk.state.staff}))

    @rule(rep=st.sampled_from((JI, WEN)), what=st.sampled_from(("transfer", "resolve")))
    def rep_ends(self, rep: c.Actor, what: str) -> None:
        self.tries(lambda: self.talk.acts(rep, what))

    @rule(rep=st.sampled_from((JI, WEN)))
    def rep_says(self, rep: c.Actor) -> None:
        self.tries(lambda: self.talk.says(rep, "在"))

    @rule(back=st.integers(0, 5))
    def customer_presses(self, back: int) -> None:
        offered = [line.offset for line in self.talk.state.lines if line.buttons]
        if offered:
            offset = offered[-1 - back % len(offered)]
            self.tries(lambda: self.talk.presses(ANNA, "yes", offset))

    @rule(minutes=st.sampled_from((1, 11, 31, 49 * 60)))
    def time_passes(self, minutes: int) -> None:
        self.talk.passes(minutes * MINUTE)

    @invariant()
    def the_bot_speaks_only_where_it_has_the_word_and_once(self) -> None:
        control, asked, answered = "new", 0, 0
        proposals: dict[int | None, int] = {}
        for logged in self.talk.log:
            event = logged.event
            match event:
                case e.ConversationOpened():
                    control = "bot" if event.bot else "queued"
                case e.ConversationTaken():
                    control = "human"
                    proposals.clear()
                case e.ConversationReleased() | e.ConversationHandedOver(callback_at=None):
                    control = "queued"
                    proposals.clear()
                case e.ConversationResolved():
                    control = "resolved"
                    proposals.clear()
                case e.MessageSent(from_="customer"):
                    asked = logged.offset
                case e.MessageSent(from_="bot"):
                    assert control == "bot", "over a person"
                    assert event.upto == asked, "late"
                    assert asked > answered, "doubled"
                    answered = asked
                    proposals.clear()
                    if event.expires_at is not None:
                        proposals[logged.offset] = event.expires_at
                case e.MessageSent(from_="staff"):
                    proposals.clear()
                case e.ChangeAsked():
                    assert event.of in proposals, "not proposed, or confirmed before"
                    assert logged.at_ms < proposals.pop(event.of), "too late"

    @invariant()
    def who_waits_for_the_bot_is_known_to(self) -> None:
        state = self.talk.state
        if state.control == "bot":
            waits = state.waiting_since is not None
            assert waits == (state.asked_upto > state.bot_upto)

    def teardown(self) -> None:
        """Once all is quiet, the bot has the last word, or a person has."""
        self.talk.bot_says("最後")
        state = self.talk.state
        assert state.control != "bot" or state.waiting_since is None


def _is_bots(event: Any) -> bool:
    by_bot = isinstance(event, e.MessageSent) and event.from_ == "bot"
    return by_bot or isinstance(event, e.ChangeAsked)


TestWhateverHappensAtWhicheverMoment = TurnMachine.TestCase
TestWhateverHappensAtWhicheverMoment.settings = settings(max_examples=300, stateful_step_count=40)
