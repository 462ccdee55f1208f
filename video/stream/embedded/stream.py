"""One show's picture, whoever sends it: to the viewers, into the live window, onto the shelf.

It lives from the first sender until `grace_s` after the last one went; a host who comes back within
that time goes on where she stopped.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Literal, NamedTuple

import av
import structlog

from core.clock import Clock, Instant
from video.stream.embedded.h264 import AccessUnit
from video.stream.embedded.packager import Packager, Sink
from video.stream.embedded.playlist import Part, Segment
from video.stream.embedded.shelf import Recorder, Shelf
from video.stream.embedded.source import Source
from video.stream.embedded.viewer import Viewer
from video.stream.embedded.window import Window

State = Literal["on", "away", "ended"]
News = Literal["ready", "away", "ended", "recording_failed", "recording"]

SILENT_S = 3.0
"""Without a picture for as long, the sender is taken to be away."""
LOOKED_S = 0.5
FLUSHED_S = 5.0
"""How long a disk may take for what is still to be kept when a stream ends."""
NUMBERED_FROM_MS: Instant = 1_735_689_600_000
"""2025-01-01: numbers stay below what 32 bits hold."""
FRAMES = 600
"""Frames that may wait for the packager; past them pictures are left out until the next key."""

log = structlog.get_logger(__name__)


class Pace(NamedTuple):
    """How pictures are cut, and how long a sender is waited for."""

    segment_s: float = 1.0
    part_s: float = 0.2
    grace_s: float = 60.0


class _Frame(NamedTuple):
    kind: str
    data: bytes
    at: float
    at_ms: Instant


class Stream:
    """Made when a show's first sender comes; `run` is its task."""

    def __init__(
        self,
        show: str,
        shelf: Shelf,
        clock: Clock,
        pace: Pace,
        told: Callable[[str, News], None],
        *,
        keeps: bool = True,
    ) -> None:
        self.show = show
        self.window = Window(segment_s=pace.segment_s, part_s=pace.part_s)
        self.viewers: set[Viewer] = set()
        self.source: Source | None = None
        self.state: State = "away"
        self._shelf = shelf
        self._clock = clock
        self._pace = pace
        self._told = told
        self._recorder = Recorder(shelf, show, self._keeps)
        self._sinks: list[Sink] = [self.window, *([self._recorder] if keeps else [])]
        self._began_at = time.monotonic()
        self._began_ms = clock.now()
        self._away_at = self._began_at
        self._frames: asyncio.Queue[_Frame | None] = asyncio.Queue(FRAMES)
        self._skipping = False
        self._sets = b""
        self._tasks: set[asyncio.Task[None]] = set()

    # Senders and viewers

    def sends(self, source: Source) -> Source | None:
        """`source` sends from now on; returns whom it takes the place of."""
        before, self.source = self.source, source
        self._break_off()
        return before

    def came(self, source: Source, kind: str, data: bytes, at: float, *, key: bool) -> None:
        if source is not self.source:
            return
        since = max(at - self._began_at, 0.0)
        if kind == "video":
            if key:
                data = self._with_sets(data)
            if self.state == "away":
                self._is("on")
        for viewer in self.viewers:
            viewer.feeds[kind].put(data, since, is_key=key or kind == "audio")
        self._queue(_Frame(kind, data, since, self._began_ms + round(since * 1000)), key=key)

    def jumped(self, source: Source) -> None:
        """The source's time was set anew."""
        if source is self.source:
            self._break_off()

    def left(self, source: Source) -> None:
        """The source's connection has ended."""
        if source is self.source:
            self.source = None
            self._go_away()
        self._own(source.close())

    def add(self, viewer: Viewer) -> None:
        self.viewers.add(viewer)

    def drop(self, viewer: Viewer) -> None:
        """The viewer's connection has ended."""
        if viewer in self.viewers:
            self.viewers.remove(viewer)
            self._own(viewer.close())

    def ask_for_key_frame(self) -> None:
        if self.source is not None:
            self.source.ask_for_key_frame()

    # Its own task

    async def run(self) -> None:
        """Until the last sender has been away for too long, or `close`."""
        number, follows = await self._numbered()
        packager = Packager(
            _All(self._sinks),
            number=number,
            follows=follows,
            segment_s=self._pace.segment_s,
            part_s=self._pace.part_s,
        )
        keeping = asyncio.create_task(self._recorder.run(), name=f"recorder {self.show}")
        packing = asyncio.create_task(self._pack(packager), name=f"packager {self.show}")
        try:
            while self.state != "ended":
                await asyncio.sleep(LOOKED_S)
                self._look()
                if packing.done():
                    await packing  # a fault of ours: the host connects anew, and so does all else
        finally:
            ending = asyncio.create_task(self._frames.put(_END))
            await asyncio.wait([packing])
            ending.cancel()
            self._recorder.end()
            await asyncio.wait([keeping], timeout=FLUSHED_S)
            keeping.cancel()
            await asyncio.gather(ending, packing, keeping, return_exceptions=True)
            await self._close_all()

    async def _numbered(self) -> tuple[int, bool]:
        """The first segment's number, and whether others were kept before it.

        What has had a name is in caches for ever, whether it was kept or not: so numbers begin with
        the half seconds that have gone by, and no segment is as short as that.
        """
        try:
            kept = await asyncio.to_thread(self._shelf.resumed, self.show)
        except OSError:
            kept = None  # the recorder is refused too, and tells
        return max(kept or 0, (self._began_ms - NUMBERED_FROM_MS) // 500), kept is not None

    def end(self) -> None:
        """The show is over, or the process ends."""
        self._is("ended")

    def _look(self) -> None:
        now = time.monotonic()
        source = self.source
        if self.state == "on" and (source is None or now - source.pictured_at > SILENT_S):
            self._go_away()
        if self.state == "away" and now - self._away_at > self._pace.grace_s:
            self._is("ended")

    def _go_away(self) -> None:
        if self.state == "on":
            self._away_at = time.monotonic()
            self._is("away")
            self._break_off()

    def _is(self, state: State) -> None:
        if self.state != state and self.state != "ended":
            self.state = state
            self._told(self.show, "ready" if state == "on" else state)

    def _keeps(self, works: bool) -> None:
        self._told(self.show, "recording" if works else "recording_failed")

    def _break_off(self) -> None:
        """What comes next builds on nothing that came before."""
        for viewer in self.viewers:
            viewer.feeds["video"].broken_off()
        self._queue(None, key=False)

    def _with_sets(self, data: bytes) -> bytes:
        """The key frame with its parameter sets before it, which some senders send once only."""
        unit = AccessUnit.of(data)
        if unit.begins:
            self._sets = b"".join(b"\0\0\0\1" + one for one in unit.sets)
            return data
        return self._sets + data

    def _queue(self, frame: _Frame | None, *, key: bool) -> None:
        if self._skipping and frame is not None and frame.kind == "video":
            if not key:
                return
            self._skipping = False
        try:
            self._frames.put_nowait(frame)
        except asyncio.QueueFull:
            self._skipping = True
            log.warning("packager.behind")

    async def _pack(self, packager: Packager) -> None:
        while (frame := await self._frames.get()) is not _END:
            try:
                if frame is None:
                    packager.begin_anew()
                elif frame.kind == "video":
                    await packager.picture(frame.data, frame.at, frame.at_ms)
                else:
                    packager.sound(frame.data, frame.at)
            except av.FFmpegError as error:
                # What a host sends may be broken; the next key frame is a new beginning.
                log.warning("packager.broken_frame", error=type(error).__name__)
                packager.begin_anew()
        packager.end()

    async def _close_all(self) -> None:
        source, self.source = self.source, None
        viewers, self.viewers = list(self.viewers), set()
        for viewer in viewers:
            await viewer.close()
        if source is not None:
            await source.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _own(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


_END = _Frame("end", b"", 0.0, 0)


class _All:
    """One sink of several."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = sinks

    def begun(self, name: str, data: bytes) -> None:
        for sink in self._sinks:
            sink.begun(name, data)

    def packed(self, segment: Segment, part: Part, data: bytes) -> None:
        for sink in self._sinks:
            sink.packed(segment, part, data)

    def finished(self, segment: Segment) -> None:
        for sink in self._sinks:
            sink.finished(segment)
