"""The newest committed events of a room, in order and without gaps, ready to be sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

import msgspec

from core.clock import Instant
from core.rooms.events import Logged, Reader

LENGTH = 2_000
"""Events kept; also the most that a returning client is sent before it gets a whole snapshot."""


class Tail:
    """The last events of one room: those from `first` to `head` (none while `first > head`)."""

    def __init__(self, head: int, at_ms: Instant) -> None:
        self.head = head
        self._before = at_ms  # instant of the event before the first one held
        self._events: deque[Logged] = deque(maxlen=LENGTH)
        self._wires: deque[bytes] = deque(maxlen=LENGTH)

    @property
    def first(self) -> int:
        return self.head - len(self._events) + 1

    def extend(self, events: Iterable[Logged]) -> None:
        """Add events that follow the head at once; raises ValueError on a gap."""
        for logged in events:
            if logged.offset != self.head + 1:
                raise ValueError(f"offset {logged.offset} does not follow {self.head}")
            if len(self._events) == LENGTH:
                self._before = self._events[0].at_ms
            self._events.append(logged)
            self._wires.append(logged.wire())
            self.head = logged.offset

    def at_ms(self, offset: int) -> Instant | None:
        """When the event at `offset` happened, as far as the tail knows."""
        if offset == self.first - 1:
            return self._before
        if self.first <= offset <= self.head:
            return self._events[offset - self.first].at_ms
        return None

    def between(self, after: int, to: int) -> Sequence[tuple[Logged, bytes]] | None:
        """Events after the offset `after` up to `to` with their wires; None if some are gone."""
        if after < self.first - 1 or to > self.head:
            return None
        return [
            (self._events[i], self._wires[i])
            for i in range(after + 1 - self.first, to + 1 - self.first)
        ]

    def replace(self, offsets: Iterable[int], *, withheld: bool) -> None:
        """Withhold, or give again, what was typed at `offsets`."""
        for offset in offsets:
            if self.first <= offset <= self.head:
                i = offset - self.first
                logged = msgspec.structs.replace(self._events[i], withheld=withheld)
                self._events[i], self._wires[i] = logged, logged.wire()


def frame(epoch: str, start: int, end: int, at_ms: Instant, events: Iterable[bytes]) -> msgspec.Raw:
    """`{epoch, from, to, at_ms, events}` as JSON: what happened from one offset to another."""
    head = b'{"epoch":%s,"from":%d,"to":%d,"at_ms":%d,"events":[' % (
        msgspec.json.encode(epoch),
        start,
        end,
        at_ms,
    )
    return msgspec.Raw(head + b",".join(events) + b"]}")


def readable(events: Iterable[tuple[Logged, bytes]], reader: Reader) -> list[bytes]:
    """The wires of those events that `reader` may see."""
    return [wire for logged, wire in events if reader.sees(logged.audience)]
