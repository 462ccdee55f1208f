"""`plusone bot eval`: how well the built-in assistant answers, by cases with what is right."""

import argparse
import asyncio
import io
import sys
from pathlib import Path

from bot.evaluation import HALVES, read_cases, report
from core.errors import BadRequest


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = "Try the bot that answers customers."
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    tried = actions.add_parser(
        "eval",
        help="ask it cases, and count what it gets right",
        description="Ask the built-in assistant each case in a demo shop of its own, and print by"
        " language what was right, and each answer that was not.",
    )
    tried.add_argument(
        "cases",
        type=Path,
        nargs="+",
        metavar="FILE.jsonl",
        help="JSON lines, as tests/corpus/bot/README.md describes them",
    )
    tried.add_argument("--half", choices=HALVES, help="only the cases of one half")
    tried.add_argument(
        "--quiet", action="store_true", help="the counts alone: for a half that is judged by"
    )


def run(arguments: argparse.Namespace) -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    lines = [line for file in arguments.cases for line in _lines(file)]
    cases = read_cases(lines, arguments.half)
    if not cases:
        raise BadRequest("There are no such cases.")

    async def asked() -> str:
        from web.bot_trial import tried

        return report(await tried(cases), failures=not arguments.quiet)

    sys.stdout.write(asyncio.run(asked()) + "\n")
    return 0


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise BadRequest(f"{file} is not written in UTF-8.") from None
