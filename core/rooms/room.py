"""One room in memory: its queue, its group commit, its committed state."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import msgspec
import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy import Connection

from core.clock import Instant
from core.db import Database
from core.errors import InternalError, NotFound, OutcomeUnknown, PlusOneError, Unavailable
from core.ids import new_id
from core.rooms import log
from core.rooms.events import Logged, Position, Reader
from core.rooms.kind import Command, RoomKind
from core.rooms.log import Committed, HistoryChanged, Outcome
from core.rooms.tail import LENGTH, Tail, frame, readable

S = TypeVar("S")

WAITING = 5_000
"""Commands that may wait in one room; the next is refused as `unavailable`, nothing being done."""
AT_ONCE = 500
"""Commands decided in one transaction."""
STORE_EVERY = 5_000
"""Events between two stored states."""
IN_DOUBT_S = 15
"""How long the outcome of a lost COMMIT is sought before the senders are told to try again."""

_batches = Histogram(
    "plusone_room_batch_commands", "Commands in one transaction.", buckets=(1, 3, 10, 30, 100, 500)
)
_commits = Counter("plusone_room_commits_total", "Transactions of rooms.", ["outcome"])
_log = structlog.get_logger(__name__)


class Subscriber(Protocol):
    """Somebody who follows a room; keeps it in memory."""

    def happened(self, room: Room[Any], events: Sequence[Logged]) -> None:
        """These were committed; none where the history was replaced by another."""
        ...

    def ended(self, room: Room[Any]) -> None:
        """The room left memory; nothing more comes of this one."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sender is told: the span of the log that her command became, as she may read it."""

    first: int | None
    last: int | None
    repeated: bool
    events: list[msgspec.Raw]


