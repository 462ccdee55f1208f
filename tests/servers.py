"""Real servers for tests: on a free port, with a private data folder, ended by their own pid."""

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Self

from tools.doctor import postgresql_programs

START_S = 60
"""A server that takes longer than this to start or to end has failed."""

_READY = "database system is ready to accept connections"

PORTS = range(20_000, 32_768)
"""Below the ports that the system gives to outgoing connections: none of these takes it first."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, chosen at random among `PORTS`."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port among a hundred")


class PostgresServer:
    """One PostgreSQL server of one's own, listening on 127.0.0.1 with no password.

    `with PostgresServer() as server:` makes its data folder, starts it, and afterwards ends it and
    removes the folder. In between a test may `kill` and `start` it as often as it likes. Options
    are settings of `postgres`, such as `fsync=off`.
    """

    def __init__(self, *options: str) -> None:
        programs = postgresql_programs()
        if programs is None:
            raise RuntimeError("PostgreSQL is missing: `make doctor` says what to install")
        self._programs = programs
        self._options = options
        # PostgreSQL refuses to be root, and its own user cannot enter the folders pytest makes.
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="plusone-postgres-"))
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._said: deque[str] = deque(maxlen=50)
        self.port = free_port()

    def __enter__(self) -> Self:
        try:
            if self._user:
                shutil.chown(self._folder, self._user)
            self._run(
                [
                    self._programs / "initdb",
                    *("--pgdata", self._folder / "data", "--username", "plusone"),
                    *("--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
                ],
                user=self._user,
            )
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._remove()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://plusone@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server, and return when it accepts connections."""
        if self._process is not None:
            raise RuntimeError("the server is running")
        ready: Future[bool] = Future()
        settings = (
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self._folder}",
            "lc_messages=C",
            "max_connections=200",
            *self._options,
        )
        self._process = process = subprocess.Popen(
            [
                str(self._programs / "postgres"),
                *("-D", str(self._folder / "data")),
                *(word for setting in settings for word in ("-c", setting)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=self._folder,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
        )
        self._reader = threading.Thread(target=self._listen, args=(process, ready), daemon=True)
        self._reader.start()
        if not ready.result(START_S):
            self.kill()
            raise RuntimeError(f"PostgreSQL did not start:\n{''.join(self._said)}")

    def stop(self) -> None:
        """End the server as an operator would, its clients being cut off."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._gone()

    def kill(self) -> None:
        """`kill -9`; returns when every process of the server is gone."""
        if self._process is not None:
            self._process.kill()
            self._gone()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement, outside of any transaction; returns its rows, unaligned."""
        return self._run(
            [
                self._programs / "psql",
                *("--no-psqlrc", "--quiet", "--tuples-only", "--no-align"),
                *("--set", "ON_ERROR_STOP=1", "--dbname", self.url(database)),
                *("--command", statement),
            ],
            user=None,  # whoever it is: to become another is slow, and there is no password
        ).strip()

    def _gone(self) -> None:
        """Wait until nobody holds the log's other end: only then has the last backend ended."""
        process, reader = self._process, self._reader
        if process is None or reader is None:
            raise RuntimeError("the server is not running")
        process.wait(START_S)
        reader.join(START_S)
        if reader.is_alive():
            raise RuntimeError("a backend of the server outlives it")
        self._process = self._reader = None

    def _remove(self) -> None:
        self.kill()
        shutil.rmtree(self._folder)

    def _run(self, command: Sequence[str | Path], *, user: str | None) -> str:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_S,
            check=False,
            cwd=self._folder,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name} failed:\n{done.stderr}")
        return done.stdout

    def _listen(self, process: subprocess.Popen[str], ready: Future[bool]) -> None:
        """Keep the newest of what the server says; tell when it is ready, or will never be."""
        if process.stderr is None:
            raise RuntimeError("the server has no log")
        self._said.clear()
        with process.stderr as log:
            for line in log:
                self._said.append(line)
                if not ready.done() and _READY in line:
                    ready.set_result(True)
        if not ready.done():
            ready.set_result(False)
