"""Has pictures drawn anew, a few at a time; see `picture_drawing`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE

import msgspec
import structlog

from chat.picture_drawing import kind_of
from core.errors import BadRequest, Unavailable

PROGRAM = "chat.picture_drawing"
AT_ONCE = 2
"""Processes: a chat's loop wants a core too, and one picture may take 700 MB."""
DRAWN_S = 20
"""For one, of the clock: it has ten seconds of a core, and may have to share it."""

_TOLD = {
    "not_a_picture": "This is no JPEG, PNG or WebP.",
    "picture_broken": "This picture cannot be read.",
    "picture_too_large": "This picture has too many pixels.",
}
_PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
"""Of the environment; secrets are not."""

log = structlog.get_logger(__name__)


class Drawn(msgspec.Struct, frozen=True):
    """A picture as it is kept: two files, the size of the larger in pixels."""

    width: int
    height: int
    large: bytes
    small: bytes


class Artist:
    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def draw(self, raw: bytes) -> Drawn:
        """The picture in a file. Raises BadRequest (`not_a_picture`, `picture_broken`,
        `picture_too_large`), and Unavailable where there is no process for it."""
        if kind_of(raw) is None:
            raise _refused("not_a_picture")
        async with self._turn:
            code, out = await self._asked(raw)
        line, _, files = out.partition(b"\n")
        if code != 0:  # ended by a bound, or by a decoder's fault
            log.warning("picture.not_drawn", code=code)
            raise _refused("picture_broken")
        head = json.loads(line)
        if "refused" in head:
            raise _refused(head["refused"])
        large, small = head["large"], head["small"]
        if len(files) != large + small:
            raise _refused("picture_broken")
        return Drawn(head["width"], head["height"], files[:large], files[large:])

    async def _asked(self, raw: bytes) -> tuple[int | None, bytes]:
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", PROGRAM),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            )
        except OSError as error:  # no memory, no more processes
            log.error("picture.no_process", error=type(error).__name__)
            raise Unavailable("Pictures cannot be taken now.") from error
        try:
            async with asyncio.timeout(DRAWN_S):
                out, _ = await process.communicate(raw)
        except TimeoutError:
            return None, b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode, out


def _refused(code: str) -> BadRequest:
    return BadRequest(_TOLD[code], code=code)
