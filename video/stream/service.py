"""Shows' pictures: who may send and see them, and what the engine says of them.

The engine is asked nothing here: it asks (`authorise`) and tells (`happened`). What it tells goes
to the shows through the outbox.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal, Protocol
from urllib.parse import parse_qs

import msgspec
import structlog
from sqlalchemy import Connection

from core import outbox
from core.clock import Clock, Instant
from core.db import Database
from core.errors import Forbidden, NotFound, PlusOneError
from core.identity.model import Person, Role, require
from video.stream import store
from video.stream.engine import MediaEngine
from video.stream.keys import Keys
from video.stream.store import Picture, State
from video.stream.tickets import TICKET, Tickets

PICTURE_CHANGED = "picture.changed"
"""Outbox: `{show, state, at}`; the key is the show."""

SENDERS = (Role.HOST, Role.OPERATOR)
"""Who may send a show's picture, and delete what was kept of it."""
DAY_MS = 86_400_000

Status = Literal["draft", "scheduled", "live", "ended"]
Event = Literal["ready", "away", "ended", "recording_failed", "recording"]
_SEEN: dict[str, tuple[Status, ...]] = {
    "read": ("scheduled", "live", "ended"),
    "playback": ("ended",),
}
_STATES: dict[str, State] = {"ready": "on", "away": "away", "ended": "off"}

log = structlog.get_logger(__name__)


class Stages(Protocol):
    """What the picture has to know of shows."""

    async def status(self, show: str) -> Status | None:
        """Where the show stands; None where there is none."""
        ...

    async def door(self, show: str) -> tuple[Status, str | None] | None:
        """Where the show stands, and the tier that it is for, if it is for members alone."""
        ...

    async def let_in(self, person: Person, show_id: str) -> str | None:
        """The tier by which `person` may see it; None where everybody may.

        Raises NotFound and Forbidden where she may not.
        """
        ...


class Control(Protocol):
    """What may be asked of an engine besides its addresses. Raises Unavailable."""

    async def end(self, show: str) -> None:
        """Nobody is waited for any more."""
        ...

    async def forget(self, show: str) -> None:
        """Delete what was kept."""
        ...


class Asked(msgspec.Struct, frozen=True):
    """An engine's question, in MediaMTX's form."""

    action: str
    path: str
    user: str = ""
    password: str = ""
    token: str = ""
    ip: str = ""
    protocol: str = ""
    id: str | None = ""
    query: str = ""


class Watched(msgspec.Struct, frozen=True):
    """Where a show's picture is seen; None for what there is not.

    Those of a members' show open for some hours (`tickets`): whoever is refused there asks again.
    """

    state: State
    whep: str | None
    hls: str | None
    replay: str | None


class Sent(msgspec.Struct, frozen=True):
    """Where a host sends her picture, and how it fares."""

    state: State
    keeps: bool
    replay: bool
    publish: str | None
    rtmp: str | None
    key: str


