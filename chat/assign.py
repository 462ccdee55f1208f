"""The task that gives conversations that wait to reps who are there.

Nothing that matters is kept here: who waits, who has how much and whose desk is open is read from
the database before each choice, so that a process that has just begun, or one beside another, does
the same. That somebody was faster is found out by the room: see `rules`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

import structlog
from sqlalchemy import Connection

from chat import reps
from chat.choice import Wanted, anybody_free, choose
from chat.events import (
    ConversationHandedOver,
    ConversationOpened,
    ConversationReleased,
    ConversationResolved,
    ConversationTaken,
)
from chat.inbox import Inbox
from chat.reps import Reps, Standing
from chat.service import Chats
from chat.state import Conversation
from chat.store import PREFIX
from core.clock import Clock
from core.db import Database
from core.errors import PlusOneError
from core.identity.model import Person
from core.rooms.events import Logged
from core.rooms.history import RoomTime
from core.rooms.relay import InProcessRelay, Relay, Topic

LOOKED_S = 2.0
"""How often it is looked who waits, whatever was heard: hours open, other processes end."""
AT_ONCE = 20
"""Given in one look; the rest in the next one, at once."""
LOOKED_AT = 50
"""Of those who wait. Those before may be nobody's to be given to."""
SAID_S = 4.0
"""How often a process says whose desks are open at it, if nothing changes."""
FRESH_MS = 12_000
"""As long as that is believed."""

_MOVES = (
    ConversationHandedOver, ConversationOpened, ConversationReleased, ConversationResolved,
    ConversationTaken,
)  # fmt: skip

Words = Callable[[Conversation], Awaitable[Sequence[str]]]
"""What a conversation is about, in words: titles of what she asks about, and tags."""

log = structlog.get_logger(__name__)


class Assigner:
    """Knows whose desks are open, here and at other processes, and gives them who waits.

    `run` is its one task. With `gives` off it tells desks who is there, and gives nothing.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        chats: Chats,
        inbox: Inbox,
        profiles: Reps,
        words: Words,
        *,
        gives: bool,
        relay: Relay | None = None,
    ) -> None:
        """`relay`: by which other processes are told to look."""
        relay = InProcessRelay() if relay is None else relay
        self._database = database
        # Machines are compared with each other: by the database's time, as rooms are.
        self._time = RoomTime(clock)
        self._chats = chats
        self._inbox = inbox
        self._profiles = profiles
        self._words = words
        self._gives = gives
        self._process = relay.process
        self._topic = Topic(relay, "desks", str)
        self._topic.hear(lambda _process: self._woken.set())
        self._woken = asyncio.Event()
        self._said: set[str] = set()
        self._said_at = 0.0
        self._giving = asyncio.Lock()
        inbox.moved.append(self._woken.set)
        profiles.changed.append(self._profile_set)
        if gives:
            chats.before_promise.append(self._give_now)

    def wants(self, room: str) -> bool:
        """Whether what happens in a room matters here."""
        return room.startswith(f"{PREFIX}_")

    def heard(self, room: str, _epoch: str, events: Sequence[Logged]) -> None:
        """Something was committed in a room. Called by the relay."""
        if self.wants(room) and any(isinstance(one.event, _MOVES) for one in events):
            self._woken.set()

    def _profile_set(self) -> None:
        self._woken.set()
        self._topic.cast(self._process)

    async def run(self) -> None:
        """Look until cancelled."""
        try:
            while True:
                self._woken.clear()
                try:
                    await self._look()
                except PlusOneError as error:  # the database is away: the next look will do
                    log.warning("assign.not_looked", error=error.error_code)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOKED_S):
                        await self._woken.wait()
        finally:
            with contextlib.suppress(PlusOneError):
                await self._say_open(set())

    async def _look(self) -> None:
        await self._meet()
        # Others set the hours too, and what is said next here is promised by them.
        await self._chats.look_at_the_clock()
        if self._gives:
            async with self._giving:
                await self._give_all()

    async def _give_now(self) -> None:
        """Before somebody is told to wait. What fails here is done by the next look."""
        try:
            async with self._giving:
                await self._give_all()
        except PlusOneError as error:
            log.warning("assign.not_looked", error=error.error_code)

    async def _meet(self) -> None:
        """Say whose desks are open here, and hear who is there."""
        here = self._inbox.at_this_process
        late = asyncio.get_running_loop().time() - self._said_at >= SAID_S
        if here != self._said or (here and late):
            await self._say_open(here)

        def unit(connection: Connection) -> tuple[set[str], set[str]]:
            since = self._time.now(connection) - FRESH_MS
            return reps.seen(connection, self._process, since), reps.away(connection)

        self._inbox.know(*await self._database.read(unit))

    async def _say_open(self, here: set[str]) -> None:
        if not here and not self._said:
            return

        def unit(connection: Connection) -> None:
            reps.say_open(connection, self._process, here, self._time.now(connection))

        await self._database.write(unit)
        if here != self._said:
            self._topic.cast(self._process)
        self._said, self._said_at = here, asyncio.get_running_loop().time()

    async def _give_all(self) -> None:
        """Give those who wait, the longest waiting first, as long as somebody is free."""
        if not self._inbox.here or not await self._chats.is_open():
            return
        answering = {one.own_id: one for one in await self._chats.reps()}
        seen: set[str] = set()
        for _ in range(AT_ONCE):
            # Who waits is read before who is free: what is given meanwhile counts at least once.
            waiting = await self._chats.queued(LOOKED_AT)
            there = [id for id in self._inbox.here if id in answering]
            standing = await self._profiles.standing(there)
            if not anybody_free(standing):
                return
            for conversation in waiting:
                if conversation in seen:
                    continue
                seen.add(conversation)
                try:
                    if await self._give(conversation, standing, answering):
                        break
                except PlusOneError as error:  # one that cannot be read keeps no other waiting
                    log.warning("assign.failed", conversation=conversation, error=error.error_code)
            else:
                return
        self._woken.set()

    async def _give(
        self, conversation: str, standing: dict[str, Standing], answering: dict[str, Person]
    ) -> bool:
        """Whether it was given, or somebody was faster: then who is free is looked at anew."""
        state = await self._chats.state(conversation)
        if state.control != "queued":
            return False
        wanted = Wanted(
            state.locale if state.packet is None else state.packet.locale,
            tuple(await self._words(state)),
            state.left_by,
        )
        chosen = choose(wanted, standing)
        if chosen is None:
            return False
        rep = answering[chosen]
        if await self._chats.assign(conversation, state.round, rep):
            log.info("assign.given", conversation=conversation, staff=chosen)
        return True
