"""What staff see move at their desks: lines of the list that changed, and who is there.

Told after a commit, a moment later and once however much happened; read from the database, so that
what is told is what a reload would show. While other processes are not heard, and until all of them
are heard again, it is looked up every other second what they did.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

from chat.service import Chats
from chat.store import PREFIX, Row
from core.errors import PlusOneError
from core.rooms.events import Logged
from core.rooms.relay import InProcessRelay, Relay
from core.rooms.telling import Teller

TOLD_S = 0.2
"""Between two tellings."""
LOOKED_S = 2.0
BACK_S = 10.0
"""How much later than this process another may find its way back to the relay."""
LOOKED_AT = 500
"""Conversations that have moved, in one look."""
AT_ONCE = 100
"""Lines in one telling; the rest come with the next."""

Send = Callable[[str, str, Any], Awaitable[None]]
"""To a socket, an event of this name, with these data."""
Shown = Callable[[Sequence[Row]], Awaitable[list[dict[str, Any]]]]
"""Lines as pages are told them."""


class Inbox(Teller[str]):
    """The desks that are open at this process, with whose each is."""

    ROOMS = PREFIX
    NOT_TOLD = "inbox.not_told"

    def __init__(self, chats: Chats, shown: Shown, send: Send, relay: Relay | None = None) -> None:
        super().__init__()
        self._relay = InProcessRelay() if relay is None else relay
        self._heard_all = self._relay.heard_since is not None
        self._looked_at = 0.0
        self._newest: int | None = None
        self._chats = chats
        self._shown = shown
        self._send = send
        self._changed: dict[str, None] = {}
        self._elsewhere: frozenset[str] = frozenset()
        self._away: frozenset[str] = frozenset()
        self._told: dict[str, list[str]] = {"here": [], "away": []}
        self.moved: list[Callable[[], None]] = []
        """Called when a desk was opened or closed, here or elsewhere."""

    def heard(self, room: str, epoch: str, events: Sequence[Logged]) -> None:
        if self.wants(room):
            self._changed[room] = None
        super().heard(room, epoch, events)

    def open(self, sid: str, staff: str) -> None:
        self._there[sid] = staff
        self._told = {}  # she has been told nothing yet
        self._desk_moved()

    def close(self, sid: str) -> None:
        if sid in self._there:
            super().close(sid)
            self._desk_moved()

    def _desk_moved(self) -> None:
        self.wake()
        for call in self.moved:
            call()

    def know(self, elsewhere: Collection[str], away: Collection[str]) -> None:
        """Whose desk is open at another process, and who said that she is away."""
        before = self._elsewhere
        self._elsewhere, self._away = frozenset(elsewhere), frozenset(away)
        if self._presence() != self._told:
            self.wake()
        if self._elsewhere != before:
            for call in self.moved:
                call()

    @property
    def at_this_process(self) -> set[str]:
        return set(self._there.values())

    @property
    def here(self) -> list[str]:
        """The ids of those whose desk is open."""
        return sorted(self.at_this_process | self._elsewhere)

    def _presence(self) -> dict[str, list[str]]:
        return {"here": self.here, "away": sorted(self._away)}

    def _pace(self) -> tuple[float, float]:
        return LOOKED_S, TOLD_S

    async def _look(self) -> None:
        """Find what other processes did since they were heard last."""
        since, now = self._relay.heard_since, asyncio.get_running_loop().time()
        hears_all = since is not None and now - since >= BACK_S
        self._heard_all = self._heard_all and hears_all
        if self._heard_all or now - self._looked_at < LOOKED_S:
            return
        moved = await self._chats.moved_since(self._newest, LOOKED_AT)
        self._heard_all, self._looked_at = hears_all, now
        # What is known after a look is what was told before the next gap, or a little more.
        self._newest = moved[0][1] if moved and not hears_all else None
        self._changed |= dict.fromkeys(conversation for conversation, _ in moved)

    async def _tell(self) -> None:
        await self._look()
        changed = list(self._changed)[:AT_ONCE]
        for conversation in changed:  # what changes from here on is told again
            del self._changed[conversation]
        try:
            await self._tell_of(changed)
        except PlusOneError:
            self._changed = dict.fromkeys(changed) | self._changed
            raise
        if self._changed:
            self.wake()
        presence = self._presence()
        if presence != self._told:
            self._told = presence
            for sid in list(self._there):
                await self._send(sid, "presence", presence)

    async def _tell_of(self, changed: Sequence[str]) -> None:
        if changed:
            rows = await self._shown(await self._chats.rows(changed))
            counts = await self._chats.counts(self.at_this_process)
            for sid, staff in list(self._there.items()):
                if staff in counts:  # else it was opened meanwhile
                    await self._send(sid, "inbox", {"rows": rows, "counts": counts[staff]})
