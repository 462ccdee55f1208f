"""The ground that tests stand on is tested too: fresh databases, a server that can be killed."""

import socket
import subprocess
import sys
from pathlib import Path

import aiohttp
import asyncpg
import pytest
from sqlalchemy import Connection, inspect, text

from core.db import Database
from tests.servers import (
    BINDING,
    PORTS,
    NginxServer,
    PostgresServer,
    RedisServer,
    TurnServer,
    free_port,
)


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


@pytest.mark.parametrize("turn", [1, 2])
async def test_a_database_that_others_used_is_as_good_as_new(database: Database, turn: int) -> None:
    def leave_a_mark(connection: Connection) -> int:
        assert connection.execute(text("SELECT count(*) FROM sign_in_attempt")).scalar_one() == 0
        row = text("INSERT INTO sign_in_attempt VALUES (:id, 'code', 'she', 1)")
        connection.execute(row, {"id": str(turn)})
        signal = "INSERT INTO consult_signal (seat, told, at_ms) VALUES ('s', '{}', 1) RETURNING id"
        return int(connection.execute(text(signal)).scalar_one())

    assert await database.write(leave_a_mark) == 1


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


def test_a_redis_server_is_killed_and_started_on_its_port_and_ends() -> None:
    with RedisServer() as server:
        _ping(server)
        server.kill()
        with socket.socket() as late, pytest.raises(ConnectionRefusedError):
            late.connect(("127.0.0.1", server.port))
        server.start()
        _ping(server)
        server.freeze()
        server.thaw()
        _ping(server)
    assert not server.running
    assert not server.socket.parent.exists()


def _ping(server: RedisServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 20) as probe:
        probe.sendall(b"PING\r\n")
        assert probe.recv(7) == b"+PONG\r\n"


def test_a_redis_server_that_cannot_start_says_why() -> None:
    with pytest.raises(RuntimeError, match="nonsense"), RedisServer("--nonsense", "1"):
        pass


async def test_an_nginx_server_serves_by_an_operators_file_is_killed_and_started(
    tmp_path: Path,
) -> None:
    config = tmp_path / "plusone.conf"
    config.write_text(
        "server { listen 80; location / { proxy_pass http://127.0.0.1:8710; } }\n"
        "server { listen 127.0.0.1:8710; location / { return 200 'behind'; } }\n"
    )
    with NginxServer(config, {8710: free_port()}) as server:
        assert await _behind(server) == "behind"
        server.kill()
        with pytest.raises(aiohttp.ClientConnectorError):
            await _behind(server)
        server.start()
        assert await _behind(server) == "behind"
        assert server.log == ""
    with pytest.raises(aiohttp.ClientConnectorError):
        await _behind(server)


async def _behind(server: NginxServer) -> str:
    async with aiohttp.ClientSession() as http, http.get(server.url) as answer:
        return await answer.text()


def test_an_nginx_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    config = tmp_path / "plusone.conf"
    config.write_text("nonsense on;\n")
    with pytest.raises(RuntimeError, match="nonsense"), NginxServer(config, {}):
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


def test_a_turn_server_answers_is_frozen_and_thawed_and_ends() -> None:
    with TurnServer() as server, socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.connect(("127.0.0.1", server.port))
        probe.settimeout(0.2)
        server.freeze()
        probe.send(BINDING)
        with pytest.raises(TimeoutError):
            probe.recv(1_500)
        server.thaw()
        probe.settimeout(20)
        assert probe.recv(1_500)[8:20] == BINDING[8:20]
    with socket.socket() as late, pytest.raises(ConnectionRefusedError):
        late.connect(("127.0.0.1", server.port))
