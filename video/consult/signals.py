"""What the pages of a call's two say to each other to find a way between them, passed on.

Nothing here is kept, and nothing here is sound or picture: those go from page to page, or through a
TURN server, and never through us. `plusone_signal_bytes_total` counts all that did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from prometheus_client import Counter
from pydantic import Field, StringConstraints, model_validator

from core.clock import Clock
from core.errors import RateLimited
from core.inputs import Input
from core.limits import Limiter
from core.rooms.wire import Wire
from video.consult.commands import SeatName
from video.consult.events import Side

PER_S, AT_ONCE = 10.0, 60
"""Of one socket. A page gathers a few dozen candidates and sends them by the twenty."""
CANDIDATES = 20
SDP_LENGTH = 14_000

_Sdp = Annotated[
    str,
    StringConstraints(max_length=SDP_LENGTH, pattern=r"^v=0\r?\n[\x20-\x7e\r\n]*$"),
]
"""RFC 8866; browsers write nothing but ASCII into it."""
_Line = Annotated[str, StringConstraints(max_length=500, pattern=r"^(candidate:[\x20-\x7e]*)?$")]
"""RFC 8839 §5.1; empty where there are no more."""

_signals = Counter("plusone_signals_total", "Signals passed on between the two of calls.", ["kind"])
_bytes = Counter("plusone_signal_bytes_total", "Bytes of signals passed on.")


class Description(Input):
    type: Literal["offer", "answer"]
    sdp: _Sdp


class Candidate(Input):
    """As `RTCIceCandidate.toJSON` writes it."""

    candidate: _Line
    sdpMid: Annotated[str, StringConstraints(max_length=40)] | None = None  # noqa: N815 (W3C's)
    sdpMLineIndex: Annotated[int, Field(ge=0, le=20)] | None = None  # noqa: N815
    usernameFragment: Annotated[str, StringConstraints(max_length=256)] | None = None  # noqa: N815


class Shown(Input):
    """What a page sends of its camera and its microphone; `weak`: its line does not carry all."""

    mic: bool
    camera: bool
    screen: bool
    weak: bool


class Signal(Input):
    """From the page `seat` to the page `to` of the other side."""

    seat: SeatName
    to: SeatName
    description: Description | None = None
    candidates: Annotated[list[Candidate], Field(min_length=1, max_length=CANDIDATES)] | None = None
    state: Shown | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Signal:
        if not self.kinds:
            raise ValueError("nothing is said")
        return self

    @property
    def kinds(self) -> tuple[str, ...]:
        """What is said with it."""
        named = ("description", "candidates", "state")
        return tuple(name for name in named if getattr(self, name) is not None)

    def told(self) -> dict[str, Any]:
        """As the other page gets it."""
        said: dict[str, Any] = self.model_dump(include=set(self.kinds))
        return {"from": self.seat, **said}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page sits: of which call, on which side, under which name."""

    call: str
    side: Side
    seat: str


class Switchboard:
    """Which socket of this process holds which seat, and what goes from one to the other."""

    def __init__(self, clock: Clock, write: Callable[[str, Wire], None], namespace: str) -> None:
        """`write` sends to a socket, at once."""
        self._limit = Limiter(PER_S, AT_ONCE, clock=clock)
        self._write = write
        self._namespace = namespace
        self._places: dict[str, Place] = {}
        self._sids: dict[Place, str] = {}

    def sit(self, sid: str, place: Place) -> Place | None:
        """`sid` holds the place from now on; returns the one that it held before, if another."""
        before = self._places.get(sid)
        if before is not None and before != place:
            self.leave(sid)
        self._places[sid], self._sids[place] = place, sid
        return before if before != place else None

    def leave(self, sid: str) -> Place | None:
        """`sid` holds nothing; returns what it held, unless another socket holds that now."""
        place = self._places.pop(sid, None)
        if place is None or self._sids.get(place) != sid:
            return None
        del self._sids[place]
        return place

    def of(self, sid: str) -> Place | None:
        """Where `sid` sits."""
        return self._places.get(sid)

    @property
    def held(self) -> set[Place]:
        """All places that sockets of this process hold."""
        return set(self._sids)

    def count(self, sid: str) -> None:
        """Raises RateLimited; nothing else comes of too many."""
        wait_ms = self._limit.take(sid)
        if wait_ms is not None:
            raise RateLimited("Too many signals at once.", retry_after_ms=wait_ms)

    def deliver(self, to: Place, told: bytes) -> bool:
        """Send `told`, JSON, to whoever holds the place here; whether somebody does.

        Not a coroutine on purpose: signals arrive in the order in which they came.
        """
        sid = self._sids.get(to)
        if sid is None:
            return False
        self._write(sid, Wire(self._namespace, "signal", told))
        return True


def counted(signal: Signal, octets: int) -> None:
    """A signal was passed on."""
    for kind in signal.kinds:
        _signals.labels(kind).inc()
    _bytes.inc(octets)
