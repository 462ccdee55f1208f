"""All shows' pictures of this process: who sends, who watches, what is kept."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import structlog
from prometheus_client import Counter, Gauge

from core.clock import Clock
from core.errors import Forbidden, NotFound, PlusOneError, Unavailable
from video.stream.embedded import peer, sdp
from video.stream.embedded.shelf import Shelf
from video.stream.embedded.source import Source
from video.stream.embedded.stream import News, Pace, Stream
from video.stream.embedded.viewer import Viewer

SENDERS = 20
"""Shows that may be sent at once: ingest and packaging take a tenth of a processor each."""

_sources = Counter("plusone_media_sources_total", "Hosts' connections.")
_watching = Gauge("plusone_media_viewers", "Viewers over WebRTC.")
_streams = Gauge("plusone_media_streams", "Shows with a picture.")

log = structlog.get_logger(__name__)


class Full(PlusOneError):
    """As many watch over WebRTC as may; HLS is there for all."""

    code = "full"
    status = 503
    retryable = True


class NoPicture(NotFound):
    """Nobody sends this show's picture just now."""

    code = "no_picture"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process takes on, and how it is reached."""

    viewers: int = 20
    servers: tuple[str, ...] = ()
    announced: str = ""
    keeps: bool = True
    pace: Pace = field(default_factory=Pace)


T = TypeVar("T", Source, Viewer)


@dataclass(slots=True)
class Session(Generic[T]):
    """One connection as HTTP names it (RFC 9725, 4.2); `tag` is its ETag.

    `client` is the ICE user name of the other side's: with another one it is another connection.
    `ticket` is what a viewer was let in with.
    """

    show: str
    of: T
    client: str
    ticket: str = ""
    tag: str = field(default_factory=lambda: secrets.token_hex(8))


class Engine:
    """`close` ends all of it."""

    def __init__(
        self, shelf: Shelf, clock: Clock, limits: Limits, tell: Callable[[str, News], None]
    ) -> None:
        self.shelf = shelf
        self.clock = clock
        self._limits = limits
        self._tell = tell
        self._streams: dict[str, Stream] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._sources: dict[str, Session[Source]] = {}
        self._viewers: dict[str, Session[Viewer]] = {}

    def stream(self, show: str) -> Stream:
        """The show's picture, if there is one. Raises NoPicture."""
        stream = self._streams.get(show)
        if stream is None or stream.state == "ended":
            raise NoPicture("This show has no picture just now.")
        return stream

    async def publish(self, show: str, offer: str) -> tuple[str, str, str]:
        """Take a host's connection; returns its session's name and tag, and the answer.

        One who sends already makes way. Raises what `sdp` and `peer` do, and Unavailable.
        """
        sdp.publishing(offer)
        stream = await self._stream_for(show)
        source = Source(stream, self._limits.servers, self._limits.pace.segment_s)
        try:
            answer = await source.answer(offer)
        except BaseException:
            await source.close()
            raise
        if stream.state == "ended":  # meanwhile: nobody would close this one any more
            await source.close()
            raise Unavailable("The picture has just ended.")
        _sources.inc()
        before = stream.sends(source)
        self._sources = {n: s for n, s in self._sources.items() if s.show != show}
        named = self._named(self._sources, Session(show, source, sdp.user(offer)), answer)
        if before is not None:
            log.info("picture.taken_over", show=show)
            await before.close()  # last: meanwhile another may take over from this one
        return named

    async def watch(self, show: str, offer: str, ticket: str = "") -> tuple[str, str, str]:
        """Take a viewer's connection. Raises NoPicture, Full, and what `sdp` and `peer` do."""
        stream = self.stream(show)
        if self.watching >= self._limits.viewers:
            raise Full("As many watch as may; use HLS.")
        viewer = Viewer(self._limits.servers, stream.ask_for_key_frame, self._left)
        stream.add(viewer)
        _watching.set(self.watching)
        try:
            answer = await viewer.answer(offer)
        except BaseException as error:
            if isinstance(error, Unavailable) and viewer not in stream.viewers:
                raise _just_ended() from None
            stream.drop(viewer)
            raise
        if viewer not in stream.viewers:
            raise _just_ended()
        return self._named(self._viewers, Session(show, viewer, sdp.user(offer), ticket), answer)

    @property
    def watching(self) -> int:
        return sum(len(stream.viewers) for stream in self._streams.values())

    def source(self, show: str, name: str) -> Session[Source]:
        """Raises NotFound."""
        return _found(self._sources, show, name)

    def viewer(self, show: str, name: str) -> Session[Viewer]:
        """Raises NotFound."""
        return _found(self._viewers, show, name)

    async def unpublish(self, show: str, name: str) -> None:
        """The host goes, for now or for good. Raises NotFound."""
        session = self.source(show, name)
        del self._sources[name]
        if (stream := self._streams.get(show)) is not None:
            stream.left(session.of)

    async def unwatch(self, show: str, name: str) -> None:
        """Raises NotFound."""
        session = self.viewer(show, name)
        self._left(session.of)

    async def look_again(self, may_watch: Callable[[str, str], Awaitable[None]]) -> None:
        """End the connections of viewers who may watch no longer.

        `may_watch` is asked for each show and ticket, and raises Forbidden; what else it raises
        leaves them their place.
        """
        for show, ticket in {(one.show, one.ticket) for one in self._viewers.values()}:
            try:
                await may_watch(show, ticket)
            except Forbidden:
                gone = [
                    one.of
                    for one in self._viewers.values()
                    if (one.show, one.ticket) == (show, ticket)
                ]
                log.info("viewers.put_out", show=show, count=len(gone))
                for viewer in gone:
                    self._left(viewer)
            except PlusOneError as error:
                log.warning("viewers.not_looked_at", show=show, error=error.error_code)

    def end(self, show: str) -> None:
        """The show is over: nobody is waited for any more."""
        if (stream := self._streams.get(show)) is not None:
            stream.end()

    async def whole(self, show: str) -> None:
        """End the picture, and wait until all of it is kept."""
        self.end(show)
        if (task := self._running.get(show)) is not None:
            await asyncio.wait([task])

    async def forget(self, show: str) -> None:
        """End the picture, and delete what was kept of it."""
        await self.whole(show)
        await asyncio.to_thread(self.shelf.remove, show)

    async def close(self) -> None:
        for stream in self._streams.values():
            stream.end()
        if self._running:
            await asyncio.wait(self._running.values())

    def _left(self, viewer: Viewer) -> None:
        for stream in self._streams.values():
            stream.drop(viewer)
        self._viewers = {
            name: session for name, session in self._viewers.items() if session.of is not viewer
        }
        _watching.set(self.watching)

    async def _stream_for(self, show: str) -> Stream:
        stream = self._streams.get(show)
        if stream is not None and stream.state == "ended":
            await asyncio.wait([self._running[show]])  # until all of it is kept
            stream = self._streams.get(show)
        if stream is None:
            if len(self._streams) >= SENDERS:
                raise Unavailable("As many shows are sent as may be.")
            limits = self._limits
            stream = Stream(
                show, self.shelf, self.clock, limits.pace, self._tell, keeps=limits.keeps
            )
            self._streams[show] = stream
            _streams.set(len(self._streams))
            task = asyncio.create_task(stream.run(), name=f"stream {show}")
            self._running[show] = task
            task.add_done_callback(lambda task: self._ended(show, task))
        return stream

    def _ended(self, show: str, task: asyncio.Task[None]) -> None:
        del self._streams[show], self._running[show]
        self._sources = {n: s for n, s in self._sources.items() if s.show != show}
        self._viewers = {n: s for n, s in self._viewers.items() if s.show != show}
        _streams.set(len(self._streams))
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("stream.failed", show=show, exc_info=error)
            self._tell(show, "ended")

    def _named(
        self, sessions: dict[str, Session[T]], session: Session[T], answer: str
    ) -> tuple[str, str, str]:
        name = secrets.token_urlsafe(18)
        sessions[name] = session
        return name, session.tag, peer.announced(answer, self._limits.announced)


def _just_ended() -> NoPicture:
    return NoPicture("The picture has just ended.")


def _found(sessions: dict[str, Session[T]], show: str, name: str) -> Session[T]:
    session = sessions.get(name)
    if session is None or session.show != show:
        raise NotFound("There is no such connection.")
    return session
