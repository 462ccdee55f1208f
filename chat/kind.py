"""The conversation as a kind of room: its rules, its views and its projection, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from chat import commands as c
from chat import events as e
from chat import reps, rounds, rules, store, stored, view
from chat.evolve import evolve
from chat.state import Conversation
from chat.store import CONVERSATION
from core.clock import Instant
from core.rooms.events import Event, Logged, Reader
from core.rooms.kind import Command, Turn


class ConversationKind:
    """See `core.rooms.kind.RoomKind`."""

    name = CONVERSATION
    model = stored.MODEL
    events: Mapping[str, type[Event]] = MappingProxyType(e.EVENTS)

    def initial(self, room: str) -> Conversation:
        return Conversation(id=room)

    def enrich(
        self,
        _connection: Connection,
        _state: Conversation,
        commands: Sequence[Command],
        _now: Instant,
    ) -> Sequence[Command]:
        return commands

    def decide(self, turn: Turn[Conversation], command: Command) -> None:
        act: c.Act = command.body
        rules.decide(turn, act.by, act.do)

    def expire(self, turn: Turn[Conversation]) -> None:
        rules.expire(turn)

    def evolve(self, state: Conversation, logged: Logged) -> Conversation:
        return evolve(state, logged)

    def thawed(self, state: Conversation) -> Conversation:
        return state

    def frozen(self, state: Conversation) -> Conversation:
        return state

    def next_due(self, state: Conversation) -> Instant | None:
        return rules.next_due(state)

    def snapshot(self, state: Conversation, reader: Reader) -> dict[str, Any]:
        return view.personal(state, reader)

    def public(self, state: Conversation) -> dict[str, Any]:
        return view.public(state)

    def dump(self, state: Conversation) -> bytes:
        return stored.dump(state)

    def load(self, stored_state: bytes) -> Conversation:
        return stored.load(stored_state)

    def upcast(self, type_: str, version: int, data: bytes) -> tuple[str, bytes]:
        raise LookupError(f"{type_} was never of version {version}")

    def project(
        self, connection: Connection, room: str, logged: Sequence[Logged], state: Conversation
    ) -> None:
        store.project(connection, room, logged, state)
        rounds.project(connection, room, logged, state)
        reps.project(connection, logged)
