"""The task that lets calls that wait ring at reps who are there, and tells those who wait how long.

Nothing that matters is kept here: who waits, who is busy and whose desk is open is read before each
choice, so that a process that has just begun, or one beside another, does the same. That somebody
was faster is found out by the room; that two calls do not take one rep, by `taken`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from core.clock import Instant
from core.errors import PlusOneError
from core.rooms.events import Logged
from video.consult.choice import Standing, Wanted, choose
from video.consult.service import Calls, Colleagues, Queued, Rep, queued_json
from video.consult.state import CallState
from video.consult.store import PREFIX, CallRow

LOOKED_S = 1.0
"""How often it is looked who waits, whatever was heard: minutes pass, other processes end."""
BACK_S = 3.0
"""A desk that is open again by then was not closed: its page was loaded anew, or its line broke."""

Words = Callable[[CallState], Awaitable[Sequence[str]]]
"""What a call is about, in words: its topic, titles of what she looked at."""
Tell = Callable[[str, Any], bool]
"""Those who follow a call here, where they stand; whether anybody does."""

log = structlog.get_logger(__name__)


class Ringing:
    """`run` is its one task."""

    def __init__(self, calls: Calls, colleagues: Colleagues, words: Words, tell: Tell) -> None:
        self._calls = calls
        self._colleagues = colleagues
        self._words = words
        self._tell = tell
        self._woken = asyncio.Event()
        self._told: dict[str, Queued] = {}
        self._were_there: frozenset[str] = frozenset()
        self._closed: dict[str, float] = {}
        """Whose desks were open and are not now, and since when by the loop's time."""

    def wants(self, room: str) -> bool:
        """Whether what happens in a room matters here."""
        return room.startswith(f"{PREFIX}_")

    def heard(self, room: str, _epoch: str, _events: Sequence[Logged]) -> None:
        """Something was committed in a room. Called by the relay."""
        if self.wants(room):
            self.wake()

    def wake(self) -> None:
        """A desk was opened or closed, or a call asked for."""
        self._woken.set()

    def joined(self, call: str) -> None:
        """Somebody has begun to follow a call: she is told where she stands."""
        self._told.pop(call, None)
        self._woken.set()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self._woken.clear()
            try:
                await self._look()
            except PlusOneError as error:  # the database is away: the next look will do
                log.warning("ringing.not_looked", error=error.error_code)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOKED_S):
                    await self._woken.wait()

    async def _look(self) -> None:
        waiting = await self._calls.queue()
        there = {one.id: one for one in await self._colleagues.there()}
        gone = self._gone(frozenset(there))
        if not waiting:
            self._told.clear()
            return
        await self._ring(waiting, there, gone)
        self._say(await self._calls.places(waiting, list(there.values())))

    def _gone(self, there: frozenset[str]) -> set[str]:
        """Whose desks are found to be closed: each once."""
        now = asyncio.get_running_loop().time()
        # Of a desk that was opened elsewhere just now nothing is known here yet: it is not closed.
        self._closed |= dict.fromkeys(self._were_there - there, now)
        self._were_there = there
        gone = {one for one, at in self._closed.items() if one not in there and now - at >= BACK_S}
        self._closed = {
            one: at for one, at in self._closed.items() if one not in there and one not in gone
        }
        return gone

    async def _ring(
        self, waiting: Sequence[CallRow], there: dict[str, Rep], gone: set[str]
    ) -> None:
        busy = set(await self._calls.busy())
        called_at, now = await self._calls.called_at(there), await self._calls.now()
        for row in waiting:
            try:
                if row.phase == "ringing":
                    if row.staff is not None and row.staff in gone:
                        await self._calls.passed(row.id, row.staff)
                    continue
                standing = {
                    id: Standing(
                        languages=rep.languages,
                        skills=rep.skills,
                        busy=id in busy,
                        called_at=called_at.get(id),
                    )
                    for id, rep in there.items()
                }
                rung = await self._ring_one(row.id, standing, there, now)
            except PlusOneError as error:  # one that cannot be read keeps no other waiting
                log.warning("ringing.failed", call=row.id, error=error.error_code)
                continue
            if rung is not None:
                busy.add(rung)

    async def _ring_one(
        self, call: str, standing: dict[str, Standing], there: dict[str, Rep], now: Instant
    ) -> str | None:
        """At whom it rings now, or would have, had nobody been faster."""
        state = await self._calls.state(call)
        if state.phase != "waiting":
            return None
        wanted = Wanted(
            asked_at=state.asked_at,
            locale=state.locale,
            words=tuple(await self._words(state)),
            booked=None if state.booking is None else state.wanted,
            left_by=state.left_by,
        )
        chosen = choose(wanted, standing, now)
        if chosen is None:
            return None
        if await self._calls.ring(call, there[chosen]):
            log.info("ringing.rings", call=call, staff=chosen)
        return chosen

    def _say(self, places: Sequence[Queued]) -> None:
        told = {one.call: one for one in places}
        for call, one in told.items():
            if self._told.get(call) != one and not self._tell(call, queued_json(one)):
                continue
            self._told[call] = one
        for call in self._told.keys() - told.keys():
            del self._told[call]
