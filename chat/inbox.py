"""What staff see move at their desks: lines of the list that changed, and who is there.

Told after a commit, a moment later and once however much happened; read from the database, so that
what is told is what a reload would show.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from chat.service import Chats
from chat.store import PREFIX, Row
from core.errors import PlusOneError
from core.rooms.events import Logged

TOLD_S = 0.2
"""Between two tellings."""
AT_ONCE = 100
"""Lines in one telling; the rest come with the next."""

Send = Callable[[str, str, Any], Awaitable[None]]
"""To a socket, an event of this name, with these data."""
Shown = Callable[[Sequence[Row]], Awaitable[list[dict[str, Any]]]]
"""Lines as pages are told them."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """One open desk: a socket, and whose it is."""

    sid: str
    staff: str


class Inbox:
    """The desks that are open at this process; `run` is its one task."""

    def __init__(self, chats: Chats, shown: Shown, send: Send) -> None:
        self._chats = chats
        self._shown = shown
        self._send = send
        self._desks: dict[str, Desk] = {}
        self._changed: dict[str, None] = {}
        self._woken = asyncio.Event()
        self._here: list[str] = []

    def heard(self, room: str, _epoch: str, _events: Sequence[Logged]) -> None:
        """Something was committed in a room. Called by the relay."""
        if room.startswith(f"{PREFIX}_") and self._desks:
            self._changed[room] = None
            self._woken.set()

    def open(self, sid: str, staff: str) -> None:
        self._desks[sid] = Desk(sid, staff)
        self._woken.set()

    def close(self, sid: str) -> None:
        if self._desks.pop(sid, None) is not None:
            self._woken.set()

    @property
    def here(self) -> list[str]:
        """The ids of those whose desk is open."""
        return sorted({desk.staff for desk in self._desks.values()})

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            await self._woken.wait()
            await asyncio.sleep(TOLD_S)
            self._woken.clear()
            try:
                await self._tell()
            except PlusOneError as error:  # the database is away: told with the next change
                _log.warning("inbox.not_told", error=error.error_code)

    async def _tell(self) -> None:
        changed = list(self._changed)[:AT_ONCE]
        if changed and self._desks:
            rows = await self._shown(await self._chats.rows(changed))
            counts = {
                staff: await self._chats.counts(staff)
                for staff in {desk.staff for desk in self._desks.values()}
            }
            for desk in list(self._desks.values()):
                if desk.staff in counts:  # else it was opened meanwhile
                    told = {"rows": rows, "counts": counts[desk.staff]}
                    await self._send(desk.sid, "inbox", told)
        for conversation in changed:
            self._changed.pop(conversation, None)
        if self._changed:
            self._woken.set()
        if self.here != self._here:
            self._here = self.here
            for desk in list(self._desks.values()):
                await self._send(desk.sid, "presence", {"here": self._here})
