"""Signed tokens for links: who may do one thing, until when. JWT, HS256, one key per purpose."""

import jwt

from core.clock import Instant
from core.errors import NotSignedIn
from core.secret import Secret


class Tokens:
    """Makes and reads them. Nothing is stored: a token is good until it expires."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def make(self, purpose: str, subject: str, *, expires_at: Instant) -> str:
        """A token by which its bearer may do `purpose` (a short name of ours) with `subject`."""
        claims = {"aud": purpose, "sub": subject, "exp": expires_at // 1000}
        return jwt.encode(claims, self._key(purpose), algorithm="HS256")

    def read(self, purpose: str, token: str, *, now: Instant) -> str:
        """The token's subject. Raises NotSignedIn for what is forged, expired or for another end.

        Expiry goes by `now`, to the second.
        """
        try:
            claims = jwt.decode(
                token,
                self._key(purpose),
                algorithms=["HS256"],
                audience=purpose,
                options={"require": ["aud", "sub", "exp"], "verify_exp": False},
            )
            subject, expires_s = str(claims["sub"]), int(claims["exp"])
        except (jwt.InvalidTokenError, ValueError, TypeError):
            raise NotSignedIn("This link is not one of ours.", code="bad_token") from None
        if expires_s * 1000 <= now:
            raise NotSignedIn("This link has expired.", code="token_expired")
        return subject

    def _key(self, purpose: str) -> bytes:
        return self._secret.key(f"token {purpose}")
