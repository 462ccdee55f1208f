"""Databases on PostgreSQL, each as good as new: to make one takes longer than most tests do."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from tests.servers import PostgresServer

_TEMPLATE = "template_of_tests"

_EMPTY = """
DO $$ DECLARE filled text; BEGIN
  PERFORM pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  SELECT string_agg(oid::regclass::text, ', ') INTO filled FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
      AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0;
  IF filled IS NOT NULL THEN
    EXECUTE 'TRUNCATE ' || filled || ' RESTART IDENTITY CASCADE';
  END IF;
END $$;
"""
_SHAPE = """
SELECT (SELECT count(*) FROM pg_namespace), (SELECT count(*) FROM pg_class),
  (SELECT count(*) FROM pg_attribute), (SELECT count(*) FROM pg_constraint),
  (SELECT version_num FROM alembic_version)
"""


class Databases:
    """Those of one server, used again by one test after another."""

    def __init__(self, server: PostgresServer, migrate: Callable[[str], str]) -> None:
        """`migrate` brings the database at a URL up to date."""
        self._server = server
        server.sql(f"CREATE DATABASE {_TEMPLATE}")
        migrate(server.url(_TEMPLATE))
        self._shape = server.sql(_EMPTY + _SHAPE, _TEMPLATE)
        self._numbers = count(1)
        self._empty: list[str] = []

    def take(self) -> str:
        """The name of one that is migrated, and empty."""
        if self._empty:
            return self._empty.pop()
        name = f"test_{next(self._numbers)}"
        self._server.sql(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY")
        return name

    def give_back(self, name: str) -> None:
        """Cut off who is still there, and empty it; drop it if more than its rows has changed."""
        if self._server.sql(_EMPTY + _SHAPE, name) == self._shape:
            self._empty.append(name)
        else:
            self._server.sql(f"DROP DATABASE {name} WITH (FORCE)")
