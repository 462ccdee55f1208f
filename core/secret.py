"""The installation's one secret, and the keys made from it, one for each purpose."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from core.settings import Settings

_FILE = "secret"


class Secret:
    """Gives each purpose a key of its own, so that no signature can be carried over to another."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("the secret needs at least 32 bytes")
        self._secret = secret

    def key(self, purpose: str) -> bytes:
        """32 bytes for `purpose` (a short name of ours), the same at every start."""
        return hmac.digest(self._secret, purpose.encode(), hashlib.sha256)

    def fingerprint(self, purpose: str, text: str) -> str:
        """64 hexadecimal digits that stand for `text` where it shall not be kept itself."""
        return hmac.digest(self.key(purpose), text.encode(), hashlib.sha256).hex()

    @classmethod
    def of(cls, settings: Settings) -> Secret:
        """The secret of the settings, else the one in the data folder, made there at first.

        Reads and writes a file: call it before the loop runs.
        """
        given = settings.secret.get_secret_value()
        if not given:
            given = _kept(settings.data_folder / _FILE)
        return cls(given.encode())


def _kept(file: Path) -> str:
    """The file's secret; of several processes that start at once, one makes it for all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        whole = file.with_name(f"{_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(48))
        try:
            with contextlib.suppress(FileExistsError):
                os.link(whole, file)  # never replaces, and never shows half a file
        finally:
            whole.unlink()
    return file.read_text().strip()
