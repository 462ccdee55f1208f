"""A small kind of room that has all that a kind can have: an auction with talk.

Whoever bids highest leads; who is outbid is told so privately, staff read each bid's account. Talk
can be hidden, shown again, and erased. A reserve is held until its deadline. The door can be shut
to those who came before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

import msgspec
from immutables import Map
from msgspec.structs import replace
from sqlalchemy import BigInteger, Column, Connection, MetaData, String, Table, insert

from core.clock import Instant
from core.errors import Conflict, NotFound
from core.rooms.events import EVERYONE, STAFF, Content, Event, Logged, Reader
from core.rooms.kind import Command, Turn

LONGEST = 40
"""Comments that the state keeps."""


# What people want


class Say(msgspec.Struct, frozen=True):
    text: str
    name: str = "somebody"


class Bid(msgspec.Struct, frozen=True):
    amount: int


class Hold(msgspec.Struct, frozen=True):
    until: Instant


class Hide(msgspec.Struct, frozen=True):
    offset: int


class Show(msgspec.Struct, frozen=True):
    offset: int


class Erase(msgspec.Struct, frozen=True):
    author: str


class Shut(msgspec.Struct, frozen=True):
    pass


class Idle(msgspec.Struct, frozen=True):
    """Nothing comes of it."""


class Break(msgspec.Struct, frozen=True):
    """The rule breaks after it has appended an event."""


class Unwritable(msgspec.Struct, frozen=True):
    """The projection cannot be written."""


# What happened


class Said(Event, frozen=True):
    TYPE: ClassVar[str] = "said"
    by: str


class BidMade(Event, frozen=True):
    TYPE: ClassVar[str] = "bid.made"
    VERSION: ClassVar[int] = 2
    by: str
    amount: int
    currency: str = "TWD"


class Outbid(Event, frozen=True):
    """To whoever led before."""

    TYPE: ClassVar[str] = "outbid"
    by: str
    amount: int


class Noted(Event, frozen=True):
    """To staff."""

    TYPE: ClassVar[str] = "noted"
    bids: int


class Held(Event, frozen=True):
    TYPE: ClassVar[str] = "held"
    by: str
    until: Instant


class HoldEnded(Event, frozen=True):
    TYPE: ClassVar[str] = "hold.ended"
    by: str


class Hidden(Event, frozen=True):
    """`at` are the offsets at which the comment's text lies: its own, and where it was shown."""

    TYPE: ClassVar[str] = "hidden"
    offset: int
    at: tuple[int, ...]

    def withholds(self) -> tuple[int, ...]:
        return self.at


class Shown(Event, frozen=True):
    """Brings the text along for those who never had it."""

    TYPE: ClassVar[str] = "shown"
    offset: int
    at: tuple[int, ...]

    def restores(self) -> tuple[int, ...]:
        return self.at


class Erased(Event, frozen=True):
    TYPE: ClassVar[str] = "erased"
    author: str

    def erases(self) -> str | None:
        return self.author


class DoorShut(Event, frozen=True):
    TYPE: ClassVar[str] = "door.shut"

    def shuts(self) -> bool:
        return True


class Poison(Event, frozen=True):
    TYPE: ClassVar[str] = "poison"


# How things stand


class Comment(msgspec.Struct, frozen=True):
    offset: int
    by: str
    name: str | None
    text: str | None
    at: tuple[int, ...]
    hidden: bool = False


class Auction(msgspec.Struct, frozen=True):
    amount: int = 0
    leader: str | None = None
    bids: int = 0
    comments: tuple[Comment, ...] = ()
    outbid: Map[str, int] = Map()
    holds: Map[str, Instant] = Map()


sold = Table(
    "test_auction_lead",
    MetaData(),
    Column("room_id", String(40), nullable=False),
    Column("leader", String(40), nullable=False),
    Column("amount", BigInteger, nullable=False),
)
"""What a projection writes; made by the tests that want one."""


