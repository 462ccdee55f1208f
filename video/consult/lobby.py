"""What those see who think about a call: how many desks are open and free, and how long one waits.

Told after a commit, a moment later and once however much happened; read from the database, and the
same for everybody, so that a crowd costs no more than one. What a process did that is not heard is
seen within two seconds.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from core.rooms.telling import Teller
from video.consult.service import Calls
from video.consult.store import PREFIX

TOLD_S = 0.3
"""Between two tellings."""
LOOKED_S = 2.0

Json = dict[str, Any]
Send = Callable[[str, str, Any], Awaitable[None]]
"""To a socket, an event of this name, with these data."""


class Lobby(Teller[Json | None]):
    """The pages that look on at this process, with what each was told last."""

    ROOMS = PREFIX
    NOT_TOLD = "lobby.not_told"

    def __init__(self, calls: Calls, send: Send) -> None:
        super().__init__()
        self._calls = calls
        self._send = send

    async def open(self, sid: str) -> Json:
        """Tell this page from now on; what it is to see at once."""
        self._there[sid] = None
        async with self._telling:
            now = await self._calls.line()
            if sid in self._there:  # else it has gone meanwhile
                self._there[sid] = now
            return now

    def _pace(self) -> tuple[float, float]:
        return LOOKED_S, TOLD_S

    async def _tell(self) -> None:
        now = await self._calls.line()
        for sid, told in list(self._there.items()):
            if told != now and sid in self._there:
                self._there[sid] = now
                await self._send(sid, "lobby", now)
