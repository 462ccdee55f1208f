"""The one tree of errors.

Every face (HTTP, Socket.IO, a page) shows an error as the same JSON, `{code, message, retryable,
data}`; see `PlusOneError.as_json`. What is not in this tree is a fault of ours: it reaches a client
as `internal` with an id that the log carries too, and with nothing else.
"""

from __future__ import annotations

from typing import Any, ClassVar


class PlusOneError(Exception):
    """Something a caller can be told.

    `code` is for machines and stable; `message` is plain English for developers (pages translate
    by code); `status` is the HTTP status; `retryable` says that the same call may succeed later
    unchanged; `data` is JSON.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, code: str | None = None, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.error_code = code or type(self).code
        self.data = data

    def as_json(self) -> dict[str, Any]:
        """`{code, message, retryable, data}`, as every face shows it."""
        return {
            "code": self.error_code,
            "message": self.message,
            "retryable": self.retryable,
            "data": self.data,
        }


class BadRequest(PlusOneError):
    """What came in has the wrong shape or a value out of range."""

    code = "bad_request"
    status = 400


class NotSignedIn(PlusOneError):
    """Nobody is known to be asking, or the token is forged or expired."""

    code = "not_signed_in"
    status = 401


class Forbidden(PlusOneError):
    """Somebody known asks for what is not hers."""

    code = "forbidden"
    status = 403


class NotFound(PlusOneError):
    """There is no such thing, or it is none of the asker's business."""

    code = "not_found"
    status = 404


class Conflict(PlusOneError):
    """The thing is no longer, or not yet, in a state that allows this."""

    code = "conflict"
    status = 409


class TooLarge(PlusOneError):
    """More bytes, lines or levels than are taken."""

    code = "too_large"
    status = 413


class RateLimited(PlusOneError):
    """Too often; `data.retry_after_ms` says when again."""

    code = "rate_limited"
    status = 429
    retryable = True


class Unavailable(PlusOneError):
    """Nothing was done (full disk, lost database, overload): the same call may be sent again."""

    code = "unavailable"
    status = 503
    retryable = True


class OutcomeUnknown(Unavailable):
    """The connection was lost in COMMIT: it may or may not have happened.

    Only for callers that can find out by an idempotency key. Sent again with the same key, the call
    is safe; so to a client this is as retryable as `Unavailable`.
    """


class InternalError(PlusOneError):
    """A fault of ours, named by `data.incident`, the id under which the log has the rest."""

    code = "internal"
    status = 500

    def __init__(self, incident: str) -> None:
        super().__init__("Something went wrong on our side.", incident=incident)
