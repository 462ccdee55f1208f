"""What a customer has to say to order, checked and put into one form: pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
import phonenumbers
from pydantic import Field, StringConstraints

from commerce_bridge.delivery import DeliveryRule, Kind
from commerce_bridge.loyalty.coupons.rules import MOST_TOGETHER
from commerce_bridge.orders.model import Method
from commerce_bridge.port import Location
from core.clock import Instant
from core.errors import BadRequest, Conflict
from core.identity.model import display_name, email_address
from core.ids import RequestId
from core.inputs import Input
from core.locales import Locale
from core.money import MAX_MINOR

MOST_CLAIMS = 100
MOST_POINTS = 10**9

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Text60 = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
Text200 = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Contact(Input):
    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    phone: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    email: Annotated[str, StringConstraints(min_length=1, max_length=254)] | None = None


class Home(Input):
    """To somebody's door."""

    kind: Literal["home"]
    postcode: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z -]{3,10}$")] | None = None
    city: Text60
    address: Text200


class Store(Input):
    """To a convenience store, which calls the customer when it is there."""

    kind: Literal["store"]
    chain: Literal["7-ELEVEN", "FamilyMart", "Hi-Life", "OK"]
    store_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{3,10}$")]
    store_name: Text60


class Pickup(Input):
    """Fetched at one of the shop's own locations."""

    kind: Literal["pickup"]
    location: ShortText


Coupons = Annotated[list[ShortText], Field(max_length=MOST_TOGETHER, default_factory=list)]
"""Codes, or ids of coupons in her wallet that have none."""


class QuoteBody(Input):
    """`POST /api/checkout/quote`; `fulfilment` is None as long as she has not chosen."""

    claims: Annotated[list[ShortText], Field(max_length=MOST_CLAIMS, default_factory=list)]
    lines: Annotated[list[ShortText], Field(max_length=MOST_CLAIMS, default_factory=list)]
    fulfilment: Kind | None = None
    coupons: Coupons
    points: Annotated[int, Field(ge=0, le=MOST_POINTS)] = 0


class CheckoutBody(Input):
    """`POST /api/checkout`. Amounts in minor units."""

    request_id: RequestId
    claims: Annotated[list[ShortText], Field(max_length=MOST_CLAIMS, default_factory=list)]
    lines: Annotated[list[ShortText], Field(max_length=MOST_CLAIMS, default_factory=list)]
    contact: Contact
    fulfilment: Annotated[Home | Store | Pickup, Field(discriminator="kind")]
    payment: Method
    note: Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)] | None = None
    coupons: Coupons
    points: Annotated[int, Field(ge=0, le=MOST_POINTS)] = 0
    expect_total: Annotated[int, Field(ge=0, le=MAX_MINOR)]
    locale: Locale | None = None
    """The page's language; without it the browser's counts."""

    def fingerprint(self) -> str:
        """The same for the same request, and for no other under the same request id."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class EmptyCheckout(BadRequest):
    code = "empty_checkout"


class PriceChanged(Conflict):
    """The order would cost `data.total`, which is not what the customer was shown."""

    code = "price_changed"


class CartChanged(Conflict):
    """`data.lines` are not in the cart any more."""

    code = "cart_changed"


class Delivery(msgspec.Struct, frozen=True):
    """Who gets it, and how, as it stands in the order."""

    name: str
    phone: str
    """E.164."""
    email: str | None
    fulfilment: dict[str, Any]
    rule: DeliveryRule

    @property
    def location(self) -> str | None:
        """Where it is fetched at the shop's own; None else."""
        where: str | None = self.fulfilment.get("location")
        return where


def delivery(
    body: CheckoutBody,
    *,
    country: str,
    rules: Sequence[DeliveryRule],
    locations: Sequence[Location],
    methods: Sequence[Method],
) -> Delivery:
    """Contact and fulfilment in one form. Raises BadRequest; `data.fields` says where and why."""
    faults: dict[str, str] = {}
    name = phone = ""
    email = None
    try:
        name = display_name(body.contact.name)
    except BadRequest as error:
        faults["contact.name"] = error.message
    try:
        phone = phone_number(body.contact.phone, country)
    except BadRequest as error:
        faults["contact.phone"] = error.message
    try:
        email = body.contact.email and email_address(body.contact.email)
    except BadRequest as error:
        faults["contact.email"] = error.message
    fulfilment: dict[str, Any] = body.fulfilment.model_dump(exclude_none=True)
    rule = next((one for one in rules if one.kind == body.fulfilment.kind), None)
    if rule is None:
        faults["fulfilment.kind"] = "The shop does not deliver so."
    if isinstance(body.fulfilment, Pickup):
        place = next((one for one in locations if one.id == fulfilment["location"]), None)
        if place is None or not place.pickup:
            faults["fulfilment.location"] = "Nothing is handed out there."
        else:
            fulfilment |= {"name": place.name, "address": place.address, "hours": place.hours}
    if body.payment not in methods:
        faults["payment"] = "The shop does not take this."
    elif body.payment == "pickup" and body.fulfilment.kind == "home":
        faults["payment"] = "What is paid at pick-up has to be fetched."
    if faults or rule is None:
        raise BadRequest("Something in the order is not right.", fields=faults)
    return Delivery(name, phone, email, fulfilment, rule)


def phone_number(typed: str, country: str) -> str:
    """A phone number as E.164; without a prefix it is one of `country`. Raises BadRequest."""
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise BadRequest("Not a phone number.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown_phone(number: str, country: str) -> str:
    """An E.164 number as people of `country` write it."""
    parsed = phonenumbers.parse(number)
    own = phonenumbers.region_code_for_number(parsed) == country
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if own else form.INTERNATIONAL)


def due_times(transfer_days: int, payment_minutes: int) -> dict[str, Instant]:
    """How long orders may stay unpaid, by settings."""
    return {"transfer_ms": transfer_days * 86_400_000, "card_ms": payment_minutes * 60_000}
