"""What a feature gives to have rooms of its own kind: pure rules over a state, and projections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

import msgspec
from sqlalchemy import Connection

from core.clock import Instant
from core.rooms.events import EVERYONE, Content, Event, Logged, Reader

S = TypeVar("S")


class Command(msgspec.Struct, frozen=True):
    """Something that somebody wants to happen in a room.

    `aliases` are all ids that count as the sender (herself included). The pair of sender and
    `request_id` names the command: sent again, it gets its first outcome and happens once.
    """

    sender: str
    request_id: str
    body: Any
    aliases: frozenset[str] = frozenset()

    def is_from(self, sender: str) -> bool:
        return sender == self.sender or sender in self.aliases


class Turn(Generic[S]):
    """One command's turn: the rules read `state` and append what happens; `state` keeps up.

    Thrown away whole when a rule raises, so that a refused command leaves no trace.
    """

    __slots__ = ("_kind", "logged", "next_offset", "now", "room", "state")

    def __init__(
        self, kind: RoomKind[S], room: str, state: S, *, now: Instant, next_offset: int
    ) -> None:
        self._kind = kind
        self.room = room
        self.state = state
        self.now = now
        self.next_offset = next_offset
        self.logged: list[Logged] = []

    def append(self, event: Event, *, to: str = EVERYONE, content: Content | None = None) -> int:
        """Append `event` for the audience `to`; returns its offset."""
        logged = Logged(self.next_offset, self.now, to, event, content)
        self.state = self._kind.evolve(self.state, logged)
        self.logged.append(logged)
        self.next_offset += 1
        return logged.offset


class RoomKind(Protocol[S]):
    """The rules of one kind of room. All but `enrich` and `project` is pure: no I/O, no clock,
    no chance."""

    name: str
    model: int
    """Version of the state's shape: stored states of another version are not read."""
    events: Mapping[str, type[Event]]
    """Every kind of event that a log of this kind may hold, by its type."""

    def initial(self, room: str) -> S:
        """The state before the first event."""
        ...

    def enrich(
        self, connection: Connection, state: S, commands: Sequence[Command], now: Instant
    ) -> Sequence[Command]:
        """`commands` with what their rules have to know of the world outside the room.

        Looked up within the batch's transaction, so that it is true when they are decided: `state`
        is as they find it. As many, in the same order and under the same names; those that need
        nothing as they are. What fails here fails the batch: refusing is left to `decide`.
        """
        ...

    def decide(self, turn: Turn[S], command: Command) -> None:
        """Append to `turn` what comes of `command`; raise a `PlusOneError` to refuse it."""
        ...

    def expire(self, turn: Turn[S]) -> None:
        """Append what has become due by `turn.now`; nothing when called again at once."""
        ...

    def evolve(self, state: S, logged: Logged) -> S:
        """The state after `logged`; never refuses, and leaves `state` itself as it was."""
        ...

    def thawed(self, state: S) -> S:
        """`state`, or a like one that `evolve` may change in place, to fold a long log into."""
        ...

    def frozen(self, state: S) -> S:
        """What became of a thawed state, as a state like any other."""
        ...

    def next_due(self, state: S) -> Instant | None:
        """When `expire` next has something to do; None for never."""
        ...

    def snapshot(self, state: S, reader: Reader) -> dict[str, Any]:
        """All that `reader` may see of the state, but for what everyone sees, as JSON values."""
        ...

    def public(self, state: S) -> dict[str, Any]:
        """What everyone sees of the state, as JSON values; made once per offset and shared."""
        ...

    def dump(self, state: S) -> bytes:
        """The state as bytes; holds what people typed, so erasing throws stored states away."""
        ...

    def load(self, stored: bytes) -> S:
        """The state that `dump` wrote under the same `model`."""
        ...

    def upcast(self, type_: str, version: int, data: bytes) -> tuple[str, bytes]:
        """An event of an older version as today's type and JSON."""
        ...

    def project(
        self, connection: Connection, room: str, logged: Sequence[Logged], state: S
    ) -> None:
        """Within the batch's transaction: write what others look up about this room."""
        ...
