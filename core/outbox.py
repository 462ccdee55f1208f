"""What must happen after a commit: at least once, in order per key.

A write unit adds a message in its own transaction; after the commit the outbox hands it to every
subscriber of its topic, outside any transaction, and forgets it once all have returned. A handler
that raises is called again later, with pauses that grow; messages with the same key wait behind it,
others pass. Handlers therefore take a repeat for what it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
import structlog
from prometheus_client import Counter
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from core.clock import Clock, Instant
from core.db import Database, metadata, wake_after_commit
from core.errors import PlusOneError, Unavailable

outbox_message = Table(
    "outbox_message",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("topic", String(60), nullable=False),
    Column("key", String(120), nullable=False),
    Column("payload", Text, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("not_before", BigInteger, nullable=False, default=0),
    Index("ix_outbox_message_key_id", "key", "id"),
)

Handler = Callable[[Any], Awaitable[None]]

AT_ONCE = 50
LEASE_MS = 10_000
"""How late a message may be that a killed process was handing over."""
RENEWED_EVERY_S = 3.0
HANDLER_TIMEOUT_S = 30
POLL_S = 0.5
"""How late a message may be that another process added, or that waits for its next try."""
LONGEST_PAUSE_MS = 300_000

_handled = Counter("plusone_outbox_handled_total", "Messages handed over.", ["topic"])
_failed = Counter("plusone_outbox_failed_total", "Hand-overs that raised.", ["topic"])

log = structlog.get_logger(__name__)


def add(connection: Connection, topic: str, key: str, payload: Any) -> None:
    """Add a message within the unit's transaction; `payload` is anything msgspec makes JSON of."""
    row = {"topic": topic, "key": key, "payload": msgspec.json.encode(payload).decode()}
    connection.execute(insert(outbox_message).values(**row, tries=0, not_before=0))
    wake_after_commit(connection)


class Outbox:
    """Hands messages over; `run` is its one task, which owns one for each message in the making."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._handlers: dict[str, list[Handler]] = defaultdict(list)
        self._making: dict[int, asyncio.Task[None]] = {}
        """By the message's id."""
        self._renewed_at = 0.0
        self._woken = asyncio.Event()
        database.on_commit(self._woken.set)

    def subscribe(self, topic: str, handler: Handler) -> None:
        """Call `handler(payload)` for each message of `topic`; before `run`.

        A message whose topic has no subscriber in this process is left to one that has.
        """
        self._handlers[topic].append(handler)

    async def run(self) -> None:
        """Hand over until cancelled; what is in the making is then tried again by the next run."""
        try:
            while True:
                self._woken.clear()
                try:
                    await self._renew()
                    while await self._begin():
                        pass
                except PlusOneError as error:  # the database is away: nothing was lost
                    log.warning("outbox.unavailable", error=error.error_code, detail=error.data)
                # Not `wait_for`: on Python 3.11 it drops a cancellation that comes with the wake.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await self._woken.wait()
        finally:
            making = list(self._making.values())
            for task in making:
                task.cancel()
            await asyncio.gather(*making, return_exceptions=True)

    async def hand_over(self) -> int:
        """Hand over what is due now, once and to the end; returns how many messages that were."""
        begun = await self._begin()
        await asyncio.gather(*begun)
        return len(begun)

    async def _begin(self) -> list[asyncio.Task[None]]:
        """Take what is due, and begin to hand it over; slow handlers hold up only their own key."""
        room = AT_ONCE - len(self._making)
        if room <= 0 or not self._handlers:
            return []
        begun: list[asyncio.Task[None]] = []
        for message in await self._database.write(lambda connection: self._take(connection, room)):
            task = asyncio.get_running_loop().create_task(self._one(message))
            self._making[message.id] = task
            task.add_done_callback(partial(self._made, message.id))
            begun.append(task)
        return begun

    def _made(self, id: int, _task: asyncio.Task[None]) -> None:
        self._making.pop(id, None)
        self._woken.set()  # the key's next message may be handed over

    async def _renew(self) -> None:
        """Keep what is in the making from being taken by another process."""
        now = time.monotonic()
        if not self._making or now - self._renewed_at < RENEWED_EVERY_S:
            return
        self._renewed_at = now
        ids = list(self._making)
        lease = update(outbox_message).where(outbox_message.c.id.in_(ids))
        until = self._clock.now() + LEASE_MS
        await self._database.write(
            lambda connection: connection.execute(lease.values(not_before=until))
        )

    def _take(self, connection: Connection, limit: int) -> list[_Message]:
        """Lease the first message of each key, so that no other process takes it too."""
        now = self._clock.now()
        first = select(func.min(outbox_message.c.id)).group_by(outbox_message.c.key)
        due = (
            select(outbox_message)
            .where(
                outbox_message.c.id.in_(first),
                outbox_message.c.not_before <= now,
                outbox_message.c.topic.in_(self._handlers),
            )
            .order_by(outbox_message.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        taken = [
            _Message(row.id, row.topic, row.payload, row.tries) for row in connection.execute(due)
        ]
        if taken:
            ids = [message.id for message in taken]
            lease = update(outbox_message).where(outbox_message.c.id.in_(ids))
            connection.execute(lease.values(not_before=now + LEASE_MS))
        return taken

    async def _one(self, message: _Message) -> None:
        try:
            payload = msgspec.json.decode(message.payload)
            async with asyncio.timeout(HANDLER_TIMEOUT_S):
                for handler in self._handlers[message.topic]:
                    await handler(payload)
        except Unavailable as error:  # what it needs is away for a while, which is no fault of ours
            _failed.labels(message.topic).inc()
            told = {"id": message.id, "tries": message.tries, "detail": error.message}
            log.warning("outbox.put_back", topic=message.topic, **told)
            await self._settle(message, self._put_back)
        except Exception:
            # Whatever a handler raises must not lose the message, nor stop the others.
            _failed.labels(message.topic).inc()
            log.exception("outbox.failed", topic=message.topic, id=message.id, tries=message.tries)
            await self._settle(message, self._put_back)
        else:
            _handled.labels(message.topic).inc()
            await self._settle(message, _forget)

    async def _settle(self, message: _Message, how: Callable[[Connection, _Message], None]) -> None:
        try:
            await self._database.write(lambda connection: how(connection, message))
        except PlusOneError as error:  # when its lease is over, it is handed over once more
            log.warning("outbox.not_settled", id=message.id, error=error.error_code)

    def _put_back(self, connection: Connection, message: _Message) -> None:
        later = self._clock.now() + pause_ms(message.tries)
        connection.execute(
            update(outbox_message)
            .where(outbox_message.c.id == message.id)
            .values(tries=message.tries + 1, not_before=later)
        )


def _forget(connection: Connection, message: _Message) -> None:
    connection.execute(delete(outbox_message).where(outbox_message.c.id == message.id))


class _Message(msgspec.Struct, frozen=True):
    id: int
    topic: str
    payload: str
    tries: int


def pause_ms(tries: int) -> Instant:
    """How long to wait after the try number `tries` (from 0) failed: 0.5 s, doubling to 5 min."""
    return int(min(500 * 2 ** min(tries, 20), LONGEST_PAUSE_MS))
