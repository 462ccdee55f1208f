"""What the media process is told when it starts, as one line of JSON."""

from __future__ import annotations

import msgspec

from core.clock import Instant


class Start(msgspec.Struct, frozen=True):
    """`folder` is where pictures are kept, `announced` an address told in place of our own."""

    services: tuple[str, ...]
    """Addresses of the service, any of which may be asked and told."""
    token: str
    """What proves each to the other."""
    folder: str
    keeps: bool
    host: str
    port: int
    viewers: int
    servers: tuple[str, ...]
    addresses: tuple[str, ...]
    announced: str
    grace_s: float
    uptime_zero: Instant
    """Of the service's clock, which this process goes by: moments are found in pictures by it."""
