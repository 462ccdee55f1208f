"""What is kept of shows' pictures: their segments, as files, and a list of them.

A show's folder has `init*.mp4`, `seg*.m4s` and `list.jsonl`, a line for each segment that is whole
on disk. A line that was cut off by a crash is no line.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from core.clock import Instant
from video.stream.embedded import playlist
from video.stream.embedded.playlist import Part, Segment

WAITING = 64
"""Files that may wait for a slow disk; past them segments are not kept."""
TRIED_AGAIN_S = 10.0
"""After the disk refused something."""

PATH = re.compile(r"shw_[0-9A-Z]{26}")
"""What shows are called, and so their folders."""
FILE = re.compile(r"init[0-9]{1,9}\.mp4|seg[0-9]{1,9}\.m4s")

log = structlog.get_logger(__name__)


class Kept(msgspec.Struct, frozen=True):
    """A line of the list."""

    number: int
    init: str
    at_ms: Instant
    seconds: float
    fresh: bool


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Kept).decode


class Shelf:
    """All shows' folders."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, show: str) -> Path:
        """The folder of `show`. Raises ValueError for what no show is called."""
        if PATH.fullmatch(show) is None:
            raise ValueError("not a show's id")
        return self._folder / show

    def kept(self, show: str) -> list[Kept]:
        """The segments of `show` that are whole, in order. Reads files."""
        try:
            lines = (self.of(show) / "list.jsonl").read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return []
        return [_decode(line) for line in lines if line.endswith(b"\n")]

    def resumed(self, show: str) -> int | None:
        """The number of the next segment of `show`; None where nothing was kept.

        What a crash left of a line goes. Reads and writes files. Raises OSError.
        """
        with (
            contextlib.suppress(FileNotFoundError),
            (self.of(show) / "list.jsonl").open("r+b") as list_,
        ):
            list_.truncate(list_.read().rfind(b"\n") + 1)
        kept = self.kept(show)
        return kept[-1].number + 1 if kept else None

    def playlist(self, show: str, *, segment_s: float, query: str = "") -> str | None:
        """The replay's playlist; None where nothing was kept. Reads files."""
        kept = self.kept(show)
        if not kept:
            return None
        segments = [
            Segment(one.number, one.init, one.at_ms, one.fresh, seconds=one.seconds, done=True)
            for one in kept
        ]
        return playlist.replay(segments, segment_s=segment_s, query=query)

    def file(self, show: str, name: str) -> Path | None:
        """Where a file of `show` lies; None for what is no name of ours. Reads nothing."""
        return self.of(show) / name if FILE.fullmatch(name) else None

    def remove(self, show: str) -> None:
        """Delete all that was kept of `show`. Works on files."""
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self.of(show))


class Recorder:
    """Writes one show's segments, in order, off the loop; a sink of the packager.

    A disk that refuses (full, gone) stops the keeping and nothing else: `told(False)` is called
    once, and `told(True)` when segments are kept again.
    """

    def __init__(self, shelf: Shelf, show: str, told: Callable[[bool], None]) -> None:
        self._folder = shelf.of(show)
        self._told = told
        self._init = b""
        self._parts: list[bytes] = []
        self._queue: asyncio.Queue[tuple[Kept, bytes, bytes] | None] = asyncio.Queue(WAITING)
        self._inits: set[str] = set()
        """Those that are written."""
        self._works = True
        self._missing = False
        """Something was left out: the next segment follows from nothing."""

    def begun(self, name: str, data: bytes) -> None:
        self._init = data

    def packed(self, segment: Segment, part: Part, data: bytes) -> None:
        if len(segment.parts) == 1:
            self._parts = []
        self._parts.append(data)

    def finished(self, segment: Segment) -> None:
        kept = Kept(segment.number, segment.init, segment.at_ms, segment.seconds, segment.fresh)
        try:
            self._queue.put_nowait((kept, self._init, b"".join(self._parts)))
        except asyncio.QueueFull:
            self._fails("the disk is too slow")

    def end(self) -> None:
        """Nothing more comes: `run` returns when all is written."""
        try:
            self._queue.put_nowait(None)
        except asyncio.QueueFull:
            self._queue.get_nowait()
            self._missing = True
            self._queue.put_nowait(None)

    async def run(self) -> None:
        """Write until the end."""
        while (job := await self._queue.get()) is not None:
            kept, init, data = job
            if self._missing:
                kept = msgspec.structs.replace(kept, fresh=True)
            try:
                await asyncio.to_thread(self._write, kept, init, data)
            except OSError as error:
                self._fails(os.strerror(error.errno) if error.errno else type(error).__name__)
                await self._pause()
            else:
                self._missing = False
                if not self._works:
                    self._works = True
                    self._told(True)

    def _write(self, kept: Kept, init: bytes, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if kept.init not in self._inits:
            _whole(self._folder / kept.init, init)
            self._inits.add(kept.init)
        _whole(self._folder / f"seg{kept.number}.m4s", data)
        # Unbuffered: what a full disk did not take is not written before it is cut off again.
        with (self._folder / "list.jsonl").open("ab", buffering=0) as list_:
            size = list_.tell()
            line = _encode(kept) + b"\n"
            try:
                if list_.write(line) < len(line):
                    raise OSError(errno.ENOSPC, "half a line")
                os.fsync(list_.fileno())
            except OSError:
                list_.truncate(size)  # half a line would spoil the next one
                raise

    def _fails(self, why: str) -> None:
        self._missing = True
        if self._works:
            self._works = False
            log.error("recording.failed", why=why)
            self._told(False)

    async def _pause(self) -> None:
        """A full disk is not asked each second; what comes meanwhile is left out."""
        await asyncio.sleep(TRIED_AGAIN_S)
        while self._queue.qsize() > 1:
            if self._queue.get_nowait() is None:
                self._queue.put_nowait(None)
                return


def _whole(file: Path, data: bytes) -> None:
    """Write `file` and be sure of it, or leave nothing behind."""
    try:
        with file.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        file.unlink(missing_ok=True)
        raise
