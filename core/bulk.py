"""Many rows into one table at once, past the statement compiler that would look at every value.

On PostgreSQL new rows go by COPY, which costs the server half of what a statement for each row
does, and the driver a third; rows that may be there already go as one array for each column
(`unnest`), so that the statement's text is the same for any number of them. On SQLite the driver
repeats one statement by itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any

import asyncpg
from sqlalchemy import BigInteger, Boolean, Connection, Dialect, Integer, String, Table
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.types import TypeEngine

# Text for every string: a cast to `varchar(40)` cuts what is longer, an assignment refuses it.
_ARRAYS: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (BigInteger, "bigint[]"),
    (Integer, "integer[]"),
    (Boolean, "boolean[]"),
    (String, "text[]"),
)

_DIALECTS: tuple[Dialect, ...] = (PGDialect(), SQLiteDialect())  # type: ignore[no-untyped-call]


class BulkInsert:
    """Inserts rows of `columns` into `table`, in which a row gives its values in that order.

    A row whose primary key is there already raises IntegrityError; with `updating`, those columns
    of it are changed instead. A key may then be among the rows once only.
    """

    def __init__(
        self, table: Table, columns: Sequence[str], *, updating: Sequence[str] = ()
    ) -> None:
        self._table = table.name
        self._columns = tuple(columns)
        self._copies = not updating
        self._statements = {
            dialect.name: _statement(table, columns, updating, dialect) for dialect in _DIALECTS
        }

    def __call__(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        dialect = connection.dialect.name
        if dialect == "postgresql" and self._copies:
            self._copy(connection, rows)
            return
        values: Any = tuple(zip(*rows, strict=True)) if dialect == "postgresql" else list(rows)
        connection.exec_driver_sql(self._statements[dialect], values)

    def _copy(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        adapted: Any = connection.connection.dbapi_connection
        if not adapted.driver_connection.is_in_transaction():
            connection.exec_driver_sql("SELECT 1")  # SQLAlchemy begins with the first statement

        def copy(driver: asyncpg.Connection[Any]) -> Awaitable[str]:
            return driver.copy_records_to_table(self._table, records=rows, columns=self._columns)

        try:
            adapted.run_async(copy)
        except asyncpg.IntegrityConstraintViolationError as error:
            raise IntegrityError(
                f"COPY {self._table}", None, error, hide_parameters=True
            ) from error
        except asyncpg.PostgresError as error:
            raise DBAPIError(f"COPY {self._table}", None, error, hide_parameters=True) from error


def _statement(
    table: Table, columns: Sequence[str], updating: Sequence[str], dialect: Dialect
) -> str:
    quote = dialect.identifier_preparer.quote
    into = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))})"
    if dialect.name == "postgresql":
        arrays = (f"${i}::{_array(table, name)}" for i, name in enumerate(columns, 1))
        statement = f"{into} SELECT * FROM unnest({', '.join(arrays)})"  # noqa: S608 - names alone
    else:
        statement = f"{into} VALUES ({', '.join('?' for _ in columns)})"
    if updating:
        key = ", ".join(quote(column.name) for column in table.primary_key)
        changes = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in updating)
        statement += f" ON CONFLICT ({key}) DO UPDATE SET {changes}"
    return statement


def _array(table: Table, column: str) -> str:
    of = table.c[column].type
    for kind, array in _ARRAYS:
        if isinstance(of, kind):
            return array
    raise TypeError(f"{table.name}.{column} is of a type that no array is known for")
