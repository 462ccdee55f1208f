"""Stream keys: what a host's camera or OBS proves with that it may send a show's picture.

A key follows from the installation's secret, the show and a number that rises when the key is
changed, so none is kept anywhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac


class Keys:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def of(self, show: str, version: int) -> str:
        """The show's key of this version: 37 characters."""
        digest = hmac.digest(self._secret, f"{show}.{version}".encode(), hashlib.sha256)
        return "live_" + base64.urlsafe_b64encode(digest[:24]).decode()

    def opens(self, key: str, show: str, version: int) -> bool:
        # What is no text may come in a header.
        given = key.encode(errors="surrogatepass")
        return hmac.compare_digest(given, self.of(show, version).encode())
