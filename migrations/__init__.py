"""The one Alembic history of the database, run by `plusone migrate` and at every start."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from core.db import opening, sqlite_engine

_ONE_AT_A_TIME = 7_105_031
"""Advisory lock on PostgreSQL: several processes may start at once."""


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision`; does nothing where it is there already.

    Raises Unavailable where it cannot be opened.
    Blocks, and runs a loop of its own on PostgreSQL: call it before the loop runs, or in a thread.
    """
    if make_url(url).get_backend_name() == "sqlite":
        engine = sqlite_engine(url)
        try:
            with opening():
                connection = engine.connect()
            with connection, connection.begin():
                _upgrade(connection, revision)
        finally:
            engine.dispose()
    else:
        asyncio.run(_upgrade_postgresql(url, revision))


@cache
def head() -> str:
    """The revision that this version of the program works with."""
    revision = ScriptDirectory(str(Path(__file__).parent)).get_current_head()
    if revision is None:
        raise RuntimeError("there are no migrations")
    return revision


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
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