class AuctionKind:
    name = "auction"
    model = 1
    events: Mapping[str, type[Event]] = MappingProxyType(
        {
            event.TYPE: event
            for event in (
                *(Said, BidMade, Outbid, Noted, Held, HoldEnded, Hidden, Shown, Erased, DoorShut),
                Poison,
            )
        }
    )

    def __init__(self, *, project: bool = False) -> None:
        self._project = project

    def enrich(
        self,
        _connection: Connection,
        _state: Auction,
        commands: Sequence[Command],
        _now: Instant,
    ) -> Sequence[Command]:
        return commands

    def initial(self, room: str) -> Auction:
        return Auction()

    def decide(self, turn: Turn[Auction], command: Command) -> None:
        sender = command.sender
        match command.body:
            case Say(text, name):
                turn.append(Said(by=sender), content=Content(sender, name, text))
            case Bid(amount):
                _bid(turn, sender, amount)
            case Hold(until):
                turn.append(Held(by=sender, until=until))
            case Hide(offset):
                turn.append(Hidden(offset=offset, at=_comment(turn.state, offset).at))
            case Show(offset):
                comment = _comment(turn.state, offset)
                content = Content(comment.by, comment.name, comment.text)
                turn.append(Shown(offset=offset, at=comment.at), content=content)
            case Erase(author):
                turn.append(Erased(author=author))
            case Shut():
                turn.append(DoorShut())
            case Break():
                turn.append(Said(by=sender), content=Content(sender, text="never said"))
                raise ZeroDivisionError("a rule is broken")
            case Unwritable():
                turn.append(Poison())

    def expire(self, turn: Turn[Auction]) -> None:
        for by, until in sorted(turn.state.holds.items(), key=lambda hold: (hold[1], hold[0])):
            if until <= turn.now:
                turn.append(HoldEnded(by=by))

    def thawed(self, state: Auction) -> Auction:
        return state

    def frozen(self, state: Auction) -> Auction:
        return state

    def evolve(self, state: Auction, logged: Logged) -> Auction:
        match logged.event:
            case Said(by=by):
                said = logged.content
                comment = Comment(
                    logged.offset,
                    by,
                    said.name if said is not None else None,
                    said.text if said is not None else None,
                    (logged.offset,),
                )
                return replace(state, comments=(*state.comments, comment)[-LONGEST:])
            case BidMade(by=by, amount=amount):
                return replace(state, amount=amount, leader=by)
            case Outbid(by=by, amount=amount):
                return replace(state, outbid=state.outbid.set(by, amount))
            case Noted(bids=bids):
                return replace(state, bids=bids)
            case Held(by=by, until=until):
                return replace(state, holds=state.holds.set(by, until))
            case HoldEnded(by=by):
                return replace(state, holds=state.holds.delete(by))
            case Hidden(offset=offset):
                return _with_comments(state, {offset}, hidden=True)
            case Shown(offset=offset, at=at):
                return _with_comments(state, {offset}, hidden=False, at=(*at, logged.offset))
            case Erased(author=author):
                theirs = {c.offset for c in state.comments if author in (EVERYONE, c.by)}
                return _with_comments(state, theirs, name=None, text=None)
        return state

    def next_due(self, state: Auction) -> Instant | None:
        return min(state.holds.values(), default=None)

    def public(self, state: Auction) -> dict[str, Any]:
        return {
            "amount": state.amount,
            "leader": state.leader,
            "comments": [_as_seen(comment) for comment in state.comments],
            "holds": dict(state.holds.items()),
        }

    def snapshot(self, state: Auction, reader: Reader) -> dict[str, Any]:
        mine = {by: amount for by, amount in state.outbid.items() if reader.sees(by)}
        return {"outbid": mine, "bids": state.bids if reader.staff else None}

    def dump(self, state: Auction) -> bytes:
        return msgspec.json.encode(state, enc_hook=dict)

    def load(self, stored: bytes) -> Auction:
        plain = msgspec.json.decode(stored)
        return Auction(
            plain["amount"],
            plain["leader"],
            plain["bids"],
            msgspec.convert(plain["comments"], tuple[Comment, ...]),
            Map(plain["outbid"]),
            Map(plain["holds"]),
        )

    def upcast(self, type_: str, version: int, data: bytes) -> tuple[str, bytes]:
        # Version 1 was called `bid` and knew one currency only.
        if (type_, version) == ("bid", 1):
            return "bid.made", data
        raise LookupError(f"{type_} was never of version {version}")

    def project(
        self, connection: Connection, room: str, logged: Sequence[Logged], state: Auction
    ) -> None:
        if any(isinstance(entry.event, Poison) for entry in logged):
            connection.execute(insert(sold), [{"room_id": room, "leader": None, "amount": 0}])
        if self._project:
            leads = [
                {"room_id": room, "leader": entry.event.by, "amount": entry.event.amount}
                for entry in logged
                if isinstance(entry.event, BidMade)
            ]
            if leads:
                connection.execute(insert(sold), leads)


