"""The shop's rules of loyalty: what earns, what a point is worth, which tiers there are.

Amounts are minor units of the shop's currency, percentages whole numbers (100 leaves a thing as it
is). Rules are never changed, only followed by newer ones: each version stays, with who wrote it.
"""

from __future__ import annotations

import itertools
from typing import Annotated, Literal

import msgspec
from pydantic import AfterValidator, Field, StringConstraints, model_validator
from sqlalchemy import BigInteger, Column, Connection, Integer, String, Table, Text, select

from core.clock import Instant
from core.db import insert_new, metadata
from core.errors import BadRequest, Conflict
from core.identity.model import display_name
from core.ids import Id
from core.inputs import Input
from core.money import MAX_MINOR, step
from core.structs import prepare

Channel = Literal["show", "chat", "call", "shop"]
"""Where a line of an order came from: claimed in a show, put in the cart in a chat or a call, or
on the shop's own pages."""

MOST_TIERS = 5
MOST_NAMED = 200
"""Products, and shows, that have a multiplier of their own."""
MOST_PERCENT = 1_000

loyalty_rules = Table(
    "loyalty_rules",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("staff", String(40), nullable=False),
    Column("data", Text, nullable=False),
)


class Earn(msgspec.Struct, frozen=True):
    """`points` for each `spend` paid for goods."""

    spend: int = 100_00
    points: int = 1


class Channels(msgspec.Struct, frozen=True):
    show: int = 100
    chat: int = 100
    call: int = 100
    shop: int = 100

    def of(self, channel: Channel) -> int:
        match channel:
            case "show":
                return self.show
            case "chat":
                return self.chat
            case "call":
                return self.call
            case "shop":
                return self.shop


class Redeem(msgspec.Struct, frozen=True):
    least: int = 1
    """Points that are redeemed at once, if any are."""
    most_percent: int = 100
    """Of the goods after coupons that points may pay."""


class Transfer(msgspec.Struct, frozen=True):
    on: bool = True
    least: int = 1
    most_day: int = 1_000
    """Points that one customer gives away in any 24 hours."""


class Tier(msgspec.Struct, frozen=True):
    key: str
    name: str
    threshold: int = msgspec.field(name="from")
    """What has to be spent within the window."""
    multiplier: int = 100
    free_delivery: bool = False


class Rules(msgspec.Struct, frozen=True):
    """What holds now. As long as `on` is False nothing is earned, redeemed or given away; what was
    earned before keeps falling due and expiring."""

    on: bool = False
    earn: Earn = Earn()
    channels: Channels = Channels()
    products: dict[str, int] = {}
    shows: dict[str, int] = {}
    return_days: int = 7
    """How long what was earned is pending: until then the goods may come back."""
    expire_days: int = 365
    """How long points can be used, from the end of that."""
    point_value: int = 100
    """What a point pays."""
    redeem: Redeem = Redeem()
    transfer: Transfer = Transfer()
    window_days: int = 365
    tiers: tuple[Tier, ...] = ()
    """From the lowest to the highest."""

    def tier(self, rank: int) -> Tier | None:
        """The tier of a rank: 1 is the lowest, 0 none."""
        return self.tiers[rank - 1] if 0 < rank <= len(self.tiers) else None

    def rank_of(self, key: str) -> int | None:
        """The rank of the tier that is called so; None where there is none."""
        for rank, tier in enumerate(self.tiers, 1):
            if tier.key == key:
                return rank
        return None

    def rank_at(self, spend: int) -> int:
        """The rank of who spent so much."""
        return sum(tier.threshold <= spend for tier in self.tiers)


prepare(Rules)


class RulesChanged(Conflict):
    """Somebody else wrote newer rules (`data.version`) than those which were changed."""

    code = "rules_changed"


def usual(currency: str) -> Rules:
    """What is proposed to a shop that has no rules yet: a hundredth comes back, in points."""
    return Rules(earn=Earn(spend=100 * step(currency)), point_value=step(currency))


