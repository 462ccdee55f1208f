"""Sends mail through the SMTP server that the settings name."""

import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib
import stamina

from core.errors import BadRequest, Unavailable

TIMEOUT_S = 10
TRIES = 2
"""Within one hand-over of the outbox, which tries again later by itself."""


class Refused(Exception):
    """The server will never take this message."""


class Mail:
    """One SMTP server, by URL: `smtp://USER:PASSWORD@HOST:587` or `smtps://…`.

    A password is only ever sent encrypted; without one, STARTTLS is used where it is offered.
    Raises BadRequest for what is no such URL.
    """

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise BadRequest("smtp_url has to be smtp://HOST or smtps://HOST.")
        self._host = parts.hostname
        self._tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 587)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self.sender = sender

    async def send(self, message: EmailMessage) -> None:
        """Hand `message` to the server. Raises Refused for good, Unavailable for now.

        What the server said stays out of both: it repeats the recipient's address, and errors are
        logged.
        """
        try:
            async for attempt in stamina.retry_context(
                on=_may_pass, attempts=TRIES, wait_initial=0.2, wait_max=1
            ):
                with attempt:
                    await self._once(message)
        except (aiosmtplib.SMTPException, OSError) as error:
            code = _code(error)
            if 500 <= code < 600 and not isinstance(error, aiosmtplib.SMTPAuthenticationError):
                raise Refused(f"answered {code}") from None
            reason = type(error).__name__
            raise Unavailable(
                "The mail server took nothing.", reason=reason, answered=code
            ) from None

    async def _once(self, message: EmailMessage) -> None:
        must_encrypt = self._password is not None and not self._tls
        await aiosmtplib.send(
            message,
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._tls,
            start_tls=True if must_encrypt else (False if self._tls else None),
            tls_context=ssl.create_default_context(),
            timeout=TIMEOUT_S,
        )


def _code(error: Exception) -> int:
    """What the server answered; 0 if it did not get that far."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return min(refused.code for refused in error.recipients)
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0


def _may_pass(error: Exception) -> bool:
    """Whether the same message may go through a moment later."""
    if isinstance(error, aiosmtplib.SMTPResponseException | aiosmtplib.SMTPRecipientsRefused):
        return 400 <= _code(error) < 500
    return isinstance(error, aiosmtplib.SMTPServerDisconnected | OSError)
