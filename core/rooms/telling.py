"""Tells pages of this process what they see: after a commit, a moment later, once however much
happened. What a process did that is not heard is seen at the next look."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

import structlog

from core.errors import PlusOneError
from core.rooms.events import Logged

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Teller(Generic[T]):
    """`run` is its one task."""

    ROOMS: ClassVar[str]
    """How the ids begin of the rooms that it tells of."""
    NOT_TOLD: ClassVar[str]
    """What the log says where the database is away."""

    def __init__(self) -> None:
        self._there: dict[str, T] = {}
        """Who is told, by socket."""
        self._woken = asyncio.Event()
        self._telling = asyncio.Lock()

    def wants(self, room: str) -> bool:
        """Whether what happens in a room matters here now."""
        return bool(self._there) and room.startswith(f"{self.ROOMS}_")

    def heard(self, room: str, _epoch: str, _events: Sequence[Logged]) -> None:
        """Something was committed in a room. Called by the relay."""
        if self.wants(room):
            self.wake()

    def wake(self) -> None:
        """Something may have changed."""
        if self._there:
            self._woken.set()

    def close(self, sid: str) -> None:
        self._there.pop(sid, None)

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            looked_s, told_s = self._pace()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(looked_s):
                    await self._woken.wait()
            await asyncio.sleep(told_s)
            self._woken.clear()
            try:
                async with self._telling:
                    if self._there:
                        await self._tell()
            except PlusOneError as error:  # the database is away: the next look will do
                log.warning(self.NOT_TOLD, error=error.error_code)

    def _pace(self) -> tuple[float, float]:
        """Seconds between two looks, and two tellings."""
        raise NotImplementedError

    async def _tell(self) -> None:
        """Tell each of `_there` what is new to her."""
        raise NotImplementedError
