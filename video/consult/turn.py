"""STUN and TURN servers for the two of a call, with a credential that soon holds no more.

What a TURN server believes is a name that begins with when it ends, and the HMAC-SHA1 of that name
under a secret that the server shares with us (draft-uberti-behave-turn-rest-00 §2; coturn's
`use-auth-secret`). The server need not be told of anybody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

import msgspec
from aiohttp import web
from pydantic import SecretStr

from core.clock import Instant


class IceServer(msgspec.Struct, frozen=True, omit_defaults=True):
    """As `RTCIceServer` has it."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class Ice(msgspec.Struct, frozen=True):
    """What a page is given; after `expires_at` it asks again."""

    servers: tuple[IceServer, ...]
    expires_at: Instant


class Turn:
    """The servers that the settings name."""

    def __init__(
        self,
        turn_urls: tuple[str, ...],
        secret: SecretStr,
        minutes: int,
        stun_urls: tuple[str, ...] = (),
    ) -> None:
        self._turn_urls = turn_urls
        self._secret = secret
        self._minutes = minutes
        self._stun_urls = stun_urls

    def servers(self, call: str, side: str, now: Instant) -> Ice:
        """Those for one side of a call, from `now` on."""
        until_s = now // 1000 + self._minutes * 60
        stun = (IceServer(self._stun_urls),) if self._stun_urls else ()
        if not self._turn_urls:
            return Ice(stun, until_s * 1000)
        username = f"{until_s}:{call}.{side}"
        credential = _proof(username, self._secret)
        return Ice((*stun, IceServer(self._turn_urls, username, credential)), until_s * 1000)


def _proof(username: str, secret: SecretStr) -> str:
    key = secret.get_secret_value().encode()
    # SHA-1 is what servers compute; for an HMAC it still holds (RFC 6194 §3.3).
    return base64.b64encode(hmac.digest(key, username.encode(), hashlib.sha1)).decode()


TURN = web.AppKey("turn", Turn)
