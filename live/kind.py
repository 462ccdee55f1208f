"""The show as a kind of room: its rules, its views and its projections, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection

from core.clock import Instant
from core.errors import NotFound
from core.rooms.events import Event, Logged, Reader
from core.rooms.kind import Command, Turn
from live import claims, comments, moderation, payment, rundown, store, stored, view
from live import commands as c
from live import events as e
from live.evolve import evolve, frozen, thawed
from live.members import check_members
from live.perks import NoPerks, Perks, enrich
from live.state import Show
from live.store import SHOW


class ShowKind:
    """See `core.rooms.kind.RoomKind`. `perks` is the shop's loyalty, where there is one."""

    name = SHOW
    model = stored.MODEL
    events: Mapping[str, type[Event]] = MappingProxyType(e.EVENTS)

    def __init__(self, perks: Perks | None = None) -> None:
        self._perks = NoPerks() if perks is None else perks

    def initial(self, room: str) -> Show:
        return Show(id=room)

    def enrich(
        self, connection: Connection, state: Show, commands: Sequence[Command], now: Instant
    ) -> Sequence[Command]:
        return enrich(self._perks, connection, state, commands, now)

    def decide(self, turn: Turn[Show], command: Command) -> None:
        act: c.Act = command.body
        _decide(turn, _known(turn.state, act.by), act.do)
        rundown.return_rest(turn)

    def expire(self, turn: Turn[Show]) -> None:
        claims.expire(turn)
        rundown.return_rest(turn)

    def evolve(self, state: Show, logged: Logged) -> Show:
        return evolve(state, logged)

    def thawed(self, state: Show) -> Show:
        return thawed(state)

    def frozen(self, state: Show) -> Show:
        return frozen(state)

    def next_due(self, state: Show) -> Instant | None:
        due = [
            item.countdown_until
            for item in state.items.values()
            if item.countdown_until is not None
        ]
        if state.deadlines is not None:
            due.append(state.deadlines.at)
        return min(due, default=None)

    def snapshot(self, state: Show, reader: Reader) -> dict[str, Any]:
        return view.personal(state, reader)

    def public(self, state: Show) -> dict[str, Any]:
        return view.public(state)

    def dump(self, state: Show) -> bytes:
        return stored.dump(state)

    def load(self, stored_state: bytes) -> Show:
        return stored.load(stored_state)

    def upcast(self, type_: str, version: int, data: bytes) -> tuple[str, bytes]:
        raise LookupError(f"{type_} was never of version {version}")

    def project(
        self, connection: Connection, room: str, logged: Sequence[Logged], state: Show
    ) -> None:
        store.project(connection, room, logged, state, self._perks)


def _known(show: Show, by: c.Actor) -> c.Actor:
    """`by` under the id that stays: a socket may still be open under one that was merged."""
    stays = show.known_as(by.id)
    return by if stays == by.id else replace(by, id=stays, ids=by.ids | {stays})


def _decide(turn: Turn[Show], by: c.Actor, do: Any) -> None:
    if turn.state.status == "draft" and not by.is_staff:
        raise NotFound("There is no such show.")
    if isinstance(do, c.Read | c.Claim):
        check_members(turn.state, by)
    match do:
        case c.Read():
            comments.post(turn, by, do)
        case c.Claim():
            comments.press(turn, by, do)
        case c.GiveBack():
            comments.hand_back(turn, by, do)
        case c.BeginPayment():
            payment.begin(turn, by, do)
        case c.OrderPlaced():
            payment.placed(turn, do)
        case c.OrderReleased():
            payment.released(turn, do)
        case c.OrderCancelled():
            payment.cancelled(turn, do)
        case c.Merge():
            payment.merge(turn, do)
        case c.ShowPicture():
            if turn.state.status != "ended" and turn.state.picture != do.state:
                turn.append(e.PictureChanged(state=do.state))
        case c.EraseTalk():
            turn.append(e.TalkErased(person=do.person))
        case _ if type(do) in rundown.ACTS:
            rundown.run(turn, by, do)
        case _:
            moderation.moderate(turn, by, do)
