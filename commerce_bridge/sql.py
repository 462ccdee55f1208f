"""Pieces of SQL that the shop's stores share."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection

from core.db import any_of


def among(
    connection: Connection, column: ColumnElement[str], values: Collection[str]
) -> ColumnElement[bool]:
    """`column` is one of `values`: mostly a single one, which is cheaper to say and to look up."""
    if len(values) == 1:
        (only,) = values
        return column == only
    return any_of(connection, column, sorted(values))
