"""The frames of one span of a room's log: each made when first needed, and once."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from prometheus_client import Counter

from core.clock import Instant
from core.rooms.events import PUBLIC, Logged, Reader
from core.rooms.tail import Span, frame
from core.rooms.wire import Wire

_made = Counter("plusone_frames_total", "Frames made, by whom they are for.", ["audience"])


class Parcel:
    """What one socket is sent at once: a frame, if anything happened, and pulses.

    Compressed when many are sent the same: for one reader alone that would cost more than it saves.
    """

    __slots__ = ("_deflated", "octets", "wires")

    def __init__(self, wires: Sequence[Wire], *, shared: bool) -> None:
        self.wires = wires
        self.octets = b"".join(wire.websocket for wire in wires)
        self._deflated = None if shared else self.octets

    @property
    def deflated(self) -> bytes:
        """For sockets that take compressed messages."""
        if self._deflated is None:
            self._deflated = b"".join(wire.deflated for wire in self.wires)
        return self._deflated


class Frames:
    """The frames from one offset to another, with the pulses that go with them."""

    def __init__(
        self,
        namespace: str,
        span: tuple[str, int, int, Instant],
        events: Sequence[tuple[Logged, bytes]],
        pulses: Sequence[Wire],
    ) -> None:
        """`span`: the epoch, the offset before the first event, the last one's, and its instant."""
        self._epoch, self.start, self.end, self._at_ms = span
        self._namespace = namespace
        self._events = events
        self._span = Span(events)
        self._pulses = pulses
        self._made: dict[object, Parcel] = {}
        self.public = self._make(self.start, PUBLIC)
        """For all who stand at the start and see what everyone does."""

    @property
    def audiences(self) -> Collection[str]:
        """For whom, but for everyone, something happened."""
        return self._span.audiences

    def of(self, after: int, reader: Reader) -> Parcel:
        """What `reader` is sent, who has everything up to the offset `after`."""
        key = (after, "staff" if reader.staff else reader.ids)
        parcel = self._made.get(key)
        if parcel is None:
            parcel = self._made[key] = self._make(after, reader)
        return parcel

    def _make(self, after: int, reader: Reader) -> Parcel:
        if after >= self.end:
            return Parcel(self._pulses, shared=True)
        whom = "staff" if reader.staff else "person" if reader.ids else "everyone"
        _made.labels(whom).inc()
        span = self._span if after == self.start else Span(self._events[after - self.start :])
        body = frame(self._epoch, after + 1, self.end, self._at_ms, [span.read_by(reader)])
        wires = [Wire(self._namespace, "frame", bytes(body)), *self._pulses]
        return Parcel(wires, shared=whom != "person")
