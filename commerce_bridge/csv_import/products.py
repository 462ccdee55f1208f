"""Rows of a products file as products, each row by itself: pure. See docs/operators/products.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from commerce_bridge.csv_import.table import BadFile, Fault, Row, Table
from commerce_bridge.embedded.model import ProductDraft, VariantDraft
from core.errors import BadRequest
from core.money import Money, from_major

COLUMNS: Final = {
    "sku": "sku",
    "貨號": "sku",
    "货号": "sku",
    "product": "product",
    "商品編號": "product",
    "商品编号": "product",
    "title": "title",
    "品名": "title",
    "description": "description",
    "說明": "description",
    "说明": "description",
    "options": "options",
    "規格": "options",
    "规格": "options",
    "price": "price",
    "售價": "price",
    "售价": "price",
    "compare_at": "compare_at",
    "原價": "compare_at",
    "原价": "compare_at",
    "pictures": "pictures",
    "圖片": "pictures",
    "图片": "pictures",
    "stock": "stock",
    "庫存": "stock",
    "库存": "stock",
}
STOCK_HEADINGS: Final = ("stock", "庫存", "库存")
NEEDED: Final = ("sku", "title", "price")

MOST_OPTIONS = 3
MOST_PICTURES = 10
MOST_PIECES = 1_000_000

_SKU = re.compile(r"[^\s,;]{1,64}")
_PICTURE = re.compile(r"(https://|/(?!/))[^\s<>\"']{1,500}")


class Wanted(msgspec.Struct, frozen=True):
    """A product as the file wants it, with the rows that say so."""

    draft: ProductDraft
    rows: dict[str, int]
    """By SKU."""
    counted: dict[tuple[str, str], int]
    """Pieces by SKU and the name of the location; "" for the first one."""


class _Line(msgspec.Struct, frozen=True):
    row: int
    handle: str
    title: str
    description: str
    pictures: tuple[str, ...]
    variant: VariantDraft
    counted: dict[str, int]


def wanted(table: Table, currency: str) -> tuple[list[Wanted], list[Fault]]:
    """The products in a file, in its order, and the rows that are left out. Raises BadFile."""
    if missing := [name for name in NEEDED if name not in table.columns]:
        raise BadFile(f"The file has no column {', '.join(missing)}.")
    faults = list(table.faults)
    products: dict[str, list[_Line]] = {}
    seen: dict[str, int] = {}
    for row in table.rows:
        try:
            line = _line(row, currency)
        except _Wrong as wrong:
            faults.append(Fault(row.number, wrong.column, wrong.reason))
            continue
        if line.variant.sku in seen:
            reason = f"stands in row {seen[line.variant.sku]} already"
            faults.append(Fault(row.number, "sku", reason))
            continue
        seen[line.variant.sku] = row.number
        lines = products.setdefault(line.handle, [])
        if lines and lines[0].title != line.title:
            reason = f"is another one than in row {lines[0].row}, of the same product"
            faults.append(Fault(row.number, "title", reason))
            continue
        lines.append(line)
    return [_product(lines) for lines in products.values()], faults


class _Wrong(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def _line(row: Row, currency: str) -> _Line:
    cells = row.cells
    for name in NEEDED:
        if name not in cells:
            raise _Wrong(name, "is empty")
    sku = cells["sku"]
    if not _SKU.fullmatch(sku):
        raise _Wrong("sku", "has at most 64 characters, and no space, comma or semicolon")
    title = " ".join(cells["title"].split())
    if len(title) > 200:
        raise _Wrong("title", "has more than 200 characters")
    handle = cells.get("product", title)
    if len(handle) > 120:
        raise _Wrong("product" if "product" in cells else "title", "has more than 120 characters")
    price = _price(cells["price"], "price", currency)
    compare_at = None
    if "compare_at" in cells:
        compare_at = _price(cells["compare_at"], "compare_at", currency)
        if compare_at <= price:
            raise _Wrong("compare_at", "is no more than the price")
    return _Line(
        row=row.number,
        handle=handle,
        title=title,
        description=cells.get("description", ""),
        pictures=_pictures(cells.get("pictures", "")),
        variant=VariantDraft(sku, _options(cells.get("options", "")), price, compare_at),
        counted={
            name.partition(":")[2]: _pieces(cell, name)
            for name, cell in cells.items()
            if name.partition(":")[0] == "stock"
        },
    )


def _price(cell: str, column: str, currency: str) -> Money:
    try:
        return from_major(cell.removeprefix("NT$").removeprefix("$"), currency)
    except BadRequest as error:
        raise _Wrong(column, f"“{cell[:20]}”: {error.message}") from None


def _options(cell: str) -> dict[str, str]:
    """`顏色=紅;尺寸=M`, also with full-width signs."""
    options: dict[str, str] = {}
    for part in re.split(r"[;；]", cell):
        if not part.strip():
            continue
        name, equals, value = map(str.strip, part.replace("＝", "=").partition("="))
        if not (name and equals and value):
            raise _Wrong("options", f"“{part.strip()[:40]}” is not of the form 顏色=紅")
        if name in options:
            raise _Wrong("options", f"name “{name[:40]}” twice")
        if max(len(name), len(value)) > 40:
            raise _Wrong("options", "have names and values of at most 40 characters")
        options[name] = value
    if len(options) > MOST_OPTIONS:
        raise _Wrong("options", f"are more than {MOST_OPTIONS}")
    return options


def _pictures(cell: str) -> tuple[str, ...]:
    pictures = tuple(cell.split())
    if len(pictures) > MOST_PICTURES:
        raise _Wrong("pictures", f"are more than {MOST_PICTURES}")
    for picture in pictures:
        if not _PICTURE.fullmatch(picture):
            raise _Wrong("pictures", f"“{picture[:40]}” is no https address or path of ours")
    return pictures


def _pieces(cell: str, column: str) -> int:
    plain = cell.replace(",", "")
    if not (plain.isascii() and plain.isdigit() and int(plain[:9]) <= MOST_PIECES):
        raise _Wrong(column, f"“{cell[:20]}” is no number of pieces from 0 to {MOST_PIECES:,}")
    return int(plain)


def _product(lines: Sequence[_Line]) -> Wanted:
    first = lines[0]
    return Wanted(
        draft=ProductDraft(
            handle=first.handle,
            title=first.title,
            description=next((line.description for line in lines if line.description), ""),
            pictures=next((line.pictures for line in lines if line.pictures), ()),
            variants=tuple(line.variant for line in lines),
        ),
        rows={line.variant.sku: line.row for line in lines},
        counted={
            (line.variant.sku, where): pieces
            for line in lines
            for where, pieces in line.counted.items()
        },
    )
