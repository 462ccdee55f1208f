"""The call as a kind of room: its rules, its views and its projection, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from core.clock import Instant
from core.rooms.events import Event, Logged, Reader
from core.rooms.kind import Command, Turn
from video.consult import commands as c
from video.consult import events as e
from video.consult import rules, store, stored, view
from video.consult.evolve import evolve
from video.consult.state import CallState
from video.consult.store import CALL


class CallKind:
    """See `core.rooms.kind.RoomKind`. `pace`: after how long people are missed."""

    name = CALL
    model = stored.MODEL
    events: Mapping[str, type[Event]] = MappingProxyType(e.EVENTS)

    def __init__(self, pace: c.Pace | None = None) -> None:
        self._pace = c.Pace() if pace is None else pace

    def initial(self, room: str) -> CallState:
        return CallState(id=room)

    def enrich(
        self, _connection: Connection, _state: CallState, commands: Sequence[Command], _now: Instant
    ) -> Sequence[Command]:
        return commands

    def decide(self, turn: Turn[CallState], command: Command) -> None:
        act: c.Act = command.body
        rules.decide(turn, act.by, act.do)

    def expire(self, turn: Turn[CallState]) -> None:
        rules.expire(turn, self._pace)

    def evolve(self, state: CallState, logged: Logged) -> CallState:
        return evolve(state, logged)

    def thawed(self, state: CallState) -> CallState:
        return state

    def frozen(self, state: CallState) -> CallState:
        return state

    def next_due(self, state: CallState) -> Instant | None:
        return rules.next_due(state, self._pace)

    def snapshot(self, state: CallState, reader: Reader) -> dict[str, Any]:
        return view.personal(state, reader)

    def public(self, state: CallState) -> dict[str, Any]:
        return view.public(state)

    def dump(self, state: CallState) -> bytes:
        return stored.dump(state)

    def load(self, stored_state: bytes) -> CallState:
        return stored.load(stored_state)

    def upcast(self, type_: str, version: int, data: bytes) -> tuple[str, bytes]:
        raise LookupError(f"{type_} was never of version {version}")

    def project(
        self, connection: Connection, room: str, logged: Sequence[Logged], state: CallState
    ) -> None:
        store.project(connection, room, logged, state)
