"""Identifiers that sort by the time at which they were made.

An id is a short word that says what it names, an underscore, and a ULID (26 characters of
Crockford's base 32: 48 bits of milliseconds, 80 of chance): `clm_01JD8Z…`. Ids are names, not
secrets: whoever knows one still has to be allowed to use it.
"""

from __future__ import annotations

import secrets
from typing import Annotated

from pydantic import StringConstraints
from ulid import ULID

Id = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,4}_[0-9A-HJKMNP-TV-Z]{26}$")]
"""An id as it comes from outside."""

RequestId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
"""A client's own name for one command; it sends a command again under the same name."""


def new_id(kind: str) -> str:
    """A new id of `kind` (two to four lower-case letters, such as `clm`)."""
    return f"{kind}_{ULID()}"


def new_secret(octets: int = 32) -> str:
    """A random URL-safe secret of `octets` bytes of entropy."""
    return secrets.token_urlsafe(octets)
