"""What the shop asks of whoever takes card payments: a page to send the buyer to, and a call back.

A provider knows one payment by our `key`, which it hands back in its calls. `begin` and `refund`
are repeatable under the same key. The buyer's return to our page proves nothing; only a signed call
says that a payment was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

from core.clock import Instant
from core.errors import BadRequest, Forbidden
from core.money import Money


class BadSignature(Forbidden):
    """This call was not made by the provider, or long ago."""

    code = "bad_signature"


class BadCallback(BadRequest):
    """Signed by the provider, and yet nothing that can be understood."""

    code = "bad_callback"


class PaymentRequest(msgspec.Struct, frozen=True):
    key: str
    """Our name for this payment, one attempt of one order."""
    amount: Money
    order_number: str
    return_path: str
    """Where on our pages the buyer comes back to, paid or not."""
    expires_at: Instant
    """After this the provider lets nobody pay any more."""


class PaymentSession(msgspec.Struct, frozen=True):
    ref: str
    """The provider's name for the payment; secret, since it opens the payment's page."""
    url: str


class PaymentResult(msgspec.Struct, frozen=True):
    """What a call back says."""

    key: str
    ref: str
    outcome: Literal["paid", "failed"]
    amount: Money


class PaymentProvider(Protocol):
    """Every call raises `core.errors.Unavailable` where the provider cannot be reached in time."""

    @property
    def name(self) -> str:
        """A word for addresses and records."""
        ...

    async def begin(self, request: PaymentRequest) -> PaymentSession: ...

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> PaymentResult:
        """What the provider tells, its signature over the raw body checked.

        Raises BadSignature and BadCallback. May be told the same again and again.
        """
        ...

    async def refund(self, key: str, ref: str, amount: Money) -> None:
        """Give the whole amount of a payment back."""
        ...
