"""The one Alembic history of the database, run by `plusone migrate` and at every start."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from core.db import opening, sqlite_engine
from core.errors import Conflict

_ONE_AT_A_TIME = 7_105_031
"""Advisory lock on PostgreSQL: several processes may start at once."""


class NewerDatabase(Conflict):
    """It was migrated by a later version than this one, which does not know its tables."""

    code = "newer_database"


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision`; does nothing where it is there already.

    Raises Unavailable where it cannot be opened, and NewerDatabase.
    Blocks, and runs a loop of its own on PostgreSQL: call it before the loop runs, or in a thread.
    """
    if make_url(url).get_backend_name() == "sqlite":
        engine = sqlite_engine(url)
        try:
            with opening():
                connection = engine.connect()
            # SQLite changes a table by making it anew, and what points to it must not notice:
            # https://www.sqlite.org/lang_altertable.html#otheralter
            _keys_are_checked(connection, "OFF")
            with connection, connection.begin():
                _upgrade(connection, revision)
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise RuntimeError("the migration would leave something without its parent")
        finally:
            engine.dispose()
    else:
        asyncio.run(_upgrade_postgresql(url, revision))


def _keys_are_checked(connection: Connection, on_off: str) -> None:
    """Past SQLAlchemy, which would begin a transaction: in one this does nothing."""
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={on_off}")
    cursor.close()


@cache
def head() -> str:
    """The revision that this version of the program works with."""
    revision = _history().get_current_head()
    if revision is None:
        raise RuntimeError("there are no migrations")
    return revision


@cache
def _revisions() -> frozenset[str]:
    return frozenset(one.revision for one in _history().walk_revisions())


def _history() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent))


async def _upgrade_postgresql(url: str, revision: str) -> None:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    try:
        with opening():
            connection = await engine.connect()
        async with aclosing(connection), connection.begin():
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
            await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    for unknown in set(MigrationContext.configure(connection).get_current_heads()) - _revisions():
        raise NewerDatabase(
            f"The database is at revision {unknown}, of a newer version of plusone than this one:"
            " run that version, or restore a backup from before it.",
            revision=unknown,
        )
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
