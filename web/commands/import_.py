"""`plusone import`: products, stock and locations from a CSV file."""

import argparse
import sys
from pathlib import Path

import migrations
from commerce_bridge.csv_import.service import Mode, Report, import_file
from commerce_bridge.csv_import.table import MOST_OCTETS
from core.clock import SystemClock
from core.db import Database
from core.errors import BadRequest
from core.settings import Settings
from web.currency import check_currency
from web.serving import run_loop

FAULTS_SHOWN = 100


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = "Import products, stock or locations. Columns: docs/operators/products.md"
    parser.add_argument("file", type=Path, help="a CSV file in UTF-8")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="say what would be done, and do nothing")
    how.add_argument(
        "--all-or-nothing", action="store_true", help="do nothing when any row is wrong"
    )


def run(arguments: argparse.Namespace) -> int:
    data = _read(arguments.file)
    mode: Mode = "good_rows"
    if arguments.check:
        mode = "check"
    elif arguments.all_or_nothing:
        mode = "all_or_nothing"
    settings = Settings()
    migrations.upgrade(settings.database)
    report = run_loop(_import(settings, data, mode))
    sys.stdout.write(told(report))
    return 1 if report.faults else 0


def told(report: Report) -> str:
    """The report, for a person."""
    done = "Imported" if report.written else "Nothing was written. Would import"
    if report.kind == "products":
        what = (
            f"{_many(report.products, 'product')} with {_many(report.variants, 'variant')};"
            f" {_many(report.counts, 'count')} of stock differed"
        )
    else:
        what = _many(report.locations, "location")
    lines = [f"{done} {what}."]
    if report.faults:
        rows = "One row is" if len(report.faults) == 1 else f"{len(report.faults)} rows are"
        lines.append(f"{rows} wrong and left out:")
    lines += [
        f"  row {fault.row}: {' '.join((fault.column, fault.reason)).strip()}"
        for fault in report.faults[:FAULTS_SHOWN]
    ]
    if more := len(report.faults) - FAULTS_SHOWN:
        lines += [f"  and {more} more"] if more > 0 else []
    return "\n".join(lines) + "\n"


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_OCTETS + 1)
    except OSError as error:
        raise BadRequest(f"{file} cannot be read: {error.strerror}.") from error


async def _import(settings: Settings, data: bytes, mode: Mode) -> Report:
    async with Database.open(settings.database, pool=1) as database:
        await database.read(lambda c: check_currency(c, settings.currency))
        return await import_file(database, SystemClock(), settings.currency, data, mode)