def rules(connection: Connection) -> Rules:
    """The rules in force."""
    return current(connection)[1]


def current(connection: Connection) -> tuple[int, Rules]:
    """The rules in force, after their version; 0 where none were written yet."""
    row = connection.execute(
        select(loyalty_rules.c.version, loyalty_rules.c.data)
        .order_by(loyalty_rules.c.version.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return 0, Rules()
    return row.version, msgspec.json.decode(row.data, type=Rules)


def put(connection: Connection, based_on: int, new: Rules, staff: str, now: Instant) -> int:
    """Have `new` follow version `based_on`; returns its version. Raises RulesChanged.

    Of two who follow the same version at once, the second waits for the first one's row.
    """
    version, _ = current(connection)
    if version == based_on:
        written = connection.execute(
            insert_new(connection, loyalty_rules)
            .values(
                version=version + 1, at=now, staff=staff, data=msgspec.json.encode(new).decode()
            )
            .returning(loyalty_rules.c.version)
        )
        if written.first() is not None:
            return version + 1
        version += 1
    raise RulesChanged("The rules were changed meanwhile.", version=version)


# As they come from outside

_Percent = Annotated[int, Field(ge=0, le=MOST_PERCENT)]
_Minor = Annotated[int, Field(ge=0, le=MAX_MINOR)]
_Some = Annotated[int, Field(ge=1, le=1_000_000)]


def _one_line(typed: str) -> str:
    try:
        return display_name(typed)
    except BadRequest as error:
        raise ValueError(error.message) from None


class EarnInput(Input):
    spend: Annotated[int, Field(ge=1, le=10**9)]
    points: Annotated[int, Field(ge=1, le=1_000)]


class ChannelsInput(Input):
    show: _Percent = 100
    chat: _Percent = 100
    call: _Percent = 100
    shop: _Percent = 100


class RedeemInput(Input):
    least: _Some = 1
    most_percent: Annotated[int, Field(ge=1, le=100)] = 100


class TransferInput(Input):
    on: bool = True
    least: _Some = 1
    most_day: _Some = 1_000


class TierInput(Input):
    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$")]
    name: Annotated[str, StringConstraints(max_length=20), AfterValidator(_one_line)]
    threshold: Annotated[_Minor, Field(alias="from")]
    multiplier: _Percent = 100
    free_delivery: bool = False


class RulesInput(Input):
    on: bool
    earn: EarnInput
    channels: ChannelsInput = ChannelsInput()
    products: Annotated[dict[Id, _Percent], Field(max_length=MOST_NAMED)] = Field(
        default_factory=dict
    )
    shows: Annotated[dict[Id, _Percent], Field(max_length=MOST_NAMED)] = Field(default_factory=dict)
    return_days: Annotated[int, Field(ge=0, le=90)] = 7
    expire_days: Annotated[int, Field(ge=30, le=3_650)] = 365
    point_value: Annotated[int, Field(ge=1, le=10**9)]
    redeem: RedeemInput = RedeemInput()
    transfer: TransferInput = TransferInput()
    window_days: Annotated[int, Field(ge=1, le=3_650)] = 365
    tiers: Annotated[list[TierInput], Field(max_length=MOST_TIERS)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ascending(self) -> RulesInput:
        keys = [tier.key for tier in self.tiers]
        if len(set(keys)) < len(keys):
            raise ValueError("each tier has a key of its own")
        levels = [tier.threshold for tier in self.tiers]
        if any(low >= high for low, high in itertools.pairwise(levels)):
            raise ValueError("each tier asks for more than the one before it")
        return self


def read(asked: RulesInput, currency: str) -> Rules:
    """What was asked as rules of a shop of that currency. Raises BadRequest."""
    if asked.point_value % step(currency):
        raise BadRequest(
            f"Prices in {currency} are whole.",
            fields={"rules.point_value": f"a multiple of {step(currency)}"},
        )
    return msgspec.convert(asked.model_dump(by_alias=True), Rules)
