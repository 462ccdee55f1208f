"""What is shown in a conversation that nobody said, and who has it while she talks elsewhere."""

from __future__ import annotations

import pytest

from chat import commands as c
from chat import events as e
from chat.routes import CHATS
from core.identity.model import Person, Role
from core.identity.store import find_customer
from core.tools import Card
from tests.chat.conftest import House
from tests.chat.talk import ANNA, ANSWER_MS, IDLE_MS, JI, MINUTE, WEN, Talk, reader
from tests.service import Browser
from web.keys import DATABASE

CALL = Card("call", "cll_" + "0" * 26)
GIVE = c.Give(JI.id, JI.name)


def test_a_card_opens_no_round_and_nobody_has_asked() -> None:
    talk = Talk()
    talk.does(c.SYSTEM, c.Post(CALL, unread=False))
    state = talk.state
    assert talk.types == ["conversation.created", "card.posted"]
    assert (state.control, state.round, state.waiting_since, state.asked_upto) == (
        "new",
        0,
        None,
        0,
    )
    [line] = talk.sees(reader(ANNA))["conversation"]["lines"]
    assert (line["kind"], line["cards"][0]["id"], line["unread"]) == ("posted", CALL.id, False)


def test_a_card_that_is_news_is_unread_by_the_customer_alone() -> None:
    talk = Talk()
    talk.does(c.SYSTEM, c.Post(CALL, unread=True))
    assert (talk.state.unread("customer"), talk.state.unread("staff")) == (1, 0)
    talk.does(ANNA, c.Read(upto=len(talk.log)))
    assert talk.state.unread("customer") == 0
    talk.does(c.SYSTEM, c.Post(CALL, unread=False))
    assert talk.state.unread("customer") == 0


@pytest.mark.parametrize("bot", [True, False])
def test_what_the_bot_or_the_queue_has_goes_to_who_talks_with_her(bot: bool) -> None:
    talk = Talk(bot=bot)
    talk.says(ANNA, "這款辣嗎")
    [taken] = talk.does(c.SYSTEM, GIVE)
    assert taken == e.ConversationTaken(staff=JI.id, assigned=True)
    assert (talk.state.control, talk.state.staff_name) == ("human", "Ji")
    talk.says(ANNA, "那這個呢")
    assert talk.state.control == "human", "no bot answers while she talks"


@pytest.mark.parametrize("over", [True, False])
def test_what_is_over_or_was_never_begun_is_opened_by_the_shop(over: bool) -> None:
    talk = Talk()
    if over:
        talk.says(ANNA, "在嗎")
        talk.acts(WEN, "take")
        talk.acts(WEN, "resolve")
    happened = talk.does(c.SYSTEM, GIVE)
    opened = e.ConversationOpened(round=2 if over else 1, by="staff")
    assert happened == [opened, e.ConversationTaken(staff=JI.id, assigned=True)]


def test_what_a_colleague_has_stays_hers() -> None:
    talk = Talk()
    talk.says(ANNA, "在嗎")
    talk.acts(WEN, "take")
    assert talk.does(c.SYSTEM, GIVE) == []
    assert talk.state.staff == WEN.id


def test_a_question_that_waits_is_late_only_after_the_call() -> None:
    talk = Talk()
    talk.says(ANNA, "在嗎")
    talk.does(c.SYSTEM, c.Give(JI.id, JI.name, talk.now + 70 * MINUTE))
    assert talk.passes(ANSWER_MS) == []
    assert talk.passes(60 * MINUTE) == [e.ConversationReleased(staff=JI.id, cause="unanswered")]


def test_the_round_of_a_call_ends_by_itself() -> None:
    talk = Talk()
    talk.does(c.SYSTEM, GIVE)
    talk.does(c.SYSTEM, c.Post(CALL, unread=False, idle_at=talk.now + IDLE_MS))
    assert talk.passes(IDLE_MS - 1) == []
    assert talk.passes(1) == [e.ConversationResolved(staff=None, cause="idle")]


def test_a_card_ends_no_round_in_which_she_waits() -> None:
    talk = Talk()
    talk.says(ANNA, "在嗎")
    talk.does(c.SYSTEM, c.Post(CALL, unread=False, idle_at=talk.now + 1))
    assert talk.passes(2) == []
    talk.acts(JI, "take")
    talk.does(c.SYSTEM, c.Post(CALL, unread=False, idle_at=talk.now + 1))
    assert talk.passes(2) == []


# Through the service


async def person_of(house: House, browser: Browser) -> Person:
    """As the service itself finds her."""
    id = (await browser.get("/api/session")).json["person"]["id"]
    person, _ = await house.service.app[DATABASE].read(lambda conn: find_customer(conn, id))
    return person


async def test_a_card_makes_a_conversation_where_she_has_none_and_comes_once(house: House) -> None:
    browser = await house.guest()
    customer = await person_of(house, browser)
    chats = house.service.app[CHATS]
    for _ in range(2):
        await chats.post_card(customer, CALL, f"{CALL.id}-invited", unread=True)
    found = (await browser.get("/api/chat")).json
    assert found["unread"] == 1
    line = await house.line(browser)
    await line.join(found["conversation"])
    assert [one["kind"] for one in line.talk["lines"]] == ["posted"]
    await chats.post_card(customer, CALL, f"{CALL.id}-ended", unread=False)
    assert (await browser.get("/api/chat")).json["unread"] == 1


async def test_the_rep_who_answers_a_call_has_the_thread_too(house: House) -> None:
    await house.staff("ji", Role.REP)
    browser = await house.guest()
    _, conversation = await house.asks("這款辣嗎", browser)
    customer = await person_of(house, browser)
    chats = house.service.app[CHATS]
    [ji] = await chats.reps()
    for _ in range(2):
        await chats.give(customer, ji, CALL.id)
    state = await chats.state(conversation)
    assert (state.control, state.staff, state.staff_name) == ("human", ji.id, "ji")
