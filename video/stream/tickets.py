"""Tickets: what the picture of a members' show is seen with, at whichever media server.

A ticket stands behind the addresses that somebody is told who was let in (`?ticket=…`). It follows
from the installation's secret, the show, its tier and when it runs out, so none is kept anywhere.
It is nobody's own: all who are let in within an hour are told the same addresses, so that caches
go on serving a crowd. The show given to another tier, it opens nothing any more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Final

from core.clock import Instant

TICKET: Final = "ticket"
"""The query's key. MediaMTX keeps `user`, `pass`, `token` and `jwt` for itself."""

LASTS_MS: Final = 4 * 3_600_000
"""At most; an hour less at least."""
_SHARED_MS: Final = 3_600_000
_FORM = re.compile(r"([1-9][0-9]{0,14})\.[A-Za-z0-9_-]{32}")


class Tickets:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def of(self, show: str, tier: str, now: Instant) -> str:
        """One for the show, as long as it is for `tier`."""
        return self._until(show, tier, now - now % _SHARED_MS + LASTS_MS)

    def opens(self, ticket: str, show: str, tier: str, now: Instant) -> bool:
        until = runs_out(ticket)
        if until is None or until <= now:
            return False
        return hmac.compare_digest(ticket.encode(), self._until(show, tier, until).encode())

    def _until(self, show: str, tier: str, until: Instant) -> str:
        digest = hmac.digest(self._secret, f"{show}.{tier}.{until}".encode(), hashlib.sha256)
        return f"{until}.{base64.urlsafe_b64encode(digest[:24]).decode()}"


def runs_out(ticket: str) -> Instant | None:
    """When it says that it does; None for what can be no ticket."""
    found = _FORM.fullmatch(ticket)
    return None if found is None else int(found[1])
