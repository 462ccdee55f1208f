"""From a file to the catalogue and the ledger, with a report of what was left out and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal, TypeVar

import msgspec
from sqlalchemy import Connection

from commerce_bridge.csv_import import locations, products, table
from commerce_bridge.csv_import.locations import WantedLocation
from commerce_bridge.csv_import.products import Wanted
from commerce_bridge.csv_import.table import BadFile, Fault, Table
from commerce_bridge.embedded import catalogue, stock
from core.clock import Clock, Instant
from core.db import Database
from core.errors import BadRequest
from core.ids import new_id

AT_ONCE = 20
"""Products in one write unit, so that a show going on meanwhile waits a moment at most."""

FIRST_LOCATION = "倉庫"
"""What the first location is called where stock comes in and there is none."""

Mode = Literal["good_rows", "all_or_nothing", "check"]


class Report(msgspec.Struct):
    kind: Literal["products", "locations"]
    written: bool = True
    """False after a check, and where all or nothing was asked for and something was wrong."""
    products: int = 0
    variants: int = 0
    locations: int = 0
    counts: int = 0
    """Levels of stock that were not as counted, and now are."""
    faults: list[Fault] = msgspec.field(default_factory=list)

    def add(self, other: Report) -> None:
        self.products += other.products
        self.variants += other.variants
        self.locations += other.locations
        self.counts += other.counts
        self.faults = sorted([*self.faults, *other.faults], key=lambda fault: fault.row)


class _Undone(Exception):
    """Rolls the transaction back: nothing was to be written after all."""


async def import_file(
    database: Database, clock: Clock, currency: str, data: bytes, mode: Mode = "good_rows"
) -> Report:
    """Import a products file or a locations file, by its columns.

    Run again it changes nothing more: products are known by their SKUs, stock is what was counted.
    Raises TooLarge, BadFile where nothing can be read at all.
    """
    headings = {**products.COLUMNS, **locations.COLUMNS}
    read = table.read(data, headings, products.STOCK_HEADINGS)
    if "sku" in read.columns:
        _check_columns(read, products.COLUMNS)
        return await _import_products(database, clock, currency, read, mode)
    if "location" in read.columns:
        _check_columns(read, locations.COLUMNS)
        places, faults = locations.wanted(read)
        return await _run(database, mode, Report("locations", faults=faults), [places], _put_places)
    raise BadFile("The file has neither a column sku nor a column location.")


async def _import_products(
    database: Database, clock: Clock, currency: str, read: Table, mode: Mode
) -> Report:
    goods, faults = products.wanted(read, currency)
    known = [one.name for one in await database.read(catalogue.locations)]
    named = {name.partition(":")[2] for name in read.columns if name.startswith("stock:")}
    if strangers := sorted(named.difference(known)):
        raise BadFile(
            f"There is no location {', '.join(strangers)}. Import the locations first, or use one"
            f" of these: {', '.join(known) or '(none)'}."
        )
    batches = [goods[start : start + AT_ONCE] for start in range(0, len(goods), AT_ONCE)]
    report = Report("products", faults=faults)
    return await _run(database, mode, report, batches, partial(_put_products, now=clock.now()))


T = TypeVar("T")


async def _run(
    database: Database,
    mode: Mode,
    report: Report,
    batches: Sequence[Sequence[T]],
    put: Callable[[Sequence[T], Connection], Report],
) -> Report:
    """Write batch by batch; or all in one transaction, which may be undone."""
    if mode == "good_rows":
        for batch in batches:
            report.add(await database.write(partial(put, batch)))
        return report

    def unit(connection: Connection) -> None:
        for batch in batches:
            report.add(put(batch, connection))
        if mode == "check" or report.faults:
            raise _Undone

    try:
        await database.write(unit)
    except _Undone:
        report.written = False
    return report


def _put_places(batch: Sequence[WantedLocation], connection: Connection) -> Report:
    for one in batch:
        catalogue.put_location(
            connection, one.name, address=one.address, hours=one.hours, pickup=one.pickup
        )
    return Report("locations", locations=len(batch))


def _put_products(batch: Sequence[Wanted], connection: Connection, *, now: Instant) -> Report:
    report = Report("products")
    counted: dict[tuple[str, str], int] = {}
    for one in batch:
        try:
            with connection.begin_nested():
                ids = catalogue.put_product(connection, one.draft, now)
        except BadRequest as error:
            row = min(one.rows.values())
            report.faults.append(Fault(row, "product", f"“{one.draft.title}”: {error.message}"))
            continue
        report.products += 1
        report.variants += len(ids)
        counted |= {(where, ids[sku]): pieces for (sku, where), pieces in one.counted.items()}
    if counted:
        places = _places(connection)
        levels = {(places[where], variant): n for (where, variant), n in counted.items()}
        report.counts = stock.count(connection, levels, key=f"import:{new_id('imp')}", at=now)
    return report


def _places(connection: Connection) -> dict[str, str]:
    """Locations' ids by name; "" is the first one, which is made where there is none."""
    known = catalogue.locations(connection)
    if not known:
        return {"": catalogue.put_location(connection, FIRST_LOCATION)}
    return {"": known[0].id} | {one.name: one.id for one in known}


def _check_columns(read: Table, of_kind: Mapping[str, str]) -> None:
    kinds = {name.partition(":")[0] for name in read.columns}
    if odd := sorted(kinds.difference(of_kind.values())):
        raise BadFile(f"A file of this kind has no column {', '.join(odd)}.")
