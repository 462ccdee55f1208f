"""A show on the pure model, for tests: people say and press things, and events come of it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace
from pydantic import TypeAdapter
from sqlalchemy import Connection

from core.clock import Instant
from core.rooms.events import Event, Logged, Reader
from core.rooms.kind import Command, Turn
from live import commands as c
from live import events as e
from live.kind import ShowKind
from live.perks import Tiers
from live.state import Claim, Show, Wait

E = TypeVar("E", bound=Event)


class Club:
    """A shop's loyalty for tests: two tiers, who has which, and coupons with who was given one."""

    def __init__(self) -> None:
        self.all: Tiers = (("silver", "銀卡"), ("gold", "金卡"))
        self.ranks: dict[str, int] = {}
        self.coupons = {COUPON: "折五十"}
        self.granted: list[tuple[str, str, str]] = []
        self.asked: list[list[str]] = []
        """Whose tiers were looked up, time by time."""

    def tiers(self, _connection: Connection) -> Tiers:
        return self.all

    def tiers_of(
        self, _connection: Connection, people: Mapping[str, Collection[str]], _now: Instant
    ) -> Mapping[str, Tiers]:
        self.asked.append(sorted(people))
        return {
            person: self.all[: max(self.ranks.get(one, 0) for one in ids)]
            for person, ids in people.items()
        }

    def coupon(self, _connection: Connection, coupon: str, _now: Instant) -> str | None:
        return self.coupons.get(coupon)

    def grant(
        self, _connection: Connection, coupon: str, customer: str, *, key: str, now: Instant
    ) -> None:
        assert now
        self.granted.append((coupon, customer, key))


COUPON = "cpn_" + "0" * 25 + "1"
KIND = ShowKind()
NO_CONNECTION: Any = None
"""What a club is asked with: it needs none."""
_run: TypeAdapter[Any] = TypeAdapter(c.Run)
_moderate: TypeAdapter[Any] = TypeAdapter(c.Moderate)
START = 1_790_000_000_000
MINUTE = 60_000
SHOW = "shw_" + "0" * 25 + "1"


def _id(kind: str, name: str) -> str:
    """An id that reads like the name of whose it is."""
    plain = "".join(
        letter if letter in "ABCDEFGHJKMNPQRSTVWXYZ" else "0" for letter in name.upper()
    )
    return f"{kind}_{plain:0<26}"


def viewer(name: str, *also: c.Actor) -> c.Actor:
    """A customer; she is known under the ids of `also` too."""
    own = _id("cus", name)
    ids = frozenset({own}).union(*(one.ids for one in also))
    return c.Actor(own, name, ids=ids, verified=True)


def guest(name: str) -> c.Actor:
    """Somebody who has said a name, and nothing more."""
    own = _id("cus", name)
    return c.Actor(own, name, ids=frozenset({own}))


HOST = c.Actor(_id("stf", "host"), "阿禾", "host", frozenset({_id("stf", "host")}))
MODERATOR = c.Actor(_id("stf", "mod"), "小編", "moderator", frozenset({_id("stf", "mod")}))
ANNA, BEN, CARA, DAN = viewer("Anna"), viewer("Ben"), viewer("Cara"), viewer("Dan")
FAY = guest("Fay")


def variant(key: str | None = None, pieces: int = 0, *words: tuple[str, ...]) -> c.NewVariant:
    """A variant for which `pieces` are planned; `key` is its word too, if none is given."""
    return c.NewVariant(
        variant_id=_id("var", key or "only"),
        key=key,
        title=key or "",
        words=[list(word) for word in words or ([(key,)] if key else [])],
        allotment=pieces,
    )


