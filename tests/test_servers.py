"""The ground that tests stand on is tested too: fresh databases, a server that can be killed."""

import socket
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Connection, inspect, text

from core.db import Database
from tests.servers import PORTS, PostgresServer, free_port


def _tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


@pytest.mark.parametrize("turn", [1, 2])
async def test_every_test_has_a_fresh_migrated_database(database: Database, turn: int) -> None:
    tables = await database.read(_tables)
    assert "alembic_version" in tables
    assert "left_behind" not in tables

    def leave_a_mark(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE left_behind (turn integer)"))

    await database.write(leave_a_mark)


async def test_what_was_committed_outlives_a_killed_server(
    own_postgres_server: PostgresServer,
) -> None:
    connection = await asyncpg.connect(own_postgres_server.url(), timeout=10)
    await connection.execute("CREATE TABLE kept (value integer)")
    await connection.execute("INSERT INTO kept VALUES (7)")
    own_postgres_server.kill()
    assert not own_postgres_server.running
    with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
        await connection.fetchval("SELECT value FROM kept")
    connection.terminate()

    own_postgres_server.start()
    assert own_postgres_server.sql("SELECT value FROM kept") == "7"


def test_a_server_that_cannot_start_says_why() -> None:
    with (
        pytest.raises(RuntimeError, match="nonsense"),
        PostgresServer("nonsense=1"),
    ):
        pass


def test_a_free_port_is_none_that_somebody_listens_on() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port()))
        taken.listen()
        port = taken.getsockname()[1]
        assert port in PORTS
        assert port not in {free_port() for _ in range(100)}


def test_a_terminated_run_ends_its_servers(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    waiting = tmp_path / "test_waits.py"
    waiting.write_text(
        "import signal\n"
        "def test_waits(postgres_server):\n"
        "    print(f'\\nport {postgres_server.port}', flush=True)\n"
        "    signal.pause()\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    with subprocess.Popen(
        [*command, "--capture=no", "--config-file", str(pytestconfig.inipath), str(waiting)],
        cwd=pytestconfig.rootpath,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        said = next(line for line in run.stdout if line.startswith("port "))
        run.terminate()
        run.communicate(timeout=60)
    assert run.returncode == 143
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(("127.0.0.1", int(said.split()[1])))
