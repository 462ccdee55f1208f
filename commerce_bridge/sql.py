"""Pieces of SQL that the shop's stores share."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from core.db import any_of


def insert_new(connection: Connection, table: Table) -> Any:
    """An INSERT that passes over rows that are there already, by whichever unique key."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def among(
    connection: Connection, column: ColumnElement[str], values: Collection[str]
) -> ColumnElement[bool]:
    """`column` is one of `values`: mostly a single one, which is cheaper to say and to look up."""
    if len(values) == 1:
        (only,) = values
        return column == only
    return any_of(connection, column, sorted(values))
