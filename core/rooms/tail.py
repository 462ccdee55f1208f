"""The newest committed events of a room, in order and without gaps, ready to be sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

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


class Span:
    """Events that follow one another, with their wires, about to be read by many.

    When an item sells out, each of thousands is told something privately in one span: what everyone
    reads is joined once, and each one's own is put in between.
    """

    def __init__(self, events: Sequence[tuple[Logged, bytes]]) -> None:
        self._all = [wire for _, wire in events]
        self._own: dict[str, list[tuple[int, int, bytes]]] = {}
        public: list[bytes] = []
        self._ends = [0]
        """Where in `_public`, the joined wires of everyone, each of them ends."""
        for place, (logged, wire) in enumerate(events):
            if logged.audience == EVERYONE:
                comma = 1 if public else 0
                public.append(wire)
                self._ends.append(self._ends[-1] + comma + len(wire))
            else:
                self._own.setdefault(logged.audience, []).append((place, len(public), wire))
        self._public = b",".join(public)

    @property
    def audiences(self) -> Collection[str]:
        """For whom, but for everyone, something happened."""
        return self._own.keys()

    def read_by(self, reader: Reader) -> bytes:
        """The wires of what `reader` may see, joined by commas."""
        if reader.staff:
            return b",".join(self._all)
        own = [one for audience in reader.ids for one in self._own.get(audience, ())]
        if not own:
            return self._public
        parts: list[bytes] = []
        at = 0
        for _, before, wire in sorted(own):
            end = self._ends[before]
            if end > at:
                parts.append(self._public[at:end])
                at = end + 1  # past the comma
            parts.append(wire)
        if at < len(self._public):
            parts.append(self._public[at:])
        return b",".join(parts)


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
