"""The program of one worker: `python -m web.workers.program`, started by the supervisor.

Why it cannot serve it tells the supervisor, who tells it the log once, however often it is tried.
So the service itself is imported only when there is somebody to be told what is wrong with it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback

import msgspec

from web.workers.words import Alive, Failed, Ready, Said, Start

WHY_AT_MOST = 4_000
"""Characters; of a traceback the end says most."""


def main() -> int:
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as unbuffered:
        line = unbuffered.readline()  # and no more: what follows is for the loop
    start = msgspec.json.decode(line, type=Start)
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    serving = False

    def ready() -> None:
        nonlocal serving
        serving = True
        os.set_blocking(answers, False)  # by now the loop is what would wait
        _say(answers, Ready())

    try:
        from web.workers.worker import serve

        serve(start, ready, lambda: _say(answers, Alive()))
    except Exception as error:
        if serving:
            raise
        _say(answers, Failed(_why(error)))
        return 1
    return 0


def _why(error: Exception) -> str:
    from web.command_line import told

    return told(error) or "".join(traceback.format_exception(error))[-WHY_AT_MOST:]


def _say(answers: int, said: Said) -> None:
    # The supervisor was killed, and standard input ends too; or it does not read just now.
    with contextlib.suppress(BrokenPipeError, BlockingIOError):
        os.write(answers, msgspec.json.encode(said) + b"\n")


if __name__ == "__main__":
    sys.exit(main())
