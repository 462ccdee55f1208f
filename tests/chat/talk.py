"""A conversation on the pure model, for tests: people do things, and events come of it."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace
from pydantic import TypeAdapter

from chat import commands as c
from chat.kind import ConversationKind
from chat.state import Conversation, Line
from core.rooms.events import Event, Logged, Reader
from core.rooms.kind import Command, Turn
from core.tools import Button, Card, Change

E = TypeVar("E", bound=Event)

KIND = ConversationKind()
START = 1_790_000_000_000
MINUTE = 60_000
CONVERSATION = "cnv_" + "0" * 25 + "1"
ANSWER_MS, IDLE_MS, OFFERED_MS = 10 * MINUTE, 48 * 60 * MINUTE, 15 * MINUTE
YES_OR_NO = (Button("yes", "好", "confirm"), Button("no", "不用", "decline", "intent:no"))
_do: TypeAdapter[Any] = TypeAdapter(c.Do)


def _id(kind: str, name: str) -> str:
    return f"{kind}_{name.upper():0<26}"


def customer(name: str, *also: c.Actor) -> c.Actor:
    """She is known under the ids of `also` too."""
    own = _id("cus", name)
    return c.Actor(own, name, "customer", frozenset({own}).union(*(one.ids for one in also)))


def rep(name: str, *, leads: bool = False) -> c.Actor:
    own = _id("stf", name)
    return c.Actor(own, name, "staff", frozenset({own}), leads)


ANNA, BEN = customer("Anna"), customer("Ben")
JI, WEN, BOSS = rep("Ji"), rep("Wen"), rep("Bess", leads=True)


class Talk:
    """One conversation, its log, and the time. Whoever raises leaves no trace, as in a room."""

    def __init__(self, who: c.Actor = ANNA, *, bot: bool = False) -> None:
        self.now = START
        self.bot = bot
        """Whether there is one."""
        self.who = who
        self.state: Conversation = KIND.initial(CONVERSATION)
        self.log: list[Logged] = []
        self.sent: list[Logged] = []
        """What was sent when it happened; `log` is as it is read later, without what was erased."""
        self.does(who, c.Create(who.id))

    @property
    def types(self) -> list[str]:
        return [logged.event.TYPE for logged in self.log]

    def does(self, by: c.Actor, do: Any) -> list[Any]:
        """What comes of it, and before it of the time that has passed."""
        self._turn(KIND.expire)
        command = Command(by.id, "request", c.Act(by, do), by.ids)
        return self._turn(lambda turn: KIND.decide(turn, command))

    def passes(self, ms: int) -> list[Any]:
        """Time passes, and what is due happens."""
        self.now += ms
        return self._turn(KIND.expire)

    def _turn(self, happens: Any) -> list[Any]:
        turn = Turn(KIND, CONVERSATION, self.state, now=self.now, next_offset=len(self.log) + 1)
        happens(turn)
        self.state = turn.state
        self.log += turn.logged
        self.sent += turn.logged
        for logged in turn.logged:
            if (author := logged.event.erases()) is not None:
                self.log = [_erased(one, author) for one in self.log]
        return [logged.event for logged in turn.logged]

    # What people do

    def says(self, by: c.Actor, text: str | None = None, **more: Any) -> list[Any]:
        say = c.Say(text=text, **more)
        cards = () if say.product is None else (Card("product", say.product),)
        answer_by, idle_at = self.now + ANSWER_MS, self.now + IDLE_MS
        return self.does(by, c.Said(say, cards, answer_by, idle_at, bot=self.bot))

    def presses(self, by: c.Actor, key: str, offset: int | None = None) -> list[Any]:
        """A button of the newest message, if of no other."""
        press = c.Press(offset=offset or self.last.offset, key=key)
        return self.does(by, c.Pressing(press, self.now + ANSWER_MS, bot=self.bot))

    def bot_says(self, text: str, **more: Any) -> list[Any]:
        """To what was said last, if nothing else is named."""
        state = self.state
        named: dict[str, Any] = {
            "round": state.round, "upto": state.asked_upto, "intent": "greet",
            "locale": "zh-Hant", "idle_at": self.now + IDLE_MS, **more,
        }  # fmt: skip
        return self.does(c.BOT, c.BotSays(text=text, **named))

    def proposes(self, change: Change, text: str = "要放進購物車嗎？") -> list[Any]:
        return self.bot_says(
            text,
            intent="cart_add",
            buttons=YES_OR_NO,
            proposal=change,
            expires_at=self.now + OFFERED_MS,
        )

    @property
    def last(self) -> Line:
        found = self.state.last_message
        assert found is not None
        return found

    def acts(self, by: c.Actor, type_: str, **data: Any) -> list[Any]:
        """As a rep's page asks for it."""
        do = _do.validate_python({"type": type_, **data})
        return self.does(by, c.Taking(do, self.now + ANSWER_MS) if type_ == "take" else do)

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


def _erased(logged: Logged, author: str) -> Logged:
    said = logged.content
    if said is None or author not in ("", said.author):
        return logged
    return replace(logged.blanked())


def reader(who: c.Actor) -> Reader:
    return Reader(who.ids, staff=who.side == "staff")
