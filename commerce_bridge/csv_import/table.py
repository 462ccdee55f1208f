"""A CSV file as rows of named cells, or the one clear reason why it is none."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Mapping

import msgspec

from core.errors import BadRequest, TooLarge

MOST_OCTETS = 5 * 1024 * 1024
MOST_ROWS = 10_000
MOST_CHARACTERS = 10_000
"""In one cell."""


class BadFile(BadRequest):
    """Nothing can be read from this file."""

    code = "bad_file"


class Fault(msgspec.Struct, frozen=True):
    """Why a row was left out."""

    row: int
    """As spreadsheets count: the heading is row 1."""
    column: str
    reason: str


class Row(msgspec.Struct, frozen=True):
    number: int
    cells: dict[str, str]
    """By column, spaces around them gone; an empty cell is missing."""


class Table(msgspec.Struct, frozen=True):
    columns: tuple[str, ...]
    rows: list[Row]
    faults: list[Fault]
    """Rows that have not as many cells as the heading."""


def read(
    data: bytes,
    names: Mapping[str, str],
    prefixes: Iterable[str] = (),
    *,
    most_characters: int = MOST_CHARACTERS,
) -> Table:
    """The table in a file, its columns under the names that `names` maps their headings to.

    A heading may also be one of `prefixes`, a colon, and anything; a cell has at most
    `most_characters`. Raises TooLarge, BadFile.
    """
    if len(data) > MOST_OCTETS:
        raise TooLarge(f"The file has more than {MOST_OCTETS // 1024 // 1024} MiB.")
    text = _decoded(data)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    records = _records(lines)
    heading = next((record for _, record in records if any(record)), None)
    if heading is None:
        raise BadFile("The file is empty.")
    columns = _columns(heading, names, tuple(prefixes))
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, record in records:
        if not any(record):
            continue
        if len(rows) + len(faults) >= MOST_ROWS:
            raise TooLarge(f"The file has more than {MOST_ROWS} rows.")
        if len(record) != len(columns):
            reason = f"has {len(record)} cells, the heading {len(columns)}"
            faults.append(Fault(number, "", reason))
            continue
        cells = {name: cell for name, cell in zip(columns, record, strict=True) if cell}
        long = next((name for name, cell in cells.items() if len(cell) > most_characters), None)
        odd = next((name for name, cell in cells.items() if not _is_text(cell)), None)
        if long is not None:
            faults.append(Fault(number, long, f"has more than {most_characters} characters"))
        elif odd is not None:
            faults.append(Fault(number, odd, "has a control character"))
        else:
            rows.append(Row(number, cells))
    return Table(columns, rows, faults)


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadFile("The file is UTF-16. Save it as CSV UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        guess = _guess(data)
        looks = f"; the file looks like {guess}" if guess else ""
        raise BadFile(
            f"Line {line} is not UTF-8{looks}. Save it as CSV UTF-8.", line=line, encoding=guess
        ) from None


def _guess(data: bytes) -> str | None:
    """Big5 or GB18030, whichever its double octets speak for; None for neither.

    Both tables hold the frequent characters first (Big5 A4-C6, GB 2312 B0-D7), so that the right
    reading has nearly all of them there.
    """
    best: tuple[float, str] | None = None
    for name, codec, first, last in (
        ("Big5", "cp950", 0xA4, 0xC6),
        ("GB18030", "gb18030", 0xB0, 0xD7),
    ):
        try:
            read = data.decode(codec)
        except UnicodeDecodeError:
            continue
        leads = [
            pair[0] for pair in (c.encode(codec) for c in read if c > "\x7f") if len(pair) == 2
        ]
        if leads:
            share = sum(first <= lead <= last for lead in leads) / len(leads)
            if best is None or share > best[0]:
                best = (share, name)
    return best[1] if best else None


def _delimiter(text: str) -> str:
    """A comma; or what spreadsheets of some countries write in its place."""
    heading = text.lstrip().partition("\n")[0]
    return next((sign for sign in (",", ";", "\t") if sign in heading), ",")


def _records(lines: Iterable[list[str]]) -> Iterable[tuple[int, list[str]]]:
    number = 0
    reader = iter(lines)
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadFile(f"Row {number} cannot be read: {error}.", row=number) from None
        yield number, [cell.strip() for cell in record]


def _columns(
    heading: list[str], names: Mapping[str, str], prefixes: tuple[str, ...]
) -> tuple[str, ...]:
    columns = []
    for title in heading:
        name = names.get(title.casefold())
        kind, colon, rest = title.replace("：", ":").partition(":")
        if name is None and colon and kind.strip().casefold() in prefixes and rest.strip():
            name = f"{names[kind.strip().casefold()]}:{rest.strip()}"
        if name is None:
            known = ", ".join(dict.fromkeys(names.values()))
            raise BadFile(f"No column is called “{title[:40]}”. Columns are: {known}.")
        columns.append(name)
    if twice := [name for name in columns if columns.count(name) > 1]:
        raise BadFile(f"The column {twice[0]} is there twice.")
    return tuple(columns)


def _is_text(cell: str) -> bool:
    return all(c >= " " or c in "\t\r\n" for c in cell) and "\x7f" not in cell
