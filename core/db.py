"""The database: write units, reads, and the names of things in it.

Every write of every feature is a synchronous function of a connection, a *write unit*, run in one
transaction by `Database.write`. So nothing is ever awaited inside a transaction. On SQLite the
units run on one writer thread (`BEGIN IMMEDIATE`, WAL, `synchronous=FULL`) and never meet "database
is locked"; on PostgreSQL through `run_sync` (READ COMMITTED, row locks). Reads have a read-only
pool of their own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    MetaData,
    QueuePool,
    StaticPool,
    Table,
    Text,
    bindparam,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from core.errors import OutcomeUnknown, Unavailable

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of every feature; `migrations/` is compared with it in the tests."""

T = TypeVar("T")
Unit = Callable[[Connection], T]
"""What runs in one transaction: no await, no I/O but SQL, nothing kept of the connection."""

WAITING_UNITS = 2_000
"""Units that may wait for the writer; the next is refused as `unavailable`, nothing being done."""

_WAKE = "plusone_wake"

_LOST = (DBAPIError, PoolTimeout, OSError, asyncpg.InterfaceError, asyncio.TimeoutError)


class Database:
    """One database, SQLite or PostgreSQL. Open it with `Database.open(url)`."""

    dialect: str

    def __init__(self) -> None:
        self._after_commit: list[Callable[[], None]] = []

    def on_commit(self, call: Callable[[], None]) -> None:
        """Have `call()` called on the loop after each commit whose unit asked for it.

        See `wake_after_commit`. A hint to look, never a message: it may be lost with the process.
        """
        self._after_commit.append(call)

    def _committed(self, asked: bool) -> None:
        if asked:
            for call in self._after_commit:
                call()

    async def write(self, unit: Unit[T]) -> T:
        """Run `unit` in one transaction and return what it returns, committed.

        Raises what the unit raises (all of it rolled back), a constraint's or a value's error of
        SQLAlchemy among it; `Unavailable` when the database could not do it (nothing done), and
        `OutcomeUnknown` when it failed in COMMIT.
        """
        raise NotImplementedError

    async def read(self, query: Unit[T]) -> T:
        """Run `query` on a read-only connection: committed data only."""
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    @staticmethod
    @asynccontextmanager
    async def open(url: str, *, pool: int = 8) -> AsyncIterator[Database]:
        """The database at `url` (`sqlite:///FILE` or `postgresql://…`), migrated beforehand."""
        database: Database
        if make_url(url).get_backend_name() == "sqlite":
            database = _SQLite(url, readers=min(pool, 4))
        else:
            database = _PostgreSQL(url, pool=pool)
        try:
            yield database
        finally:
            await database.close()


