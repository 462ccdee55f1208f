"""Committed events on their way to the other processes that serve the same room.

A relay carries hints, never truth: it may lose, repeat or reorder. A room puts what comes into
order by offset, fills a gap from the log, and compares heads with the database once a second, so
that a relay which is away costs time and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from core.rooms.events import Logged

Listener = Callable[[str, str, Sequence[Logged]], None]
"""Called with a room's id, its epoch, and committed events that follow one another."""


class Relay(Protocol):
    def publish(self, room: str, epoch: str, events: Sequence[Logged]) -> None:
        """Send events that were committed here; returns at once."""
        ...

    def listen(self, listener: Listener) -> None:
        """Have what others publish handed to `listener`."""
        ...


class InProcessRelay:
    """The relay within one process; joins several `Rooms` there, or none."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def publish(self, room: str, epoch: str, events: Sequence[Logged]) -> None:
        for listener in self._listeners:
            listener(room, epoch, events)

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)