class Room(Generic[S]):
    """One room as this process knows it. Made by `Rooms`, which owns its task."""

    def __init__(
        self,
        room_id: str,
        kind: RoomKind[S],
        database: Database,
        clock: Callable[[Connection], Instant],
        publish: Callable[[Room[S], Sequence[Logged]], None],
    ) -> None:
        self.id = room_id
        self.kind = kind
        self._database = database
        self._clock = clock
        self._publish = publish
        self._committed: Committed[S] | None = None
        self._tail: Tail | None = None
        self._queue: deque[tuple[Command, asyncio.Future[Outcome]]] = deque()
        self._woken = asyncio.Event()
        self._loaded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._busy = False
        self._behind = False
        self._due = False
        self._stored = 0
        self._public: tuple[int, bytes] | None = None
        self.subscribers: list[Subscriber] = []

    # What others ask of a room

    def submit(self, command: Command) -> asyncio.Future[Outcome]:
        """Queue `command`, at once and in the order of calls; the future holds what became of it.

        Not a coroutine on purpose: call it before a handler's first await, and the order in which
        commands came in is the order in which they are decided.
        """
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        if len(self._queue) >= WAITING:
            future.set_result(Outcome(error=Unavailable("The room has too much to do.")))
        else:
            self._queue.append((command, future))
            self._woken.set()
        return future

    async def answer(self, outcome: Outcome, reader: Reader) -> Answer:
        """What `reader` is told of `outcome`; raises its error."""
        if outcome.error is not None:
            raise outcome.error
        if outcome.first is None or outcome.last is None:
            return Answer(None, None, outcome.repeated, [])
        events = await self._events(outcome.first - 1, outcome.last)
        seen = [msgspec.Raw(wire) for wire in readable(events, reader)]
        return Answer(outcome.first, outcome.last, outcome.repeated, seen)

    async def loaded(self) -> None:
        """Wait until the room is in memory. Raises NotFound, Unavailable."""
        await asyncio.shield(self._loaded)

    @property
    def committed(self) -> Committed[S]:
        """The newest committed state known here; after `loaded`."""
        if self._committed is None:
            raise Unavailable("The room is not loaded yet.")
        return self._committed

    @property
    def known(self) -> Committed[S] | None:
        """The newest committed state, or None before the room is loaded."""
        return self._committed if self._loaded.done() else None

    @property
    def tail(self) -> Tail:
        if self._tail is None:
            raise Unavailable("The room is not loaded yet.")
        return self._tail

    @property
    def idle(self) -> bool:
        """Nothing waits, nothing is being committed, nobody follows."""
        return not (self._queue or self._busy or self.subscribers)

    def wake(self) -> None:
        """Something has become due."""
        self._due = True
        self._woken.set()

    def snapshot(self, reader: Reader) -> msgspec.Raw:
        """`{epoch, offset, at_ms, …}` as JSON: all that `reader` sees, as of the committed head."""
        now = self.committed
        if self._public is None or self._public[0] != now.head:
            public = msgspec.json.encode(self.kind.public(now.state))
            self._public = (now.head, public[1:-1])
        parts = [
            b'"epoch":' + msgspec.json.encode(now.epoch),
            b'"offset":%d,"at_ms":%d' % (now.head, now.at_ms),
            self._public[1],
            msgspec.json.encode(self.kind.snapshot(now.state, reader))[1:-1],
        ]
        return msgspec.Raw(b"{" + b",".join(part for part in parts if part) + b"}")

    async def missed(self, since: Position, reader: Reader) -> msgspec.Raw | None:
        """The frame from `since` to now; None where only a whole snapshot will do.

        A client is told that it is whole only where that is proven: the same epoch, and at its
        offset the very event that it saw last.
        """
        now = self.committed
        if since.epoch != now.epoch or not 0 < since.offset <= now.head:
            return None
        if now.head - since.offset > LENGTH:
            return None
        at_ms = self.tail.at_ms(since.offset)
        if at_ms is None:
            at_ms = await self._database.read(
                partial(log.read_at_ms, room_id=self.id, offset=since.offset)
            )
        if at_ms != since.at_ms:
            return None
        events = await self._events(since.offset, now.head)
        wires = readable(events, reader)
        return frame(now.epoch, since.offset + 1, now.head, now.at_ms, wires)

    def receive(self, epoch: str, events: Sequence[Logged]) -> None:
        """Take in what another process committed; a gap is filled from the log."""
        if self._committed is None or not events:
            return
        if events[-1].offset <= self._committed.head and epoch == self._committed.epoch:
            return
        gap = events[0].offset > self._committed.head + 1
        if gap or self._busy or epoch != self._committed.epoch:
            self.look_behind()
        else:
            self._advance(events)

    def is_behind(self, head: int) -> bool:
        """Whether the log, known to reach `head`, has grown beyond what is known here."""
        return self._committed is not None and head != self._committed.head and not self._busy

    def look_behind(self) -> None:
        """The log has grown elsewhere: read on."""
        self._behind = True
        self._woken.set()

    # The room's own task

    async def run(self) -> None:
        """Load the room, then commit batches until cancelled."""
        try:
            await self._load()
        except PlusOneError as error:
            self._loaded.set_exception(error)
            self._loaded.exception()  # nobody may be waiting; the commands below are told
            self._answer_all(error)
            return
        self._loaded.set_result(None)
        while True:
            await self._woken.wait()
            self._woken.clear()
            self._busy = True
            try:
                await self._turn()
            except HistoryChanged:
                await self._load()
            except Unavailable as error:
                _log.warning("room.unavailable", room=self.id, detail=error.data)
            finally:
                self._busy = False

    def close(self) -> None:
        """Tell those who still wait that nothing was done."""
        self._answer_all(Unavailable("The service is being restarted."))

    async def _turn(self) -> None:
        if self._behind:
            self._behind = False
            await self._read_on()
        while self._queue or self._due:
            self._due = False
            await self._commit(
                [self._queue.popleft() for _ in range(min(AT_ONCE, len(self._queue)))]
            )

    async def _commit(self, waiting: Sequence[tuple[Command, asyncio.Future[Outcome]]]) -> None:
        commands = [command for command, _ in waiting]
        unit = partial(
            log.commit_batch,
            kind=self.kind,
            room_id=self.id,
            known=self.committed,
            commands=commands,
            clock=self._clock,
        )
        try:
            # Shielded: a cancelled wait would not stop the transaction, only forget its answers.
            batch = await asyncio.shield(self._database.write(unit))
        except HistoryChanged as error:
            outcomes = [Outcome(error=error) for _ in waiting]
            self._behind = True
            self._woken.set()
        except OutcomeUnknown:
            _commits.labels("unknown").inc()
            outcomes = await self._find_out(commands)
        except PlusOneError as error:
            _commits.labels("failed").inc()
            outcomes = [Outcome(error=error) for _ in waiting]
        except Exception:
            _commits.labels("failed").inc()
            incident = new_id("inc")
            _log.exception("room.commit_failed", incident=incident, room=self.id)
            outcomes = [Outcome(error=InternalError(incident)) for _ in waiting]
        else:
            _commits.labels("done").inc()
            _batches.observe(len(waiting))
            self._move_to(batch.committed, batch.logged)
            outcomes = batch.outcomes
        for (_, future), outcome in zip(waiting, outcomes, strict=True):
            if not future.done():
                future.set_result(outcome)
        await self._store_state()

    async def _find_out(self, commands: Sequence[Command]) -> list[Outcome]:
        """After a COMMIT whose outcome is unknown: believe the log alone."""
        again = [Outcome(error=Unavailable("The database was lost; send this again."))]
        deadline = asyncio.get_running_loop().time() + IN_DOUBT_S
        while True:
            try:
                found = await self._database.write(
                    partial(log.find_outcomes, room_id=self.id, commands=commands)
                )
                await self._read_on()
            except Unavailable:
                if asyncio.get_running_loop().time() > deadline:
                    self._behind = True
                    return again * len(commands)
                await asyncio.sleep(0.2)  # the database is away; a new connection may be had soon
            else:
                return [outcome or again[0] for outcome in found]

    async def _load(self) -> None:
        epoch, head, _ = await self._database.read(partial(log.read_head, room_id=self.id))
        state, after = self.kind.initial(self.id), 0
        stored = await self._database.read(
            partial(log.read_stored_state, room_id=self.id, model=self.kind.model)
        )
        if stored is not None and stored[0] <= head:
            after = stored[0]
            state = await asyncio.to_thread(self.kind.load, stored[1])
        self._stored = after
        at_ms = await self._database.read(partial(log.read_at_ms, room_id=self.id, offset=after))
        at_ms = at_ms or 0
        self._committed = Committed(state, epoch, after, at_ms)
        self._tail = Tail(after, at_ms)
        await self._read_on()
        self._behind = False

    async def _read_on(self) -> None:
        """Take in all that the log holds beyond the committed head, a page at a time."""
        epoch, head, _ = await self._database.read(partial(log.read_head, room_id=self.id))
        if epoch != self.committed.epoch or head < self.committed.head:
            raise log.HistoryChanged("The room's history was replaced.")
        while self.committed.head < head:
            page = await self._database.read(
                partial(
                    log.read_events,
                    kind=self.kind,
                    room_id=self.id,
                    after=self.committed.head,
                    limit=log.PAGE,
                )
            )
            if not page:
                raise NotFound("The log ends before its head.")
            self._advance(page)
            await asyncio.sleep(0)  # a long log must not hold the loop

    def _advance(self, events: Sequence[Logged]) -> None:
        known = self.committed
        fresh = [logged for logged in events if logged.offset > known.head]
        if fresh:
            state = known.state
            for logged in fresh:
                state = self.kind.evolve(state, logged)
            last = fresh[-1]
            self._move_to(Committed(state, known.epoch, last.offset, last.at_ms), fresh)

    def _move_to(self, committed: Committed[S], events: Sequence[Logged]) -> None:
        self._committed = committed
        self.tail.extend(events)
        for logged in events:
            self.tail.replace(logged.event.withholds(), withheld=True)
            self.tail.replace(logged.event.restores(), withheld=False)
        if events:
            self._publish(self, events)
            for subscriber in self.subscribers:
                subscriber.happened(self, events)

    async def _events(self, after: int, to: int) -> Sequence[tuple[Logged, bytes]]:
        held = self.tail.between(after, to)
        if held is not None:
            return held
        found: list[tuple[Logged, bytes]] = []
        while after < to:
            page = await self._database.read(
                partial(
                    log.read_events,
                    kind=self.kind,
                    room_id=self.id,
                    after=after,
                    limit=min(log.PAGE, to - after),
                )
            )
            found += [(logged, logged.wire()) for logged in page]
            after += log.PAGE
        return found

    async def _store_state(self) -> None:
        now = self.committed
        if now.head - self._stored < STORE_EVERY:
            return
        self._stored = now.head
        stored = await asyncio.to_thread(self.kind.dump, now.state)
        unit = partial(
            log.store_state,
            room_id=self.id,
            model=self.kind.model,
            offset=now.head,
            state=stored,
        )
        try:
            await self._database.write(unit)
        except Unavailable:
            _log.warning("room.state_not_stored", room=self.id, offset=now.head)

    def _answer_all(self, error: PlusOneError) -> None:
        while self._queue:
            _, future = self._queue.popleft()
            if not future.done():
                future.set_result(Outcome(error=error))