class _SQLite(Database):
    dialect = "sqlite"

    def __init__(self, url: str, *, readers: int) -> None:
        super().__init__()
        self._writing = sqlite_engine(url)
        self._reading = sqlite_engine(url, readers=readers)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="sqlite-reader")
        self._waiting = 0

    async def write(self, unit: Unit[T]) -> T:
        if self._waiting >= WAITING_UNITS:
            raise Unavailable("Too many writes are waiting.")
        self._waiting += 1
        try:
            result, asked = await asyncio.get_running_loop().run_in_executor(
                self._writer, _in_transaction, self._writing, unit
            )
        finally:
            self._waiting -= 1
        self._committed(asked)
        return result

    async def read(self, query: Unit[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._readers, _reading, self._reading, query
        )

    async def close(self) -> None:
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        self._reading.dispose()
        self._writing.dispose()


def sqlite_engine(url: str, *, readers: int = 0) -> Engine:
    """One durable writing connection, or with `readers` a pool of connections that cannot write."""
    file = make_url(url).database
    if not file or file == ":memory:":
        raise ValueError("the embedded database is a file")
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    arguments = {"check_same_thread": False, "timeout": 10}
    if readers:
        engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=readers,
            max_overflow=0,
            connect_args=arguments,
            hide_parameters=True,
        )
    else:
        # Parameters are what people typed: no error message, and so no log, may show them.
        engine = create_engine(
            url, poolclass=StaticPool, connect_args=arguments, hide_parameters=True
        )

    @event.listens_for(engine, "connect")
    def connected(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # the driver's own BEGIN comes too late and is deferred
        try:
            cursor = dbapi.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")  # NORMAL may lose what was acknowledged
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.execute("PRAGMA temp_store=MEMORY")
            cursor.execute("PRAGMA cache_size=-16000")
            if readers:
                cursor.execute("PRAGMA query_only=ON")
            cursor.close()
        except BaseException:
            dbapi.close()  # the pool has not taken it yet
            raise

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if readers else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def opening() -> Iterator[None]:
    """Have what keeps a database from being opened told in a line: raises Unavailable."""
    try:
        yield
    except _LOST as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        why = " ".join(str(reason).split()) or type(reason).__name__
        raise Unavailable(
            f"The database that database_url names cannot be opened: {why}", code="no_database"
        ) from error


def _in_transaction(engine: Engine, unit: Unit[T]) -> tuple[T, bool]:
    try:
        with engine.connect() as connection:
            transaction = connection.begin()
            try:
                result, asked = _noting_wake(connection, unit)
            except BaseException:
                transaction.rollback()
                raise
            try:
                transaction.commit()
            except DBAPIError as error:
                transaction.rollback()
                raise OutcomeUnknown("The database failed in COMMIT.") from error
            return result, asked
    except DBAPIError as error:
        if _is_fault(error):
            raise
        raise _unavailable(error) from error


def _reading(engine: Engine, query: Unit[T]) -> T:
    try:
        with engine.connect() as connection:
            return query(connection)
    except DBAPIError as error:
        raise _unavailable(error) from error


class _PostgreSQL(Database):
    dialect = "postgresql"

    def __init__(self, url: str, *, pool: int) -> None:
        super().__init__()
        self._writing = _postgresql_engine(url, pool=pool, read_only=False)
        self._reading = _postgresql_engine(url, pool=pool, read_only=True)

    async def write(self, unit: Unit[T]) -> T:
        try:
            async with self._writing.connect() as connection:
                try:
                    result, asked = await connection.run_sync(_noting_wake, unit)
                except BaseException:
                    await _roll_back(connection)
                    raise
                try:
                    await connection.commit()
                except _LOST as error:
                    await connection.invalidate()
                    raise OutcomeUnknown("The connection was lost in COMMIT.") from error
        except _LOST as error:
            if _is_fault(error):
                raise
            raise _unavailable(error) from error
        self._committed(asked)
        return result

    async def read(self, query: Unit[T]) -> T:
        try:
            try:
                return await self._read(query)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            # The server was restarted since the connection was made: a new one may be had.
            return await self._read(query)
        except _LOST as error:
            raise _unavailable(error) from error

    async def _read(self, query: Unit[T]) -> T:
        async with self._reading.connect() as connection:
            return await connection.run_sync(query)

    async def close(self) -> None:
        await self._reading.dispose()
        await self._writing.dispose()


def _postgresql_engine(url: str, *, pool: int, read_only: bool) -> AsyncEngine:
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        hide_parameters=True,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=1800,
        connect_args={
            "timeout": 10,
            "server_settings": {
                "application_name": "plusone",
                "default_transaction_read_only": "on" if read_only else "off",
                "lock_timeout": "10s",
                "statement_timeout": "30s",
                "idle_in_transaction_session_timeout": "30s",
            },
        },
    )


async def _roll_back(connection: AsyncConnection) -> None:
    try:
        await connection.rollback()
    except _LOST:
        # Without its connection the server rolls back by itself; the first error is what counts.
        await connection.invalidate()


def _is_fault(error: Exception) -> bool:
    """Whether the same unit would fail again: by a value, a constraint, a statement."""
    if isinstance(error, (DataError, IntegrityError, ProgrammingError)):
        return True
    # SQLAlchemy tells few of asyncpg's errors apart. Classes 22, 23 and 42 of PostgreSQL's
    # manual, "Error Codes": data exception, constraint violation, wrong statement.
    sqlstate = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return sqlstate[:2] in {"22", "23", "42"}


def _unavailable(error: Exception) -> Unavailable:
    reason = error.orig if isinstance(error, DBAPIError) else error
    return Unavailable("The database could not do this now.", reason=type(reason).__name__)


def wake_after_commit(connection: Connection) -> None:
    """Within a unit: once it is committed, call those who asked by `Database.on_commit`."""
    connection.info[_WAKE] = True


def _noting_wake(connection: Connection, unit: Unit[T]) -> tuple[T, bool]:
    connection.info.pop(_WAKE, None)
    return unit(connection), bool(connection.info.pop(_WAKE, False))


def insert_new(connection: Connection, table: Table) -> Any:
    """An INSERT that passes over rows that are there already, by whichever unique key."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def any_of(
    connection: Connection, column: ColumnElement[str], values: Sequence[str]
) -> ColumnElement[bool]:
    """`column` is one of `values`, as one parameter.

    So the statement's text stays the same for any number of values, and is prepared once.
    """
    if connection.dialect.name == "postgresql":
        return column == func.any(bindparam(None, list(values), type_=ARRAY(Text)))
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(listed.c.value))
