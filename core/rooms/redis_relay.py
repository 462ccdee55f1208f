"""The relay between processes, by one channel of Redis.

Two tasks, each with a connection of its own: one publishes, in the order in which it was asked to,
the other listens. Each second every process says on the channel that it is there. One that does not
hear even itself is not connected, whatever its socket says.

Nothing here waits for Redis but these two tasks. What cannot be sent at once is thrown away: it is
told again by the log within a second, or not worth telling late.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import structlog
from prometheus_client import Counter, Gauge, Histogram

from core.ids import new_id
from core.redis import AWAY, client_of, goes_on, trouble
from core.rooms.events import Logged
from core.rooms.history import Row, decoded, row_of
from core.rooms.kind import RoomKind
from core.rooms.relay import Hint, Listener, Wants, everything, garbage

BEAT_S = 1.0
"""How often a process says that it is there."""
SILENT_S = 3.5
"""Without a word, not even one's own, for so long: the connection is lost."""
PART = 256 * 1024
"""Bytes of events that are told at once; more are told in parts. An event that alone is longer is
not told: whoever serves its room finds it in the log within a second."""
WAITING, WAITING_BYTES = 20_000, 32 * 1024 * 1024
"""What may wait to be sent; past it the oldest is thrown away."""
AT_ONCE = 500
"""Messages in one write."""
WRITTEN_S = 4.0
"""How long one write may take, whatever the library is about: longer than it says itself."""
LONGEST = 2 * PART
"""What is longer than this is none of ours."""
PAUSE_S, LONGEST_PAUSE_S = 0.1, 1.0
"""Between two attempts to connect: first and at most."""
FLUSH_S = 1.0
AT_A_STRETCH_S = 0.005
"""How long what was heard may keep the loop."""

