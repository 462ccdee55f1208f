"""What people may ask of bookings: validated where it comes in, then trusted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from core.errors import BadRequest
from core.identity.model import display_name, email_address
from core.ids import RequestId
from core.inputs import Input
from core.locales import Locale
from video.consult.booking.slots import QUARTER_MS
from video.consult.commands import About

TOPIC_LENGTH = 24
TEXT_LENGTH = 500
FAR_MS = 10**14

Minutes = Literal[15, 30, 45, 60]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _on_the_grid(at: int) -> int:
    if at % QUARTER_MS:
        raise ValueError("not a quarter of an hour")
    return at


def _a_name(text: str) -> str:
    try:
        return display_name(text)
    except BadRequest as error:
        raise ValueError(error.message) from None


def _an_address(text: str) -> str:
    try:
        return email_address(text)
    except BadRequest as error:
        raise ValueError(error.message) from None


Topic = Annotated[
    str, AfterValidator(_one_line), StringConstraints(min_length=1, max_length=TOPIC_LENGTH)
]
StartsAt = Annotated[int, Field(ge=0, le=FAR_MS), AfterValidator(_on_the_grid)]
_Since = Annotated[int, Field(ge=0, le=FAR_MS)] | None
BookingId = Annotated[str, StringConstraints(pattern=r"^bkg_[0-9A-HJKMNP-TV-Z]{26}$")]


class SlotsAsked(Input):
    """`since` None: from now on."""

    minutes: Minutes = 30
    topic: Topic | None = None
    locale: Locale | None = None
    since: _Since = Field(default=None, alias="from")
    days: Annotated[int, Field(ge=1, le=14)] = 7


class Book(Input):
    starts_at: StartsAt
    minutes: Minutes
    topic: Topic | None = None
    locale: Locale
    name: Annotated[str, StringConstraints(max_length=400), AfterValidator(_a_name)]
    email: Annotated[str, StringConstraints(max_length=254), AfterValidator(_an_address)]
    about: About | None = None
    text: (
        Annotated[
            str,
            StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_LENGTH),
        ]
        | None
    ) = None
    request_id: RequestId


class Move(Input):
    starts_at: StartsAt
    request_id: RequestId


class Enter(Input):
    """Nothing: the link says which."""


class ListAsked(Input):
    """`since` None: from now on, with what goes on now."""

    since: _Since = Field(default=None, alias="from")
    days: Annotated[int, Field(ge=1, le=31)] = 7


class Named(Input):
    id: BookingId
