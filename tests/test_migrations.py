"""The migrations make the very tables that the program knows."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, inspect

import web.app  # noqa: F401 - imports everything that has tables
from core.db import Database, metadata


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found: list[object] = list(compare_metadata(context, metadata))
    return found


def checks(connection: Connection) -> dict[str, set[str]]:
    """The names of each table's CHECK constraints, which the comparison leaves out."""
    inspector = inspect(connection)
    return {
        table: {str(check["name"]) for check in inspector.get_check_constraints(table)}
        for table in metadata.tables
    }


async def test_a_migrated_database_has_every_table_as_it_is_declared(database: Database) -> None:
    assert await database.write(differences) == []


async def test_a_migrated_database_has_every_check(database: Database) -> None:
    declared = {
        name: {
            str(constraint.name)
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint)
        }
        for name, table in metadata.tables.items()
    }
    assert await database.read(checks) == declared