def _bid(turn: Turn[Auction], sender: str, amount: int) -> None:
    before = turn.state
    turn.append(BidMade(by=sender, amount=amount))
    if amount <= before.amount:
        # Too late on purpose: what was appended must not stay.
        raise Conflict("Somebody has bid more.", amount=before.amount)
    if before.leader is not None and before.leader != sender:
        turn.append(Outbid(by=before.leader, amount=amount), to=before.leader)
    turn.append(Noted(bids=before.bids + 1), to=STAFF)


def _comment(state: Auction, offset: int) -> Comment:
    for comment in state.comments:
        if comment.offset == offset:
            return comment
    raise NotFound("There is no such comment.")


def _as_seen(comment: Comment) -> dict[str, Any]:
    open_ = not comment.hidden
    return {
        "offset": comment.offset,
        "by": comment.by,
        "hidden": comment.hidden,
        "name": comment.name if open_ else None,
        "text": comment.text if open_ else None,
    }


def _with_comments(state: Auction, offsets: set[int], **changes: Any) -> Auction:
    return replace(
        state,
        comments=tuple(
            replace(comment, **changes) if comment.offset in offsets else comment
            for comment in state.comments
        ),
    )


def fold(snapshot: dict[str, Any], frame: dict[str, Any]) -> dict[str, Any]:
    """What a client makes of a frame: the same as a fresh snapshot, or the wire is wrong."""
    assert frame["epoch"] == snapshot["epoch"]
    assert frame["from"] == snapshot["offset"] + 1
    now: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(snapshot))
    now["offset"], now["at_ms"] = frame["to"], frame["at_ms"]
    for event in frame["events"]:
        _fold(now, event, event["data"])
    return now


def _fold(now: dict[str, Any], event: dict[str, Any], data: dict[str, Any]) -> None:
    match event["type"]:
        case "said":
            comment = {"offset": event["offset"], "by": data["by"], "hidden": False}
            comment |= {"name": event.get("name"), "text": event.get("text")}
            now["comments"] = [*now["comments"], comment][-LONGEST:]
        case "bid.made":
            now["amount"], now["leader"] = data["amount"], data["by"]
        case "outbid":
            now["outbid"][data["by"]] = data["amount"]
        case "noted":
            if now["bids"] is not None:
                now["bids"] = data["bids"]
        case "held":
            now["holds"][data["by"]] = data["until"]
        case "hold.ended":
            del now["holds"][data["by"]]
        case "hidden" | "shown":
            for comment in now["comments"]:
                if comment["offset"] == data["offset"]:
                    comment["hidden"] = event["type"] == "hidden"
                    comment |= {"name": event.get("name"), "text": event.get("text")}
        case "erased":
            for comment in now["comments"]:
                if data["author"] in (EVERYONE, comment["by"]):
                    comment |= {"name": None, "text": None}
