"""What reps see of calls at their desks: who waits, what rings at them, who is to be called back.

Told after a commit, a moment later and once however much happened; read from the database, so that
what is told is what a reload would show. What a process did that is not heard is seen within two
seconds.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from core.identity.model import Person, require
from core.rooms.telling import Teller
from video.consult.service import REPS, Calls, Colleagues
from video.consult.store import PREFIX, CallRow

TOLD_S = 0.1
"""Between two tellings: it rings, so soon."""
LOOKED_S = 2.0

Json = dict[str, Any]
Send = Callable[[str, str, Any], Awaitable[None]]
"""To a socket, an event of this name, with these data."""
Shown = Callable[[Sequence[CallRow]], Awaitable[list[Json]]]
"""Lines as pages are told them."""


@dataclass(slots=True)
class Desk:
    """One open desk: a socket, whose it is, and what it was told."""

    sid: str
    staff: str
    told: Json | None = None


class Board(Teller[Desk]):
    """The desks that watch at this process."""

    ROOMS = PREFIX
    NOT_TOLD = "board.not_told"

    def __init__(self, calls: Calls, colleagues: Colleagues, shown: Shown, send: Send) -> None:
        super().__init__()
        self._calls = calls
        self._colleagues = colleagues
        self._shown = shown
        self._send = send

    async def open(self, sid: str, staff: str) -> Json:
        """Tell this desk from now on; what it is to see at once."""
        desk = self._there[sid] = Desk(sid, staff)
        async with self._telling:
            [desk.told] = await self._boards([staff])
            return desk.told

    async def of(self, person: Person) -> Json:
        """What she sees. Raises Forbidden."""
        [board] = await self._boards([require(person, *REPS).own_id])
        return board

    def _pace(self) -> tuple[float, float]:
        return LOOKED_S, TOLD_S

    async def _tell(self) -> None:
        desks = list(self._there.values())
        boards = await self._boards([desk.staff for desk in desks])
        for desk, board in zip(desks, boards, strict=True):
            if desk.told != board:
                desk.told = board
                await self._send(desk.sid, "calls", board)

    async def _boards(self, staff: Sequence[str]) -> list[Json]:
        """`{rings, mine, waiting, callbacks, there}` of each of `staff`."""
        taking, queue = await self._calls.taking(), await self._calls.queue()
        callbacks = await self._calls.callbacks()
        there = await self._colleagues.there()
        rows = {row.id: row for row in (*taking, *queue, *callbacks)}
        shown = dict(zip(rows, await self._shown(list(rows.values())), strict=True))
        of = {row.staff: row for row in taking}
        free = [one.id for one in there if one.id not in of]
        boards = []
        for one in staff:
            own = of.get(one)
            rings = own is not None and own.phase == "ringing"
            boards.append(
                {
                    "rings": shown[own.id] if own is not None and rings else None,
                    "mine": shown[own.id] if own is not None and not rings else None,
                    "waiting": [
                        shown[row.id] for row in queue if not (rings and own and row.id == own.id)
                    ],
                    "callbacks": [shown[row.id] for row in callbacks],
                    "there": free,
                }
            )
        return boards


BOARD = web.AppKey("board", Board)
