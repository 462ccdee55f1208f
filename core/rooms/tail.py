"""The newest committed events of a room, in order and without gaps, ready to be sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from core.clock import Instant
from core.rooms.events import EVERYONE, Logged, Reader

LENGTH = 2_000
"""The most that a returning client is sent before it gets a whole snapshot."""
_KEPT = LENGTH + 1  # one more, to know when the event happened that such a client saw last


class Tail:
    """The last events of one room: those from `first` to `head`, at least `LENGTH` if there are.

    An event's form on the wire is made when it is first sent, so that reading a long log makes
    none.
    """

    __slots__ = ("_events", "_wires", "head")

    def __init__(self, head: int) -> None:
        self.head = head
        self._events: list[Logged] = []
        self._wires: list[bytes | None] = []

    @property
    def first(self) -> int:
        return self.head - len(self._events) + 1

    def extend(self, events: Sequence[Logged]) -> None:
        """Add events that follow the head at once; raises ValueError on a gap."""
        for offset, logged in enumerate(events, self.head + 1):
            if logged.offset != offset:
                raise ValueError(f"offset {logged.offset} does not follow {offset - 1}")
        self._events += events
        self._wires += [None] * len(events)
        self.head += len(events)
        if len(self._events) > 2 * _KEPT:  # seldom, since it moves all that stays
            del self._events[:-_KEPT]
            del self._wires[:-_KEPT]
        for logged in events:
            self._withhold(logged.event.withholds(), withheld=True)
            self._withhold(logged.event.restores(), withheld=False)
            if (author := logged.event.erases()) is not None:
                self._erase(author, before=logged.offset)

    def at_ms(self, offset: int) -> Instant | None:
        """When the event at `offset` happened, as far as the tail knows."""
        if self.first <= offset <= self.head:
            return self._events[offset - self.first].at_ms
        return None

    def between(self, after: int, to: int) -> Sequence[tuple[Logged, bytes]] | None:
        """Events after the offset `after` up to `to` with their wires; None if some are gone."""
        if after < self.first - 1 or to > self.head:
            return None
        start, end = after + 1 - self.first, to + 1 - self.first
        found: list[tuple[Logged, bytes]] = []
        for i in range(start, end):
            logged, wire = self._events[i], self._wires[i]
            if wire is None:
                wire = self._wires[i] = logged.wire()
            found.append((logged, wire))
        return found

    def _withhold(self, offsets: Iterable[int], *, withheld: bool) -> None:
        for offset in offsets:
            if self.first <= offset <= self.head:
                i = offset - self.first
                self._put(i, msgspec.structs.replace(self._events[i], withheld=withheld))

    def _erase(self, author: str, *, before: int) -> None:
        for i, logged in enumerate(self._events):
            said = logged.content
            if logged.offset < before and said is not None and author in (EVERYONE, said.author):
                self._put(i, logged.blanked())

    def _put(self, i: int, logged: Logged) -> None:
        self._events[i], self._wires[i] = logged, None


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
