"""`plusone parse`: what the "+1" grammar makes of comments, to try codes before a show."""

import argparse
import io
import sys
from pathlib import Path

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
    return check.main(arguments.cases, arguments.items, sys.stdout, sys.stderr)