_sent = Counter("plusone_relay_sent_total", "Messages sent to other processes.")
_heard = Counter("plusone_relay_heard_total", "Messages of other processes.", ["what"])
_dropped = Counter("plusone_relay_dropped_total", "Messages that could not be sent.")
_lost = Counter("plusone_relay_lost_total", "Times that the relay was lost.", ["way"])
_connected = Gauge("plusone_relay_connected", "1 while others hear us and we them.")
_lag = Histogram(
    "plusone_relay_seconds",
    "From sending a message to hearing it.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)

log = structlog.get_logger(__name__)


class _Beat(msgspec.Struct, frozen=True, array_like=True, tag="b", gc=False):
    process: str
    sent_at: float
    """By the sender's own loop: nobody else reads it."""


class _Events(msgspec.Struct, frozen=True, array_like=True, tag="e", gc=False):
    process: str
    kind: str
    room: str
    epoch: str
    rows: list[msgspec.Raw]


class _Cast(msgspec.Struct, frozen=True, array_like=True, tag="c", gc=False):
    process: str
    topic: str
    data: bytes


_encode = msgspec.msgpack.Encoder().encode
_message = msgspec.msgpack.Decoder(_Beat | _Events | _Cast)
_row = msgspec.msgpack.Decoder(Row)


class RedisRelay:
    """See `core.rooms.relay.Relay`. `run` is its task."""

    alone = False

    def __init__(self, url: str, channel: str, kinds: Sequence[RoomKind[Any]]) -> None:
        """`channel`: what the processes of this installation have in common, and others have not.

        Raises ValueError for a URL that names no Redis.
        """
        self.process = new_id("prc")
        self._client = client_of(url)
        self._channel = f"plusone:{channel}"
        self._kinds: Mapping[str, RoomKind[Any]] = {kind.name: kind for kind in kinds}
        self._here: list[Listener] = []
        self._listeners: list[tuple[Listener, Wants]] = []
        self._hints: dict[str, list[Hint]] = defaultdict(list)
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._woken = asyncio.Event()
        self._sends = True  # until shown otherwise: what is told while it connects is not lost
        self._hears_since: float | None = None
        self._said: dict[str, str] = {}

    @property
    def heard_since(self) -> float | None:
        return self._hears_since if self._sends else None

    # What is told

    def publish(self, kind: str, room: str, epoch: str, events: Sequence[Logged]) -> None:
        for listener in self._here:
            listener(room, epoch, events)
        for listener, _ in self._listeners:
            listener(room, epoch, events)
        if self._sends:
            for rows in _parts(events):
                self._offer(_encode(_Events(self.process, kind, room, epoch, rows)))

    def cast(self, topic: str, data: bytes) -> None:
        if len(data) > PART:
            _dropped.inc()
        elif self._sends:
            self._offer(_encode(_Cast(self.process, topic, data)))

    def _offer(self, message: bytes) -> None:
        self._waiting.append(message)
        self._bytes += len(message)
        while len(self._waiting) > WAITING or self._bytes > WAITING_BYTES:
            self._bytes -= len(self._waiting.popleft())
            _dropped.inc()
        self._woken.set()

    # Who hears it

    def listen(self, listener: Listener, wants: Wants = everything) -> None:
        self._listeners.append((listener, wants))

    def listen_here(self, listener: Listener) -> None:
        self._here.append(listener)

    def hear(self, topic: str, listener: Hint) -> None:
        self._hints[topic].append(listener)

    # Carrying

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send(), name="relay sends")
            tasks.create_task(self._hear(), name="relay hears")

    async def close(self) -> None:
        try:
            async with asyncio.timeout(FLUSH_S):
                while self._waiting and self._sends:
                    await self._write(self._taken())
        except AWAY:
            _dropped.inc(self._forget())  # told by the log, or to nobody
        await self._client.aclose()
        self._show()

    async def _send(self) -> None:
        loop, pause, beaten = asyncio.get_running_loop(), PAUSE_S, -BEAT_S
        while goes_on():
            try:
                if loop.time() - beaten >= BEAT_S:
                    beaten = loop.time()
                    self._offer(_encode(_Beat(self.process, beaten)))
                while self._waiting:
                    await self._write(self._taken())
            except Exception as error:  # whatever it is, it must not end the task
                self._sends = False
                _dropped.inc(self._forget())
                self._away("sending", error)
                await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 (no secret)
                pause, beaten = min(2 * pause, LONGEST_PAUSE_S), -BEAT_S
                continue
            self._sends, pause = True, PAUSE_S
            self._back("sending")
            self._woken.clear()
            wait_s = beaten + BEAT_S - loop.time()
            if not self._waiting and wait_s > 0:
                try:
                    async with asyncio.timeout(wait_s):
                        await self._woken.wait()
                except TimeoutError:
                    pass  # time for the next beat

    def _taken(self) -> list[bytes]:
        messages = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
        self._bytes -= sum(map(len, messages))
        return messages

    def _forget(self) -> int:
        """Throw away what waits; returns how much that was."""
        count, self._bytes = len(self._waiting), 0
        self._waiting.clear()
        return count

    async def _write(self, messages: Sequence[bytes]) -> None:
        async with asyncio.timeout(WRITTEN_S), self._client.pipeline(transaction=False) as pipe:
            for message in messages:
                _ = pipe.publish(self._channel, message)  # queued: nothing to wait for
            await pipe.execute()
        _sent.inc(len(messages))

    async def _hear(self) -> None:
        loop, pause = asyncio.get_running_loop(), PAUSE_S
        while goes_on():
            try:
                async with self._client.pubsub() as subscribed:
                    await subscribed.subscribe(self._channel)
                    begun = loop.time()
                    while goes_on():
                        if loop.time() - begun > AT_A_STRETCH_S:
                            await asyncio.sleep(0)  # what has come already is read without a pause
                            begun = loop.time()
                        message = await subscribed.get_message(timeout=SILENT_S)
                        if message is None:
                            raise TimeoutError("nothing is heard")
                        if message["type"] == "message":
                            self._take(message["data"])
                        elif message["type"] == "subscribe":
                            self._hears_since = loop.time()
                            pause = PAUSE_S
                            self._back("hearing")
            except Exception as error:  # whatever it is, it must not end the task
                self._hears_since = None
                self._away("hearing", error)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 (no secret)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    # What is heard

    def _take(self, data: bytes) -> None:
        try:
            if len(data) > LONGEST:
                raise msgspec.DecodeError("too long")
            message = _message.decode(data)
        except msgspec.DecodeError:
            garbage.inc()
            return
        if message.process == self.process:
            if isinstance(message, _Beat):
                _lag.observe(max(0.0, asyncio.get_running_loop().time() - message.sent_at))
            return
        try:
            if isinstance(message, _Events):
                self._take_events(message)
            elif isinstance(message, _Cast):
                _heard.labels("hint").inc()
                for hint in self._hints.get(message.topic, ()):
                    hint(message.data)
        except Exception:
            # One listener's fault must not cost the others the relay.
            log.exception("relay.listener_failed")

    def _take_events(self, message: _Events) -> None:
        wanted = [listener for listener, wants in self._listeners if wants(message.room)]
        _heard.labels("events" if wanted else "unwanted").inc()
        if not wanted:
            return
        try:
            rows = [_row.decode(row) for row in message.rows]
            events = list(decoded(self._kinds[message.kind], rows))
        except (msgspec.DecodeError, LookupError):
            garbage.inc()  # of another version of us, say: the log has it
            return
        if not events or any(
            one.offset != offset for offset, one in enumerate(events, events[0].offset)
        ):
            garbage.inc()
            return
        for listener in wanted:
            listener(message.room, message.epoch, events)

    # Whether it goes

    def _away(self, way: str, error: Exception) -> None:
        """Say it once, and again only where the reason is another."""
        what = trouble(error)
        if way not in self._said:
            _lost.labels(way).inc()
        if self._said.get(way) != what:
            self._said[way] = what
            if isinstance(error, AWAY):
                log.warning("relay.away", way=way, reason=what)
            else:
                log.error("relay.failed", way=way, exc_info=error)
        self._show()

    def _back(self, way: str) -> None:
        if self._said.pop(way, None) is not None:
            log.info("relay.back", way=way)
        self._show()

    def _show(self) -> None:
        _connected.set(0 if self.heard_since is None else 1)


def _parts(events: Sequence[Logged]) -> Iterator[list[msgspec.Raw]]:
    """The events as rows that follow one another, as many at once as may be told at once."""
    rows: list[msgspec.Raw] = []
    octets = 0
    for logged in events:
        row = _encode(row_of(logged))
        if rows and octets + len(row) > PART:
            yield rows
            rows, octets = [], 0
        if len(row) > PART:
            _dropped.inc()
            continue
        rows.append(msgspec.Raw(row))
        octets += len(row)
    if rows:
        yield rows