class Pictures:
    """The pictures of this installation's shows."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        engine: MediaEngine,
        keys: Keys,
        tickets: Tickets,
        stages: Stages,
        control: Control,
    ) -> None:
        self._database = database
        self._clock = clock
        self._engine = engine
        self._keys = keys
        self._tickets = tickets
        self._stages = stages
        self._control = control

    # What an engine asks and tells

    async def authorise(self, asked: Asked) -> None:
        """Raises Forbidden unless this may be published or read."""
        door = await self._stages.door(asked.path)
        if door is not None:
            status, tier = door
            if asked.action == "publish":
                if status != "ended" and await self._has_key(asked):
                    return
            elif status in _SEEN.get(asked.action, ()) and self._has_ticket(asked, tier):
                return
        raise Forbidden("This may not be sent or seen.")

    async def _has_key(self, asked: Asked) -> bool:
        now = await self._database.read(partial(store.get, show=asked.path))
        return any(self._keys.opens(key, asked.path, now.key_version) for key in _keys_in(asked))

    def _has_ticket(self, asked: Asked, tier: str | None) -> bool:
        if tier is None:
            return True
        now = self._clock.now()
        given = _in_query(asked, TICKET)
        return any(self._tickets.opens(ticket, asked.path, tier, now) for ticket in given)

    async def happened(self, show: str, event: Event) -> None:
        """Take down what an engine says of a show. Raises NotFound."""
        if await self._stages.status(show) is None:
            raise NotFound("There is no such show.")
        clock = self._clock
        await self._database.write(partial(_note, show=show, event=event, clock=clock))

    async def engine_gone(self) -> None:
        """The engine has died: no picture moves until it is back and somebody sends again."""
        await self._database.write(partial(engine_gone, clock=self._clock))

    # What people ask

    async def watched(self, person: Person, show: str) -> Watched:
        """Where to see the show's picture. Raises NotFound, and Forbidden for what is not hers."""
        status = await self._stages.status(show)
        if status in (None, "draft"):
            raise NotFound("There is no such show.")
        # For the tier that she was let in by, whatever the show is for by now.
        tier = await self._stages.let_in(person, show)
        ticket = None if tier is None else self._tickets.of(show, tier, self._clock.now())
        now = await self._read(show)
        ended = status == "ended"
        at = partial(self._engine.at, show=show, ticket=ticket)
        return Watched(
            state="off" if ended else now.state,
            whep=None if ended else at(self._engine.whep),
            hls=None if ended else at(self._engine.hls),
            replay=at(self._engine.replay) if ended and now.replay else None,
        )

    async def sent(self, person: Person, show: str) -> Sent:
        """Where to send it, for those who may. Raises NotFound."""
        require(person, *SENDERS)
        if await self._stages.status(show) is None:
            raise NotFound("There is no such show.")
        return self._sent(await self._read(show))

    async def rotate(self, person: Person, show: str) -> Sent:
        """A new key; the old one opens nothing any more. Raises NotFound."""
        require(person, *SENDERS)
        if await self._stages.status(show) is None:
            raise NotFound("There is no such show.")

        def unit(connection: Connection) -> Picture:
            before = store.lock(connection, show)
            store.change(connection, show, key_version=before.key_version + 1)
            return store.get(connection, show)

        return self._sent(await self._database.write(unit))

    async def delete_replay(self, person: Person, show: str) -> None:
        """Delete what was kept of the show. Raises NotFound where nothing ever was."""
        require(person, *SENDERS)
        now = await self._read(show)
        if now.began_at is None:
            raise NotFound("There is no replay of this show.")
        if now.replay:
            await self._forget(show)

    # What goes on by itself

    async def show_ended(self, told: dict[str, Any]) -> None:
        """Outbox: a show has ended, and so has its picture."""
        await self._control.end(told["show"])

    async def forget_old(self, days: int) -> None:
        """Delete replays that were kept for so many days."""
        before: Instant = self._clock.now() - days * DAY_MS
        for show in await self._database.read(partial(store.kept_since, before=before)):
            try:
                await self._forget(show)
            except PlusOneError as error:  # the next round will do
                log.warning("replay.not_forgotten", show=show, error=error.error_code)

    async def _forget(self, show: str) -> None:
        # The files first: what is deleted twice is deleted once.
        await self._control.forget(show)
        now = self._clock.now()

        def unit(connection: Connection) -> None:
            store.lock(connection, show)
            store.change(connection, show, forgotten_at=now)

        await self._database.write(unit)
        log.info("replay.forgotten", show=show)

    async def _read(self, show: str) -> Picture:
        return await self._database.read(partial(store.get, show=show))

    def _sent(self, now: Picture) -> Sent:
        return Sent(
            state=now.state,
            keeps=now.keeps,
            replay=now.replay,
            publish=self._engine.at(self._engine.publish, now.show),
            rtmp=self._engine.at(self._engine.rtmp, now.show),
            key=self._keys.of(now.show, now.key_version),
        )


def _keys_in(asked: Asked) -> list[str]:
    """Wherever a server may have put what the sender sent: WHIP's bearer, RTMP's query."""
    return [key for key in (asked.token, asked.password, *_in_query(asked, "key")) if key]


def _in_query(asked: Asked, name: str) -> list[str]:
    try:
        return parse_qs(asked.query, max_num_fields=20).get(name, [])
    except ValueError:  # of more fields: it is nothing that we gave out
        return []


def engine_gone(connection: Connection, clock: Clock) -> None:
    """Whatever picture moved does so no more; for whoever runs the engine, and nobody else.

    A worker that comes back must not say this: the engine has lived on beside it.
    """
    for show in store.moving(connection):
        _note(connection, show, "away", clock)


def _note(connection: Connection, show: str, event: Event, clock: Clock) -> None:
    before = store.lock(connection, show)
    now = clock.now()
    state = _STATES.get(event)
    if state is None:
        store.change(connection, show, keeps=event == "recording")
        return
    began = before.began_at or (now if state == "on" else None)
    store.change(
        connection, show, state=state, since=now, began_at=began,
        forgotten_at=None if state == "on" else before.forgotten_at,
    )  # fmt: skip
    if state != before.state:
        log.info("picture", show=show, state=state)
        told = {"show": show, "state": state, "at": now}
        # A key of its own: what goes back to the shop does not wait for pictures.
        outbox.add(connection, PICTURE_CHANGED, f"{show}.picture", told)
