"""What calls leave in the chat, as they tell of it by the outbox."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, select

from chat.routes import CHATS
from chat.state import Conversation
from core import outbox
from core.identity.model import Role
from tests.chat.conftest import House
from tests.service import Browser
from tests.waiting import until
from video.consult.store import ANSWERED, ENDED, INVITED
from web.keys import DATABASE

CALL = "cll_" + "0" * 26


async def tell(house: House, topic: str, customer: str, times: int = 1, **more: Any) -> None:
    """As a call would, and again as the outbox may; returns once all was handed over."""
    told = {"call": CALL, "customer": customer, "staff": None, **more}
    database = house.service.app[DATABASE]
    for _ in range(times):
        await database.write(lambda conn: outbox.add(conn, topic, CALL, told))
    await until(lambda: database.read(_all_handed_over))


def _all_handed_over(connection: Connection) -> bool:
    return connection.execute(select(outbox.outbox_message.c.id).limit(1)).first() is None


async def own_id(browser: Browser) -> str:
    return str((await browser.get("/api/session")).json["person"]["id"])


async def talk_of(house: House, browser: Browser) -> tuple[Conversation, int]:
    """Her conversation, and how much of it she has not read."""
    found = (await browser.get("/api/chat")).json
    return await house.service.app[CHATS].state(found["conversation"]), found["unread"]


def posted(state: Conversation) -> list[str]:
    return [card.id for line in state.lines if line.kind == "posted" for card in line.cards]


async def test_an_invitation_is_news_to_her(house: House) -> None:
    browser = await house.guest()
    await tell(house, INVITED, await own_id(browser), times=2)
    state, unread = await talk_of(house, browser)
    assert (posted(state), unread) == ([CALL], 1)


async def test_who_answers_has_the_thread_and_keeps_it_after(house: House) -> None:
    browser = await house.guest()
    customer = await own_id(browser)
    await house.staff("ji", Role.REP)
    [ji] = await house.service.app[CHATS].reps()
    await house.asks("這款辣嗎", browser)
    await tell(house, ANSWERED, customer, times=2, staff=ji.id)
    state, _ = await talk_of(house, browser)
    assert (state.control, state.staff) == ("human", ji.id)
    ended: dict[str, Any] = {"cause": "hung_up", "booking": None, "answered": True}
    await tell(house, ENDED, customer, times=2, staff=ji.id, **ended)
    state, unread = await talk_of(house, browser)
    assert (state.staff, posted(state), unread) == (ji.id, [CALL], 0)


@pytest.mark.parametrize(
    ("cause", "shown"), [("callback", [CALL]), ("left", []), ("lost", []), ("unanswered", [])]
)
async def test_a_call_that_nobody_answered_leaves_nothing_but_the_wish_for_another(
    house: House, cause: str, shown: list[str]
) -> None:
    browser = await house.guest()
    await house.asks("在嗎", browser)
    ended: dict[str, Any] = {"cause": cause, "booking": None, "answered": False}
    await tell(house, ENDED, await own_id(browser), **ended)
    state, _ = await talk_of(house, browser)
    assert posted(state) == shown


async def test_who_is_no_rep_any_more_is_given_nothing(house: House) -> None:
    browser = await house.guest()
    await house.asks("在嗎", browser)
    await tell(house, ANSWERED, await own_id(browser), staff="stf_" + "0" * 26)
    state, _ = await talk_of(house, browser)
    assert state.control == "queued"
