"""Runs `load.c`: many sockets of one show, in a process of its own."""

from __future__ import annotations

import select
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from benchmarks.compiled import compiled

INSIDE_S = 180
"""Until all sockets are in the room, at most."""
ANSWERED_S = 60
"""After a run's time: until its last answers are in."""


def program() -> Path:
    """The compiled load program. SystemExit without a compiler."""
    return compiled("load", "z")


class Load:
    """The sockets of one load program, all in the room of `show`; used as a context."""

    def __init__(
        self,
        port: int,
        show: str,
        sockets: int,
        tokens: list[str] | None = None,
        *,
        looking: int = 10,
        deflate: bool = True,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="plusone-load-")
        arguments = [
            f"port={port}",
            f"show={show}",
            f"sockets={sockets}",
            f"looking={looking}",
            f"deflate={int(deflate)}",
        ]
        if tokens:
            cookies = Path(self._folder.name) / "cookies"
            cookies.write_text("\n".join(tokens) + "\n")
            arguments.append(f"cookies={cookies}")
        self._process = subprocess.Popen(
            [program(), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.sockets = sockets

    def __enter__(self) -> Self:
        try:
            opened = self._line(INSIDE_S)
            if opened["inside"] != self.sockets:
                raise RuntimeError(f"not all sockets came into the room: {opened}")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._end()

    def run(self, *, ms: int, warm_ms: int = 1_500, **what: float) -> dict[str, Any]:
        """One measured run; `what` are the program's words (see `load.c`), so is the result."""
        words = [f"ms={ms}", f"warm_ms={warm_ms}", *(f"{k}={v}" for k, v in what.items())]
        return self._told(f"run {' '.join(words)}", (ms + warm_ms) / 1000 + ANSWERED_S)

    def storm(self, *, ms: int, timeout_ms: int = 60_000) -> dict[str, Any]:
        """Cut all sockets off, and have them come back within `ms`; see `load.c`."""
        return self._told(f"storm ms={ms} timeout_ms={timeout_ms}", timeout_ms / 1000 + ANSWERED_S)

    def _told(self, command: str, timeout_s: float) -> dict[str, Any]:
        if self._process.stdin is None:
            raise RuntimeError("the load program has no standard input")
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        return self._line(timeout_s)

    def _line(self, timeout_s: float) -> dict[str, Any]:
        out = self._process.stdout
        if out is None:
            raise RuntimeError("the load program has no standard output")
        ready, _, _ = select.select([out], [], [], timeout_s)
        line = out.readline() if ready else ""
        if not line:
            raise RuntimeError("the load program did not answer")
        answer: dict[str, Any] = msgspec.json.decode(line)
        return answer

    def _end(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._folder.cleanup()
