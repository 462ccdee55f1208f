"""What calls can be asked in words: the tool `consultation`."""

from __future__ import annotations

from typing import Any, Final, Protocol

from core.clock import Instant
from core.identity.model import Person
from core.inputs import Input
from core.tools import Asker, Card, Found, Tool
from video.consult.booking.commands import SlotsAsked
from video.consult.estimate import MINUTE_MS

TIMES: Final = 3
"""That may be booked, the next ones."""
WAYS: Final = Card("consult", "talk")
"""Leads to both ways: talk now, or book."""


class Nothing(Input):
    """No arguments."""


class Lobby(Protocol):
    """As much of `Calls` as is asked here."""

    async def lobby(self, person: Person) -> dict[str, Any]: ...


class Diary(Protocol):
    """As much of `Bookings` as is asked here."""

    async def slots(self, person: Person, asked: SlotsAsked) -> list[Instant]: ...


def consultation(calls: Lobby, bookings: Diary) -> Tool:
    async def run(asker: Asker, _asked: Nothing) -> Found:
        lobby = await calls.lobby(asker.person)
        asked = SlotsAsked(locale=asker.locale, days=14)
        starts = (await bookings.slots(asker.person, asked))[:TIMES]
        least, most = lobby["least_ms"], lobby["most_ms"]
        known = least is not None and most is not None
        data = {
            "free": lobby["free"],
            "least_minutes": least // MINUTE_MS if known else None,
            "most_minutes": -(-most // MINUTE_MS) if known else None,
            "opens_at": lobby["opens_at"],
            "starts_at": starts,
        }
        return Found(data, (WAYS,) if lobby["free"] or known or starts else ())

    return Tool(
        "consultation",
        "Tells how to talk to a person face to face by video: whether one is there now (`free`),"
        " else how long one waits (`least_minutes` to `most_minutes`), and when one may book next"
        " (`starts_at`). What it costs and how long it takes is told by `articles`.",
        Nothing,
        run,
    )
