"""Products, stock and locations from a spreadsheet, and what a bad file is told."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_bridge.csv_import import products, table
from commerce_bridge.csv_import.service import FIRST_LOCATION, Report, import_file
from commerce_bridge.csv_import.table import MOST_OCTETS, MOST_ROWS, BadFile
from commerce_bridge.embedded import stock
from commerce_bridge.embedded.shop import EmbeddedShop
from core.clock import ManualClock
from core.db import Database
from core.errors import PlusOneError, TooLarge
from tests.commerce_bridge.world import Goods, twd
from web import command_line

SAUCES = """\
sku,title,options,price,compare_at,pictures,stock
A02,麻油辣豆腐乳,,260,,/demo/a02.svg https://cdn.example.test/a02.jpg,40
B02-R,樹子,顏色=紅;尺寸=M,"1,210",1300,,7
B02-W,樹子,顏色＝白；尺寸＝M,210,,,
"""


async def imported(database: Database, clock: ManualClock, text: str | bytes) -> Report:
    data = text.encode() if isinstance(text, str) else text
    return await import_file(database, clock, "TWD", data)


def faults(report: Report) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in report.faults]


async def test_rows_become_products_with_variants_and_stock(
    database: Database, clock: ManualClock, shop: EmbeddedShop
) -> None:
    report = await imported(database, clock, SAUCES)
    assert (report.products, report.variants, report.counts, report.faults) == (2, 3, 2, [])
    curd, olives = await shop.products()
    assert curd.pictures == ("/demo/a02.svg", "https://cdn.example.test/a02.jpg")
    assert [(v.sku, v.title, v.price, v.compare_at, v.available) for v in olives.variants] == [
        ("B02-R", "紅 / M", twd(1210), twd(1300), 7),
        ("B02-W", "白 / M", twd(210), None, 0),
    ]
    [only] = await shop.locations()
    assert only.name == FIRST_LOCATION
    assert await database.read(stock.audit) == []


async def test_imported_again_nothing_changes_but_what_the_file_says(
    database: Database, clock: ManualClock, shop: EmbeddedShop
) -> None:
    await imported(database, clock, SAUCES)
    before = await shop.products()
    again = await imported(database, clock, SAUCES)
    assert (again.counts, await shop.products()) == (0, before)
    changed = await imported(database, clock, "sku,title,price,stock\nA02,麻油辣豆腐乳,280,39\n")
    assert changed.counts == 1
    [curd, _] = await shop.products()
    assert curd.id == before[0].id
    assert (curd.variants[0].price, curd.variants[0].available) == (twd(280), 39)


async def test_stock_is_counted_at_each_location_beside_what_is_allotted(
    database: Database, clock: ManualClock, shop: EmbeddedShop, goods: Goods
) -> None:
    await shop.allot("k", goods.chilli, 6, show="shw_1", item="itm_1")
    report = await imported(
        database,
        clock,
        "貨號,品名,商品編號,售價,庫存:網路倉,庫存：信義店\nA01,秋釀剝皮辣椒,chilli,360,4,3\n",
    )
    assert (report.counts, report.faults) == (1, [])
    assert await shop.stock([goods.chilli]) == {goods.chilli: {goods.storeroom: 4, goods.xinyi: 3}}


BAD_ROWS = [
    (",好,360", "sku"),
    ("A 1,好,360", "sku"),
    ("A1,,360", "title"),
    (f"A1,{'長' * 201},360", "title"),
    ("A1,好,", "price"),
    ("A1,好,28.5O", "price"),
    ("A1,好,28.50", "price"),
    ("A1,好,-1", "price"),
    ("A1,好,1e3", "price"),
    ("A1,好,360,300", "compare_at"),
    ("A1,好,360,,紅", "options"),
    ("A1,好,360,,顏色=紅;顏色=白", "options"),
    ("A1,好,360,,a=1;b=2;c=3;d=4", "options"),
    ("A1,好,360,,,javascript:alert(1)", "pictures"),
    ("A1,好,360,,,//evil.test/x.png", "pictures"),
    ("A1,好,360,,,,-3", "stock"),
    ("A1,好,360,,,,三", "stock"),
    ("A1,好,360,,,,99999999999", "stock"),
    ("A1,好,360,,,,5,extra", ""),
    ("A1,好\x01,360,,,,5", "title"),
]


async def test_a_bad_row_is_left_out_and_named_and_the_good_ones_are_imported(
    database: Database, clock: ManualClock, shop: EmbeddedShop
) -> None:
    heading = "sku,title,price,compare_at,options,pictures,stock"
    lines = [heading]
    for row, _ in BAD_ROWS:
        cells = row.split(",")
        lines.append(",".join(cells + [""] * (7 - len(cells))))
    lines += ["", "A1,好醬,360,,,,5", "A1,好醬,370,,,,5"]
    report = await imported(database, clock, "\n".join(lines))
    expected = [(number, column) for number, (_, column) in enumerate(BAD_ROWS, 2)]
    assert faults(report) == [*expected, (len(lines), "sku")]
    assert [one.title for one in await shop.products()] == ["好醬"]


async def test_rows_of_one_product_have_to_fit_each_other(
    database: Database, clock: ManualClock, shop: EmbeddedShop, goods: Goods
) -> None:
    report = await imported(
        database,
        clock,
        "sku,product,title,options,price,stock\n"
        "B01-M,oil,手炒花椒辣油,容量=大,380,1\n"  # the other variants are chosen by 辣度
        "X1,x,醬,顏色=紅,100,1\n"
        "X2,x,另一種醬,顏色=白,100,1\n"
        "X3,x,醬,顏色=紅,100,1\n"
        "Y1,y,湯,,100,1\n",
    )
    assert faults(report) == [(2, "product"), (3, "product"), (4, "title")]
    assert [one.title for one in await shop.products()] == ["秋釀剝皮辣椒", "手炒花椒辣油", "湯"]


@pytest.mark.parametrize("mode", ["check", "all_or_nothing"])
async def test_a_check_and_a_wrong_row_where_all_was_asked_for_change_nothing(
    database: Database, clock: ManualClock, shop: EmbeddedShop, mode: str
) -> None:
    data = (SAUCES + "X,,1,,,,\n").encode()
    report = await import_file(database, clock, "TWD", data, mode)  # type: ignore[arg-type]
    assert (report.written, report.products, len(report.faults)) == (False, 2, 1)
    assert await shop.products() == []
    assert await shop.locations() == []


async def test_all_is_imported_where_all_is_right(
    database: Database, clock: ManualClock, shop: EmbeddedShop
) -> None:
    report = await import_file(database, clock, "TWD", SAUCES.encode(), "all_or_nothing")
    assert report.written
    assert len(await shop.products()) == 2


async def test_locations_come_from_a_file_too(
    database: Database, clock: ManualClock, shop: EmbeddedShop
) -> None:
    file = (
        "地點,地址,營業時間,可自取\n倉庫,,,否\n信義店,松高路 9 號,11–21,是\n"
        "板橋店,,,是\n台南店,x,,也許\n"
    )
    report = await imported(database, clock, file)
    assert (report.locations, faults(report)) == (2, [(4, "address"), (5, "pickup")])
    assert [(one.name, one.pickup) for one in await shop.locations()] == [
        ("倉庫", False),
        ("信義店", True),
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (SAUCES.encode("cp950", "replace"), "Line 2 is not UTF-8; the file looks like Big5"),
        (
            "sku,title,price\nA1,花椒辣油，手工慢炒，香而不燥,38\n".encode("gb18030"),
            "Line 2 is not UTF-8; the file looks like GB18030",
        ),
        (SAUCES.encode("utf-16"), "The file is UTF-16"),
        (b"sku,title,price\nA1,\xff\xff\xff,1\n", "Line 2 is not UTF-8"),
        (b"", "The file is empty"),
        (b"\n\n , \n", "The file is empty"),
        (b"sku,title\nA1,x\n", "no column price"),
        (b"sku,titel,price\n", "titel"),
        (b"sku,sku,title,price\n", "twice"),
        (b"name,price\n", "name"),
        (b"title,price\n", "neither a column sku nor a column location"),
        (b"sku,title,price,hours\nA1,x,1,2\n", "no column hours"),
        (b'sku,title,price\nA1,"open,1\n', "Row 2 cannot be read"),
        ("sku,title,price,stock:台南店\nA1,x,1,2\n".encode(), "There is no location 台南店"),
    ],
)
async def test_a_file_that_cannot_be_read_says_why(
    database: Database, clock: ManualClock, data: bytes, says: str
) -> None:
    with pytest.raises(BadFile, match=says):
        await imported(database, clock, data)


async def test_a_byte_order_mark_and_other_countries_separators_are_fine(
    database: Database, clock: ManualClock, shop: EmbeddedShop
) -> None:
    await imported(database, clock, codecs.BOM_UTF8 + b"sku;title;price\r\nA1;x;1\r\n")
    await imported(database, clock, b"sku\ttitle\tprice\nA2\ty\t2\n")
    assert [one.title for one in await shop.products()] == ["x", "y"]


async def test_files_have_their_bounds(database: Database, clock: ManualClock) -> None:
    with pytest.raises(TooLarge):
        await imported(database, clock, b"x" * (MOST_OCTETS + 1))
    rows = "".join(f"A{number},x,1\n" for number in range(MOST_ROWS + 1))
    with pytest.raises(TooLarge):
        await imported(database, clock, f"sku,title,price\n{rows}")
    report = await imported(database, clock, f"sku,title,price\nA1,{'x' * 10_001},1\n")
    assert faults(report) == [(2, "title")]


@given(st.binary(max_size=400))
def test_whatever_a_file_holds_it_is_read_or_refused(data: bytes) -> None:
    for start in (b"", b"sku,title,price,options,stock\n"):
        try:
            read = table.read(start + data, products.COLUMNS, products.STOCK_HEADINGS)
            products.wanted(read, "TWD")
        except PlusOneError:
            continue


def test_the_command_tells_what_it_did(
    tmp_path: Path,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PLUSONE_DATABASE_URL", sqlite_url)
    file = tmp_path / "sauces.csv"
    file.write_text(SAUCES + "X,,1,,,,\n", encoding="utf-8")
    assert command_line.main(["import", str(file), "--all-or-nothing"]) == 1
    assert "Nothing was written" in capsys.readouterr().out
    assert command_line.main(["import", str(file)]) == 1
    assert capsys.readouterr().out == (
        "Imported 2 products with 3 variants; 2 counts of stock differed.\n"
        "One row is wrong and left out:\n"
        "  row 5: title is empty\n"
    )
    file.write_bytes(SAUCES.encode("cp950", "replace"))
    assert command_line.main(["import", str(file)]) == 1
    assert "looks like Big5" in capsys.readouterr().err
    assert command_line.main(["import", str(tmp_path / "none.csv")]) == 1
