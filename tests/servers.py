"""Real servers for tests: on a free port, with a private data folder, ended by their own pid."""

import datetime as dt
import ipaddress
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tools.doctor import nginx, postgresql_programs, redisserver, turnserver

START_S = 60
"""A server that takes longer than this to start or to end has failed."""

_READY = "database system is ready to accept connections"

PORTS = range(20_000, 32_768)
"""Below the ports that the system gives to outgoing connections: none of these takes it first."""


def free_port() -> int:
    """A port of 127.0.0.1, TCP and UDP, that nobody has; chosen at random among `PORTS`."""
    for port in random.sample(PORTS, 100):
        if is_free(port):
            return port
    raise RuntimeError("no free port among a hundred")


def is_free(port: int) -> bool:
    """Whether nobody has the port of 127.0.0.1, TCP and UDP."""
    with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            stream.bind(("127.0.0.1", port))
            datagram.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


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


class _Program:
    """One program of one's own with a folder of its own: started, ended, and the folder removed."""

    def __init__(self, name: str, program: str | None) -> None:
        if program is None:
            raise RuntimeError(f"{name} is missing: `make doctor` says what to install")
        self._name = name
        self._program = program
        self._folder = Path(tempfile.mkdtemp(prefix=f"plusone-{name.lower()}-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._log = self._folder / "error.log"
        self.port = free_port()

    def __enter__(self) -> Self:
        try:
            self._configure()
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._remove()

    def start(self) -> None:
        """Start the server, and return when it answers."""
        if self._process is not None:
            raise RuntimeError("the server is running")
        with self._log.open("ab") as log:
            self._process = process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
            )
        end = time.monotonic() + START_S
        while not self._answers():
            if process.poll() is not None or time.monotonic() > end:
                self.kill()
                said = self._log.read_text(errors="replace")
                raise RuntimeError(f"{self._name} did not start:\n{said[-4_000:]}")
            time.sleep(0.01)

    def stop(self) -> None:
        """End the server as an operator would, at once."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """`kill -9`; returns when it is gone."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Have it answer and carry nothing any more, and keep its connections open."""
        os.waitid(os.P_PID, self._signal(signal.SIGSTOP), os.WSTOPPED)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _configure(self) -> None:
        """Write what it reads when it starts."""

    def _answers(self) -> bool:
        raise NotImplementedError

    def _signal(self, number: signal.Signals) -> int:
        """Send it to the server's process; returns whose that is."""
        if self._process is None:
            raise RuntimeError("the server is not running")
        self._process.send_signal(number)
        return self._process.pid

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(START_S)
            self._process = None

    def _remove(self) -> None:
        self.kill()
        shutil.rmtree(self._folder)


class RedisServer(_Program):
    """One Redis server of one's own on 127.0.0.1, which keeps nothing on disk.

    `with RedisServer() as server:` starts it and ends it; in between a test may `freeze` and `thaw`
    it, or `kill` and `start` it, on the same port. Options are those of `redis-server`, such as
    `--requirepass=…`.
    """

    def __init__(self, *options: str) -> None:
        super().__init__("Redis", redisserver())
        self._options = options
        self.socket = self._folder / "redis.sock"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        super().start()

    def _command(self) -> list[str]:
        return [
            self._program,
            *("--bind", "127.0.0.1", "--port", str(self.port)),
            *("--unixsocket", str(self.socket), "--dir", str(self._folder)),
            *("--save", "", "--appendonly", "no", "--daemonize", "no"),
            *self._options,
        ]

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as probe:
                probe.sendall(b"PING\r\n")
                return probe.recv(5) in (b"+PONG", b"-NOAU")  # it asks for a password: it is there
        except OSError:
            return False


class NginxServer(_Program):
    """One nginx of one's own on 127.0.0.1, which does as an operator's file says.

    `config` is what she puts into `http { … }`, such as `deploy/nginx/plusone.conf`. What of it is
    of her machine is put right: it listens at `port`, keeps its files in a folder of its own, and
    looks for what stands behind it at `ports`, by the port that the file names. `with
    NginxServer(…) as server:` starts it and ends it; in between a test may `kill` and `start` it.
    """

    def __init__(self, config: Path, ports: Mapping[int, int]) -> None:
        super().__init__("nginx", nginx())
        self._config = config
        self._ports = ports

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it complained of."""
        return self._log.read_text(errors="replace")

    def _command(self) -> list[str]:
        return [self._program, "-p", str(self._folder), "-c", "nginx.conf", "-e", self._log.name]

    def _end(self, number: signal.Signals) -> None:
        """Returns when those are gone too that it had work for it."""
        process = self._process
        if process is None:
            return
        workers = ""
        with suppress(FileNotFoundError):  # it has ended already
            workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        process.send_signal(number)
        process.wait(START_S)
        for worker in map(int, workers.split()):
            # The others end with the first, but for where nobody could tell them.
            with suppress(ProcessLookupError):
                os.kill(worker, number)
        self._process = None

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def _configure(self) -> None:
        text = self._config.read_text()
        text = re.sub(r"\blisten\s+(\[::\]:)?80\b", f"listen 127.0.0.1:{self.port}", text)
        text = re.sub(r"/var/cache/nginx\b", str(self._folder / "cache"), text)
        text = re.sub(r"\b127\.0\.0\.1:(\d+)", self._here, text)
        (self._folder / "plusone.conf").write_text(text)
        folders = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        lines = [
            "user root;" if os.geteuid() == 0 else "",
            "daemon off; worker_processes 1; pid nginx.pid; error_log error.log warn;",
            "events { worker_connections 4096; }",
            "http {",
            "access_log off;",
            *(f"{name}_temp_path {self._folder}/{name};" for name in folders),
            "include plusone.conf;",
            "}",
        ]
        (self._folder / "cache").mkdir()
        (self._folder / "nginx.conf").write_text("\n".join(lines) + "\n")

    def _here(self, named: re.Match[str]) -> str:
        port = int(named[1])
        return f"127.0.0.1:{self._ports.get(port, port)}"


_RELAYS: Final = 400
"""Ports from which a TURN server relays: a call takes a few."""

BINDING: Final = bytes.fromhex("000100002112a442") + b"plusone-test"
"""A STUN Binding request with nothing in it (RFC 8489 §5): whoever is there answers it."""


_OF_TESTS: Final = (
    "fingerprint",
    "use-auth-secret",
    "allow-loopback-peers",  # in tests alone, where all is on one machine
    "no-multicast-peers",
    "no-dtls",
    "no-cli",
    "no-rfc5780",
    "simple-log",
)


class TurnServer(_Program):
    """One coturn of one's own on 127.0.0.1: UDP and TCP on `port`, TLS on `tls_port`; it listens at
    the `addresses` beside that as well.

    It takes the credentials that are made with `secret`, and relays to 127.0.0.1 too, which a real
    one must never do; or it does as the file `config` says, but for what is of this machine.
    `with TurnServer() as server:` starts it and ends it; in between a test may `freeze` and `thaw`
    it, or `kill` and `start` it.
    """

    realm: Final = "turn.example"
    addresses: Final = tuple(f"127.0.0.{number}" for number in range(2, 10))

    def __init__(
        self,
        secret: str = "a secret of coturn and ours alone",  # noqa: S107 - of tests
        config: Path | None = None,
    ) -> None:
        super().__init__("coturn", turnserver())
        self._config = config
        self.secret = secret
        self.tls_port = free_port()
        self.certificate = self._folder / "certificate.pem"
        """Signed by itself; for whoever is to trust it."""

    @property
    def udp(self) -> str:
        return f"turn:127.0.0.1:{self.port}?transport=udp"

    @property
    def tcp(self) -> str:
        return f"turn:127.0.0.1:{self.port}?transport=tcp"

    @property
    def tls(self) -> str:
        return f"turns:127.0.0.1:{self.tls_port}?transport=tcp"

    def _command(self) -> list[str]:
        return [self._program, "-c", str(self._folder / "turnserver.conf")]

    def _answers(self) -> bool:
        """Whether it answers on each of its ways; takes 50 ms at least where it does not."""
        with socket.socket(type=socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.05)
            probe.connect(("127.0.0.1", self.port))
            begun = time.monotonic()
            try:
                probe.send(BINDING)
                probe.recv(1_500)
                for port in (self.port, self.tls_port):
                    socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(max(0.0, begun + 0.05 - time.monotonic()))
                return False
        return True

    def _configure(self) -> None:
        self._certify()
        relays = random.choice(PORTS[:-_RELAYS])
        settings = {
            "relay-ip": "127.0.0.1",
            "listening-port": self.port,
            "tls-listening-port": self.tls_port,
            "min-port": relays,
            "max-port": relays + _RELAYS,
            "cert": self.certificate,
            "pkey": self._folder / "key.pem",
            "static-auth-secret": self.secret,
            "realm": self.realm,
            "relay-threads": 1,
            "log-file": self._log,
            "pidfile": self._folder / "turn.pid",
            "userdb": self._folder / "turndb",
        }
        lines = [f"listening-ip={address}" for address in ("127.0.0.1", *self.addresses)]
        lines += [f"{name}={value}" for name, value in settings.items()]
        for line in self._config.read_text().splitlines() if self._config else _OF_TESTS:
            name = line.partition("=")[0].strip()
            if name and not name.startswith("#") and name != "syslog" and name not in settings:
                lines.append(line)
        (self._folder / "turnserver.conf").write_text("\n".join(lines) + "\n")

    def _certify(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
                critical=False,
            )
            .sign(key, hashes.SHA256())
        )
        self.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (self._folder / "key.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
