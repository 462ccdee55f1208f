"""`plusone articles`: what the bot knows, from a file."""

import argparse
import sys
from pathlib import Path

import migrations
from bot.knowledge.imports import MOST_OCTETS
from bot.knowledge.service import Knowledge, Report
from core.clock import SystemClock
from core.db import Database
from core.errors import BadRequest
from core.settings import Settings
from web.serving import run_loop

FAULTS_SHOWN = 100

_BY = "command line"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = "Articles for customers and the bot. Files: docs/operators/knowledge.md"
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    taken = acts.add_parser("import", help="add and change articles: all of a file, or nothing")
    taken.add_argument("file", type=Path, help="a CSV file, or one article as Markdown, in UTF-8")
    taken.add_argument(
        "--check", action="store_true", help="say what would be done, and do nothing"
    )
    taken.add_argument(
        "--publish", action="store_true", help="publish what is new and does not say so itself"
    )


def run(arguments: argparse.Namespace) -> int:
    data = _read(arguments.file)
    settings = Settings()
    migrations.upgrade(settings.database)
    report = run_loop(_import(settings, data, check=arguments.check, publish=arguments.publish))
    sys.stdout.write(told(report))
    return 1 if report.faults else 0


def told(report: Report) -> str:
    """The report, for a person."""
    done = "Imported" if report.written else "Nothing was written. Would import"
    counts = {
        does: sum(one.does == does for one in report.articles) for does in ("add", "change", "same")
    }
    lines = [
        f"{done} {counts['add']} new and {counts['change']} changed articles;"
        f" {counts['same']} were the same already."
    ]
    if report.faults:
        lines.append("This is wrong:")
    lines += [
        f"  row {fault.row}: {' '.join((fault.column, fault.what)).strip()}"
        for fault in report.faults[:FAULTS_SHOWN]
    ]
    if (more := len(report.faults) - FAULTS_SHOWN) > 0:
        lines.append(f"  and {more} more")
    return "\n".join(lines) + "\n"


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_OCTETS + 1)
    except OSError as error:
        raise BadRequest(f"{file} cannot be read: {error.strerror}.") from error


async def _import(settings: Settings, data: bytes, *, check: bool, publish: bool) -> Report:
    async with Database.open(settings.database, pool=1) as database:
        knowledge = Knowledge(database, SystemClock())
        return await knowledge.take(data, _BY, check=check, publish=publish)