class Stage:
    """One show, its log, and the time. Whoever raises leaves no trace, as in a room."""

    def __init__(self, *, live: bool = True, **rules: Any) -> None:
        self.now = START
        self.club = Club()
        self.kind = ShowKind(self.club)
        self.show: Show = KIND.initial(SHOW)
        self.log: list[Logged] = []
        self.sent: list[Logged] = []
        """What was sent when it happened; `log` is as it is read later, without what was hidden."""
        created = c.Create("週六夜場", "TWD", "阿禾", None, None, e.Rules(**rules))
        self.does(HOST, created)
        if live:
            self.runs("show.go_live")

    @property
    def events(self) -> list[Event]:
        return [logged.event for logged in self.log]

    def does(self, by: c.Actor, do: Any) -> list[Any]:
        """What comes of it, and before it of the time that has passed."""
        turn = Turn(KIND, SHOW, self.show, now=self.now, next_offset=len(self.log) + 1)
        KIND.expire(turn)
        self._keep(turn)
        turn = Turn(KIND, SHOW, self.show, now=self.now, next_offset=len(self.log) + 1)
        command = Command(by.id, "request", c.Act(by, do))
        (command,) = self.kind.enrich(NO_CONNECTION, self.show, [command], self.now)
        KIND.decide(turn, command)
        self._keep(turn)
        return [logged.event for logged in turn.logged]

    def passes(self, ms: int) -> list[Event]:
        """Time passes, and what is due happens."""
        self.now += ms
        turn = Turn(KIND, SHOW, self.show, now=self.now, next_offset=len(self.log) + 1)
        KIND.expire(turn)
        self._keep(turn)
        return [logged.event for logged in turn.logged]

    def _keep(self, turn: Turn[Show]) -> None:
        self.show = turn.state
        self.log += turn.logged
        self.sent += turn.logged
        for logged in turn.logged:
            for offset in logged.event.withholds():
                self.log[offset - 1] = replace(self.log[offset - 1], withheld=True)
            for offset in logged.event.restores():
                self.log[offset - 1] = replace(self.log[offset - 1], withheld=False)

    # What people do

    def says(self, by: c.Actor, text: str) -> list[Any]:
        return self.does(by, c.Read(c.Comment(text=text)))

    def presses(
        self,
        by: c.Actor,
        item: str,
        quantity: int = 1,
        *,
        key: str | None = None,
        wait: bool = False,
    ) -> list[Any]:
        action: Any = "wait" if wait else "add"
        return self.does(by, c.Claim(item=item, variant=key, quantity=quantity, action=action))

    def gives_back(self, by: c.Actor, one: str, quantity: int | None = None) -> list[Any]:
        given = c.GiveBack(claim=one, quantity=quantity)
        if one in self.show.waits:
            given = c.GiveBack(wait=one, quantity=quantity)
        return self.does(by, given)

    # What staff do

    def runs(self, type_: str, **fields: Any) -> list[Any]:
        """One of `commands.Run`, by its type on the wire."""
        return self.does(HOST, _run.validate_python({"type": type_, **fields}))

    def moderates(self, type_: str, **fields: Any) -> list[Any]:
        return self.does(MODERATOR, _moderate.validate_python({"type": type_, **fields}))

    def adds(self, code: str, *variants: c.NewVariant, pieces: int = 0, **fields: Any) -> str:
        """Add an item; returns its id. With `pieces` it has one variant, without a key."""
        do = c.AddItem(
            type="item.add",
            product=_id("prd", "thing"),
            code=code,
            price=fields.pop("price", 28_800),
            variants=list(variants) or [variant(None, pieces)],
            **fields,
        )
        titles = tuple(one.title for one in do.variants)
        added: e.ItemAdded = self.does(HOST, c.NewItem(do, f"商品 {code}", None, titles))[0]
        return added.item.id

    def opens(self, item: str, granted: int | None = None, **fields: Any) -> list[Any]:
        """Open an item with what is planned, or with `granted` pieces of each variant."""
        planned = {one.key: one.planned for one in self.show.items[item].variants}
        self.fills(item, planned, granted)
        return self.runs("item.open", item=item, **fields)

    def fills(
        self, item: str, wanted: dict[str | None, int], granted: int | None = None
    ) -> list[Any]:
        """The shop is asked for what is missing to `wanted`, and grants it, or `granted` each."""
        self.does(HOST, c.Ask(item, wanted))
        answers = []
        for (asked, key), pieces in sorted(self.show.asked.items(), key=str):
            if asked == item:
                got = pieces if granted is None else min(granted, pieces)
                place = f"alt_{item}_{key}"
                grant = self.show.grants.get((item, key), 0)
                answers.append((grant, e.Granted(variant=key, quantity=got, place=place)))
        return self.does(c.SYSTEM, c.Place(item, tuple(answers)))

    def sells(self, code: str = "A01", *variants: c.NewVariant, pieces: int = 0, **of: Any) -> str:
        """An open item; returns its id."""
        item = self.adds(code, *variants, pieces=pieces, **of)
        self.opens(item)
        return item

    # What the shop tells

    def pays(self, by: c.Actor, *claims: str, order: str = "ord_1") -> list[Any]:
        return self.does(by, c.BeginPayment(order, claims, self.now + 15 * MINUTE))

    def places(self, *claims: str, order: str = "ord_1") -> list[Any]:
        return self.does(c.SYSTEM, c.OrderPlaced(order, claims))

    def releases(self, *claims: str, cause: Any = "failed", order: str = "ord_1") -> list[Any]:
        return self.does(c.SYSTEM, c.OrderReleased(order, claims, cause))

    def cancels(self, *claims: str, order: str = "ord_1") -> list[Any]:
        return self.does(c.SYSTEM, c.OrderCancelled(order, claims))

    def merges(self, guest: c.Actor, customer: c.Actor) -> list[Any]:
        return self.does(c.SYSTEM, c.Merge(guest.id, customer.id))

    # What there is

    def counts(self, item: str, key: str | None = None) -> tuple[int, int, int, int, int]:
        """(allotment, held, sold, free, waiting) of a variant."""
        one = next(one for one in self.show.items[item].variants if one.key == key)
        return one.allotment, one.held, one.sold, one.free, one.waiting

    def claims_of(self, by: c.Actor) -> list[Claim]:
        mine = (self.show.claims[one] for one in self.show.claims_of.get(by.id, ()))
        return sorted(mine, key=lambda claim: claim.offset)

    def waits_of(self, by: c.Actor) -> list[Wait]:
        return [self.show.waits[one] for one in self.show.waits_of.get(by.id, ())]

    def held_by(self, by: c.Actor) -> int:
        return sum(claim.quantity for claim in self.claims_of(by) if claim.state == "held")

    def line(self, item: str, key: str | None = None) -> list[tuple[str, int]]:
        """Who waits, and for how many pieces, in order."""
        queue = self.show.queues.get((item, key), ())
        return [(self.show.waits[one].name or "", self.show.waits[one].quantity) for one in queue]

    def sees(self, reader: Reader) -> dict[str, Any]:
        """The reader's snapshot, as JSON gives it."""
        whole = {
            "epoch": "e",
            "offset": len(self.log),
            "at_ms": self.log[-1].at_ms if self.log else 0,
            **KIND.public(self.show),
            **KIND.snapshot(self.show, reader),
        }
        snapshot: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(whole))
        return snapshot

    def told(
        self, reader: Reader, after: int, to: int | None = None, *, late: bool = False
    ) -> list[dict[str, Any]]:
        """The events of a span that the reader is sent, as they happened or, `late`, afterwards."""
        log = self.log if late else self.sent
        return [
            msgspec.json.decode(logged.wire())
            for logged in log[after:to]
            if reader.sees(logged.audience)
        ]


def reader(by: c.Actor) -> Reader:
    return Reader(by.ids, staff=by.is_staff)


def types(events: Sequence[Event]) -> list[str]:
    return [event.TYPE for event in events]


def only(events: Sequence[Event], kind: type[E]) -> E:
    """The one event of a kind among `events`."""
    (one,) = (event for event in events if isinstance(event, kind))
    return one


def every(events: Sequence[Event], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]
