"""Committed events, and hints, on their way to the other processes that serve the same rooms.

A relay carries hints, never truth: it may lose, repeat or reorder. A room puts what comes into
order by offset, fills a gap from the log, and compares heads with the database once a second, so
that a relay which is away costs time and nothing else. What else processes tell each other (who is
seen to write, how many watch) is for the eye, or is looked up in the database a little later too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

import msgspec
from prometheus_client import Counter

from core.ids import new_id
from core.rooms.events import Logged

Listener = Callable[[str, str, Sequence[Logged]], None]
"""Called with a room's id, its epoch, and committed events that follow one another."""
Wants = Callable[[str], bool]
"""Whether anything is to be heard of a room just now. Asked often: what nobody wants is not even
decoded."""
Hint = Callable[[bytes], None]

T = TypeVar("T")

garbage = Counter("plusone_relay_garbage_total", "What came by the relay and could not be read.")


def everything(_room: str) -> bool:
    """Of every room."""
    return True


class Relay(Protocol):
    process: str
    """What this process is called among the others."""

    alone: bool
    """There is no other process."""

    @property
    def heard_since(self) -> float | None:
        """Since when (the loop's time) everything that others tell is heard; None: it is not."""
        ...

    def publish(self, kind: str, room: str, epoch: str, events: Sequence[Logged]) -> None:
        """Send events that were committed here; returns at once."""
        ...

    def listen(self, listener: Listener, wants: Wants = everything) -> None:
        """Have what is committed handed to `listener`, here or at another process."""
        ...

    def listen_here(self, listener: Listener) -> None:
        """Have what is committed by this process handed to `listener`.

        For what is to be done once: what another process committed, that one does.
        """
        ...

    def cast(self, topic: str, data: bytes) -> None:
        """Tell all other processes, never this one; returns at once, and may be lost."""
        ...

    def hear(self, topic: str, listener: Hint) -> None:
        """Have what others cast on `topic` handed to `listener`."""
        ...

    async def run(self) -> None:
        """Carry until cancelled."""
        ...

    async def close(self) -> None:
        """Send what waits, if that is quickly done, and nothing more."""
        ...


class InProcessRelay:
    """The relay within one process; joins several `Rooms` there, or none."""

    alone = True
    heard_since = 0.0

    def __init__(self) -> None:
        self.process = new_id("prc")
        self._listeners: list[Listener] = []

    def publish(self, _kind: str, room: str, epoch: str, events: Sequence[Logged]) -> None:
        for listener in self._listeners:
            listener(room, epoch, events)

    def listen(self, listener: Listener, wants: Wants = everything) -> None:
        del wants  # nothing has to be decoded
        self._listeners.append(listener)

    def listen_here(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def cast(self, topic: str, data: bytes) -> None:
        """Nobody else is there."""

    def hear(self, topic: str, listener: Hint) -> None:
        """Nobody else is there."""

    async def run(self) -> None:
        await asyncio.get_running_loop().create_future()

    async def close(self) -> None:
        return


class Topic(Generic[T]):
    """Hints of one shape, on one topic of a relay. What has another shape is counted and left."""

    def __init__(self, relay: Relay, name: str, shape: type[T]) -> None:
        self._relay = relay
        self._name = name
        self._decoder = msgspec.msgpack.Decoder(shape)

    def cast(self, value: T) -> None:
        """Tell all other processes."""
        self._relay.cast(self._name, msgspec.msgpack.encode(value))

    def hear(self, listener: Callable[[T], None]) -> None:
        """Have what others tell handed to `listener`."""

        def heard(data: bytes) -> None:
            try:
                value = self._decoder.decode(data)
            except msgspec.DecodeError:
                garbage.inc()
                return
            listener(value)

        self._relay.hear(self._name, heard)
