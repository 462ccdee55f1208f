"""A card provider for trying things out. It takes no money, and says so.

Its page is served by us (`/pay/test/{session}`); what is pressed there comes back as a call that is
signed and checked like a real provider's. Production refuses it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Literal

import msgspec

from commerce_bridge.payments.port import (
    BadCallback,
    BadSignature,
    PaymentRequest,
    PaymentResult,
    PaymentSession,
)
from core.clock import Clock
from core.money import Money
from core.settings import Settings

SIGNATURE = "Plusone-Test-Signature"
OLDEST_MS = 300_000
"""A call signed longer ago than this may be one that somebody recorded."""


class _Call(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    ref: str
    outcome: Literal["paid", "failed"]
    minor: int
    currency: str


class TestProvider:
    """Takes any card, or none. Keeps nothing: a session's name follows from the payment's key."""

    __test__ = False  # for pytest, which takes the name for a test's
    name = "test"

    def __init__(self, settings: Settings, key: bytes, clock: Clock) -> None:
        if settings.environment == "production":
            raise ValueError("the test provider takes no money: not for production")
        self._key = key
        self._clock = clock

    async def begin(self, request: PaymentRequest) -> PaymentSession:
        ref = f"test_{self._hash('session', request.key.encode())[:40]}"
        return PaymentSession(ref=ref, url=f"/pay/test/{ref}")

    def sign(
        self, key: str, ref: str, amount: Money, outcome: Literal["paid", "failed"]
    ) -> tuple[dict[str, str], bytes]:
        """The call that a provider would make after its page: headers and body."""
        body = msgspec.json.encode(_Call(key, ref, outcome, amount.minor, amount.currency))
        at = self._clock.now()
        return {SIGNATURE: f"t={at},v1={self._signature(at, body)}"}, body

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> PaymentResult:
        at, signature = _parts(headers.get(SIGNATURE, ""))
        if not hmac.compare_digest(signature, self._signature(at, body)):
            raise BadSignature("This call is not signed by the provider.")
        if abs(self._clock.now() - at) > OLDEST_MS:
            raise BadSignature("This call was signed too long ago.")
        try:
            call = msgspec.json.decode(body, type=_Call)
        except msgspec.MsgspecError as error:
            raise BadCallback("This call cannot be read.") from error
        return PaymentResult(call.key, call.ref, call.outcome, Money(call.minor, call.currency))

    async def refund(self, key: str, ref: str, amount: Money) -> None:
        """There is no money to give back."""

    def _signature(self, at: int, body: bytes) -> str:
        return self._hash("callback", f"{at}.".encode() + body)

    def _hash(self, purpose: str, what: bytes) -> str:
        keyed = hmac.new(self._key, purpose.encode() + b"\0" + what, hashlib.sha256)
        return keyed.hexdigest()


def _parts(header: str) -> tuple[int, str]:
    """`t=MILLISECONDS,v1=HEX`; what is not of this form has no signature."""
    at, _, signature = header.partition(",")
    digits = at.removeprefix("t=")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
        return 0, ""
    return int(digits), signature.removeprefix("v1=") if signature.isascii() else ""
