"""Many rows by one statement, on both databases."""

from typing import Any

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    select,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.bulk import BulkInsert
from core.db import Database
from core.errors import Unavailable
from tests.servers import PostgresServer

_METADATA = MetaData()
_shelf = Table(
    "shelf",
    _METADATA,
    Column("id", String(5), primary_key=True),
    Column("offset", BigInteger, nullable=False),
    Column("pieces", Integer),
    Column("note", Text),
    Column("open", Boolean, nullable=False),
    Column("weight", Float),
)
_COLUMNS = ("id", "offset", "pieces", "note", "open")
_insert = BulkInsert(_shelf, _COLUMNS)
_upsert = BulkInsert(_shelf, _COLUMNS, updating=("pieces", "open"))

_ROWS: list[tuple[Any, ...]] = [
    ("a", 2**40, 1, '它說："好", {x,NULL}', True),
    ("b", -1, None, None, False),
    ("c", 0, 3, "", True),
]


@pytest.fixture
async def shelf(database: Database) -> Database:
    await database.write(lambda connection: _METADATA.create_all(connection))
    return database


async def rows(database: Database) -> list[tuple[Any, ...]]:
    def read(connection: Connection) -> list[tuple[Any, ...]]:
        columns = [_shelf.c[name] for name in _COLUMNS]
        return [tuple(row) for row in connection.execute(select(*columns).order_by(_shelf.c.id))]

    return await database.read(read)


async def test_rows_come_back_as_they_went_in(shelf: Database) -> None:
    await shelf.write(lambda connection: _insert(connection, _ROWS))
    assert await rows(shelf) == _ROWS


async def test_no_rows_are_no_statement(shelf: Database) -> None:
    await shelf.write(lambda connection: _insert(connection, []))
    assert await rows(shelf) == []


async def test_a_key_that_is_there_refuses_all_rows(shelf: Database) -> None:
    await shelf.write(lambda connection: _insert(connection, _ROWS[:1]))
    with pytest.raises(IntegrityError):
        await shelf.write(lambda connection: _insert(connection, _ROWS))
    assert await rows(shelf) == _ROWS[:1]


async def test_updating_changes_the_named_columns_alone(shelf: Database) -> None:
    await shelf.write(lambda connection: _insert(connection, _ROWS))
    changed = [("b", 9, 8, "new", True), ("d", 4, 4, "four", False)]
    await shelf.write(lambda connection: _upsert(connection, changed))
    assert await rows(shelf) == [_ROWS[0], ("b", -1, 8, None, True), _ROWS[2], changed[1]]


async def test_a_string_that_is_too_long_is_refused_not_cut(postgres_url: str) -> None:
    async with Database.open(postgres_url) as database:
        await database.write(lambda connection: _METADATA.create_all(connection))
        with pytest.raises(DBAPIError):
            await database.write(lambda c: _insert(c, [("abcdef", 1, 1, "", True)]))


def test_a_column_of_an_unknown_type_is_refused_at_once() -> None:
    with pytest.raises(TypeError):
        BulkInsert(_shelf, ("id", "weight"))


async def test_what_a_refused_unit_inserted_is_gone(shelf: Database) -> None:
    def unit(connection: Connection) -> None:
        _insert(connection, _ROWS[:2])
        _upsert(connection, _ROWS[2:])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await shelf.write(unit)
    assert await rows(shelf) == []


async def test_a_lost_server_is_unavailable_and_nothing_is_kept(
    own_postgres_server: PostgresServer,
) -> None:
    async with Database.open(own_postgres_server.url(), pool=1) as database:
        await database.write(lambda connection: _METADATA.create_all(connection))

        def unit(connection: Connection) -> None:
            _insert(connection, _ROWS[:1])
            own_postgres_server.kill()
            _insert(connection, _ROWS[1:])

        with pytest.raises(Unavailable):
            await database.write(unit)
        own_postgres_server.start()
        await database.write(lambda connection: _insert(connection, _ROWS[1:]))
        assert await rows(database) == _ROWS[1:]
