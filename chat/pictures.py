"""Pictures that people send in conversations: taken, drawn anew, kept, shown, forgotten.

The files are on disk before there is a row, and gone after it: a row has its files, whenever the
process dies. What that leaves without a row is swept up later.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

import structlog
from sqlalchemy import Connection

from chat import picture_store as store
from chat.picture_artist import Artist, Drawn
from chat.picture_files import PictureFiles
from chat.picture_store import Picture
from chat.service import Chats
from core.clock import Clock, Instant
from core.db import Database
from core.errors import Conflict, NotFound, OutcomeUnknown, PlusOneError, RateLimited, Unavailable
from core.identity.model import Person
from core.ids import new_id
from core.limits import Limits
from core.tools import Card

OCTETS = 10 * 1024 * 1024
PICTURES_PER_S, PICTURES_AT_ONCE = 0.1, 10
"""Of one person."""
PICTURES = 500
"""Of one conversation."""
COMING, COMING_OF_ONE = 16, 3
"""Uploads under way, of all and of one person: a slow one takes up to 45 s and 10 MB."""
READ_S = 45
SPARE_OCTETS = 100 * 1024 * 1024
"""Which pictures leave of the disk: the database may lie on the same one."""
UNUSED_MS = 3_600_000
ORPHANED_S = 3_600
"""After this, files without a row are of no upload that is under way."""
FORGOTTEN_AT_ONCE = 50
ROUNDS = 40
"""Of forgetting and sweeping in one go; what is left comes next time."""

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger(__name__)


class Pictures:
    """The pictures of this installation's conversations, in a folder of their own."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        chats: Chats,
        folder: Path,
        *,
        spare_octets: int = SPARE_OCTETS,
        limits: Limits | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._chats = chats
        self._files = PictureFiles(folder)
        self._spare_octets = spare_octets
        self._artist = Artist()
        limits = Limits(clock) if limits is None else limits
        self._often = limits.of("pictures", PICTURES_PER_S, PICTURES_AT_ONCE)
        self._coming: Counter[str] = Counter()

    # Taking

    async def put_own(self, person: Person, read: Callable[[], Awaitable[bytes]]) -> Card:
        """As `put`, into a customer's own conversation, which is made if she has none."""
        return await self.put(person, await self._chats.begin(person), read)

    async def put(
        self, person: Person, conversation: str, read: Callable[[], Awaitable[bytes]]
    ) -> Card:
        """Take the file that `read` gets, to be shown within an hour.

        Raises NotFound, RateLimited, Conflict (`too_many_pictures`), BadRequest as `Artist.draw`,
        and Unavailable: `too_slow`, `no_room`, too many at once.
        """
        await self._chats.enter(person, conversation)
        own_id = person.own_id
        wait_ms = await self._often.take(own_id)
        if wait_ms is not None:
            raise RateLimited("Too many pictures at once.", retry_after_ms=wait_ms)
        if self._coming.total() >= COMING or self._coming[own_id] >= COMING_OF_ONE:
            raise Unavailable("Too many pictures are coming in.", retry_after_ms=2_000)
        self._coming[own_id] += 1
        try:
            drawn = await self._artist.draw(await _in_time(read))
            return await self._kept(own_id, conversation, drawn)
        finally:
            self._coming[own_id] -= 1
            self._coming += Counter()  # keeps those above zero

    async def _kept(self, uploader: str, conversation: str, drawn: Drawn) -> Card:
        picture = Picture(
            new_id("pic"),
            conversation,
            uploader,
            drawn.width,
            drawn.height,
            len(drawn.large) + len(drawn.small),
            self._clock.now(),
        )
        await _on_disk(self._write, picture.id, drawn)
        try:
            await self._database.write(partial(_add, picture=picture))
        except OutcomeUnknown:
            raise  # it may be there: what has no row is swept up
        except PlusOneError:
            await _on_disk(self._files.remove, [picture.id])
            raise
        return _card(picture)

    def _write(self, id: str, drawn: Drawn) -> None:
        needed = len(drawn.large) + len(drawn.small) + self._spare_octets
        if self._files.free() < needed:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._files.write(id, drawn.large, drawn.small)

    # Showing

    async def claim(self, conversation: str, id: str) -> Card:
        """The card of a picture of this conversation, which is kept from now on.

        One that was shown before may be shown again: what is sent twice is as good as sent once.
        Raises NotFound.
        """
        picture = await self._database.write(partial(store.use, conversation=conversation, id=id))
        if picture is None:
            raise _no_picture()
        return _card(picture)

    async def get(self, person: Person, id: str, *, small: bool = False) -> bytes:
        """The file, for those who may see its conversation. Raises NotFound."""
        picture = await self._database.read(partial(store.get, id=id))
        if picture is None:
            raise _no_picture()
        await self._chats.enter(person, picture.conversation)
        file = await _on_disk(self._files.read, id, small)
        if file is None:
            raise _no_picture()
        return file

    # Giving out and forgetting

    async def of(self, conversations: Collection[str]) -> Sequence[Picture]:
        """Those that were shown in these conversations."""
        return await self._database.read(partial(store.of, conversations=conversations))

    async def export(self, pictures: Collection[Picture], folder: Path) -> None:
        """Copy the files there. Raises Unavailable."""
        for one in pictures:
            await _on_disk(self._files.copy, one.id, folder)

    async def erase(self, conversations: Collection[str]) -> int:
        """Delete all of these conversations; returns how many there were."""
        forget = partial(store.forget, conversations=conversations, limit=FORGOTTEN_AT_ONCE)
        erased = 0
        while gone := await self._forgotten(forget):
            erased += gone
        return erased

    async def tidy(self, talked_before: Instant) -> None:
        """Delete those of conversations that are over since then, those that were never shown, and
        files that nobody knows."""
        unused = self._clock.now() - UNUSED_MS
        for forget in (
            partial(store.forget_unused, before=unused, limit=FORGOTTEN_AT_ONCE),
            partial(store.forget_old, before=talked_before, limit=FORGOTTEN_AT_ONCE),
        ):
            for _ in range(ROUNDS):
                if not await self._forgotten(forget):
                    break
        await self._sweep()

    async def _forgotten(self, forget: Callable[[Connection], list[str]]) -> int:
        gone = await self._database.write(forget)
        await _on_disk(self._files.remove, gone)
        return len(gone)

    async def _sweep(self) -> None:
        there = await _on_disk(self._files.ids, ORPHANED_S)
        known: set[str] = set()
        ids = sorted(there)
        for first in range(0, len(ids), 1_000):
            query = partial(store.known, ids=ids[first : first + 1_000])
            known |= await self._database.read(query)
        orphans = there - known
        if orphans and not known:
            # A service that was started on a wrong database must not delete the right one's.
            log.warning("pictures.unknown", count=len(orphans))
        elif orphans:
            await _on_disk(self._files.remove, orphans)
            log.info("pictures.swept", count=len(orphans))


async def _on_disk(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `call` does with files, off the loop. Raises Unavailable (`no_room` of a full disk)."""
    try:
        return await asyncio.to_thread(call, *args, **kwargs)
    except OSError as error:
        log.error("pictures.disk", error=errno.errorcode.get(error.errno or 0))
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise Unavailable("There is no room for pictures now.", code="no_room") from error
        raise Unavailable("Pictures cannot be reached now.") from error


async def _in_time(read: Callable[[], Awaitable[bytes]]) -> bytes:
    try:
        async with asyncio.timeout(READ_S):
            return await read()
    except TimeoutError as error:
        raise Unavailable("The picture came too slowly.", code="too_slow") from error


def _add(connection: Connection, picture: Picture) -> None:
    if store.count(connection, picture.conversation) >= PICTURES:
        raise Conflict(
            "This conversation has as many pictures as it may.",
            code="too_many_pictures",
            most=PICTURES,
        )
    store.add(connection, picture)


def _card(picture: Picture) -> Card:
    return Card("image", picture.id, width=picture.width, height=picture.height)


def _no_picture() -> NotFound:
    return NotFound("There is no such picture.")
