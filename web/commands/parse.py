"""`plusone parse`: what the "+1" grammar makes of comments, to try codes before a show."""

import argparse
import io
import os
import sys
from pathlib import Path
from typing import TextIO, cast

from live.plus_one import check


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = 'Read comments by the "+1" grammar: a line of JSON for each case.'
    parser.add_argument(
        "cases", type=Path, help='JSON lines: {"id", "items", "text", "rules" (optional)}'
    )
    parser.add_argument(
        "--items", type=Path, required=True, help="JSON: named sets of items, by their names"
    )


def run(arguments: argparse.Namespace) -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Codes and keys are in any script, whatever the terminal's language is set to.
        sys.stdout.reconfigure(encoding="utf-8")
    out = _Printed()
    try:
        status = check.main(arguments.cases, arguments.items, cast(TextIO, out), sys.stderr)
        out.flush()
    except _ReaderLeft:
        # Python would try once more to write what is left, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


class _ReaderLeft(Exception):
    """Who reads what is printed has seen enough, as `head` has."""


class _Printed:
    """Standard output; that nobody reads it any more is no fault of a file."""

    def write(self, text: str) -> int:
        try:
            return sys.stdout.write(text)
        except BrokenPipeError:
            raise _ReaderLeft from None

    def flush(self) -> None:
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            raise _ReaderLeft from None
