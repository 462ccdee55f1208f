"""What the assistant is told of consultations, and when it may offer one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from core.clock import Instant, ManualClock
from core.identity.model import Person
from core.tools import Card
from tests.bot.asking import MEI, Asking
from video.consult.booking.commands import SlotsAsked
from video.consult.tools import consultation

TALK = Card("consult", "talk")
MINUTE = 60_000


@dataclass
class House:
    """Calls and bookings that say what they are told to."""

    lobby_is: dict[str, Any] = field(default_factory=dict)
    starts: list[Instant] = field(default_factory=list)
    asked: list[tuple[Person, SlotsAsked]] = field(default_factory=list)

    async def lobby(self, person: Person) -> dict[str, Any]:
        assert person == MEI
        nobody = {"open": True, "free": False, "least_ms": None, "most_ms": None, "opens_at": None}
        return nobody | {"waiting": 0, "call": None, "topics": []} | self.lobby_is

    async def slots(self, person: Person, asked: SlotsAsked) -> list[Instant]:
        self.asked.append((person, asked))
        return self.starts


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def ask(house: House) -> Asking:
    return Asking([consultation(house, house)], ManualClock())


async def test_somebody_who_is_free_is_offered(house: House, ask: Asking) -> None:
    house.lobby_is = {"free": True, "least_ms": 0, "most_ms": MINUTE}
    done = await ask.done("consultation")
    assert done.data["free"]
    assert done.cards == (TALK,)


async def test_a_wait_is_in_whole_minutes_and_never_shorter_than_it_is(
    house: House, ask: Asking
) -> None:
    house.lobby_is = {"least_ms": 3 * MINUTE + 5, "most_ms": 9 * MINUTE + 5}
    done = await ask.done("consultation")
    assert (done.data["least_minutes"], done.data["most_minutes"]) == (3, 10)
    assert done.cards == (TALK,)


async def test_the_next_three_times_are_told_as_she_may_book_them(
    house: House, ask: Asking
) -> None:
    house.lobby_is = {"open": False, "opens_at": 7}
    house.starts = [10, 20, 30, 40]
    done = await ask.done("consultation", locale="en")
    assert done.data == {
        "free": False,
        "least_minutes": None,
        "most_minutes": None,
        "opens_at": 7,
        "starts_at": [10, 20, 30],
    }
    assert done.cards == (TALK,)
    [(person, asked)] = house.asked
    assert person == MEI
    assert (asked.locale, asked.since) == ("en", None)


async def test_nothing_is_offered_where_there_is_nobody_and_no_time(ask: Asking) -> None:
    assert (await ask.done("consultation")).cards == ()


async def test_it_takes_no_arguments(ask: Asking) -> None:
    assert (await ask.done("consultation", customer="cus_other")).failed
