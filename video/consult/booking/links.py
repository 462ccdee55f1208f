"""The link to a booking: whoever has it may look at it, move it, cancel it and come in.

`ULID-EXPIRY-SIGNATURE`: the booking's id without its kind, seconds since the epoch, and an
HMAC-SHA256 of both, 24 octets of it in URL-safe base 64.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from core.clock import Instant
from core.errors import NotFound
from core.hours import DAY_MS

PURPOSE = "links to bookings"
"""For `core.secret.Secret.key`."""
KEPT_MS = 7 * DAY_MS
"""How long after a booking's end its link is good."""

_TOKEN = re.compile(r"([0-9A-HJKMNP-TV-Z]{26})-([1-9][0-9]{0,11})-([A-Za-z0-9_-]{32})")
_OCTETS = 24


class Links:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, booking: str, ends_at: Instant) -> str:
        expires_s = (ends_at + KEPT_MS) // 1000
        ulid = booking.removeprefix("bkg_")
        return f"{ulid}-{expires_s}-{self._signature(ulid, expires_s)}"

    def read(self, token: str, now: Instant) -> str:
        """The id of the booking that `token` leads to. Raises NotFound where it leads nowhere."""
        found = _TOKEN.fullmatch(token)
        if found is None:
            raise no_booking()
        ulid, expires_s, signature = found[1], int(found[2]), found[3]
        right = hmac.compare_digest(self._signature(ulid, expires_s), signature)
        if not right or now >= expires_s * 1000:
            raise no_booking()
        return f"bkg_{ulid}"

    def _signature(self, ulid: str, expires_s: int) -> str:
        signed = hmac.digest(self._key, f"{ulid}-{expires_s}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(signed[:_OCTETS]).decode()


def no_booking() -> NotFound:
    return NotFound("There is no such booking.")
