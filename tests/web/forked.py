"""`plusone` in processes of their own that need not load it: that alone takes a second each time.

They are forked from one that has loaded it, and has never run anything.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

from web.command_line import main

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__, "web.commands.customer"])


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


def plusone(environment: Mapping[str, str], *words: str) -> Said:
    """Blocks until it has ended; `environment` comes on top of our own.

    Raises EOFError where it ended by a fault of its own.
    """
    reading, writing = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_run, args=(writing, dict(environment), words))
    process.start()
    writing.close()
    with reading:
        try:
            said: Said = reading.recv()
        finally:
            process.join()
    return said


def _run(answer: Connection, environment: dict[str, str], words: tuple[str, ...]) -> None:
    os.environ.update(environment)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(words)
    answer.send(Said(status, out.getvalue(), err.getvalue()))
