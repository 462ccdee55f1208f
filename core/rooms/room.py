"""One room in memory: its queue, its group commit, its committed state."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import msgspec
import structlog
from prometheus_client import Counter, Histogram

from core.db import Database
from core.errors import InternalError, OutcomeUnknown, PlusOneError, Unavailable
from core.ids import new_id
from core.rooms import history, log, states
from core.rooms.events import Logged, Position, Reader
from core.rooms.history import RoomTime
from core.rooms.kind import Command, RoomKind
from core.rooms.log import Committed, HistoryChanged, Outcome
from core.rooms.opening import open_log
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
    """Somebody who follows a room, and so keeps it in memory."""

    def happened(self, room: Room[Any], events: Sequence[Logged]) -> None:
        """These were committed; none where the history was replaced by another."""
        ...

    def ended(self, room: Room[Any]) -> None:
        """The room left memory; nothing more comes of this one."""
        ...


class Answer(msgspec.Struct, frozen=True):
    """What a sender is told: the span of the log that her command became, as she may read it."""

    first: int | None
    last: int | None
    repeated: bool
    events: list[msgspec.Raw]


_Waiting = tuple[Command, "asyncio.Future[Outcome]"]


class Room(Generic[S]):
    """One room as this process knows it. Made by `Rooms`, which owns its task."""

    def __init__(
        self,
        room_id: str,
        kind: RoomKind[S],
        database: Database,
        time: RoomTime,
        publish: Callable[[Room[S], Sequence[Logged]], None],
    ) -> None:
        self.id = room_id
        self.kind = kind
        self.subscribers: list[Subscriber] = []
        self._database = database
        self._time = time
        self._publish = publish
        self._committed: Committed[S] | None = None
        self._tail = Tail(0)
        self._public: tuple[int, bytes] | None = None
        self._queue: deque[_Waiting] = deque()
        self._woken = asyncio.Event()
        self._loaded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._busy = False
        self._due = False
        self._heard = 0  # the newest offset that exists as far as anybody said
        self._doubted = False  # somebody spoke of another history
        self._asked: list[asyncio.Future[None]] = []  # who wants to know all that the log holds
        self._leaving = False
        self._stored = 0
        self._storing: asyncio.Task[None] | None = None

    # What others ask of a room

    def submit(self, command: Command) -> asyncio.Future[Outcome]:
        """Queue `command`, at once and in the order of calls; the future holds what became of it.

        Not a coroutine on purpose: call it before a handler's first await, and the order in which
        commands came in is the order in which they are decided.
        """
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        if self._leaving:
            future.set_result(Outcome(error=Unavailable("The room is being closed.")))
        elif len(self._queue) >= WAITING:
            future.set_result(Outcome(error=Unavailable("The room has too much to do.")))
        else:
            self._queue.append((command, future))
            self._woken.set()
        return future

    async def has_done(self, command: Command) -> bool:
        """Whether `command` is in the log, as whichever process wrote it.

        For what has to be done outside before a command is submitted, and not once more when its
        sender, who never got the answer, sends it again.
        """
        unit = partial(log.is_done, room_id=self.id, command=command)
        return await self._database.read(unit)

    async def answer(self, outcome: Outcome, reader: Reader) -> Answer:
        """What `reader` is told of `outcome`; raises its error."""
        if outcome.error is not None:
            # One error may be told to a whole batch: without the traces of the others.
            raise outcome.error.with_traceback(None)
        if outcome.first is None or outcome.last is None:
            return Answer(None, None, outcome.repeated, [])
        events = await self._events(outcome.first - 1, outcome.last)
        seen = [msgspec.Raw(wire) for wire in readable(events, reader)]
        return Answer(outcome.first, outcome.last, outcome.repeated, seen)

    async def loaded(self) -> None:
        """Wait until the room is in memory. Raises NotFound, Unavailable."""
        await asyncio.shield(self._loaded)

    async def caught_up(self) -> None:
        """Wait until all that the log holds by now is known here. Raises NotFound, Unavailable.

        For who would be refused by what is known: another process may have changed it just now.
        """
        await self.loaded()
        if self._leaving:
            raise Unavailable("The room is being closed.")
        asked = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self._woken.set()
        await asked

    @property
    def known(self) -> Committed[S] | None:
        """The newest committed state known here; None until it is loaded."""
        return self._committed

    @property
    def committed(self) -> Committed[S]:
        """The newest committed state known here; after `loaded`. Raises Unavailable before."""
        if self._committed is None:
            raise Unavailable("The room is not loaded yet.")
        return self._committed

    @property
    def tail(self) -> Tail:
        return self._tail

    @property
    def over(self) -> bool:
        """It takes no more commands: whoever wants the room asks `Rooms` for it again."""
        return self._leaving

    @property
    def idle(self) -> bool:
        """Nothing waits, nothing is being committed, nobody follows."""
        return not (self._queue or self._busy or self.subscribers or self._storing)

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
        offset the very event that it saw last. Never suspends, since the tail holds all that this
        ever sends: what is returned is so until the next await.
        """
        now = self.committed
        if since.epoch != now.epoch or not 0 < since.offset <= now.head:
            return None
        if now.head - since.offset > LENGTH or self._tail.at_ms(since.offset) != since.at_ms:
            return None
        events = self._tail.between(since.offset, now.head)
        if events is None:
            return None
        return frame(now.epoch, since.offset + 1, now.head, now.at_ms, readable(events, reader))

    # What `Rooms` tells a room

    def wake(self) -> None:
        """Something has become due."""
        self._due = True
        self._woken.set()

    def receive(self, epoch: str, events: Sequence[Logged]) -> None:
        """Take in what another process committed; a gap is filled from the log."""
        now = self._committed
        if now is None or not events:
            return
        if epoch == now.epoch and not self._busy and events[0].offset <= now.head + 1:
            self._advance(events)
        else:
            self.hear(epoch, events[-1].offset)

    def hear(self, epoch: str, head: int) -> None:
        """The log reaches as far as `head`: read on if that is news."""
        now = self._committed
        if now is None:
            return
        self._heard = max(self._heard, head)
        self._doubted = self._doubted or epoch != now.epoch
        if self._is_behind:
            self._woken.set()

    def leave(self) -> None:
        """Finish what is being committed, then end; what waits is answered as retryable."""
        self._leaving = True
        self._woken.set()

    # The room's own task

    async def run(self) -> None:
        """Load the room, then commit batches until told to leave."""
        try:
            await self._load()
        except PlusOneError as error:
            self._loaded.set_exception(error)
            self._loaded.exception()  # nobody may be waiting; those who queued are told by `close`
            self.close(error)
            return
        self._loaded.set_result(None)
        while not self._leaving:
            await self._woken.wait()
            self._woken.clear()
            self._busy = True
            try:
                await self._turn()
            except HistoryChanged:
                asked = len(self._asked)
                await self._load()
                self._tell(asked)
                for subscriber in list(self.subscribers):
                    subscriber.happened(self, ())
            except Unavailable as error:
                _log.warning("room.unavailable", room=self.id, detail=error.data)
                self._tell(len(self._asked), error)
            finally:
                self._busy = False
        if self._storing is not None:
            await self._storing

    def close(self, error: PlusOneError | None = None) -> None:
        """The room is over: tell those who still wait, and those who follow."""
        self._leaving = True
        error = error or Unavailable("The service is being restarted.")
        if not self._loaded.done():
            self._loaded.set_exception(error)
            self._loaded.exception()
        self._tell(len(self._asked), error)
        refused = Outcome(error=error)
        while self._queue:
            _answer(self._queue.popleft(), refused)
        for subscriber in list(self.subscribers):
            subscriber.ended(self)

    @property
    def _is_behind(self) -> bool:
        return self._doubted or bool(self._asked) or self._heard > self.committed.head

    async def _turn(self) -> None:
        """Do all that there is to do. A batch reads on by itself before it decides."""
        while not self._leaving:
            if self._queue or self._due:
                self._due = False
                count = min(AT_ONCE, len(self._queue))
                await self._commit([self._queue.popleft() for _ in range(count)])
                if self._doubted or self._asked:
                    await self._read_on()
            elif self._is_behind:
                await self._read_on()
            else:
                return

    async def _commit(self, waiting: Sequence[_Waiting]) -> None:
        # Told to everybody if this is cancelled in the middle: nobody may wait for ever.
        outcomes = [Outcome(error=OutcomeUnknown("The service is being restarted."))] * len(waiting)
        try:
            outcomes = await self._outcomes([command for command, _ in waiting])
        finally:
            for one, outcome in zip(waiting, outcomes, strict=True):
                _answer(one, outcome)
        self._store_state()

    async def _outcomes(self, commands: Sequence[Command]) -> list[Outcome]:
        unit = partial(
            log.commit_batch,
            kind=self.kind,
            room_id=self.id,
            known=self.committed,
            commands=commands,
            time=self._time,
        )
        try:
            # Shielded: a cancelled wait would not stop the transaction, only forget its answers.
            batch = await asyncio.shield(self._database.write(unit))
        except OutcomeUnknown:
            _commits.labels("unknown").inc()
            return await self._find_out(commands)
        except PlusOneError as error:
            _commits.labels("failed").inc()
            self._doubted = self._doubted or isinstance(error, HistoryChanged)
            return [Outcome(error=error) for _ in commands]
        except Exception:
            _commits.labels("failed").inc()
            if len(commands) > 1:
                # One of them cannot be written; the others shall not suffer for it.
                return [(await self._outcomes([command]))[0] for command in commands]
            incident = new_id("inc")
            _log.exception("room.commit_failed", incident=incident, room=self.id)
            return [Outcome(error=InternalError(incident)) for _ in commands]
        _commits.labels("done").inc()
        _batches.observe(len(commands))
        self._move_to(batch.committed, [*batch.missed, *batch.fresh])
        if batch.fresh:
            self._publish(self, batch.fresh)
        return batch.outcomes

    async def _find_out(self, commands: Sequence[Command]) -> list[Outcome]:
        """After a COMMIT whose outcome is unknown: believe the log alone."""
        again = Outcome(error=Unavailable("The database was lost; send this again."))
        unit = partial(log.find_outcomes, room_id=self.id, commands=commands, time=self._time)
        deadline = asyncio.get_running_loop().time() + IN_DOUBT_S
        while True:
            try:
                found = await self._database.write(unit)
                self._publish(self, await self._read_on())
            except HistoryChanged:
                self._doubted = True
                return [again for _ in commands]
            except Unavailable:
                if asyncio.get_running_loop().time() > deadline:
                    self._heard = self.committed.head + 1
                    return [again for _ in commands]
                await asyncio.sleep(0.2)  # the database is away; a new connection may be had soon
            else:
                return [again if outcome is None else outcome for outcome in found]

    # Reading

    async def _load(self) -> None:
        opened = await open_log(self._database, self.kind, self.id)
        self._committed, self._tail, self._stored = opened.committed, opened.tail, opened.stored
        self._public = None
        self._heard, self._doubted = opened.committed.head, False
        self._store_state()

    async def _read_on(self) -> Sequence[Logged]:
        """Take in all that the log holds beyond the committed head, and return it."""
        asked = len(self._asked)
        read = partial(history.read_head, room_id=self.id, kind=self.kind.name)
        head = await self._database.read(read)
        known = self.committed
        if head.epoch != known.epoch or head.head < known.head:
            raise HistoryChanged("The room's history was replaced.")
        found: list[Logged] = []
        while self.committed.head < head.head:
            page = await self._database.read(
                partial(
                    history.read_events,
                    kind=self.kind,
                    room_id=self.id,
                    after=self.committed.head,
                    limit=history.PAGE,
                )
            )
            if not page:
                raise HistoryChanged("The log ends before its head.")
            self._advance(page)
            found += page
            await asyncio.sleep(0)  # a long log must not hold the loop
        self._heard, self._doubted = self.committed.head, False
        self._tell(asked)
        return found

    def _tell(self, asked: int, error: PlusOneError | None = None) -> None:
        """Tell the first `asked` of those who asked what the log holds that it is known, or not."""
        for one in self._asked[:asked]:
            if one.done():  # cancelled
                continue
            if error is None:
                one.set_result(None)
            else:
                one.set_exception(error)
        del self._asked[:asked]

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
        self._heard = max(self._heard, committed.head)
        if events:
            self._tail.extend(events)
            for subscriber in list(self.subscribers):
                subscriber.happened(self, events)

    async def _events(self, after: int, to: int) -> Sequence[tuple[Logged, bytes]]:
        """Events after `after` up to `to`: of the tail, or of the log where it is long ago."""
        held = self._tail.between(after, to)
        if held is not None:
            return held
        found: list[tuple[Logged, bytes]] = []
        while after < to:
            page = await self._database.read(
                partial(
                    history.read_events,
                    kind=self.kind,
                    room_id=self.id,
                    after=after,
                    limit=min(history.PAGE, to - after),
                )
            )
            found += [(logged, logged.wire()) for logged in page]
            after += history.PAGE
        return found

    # Stored states

    def _store_state(self) -> None:
        """Store the state beside the next batches, now and then."""
        now = self.committed
        if now.head - self._stored >= STORE_EVERY and self._storing is None:
            self._stored = now.head
            self._storing = asyncio.get_running_loop().create_task(self._store(now))

    async def _store(self, now: Committed[S]) -> None:
        try:
            stored = await asyncio.to_thread(_dump, self.kind, now.state)
            unit = partial(
                states.store,
                room_id=self.id,
                model=self.kind.model,
                offset=now.head,
                state=stored,
            )
            await self._database.write(unit)
        except Exception:
            # A shortcut only: the log has it all.
            _log.warning("room.state_not_stored", room=self.id, offset=now.head, exc_info=True)
        finally:
            self._storing = None


def _answer(waiting: _Waiting, outcome: Outcome) -> None:
    future = waiting[1]
    if not future.done():
        future.set_result(outcome)


def _dump(kind: RoomKind[S], state: S) -> bytes:
    return states.packed(kind.dump(state))
