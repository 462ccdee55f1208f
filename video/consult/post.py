"""Signals for pages whose sockets are at another process: by the relay, and by way of the database
where that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from functools import partial

import structlog
from sqlalchemy import Connection

from core.clock import Clock
from core.db import Database
from core.errors import PlusOneError
from core.rooms.history import RoomTime
from core.rooms.relay import InProcessRelay, Relay, Topic
from video.consult import mailbox
from video.consult.mailbox import Letter
from video.consult.signals import Place

FETCHED_S = 0.25
"""How often a process looks for what was left for its pages; two that meet find each other in a
second or so."""
FETCHED_SELDOM_S = 2.0
"""The same while all others are heard: what lies there was left by one who is not."""
HEARD_S = 2.0
"""For so long the relay has to have gone without a break before anything is left to it alone."""

log = structlog.get_logger(__name__)


class Post:
    """What one process leaves for another; `run` fetches what was left for this one."""

    def __init__(self, database: Database, clock: Clock, relay: Relay | None = None) -> None:
        self._database = database
        # All processes look after what lies there: by the same time.
        self._time = RoomTime(clock)
        self._relay = InProcessRelay() if relay is None else relay
        self._topic = Topic(self._relay, "signals", Letter)
        self._topic.hear(self._heard)
        self._leaving = asyncio.Lock()
        self._letters: list[Letter] = []
        self._delivered: set[int] = set()
        self.apart: Callable[[], Collection[Place]] = tuple
        """Which seats of this process are spoken to from elsewhere."""
        self.arrived: Callable[[Place, bytes], None] = lambda _to, _told: None
        """Called with each signal that came, in the order in which they were left."""

    async def send(self, to: Place, told: bytes) -> None:
        """Leave a signal for a seat. Those of one process stay in order."""
        letter = Letter(_name(to), told.decode())
        if self._relay_goes:
            self._topic.cast(letter)
            return
        self._letters.append(letter)
        async with self._leaving:
            letters, self._letters = self._letters, []
            if not letters:
                return

            def put(connection: Connection) -> None:
                mailbox.put(connection, letters, self._time.now(connection))

            await self._database.write(put)

    @property
    def _relay_goes(self) -> bool:
        since = self._relay.heard_since
        if self._relay.alone or since is None:
            return False
        return asyncio.get_running_loop().time() - since >= HEARD_S

    def _heard(self, letter: Letter) -> None:
        for place in self.apart():
            if _name(place) == letter.seat:
                self.arrived(place, letter.told.encode())

    async def run(self) -> None:
        """Fetch until cancelled."""
        while True:
            await asyncio.sleep(FETCHED_SELDOM_S if self._relay_goes else FETCHED_S)
            try:
                await self.fetch()
            except PlusOneError as error:  # the database is away: the next look will do
                log.warning("post.not_fetched", error=error.error_code)

    async def fetch(self) -> None:
        """Hand over what lies there for the seats of this process."""
        seats = {_name(place): place for place in self.apart()}
        if not seats:
            return
        found = await self._database.read(partial(mailbox.waiting, seats=list(seats)))
        for number, letter in found:
            if number not in self._delivered:
                self._delivered.add(number)
                self.arrived(seats[letter.seat], letter.told.encode())
        if found:
            numbers = [number for number, _ in found]
            await self._database.write(partial(mailbox.forget, numbers=numbers))
            self._delivered.clear()


def _name(place: Place) -> str:
    return f"{place.call}.{place.side}.{place.seat}"
