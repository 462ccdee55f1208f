"""What supervisor and worker tell each other, a line of JSON each, by the worker's own pipes."""

from __future__ import annotations

import msgspec

from core.clock import Instant


class Start(msgspec.Struct, frozen=True):
    """The first line. `socket` is the descriptor of a socket that is bound to the worker's port."""

    number: int
    socket: int
    uptime_zero: Instant
    """Of the supervisor's clock: what happens in all workers, and in pictures, goes by one."""


class Media(msgspec.Struct, frozen=True, tag="media"):
    """Where the media process is by now; None while it is nowhere."""

    address: str | None


class Leave(msgspec.Struct, frozen=True, tag="leave"):
    """Your successor serves: send your sockets there over so many seconds, and go."""

    spread_s: float


Told = Media | Leave
"""What a worker is told after the first line. When there is no more, it is to go at once."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """It serves."""


class Alive(msgspec.Struct, frozen=True, tag="alive"):
    """Its loop still turns."""


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """It does not serve, and ends."""

    why: str


Said = Ready | Alive | Failed
"""What a worker says: one of the first and the last, then that it lives, again and again."""
