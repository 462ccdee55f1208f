"""A call on the pure model, for tests: people do things, and events come of it."""

from __future__ import annotations

from typing import Any

import msgspec
from pydantic import TypeAdapter

from core.rooms.events import Logged, Reader
from core.rooms.kind import Command, Turn
from core.tools import Change
from video.consult import commands as c
from video.consult.kind import CallKind
from video.consult.state import CallState

PACE = c.Pace()
KIND = CallKind(PACE)
START = 1_790_000_000_000
SECOND, MINUTE = 1_000, 60_000
CALL = "cll_" + "0" * 25 + "1"
SOAP, OIL = "prd_" + "0" * 25 + "1", "prd_" + "0" * 25 + "2"
TWO_JARS = Change(kind="cart.add", title="樹子", variant="var_" + "0" * 26, quantity=2)
CANCELLED = Change(kind="order.cancel", title="P-1007", order="ord_" + "0" * 26)
_do: TypeAdapter[Any] = TypeAdapter(c.Do)


def _id(kind: str, name: str) -> str:
    return f"{kind}_{name.upper():0<26}"


def customer(name: str, *also: c.Actor) -> c.Actor:
    """She is known under the ids of `also` too."""
    own = _id("cus", name)
    return c.Actor(own, name, "customer", frozenset({own}).union(*(one.ids for one in also)))


def rep(name: str) -> c.Actor:
    own = _id("stf", name)
    return c.Actor(own, name, "staff", frozenset({own}))


ANNA, BEN = customer("Anna"), customer("Ben")
JI, WEN = rep("Ji"), rep("Wen")
SEATS = {ANNA.id: "anna-page-1", JI.id: "ji-page-1", WEN.id: "wen-page-1"}


class Talk:
    """One call, its log, and the time. Whoever raises leaves no trace, as in a room."""

    def __init__(self) -> None:
        self.now = START
        self.state: CallState = KIND.initial(CALL)
        self.log: list[Logged] = []
        """As it is read later, without what was erased."""
        self.sent: list[Logged] = []
        """What was sent when it happened."""

    @property
    def types(self) -> list[str]:
        return [logged.event.TYPE for logged in self.log]

    def does(self, by: c.Actor, do: Any) -> list[Any]:
        """What comes of it, and before it of the time that has passed."""
        return self.do_at_once((by, do))[0]

    def do_at_once(self, *acts: tuple[c.Actor, Any]) -> list[list[Any]]:
        """In one batch, as the room has it: first what is due, then each in turn."""
        self._turn(KIND.expire)
        found = []
        for by, do in acts:
            command = Command(by.id, "request", c.Act(by, do), by.ids)
            found.append(self._turn(lambda turn, command=command: KIND.decide(turn, command)))
        return found

    def passes(self, ms: int) -> list[Any]:
        """Time passes, and what is due happens."""
        self.now += ms
        return self._turn(KIND.expire)

    def _turn(self, happens: Any) -> list[Any]:
        turn = Turn(KIND, CALL, self.state, now=self.now, next_offset=len(self.log) + 1)
        happens(turn)
        self.state = turn.state
        self.log += turn.logged
        self.sent += turn.logged
        for logged in turn.logged:
            if (author := logged.event.erases()) is not None:
                self.log = [_erased(one, author, logged.offset) for one in self.log]
        return [logged.event for logged in turn.logged]

    # What people do

    def asks(self, by: c.Actor = ANNA, **more: Any) -> list[Any]:
        """For a call; her page is there at once."""
        asked = self.does(by, c.Ask(by.id, **{"locale": "zh-Hant", **more}))
        return asked + self.sits(by)

    def invites(self, by: c.Actor = JI, **more: Any) -> list[Any]:
        invite = c.Invite(ANNA.id, ANNA.name, "zh-Hant", PACE.invite_ms, **more)
        return self.does(by, invite)

    def rings(self, at: c.Actor = JI) -> list[Any]:
        return self.system(c.Ring(at.id, at.name, PACE.ring_ms))

    def answers(self, by: c.Actor = JI) -> list[Any]:
        return self.does(by, c.Answering(by.name))

    def talk(self) -> Talk:
        """Anna and Ji talk, and the pages of both are there."""
        self.asks()
        self.rings()
        self.answers()
        self.sits(JI)
        return self

    def sits(self, by: c.Actor, seat: str | None = None) -> list[Any]:
        return self.does(by, c.Sit(seat or SEATS.get(by.id, "other-page-1")))

    def goes(self, by: c.Actor, seat: str | None = None, joined: int | None = None) -> list[Any]:
        """Her page is closed, or its line is cut."""
        return self.system(c.Left(by.side, seat or SEATS[by.id], joined))

    def acts(self, by: c.Actor, type_: str, **data: Any) -> list[Any]:
        """As her page asks for it."""
        return self.does(by, _do.validate_python({"type": type_, **data}))

    def changes(self, by: c.Actor = JI, change: Change = TWO_JARS) -> int:
        """Asks for a change; its offset."""
        self.does(by, c.DoChange(change))
        return self.log[-1].offset

    def system(self, do: Any) -> list[Any]:
        return self.does(c.SYSTEM, do)

    # What people see

    def sees(self, reader: Reader) -> dict[str, Any]:
        seen = {
            "epoch": "epoch",
            "offset": len(self.log),
            "at_ms": self.log[-1].at_ms,
            **KIND.public(self.state),
            **KIND.snapshot(self.state, reader),
        }
        decoded: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(seen))
        return decoded

    def told(self, reader: Reader, after: int, to: int | None = None) -> list[dict[str, Any]]:
        """The events after an offset as the reader was sent them."""
        return [
            msgspec.json.decode(one.wire())
            for one in self.sent[after:to]
            if reader.sees(one.audience)
        ]


def _erased(logged: Logged, author: str, before: int) -> Logged:
    said = logged.content
    if said is None or logged.offset >= before or author not in ("", said.author):
        return logged
    return logged.blanked()


def reader(who: c.Actor) -> Reader:
    return Reader(who.ids, staff=who.side == "staff")
