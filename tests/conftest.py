"""What tests stand on: databases of both kinds, each test with a fresh one; the order of tests."""

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hypothesis
import pytest
import structlog
import uvloop

from core import logs
from core.db import Database
from migrations import upgrade
from tests.databases import Databases
from tests.servers import PostgresServer, RedisServer

_SLOW_FOLDERS = ("races", "faults", "browser")
_DATABASES = {
    "database_url", "sqlite_url", "postgres_server", "own_postgres_server", "redis_server",
    "own_redis_server",
}  # fmt: skip


def pytest_configure() -> None:
    def terminated(_number: int, _frame: object) -> None:
        pytest.exit("terminated", returncode=143)

    # Drawn tracebacks with every local variable take seconds each.
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )
    # Python would die of it at once, and the servers that fixtures started would live on.
    signal.signal(signal.SIGTERM, terminated)

    # How long an example takes says more of the machine than of the code.
    hypothesis.settings.register_profile("plusone", hypothesis.settings(), deadline=None)
    hypothesis.settings.load_profile("plusone")


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run tests on the loop that the product runs on."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the quick tests first: rules, then what needs a database, races, faults, browsers."""

    def slowness(item: pytest.Item) -> int:
        for folder in _SLOW_FOLDERS:
            if item.path.is_relative_to(config.rootpath / "tests" / folder):
                return 2 + _SLOW_FOLDERS.index(folder)
        return 0 if _DATABASES.isdisjoint(getattr(item, "fixturenames", ())) else 1

    items.sort(key=slowness)


@pytest.fixture(scope="session", autouse=True)
def _own_log() -> Iterator[None]:
    """A command that a test runs here leaves the log alone: what it sets up would stay for all the
    tests after it, on a stream that is closed by then."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(logs, "set_up", lambda *_given, **_named: None)
        yield


@pytest.fixture(scope="session")
def migrated() -> Callable[[str], str]:
    """Brings the database at a URL up to date, and returns the URL."""

    def migrated(url: str) -> str:
        # The migration runs a loop of its own, which this thread may have already.
        with ThreadPoolExecutor(1) as apart:
            apart.submit(upgrade, url).result()
        return url

    return migrated


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The PostgreSQL server of all tests; one that is to be killed is `own_postgres_server`."""
    # What a lost machine would cost is nobody's here; a killed one has a server of its own.
    with PostgresServer("fsync=off", "full_page_writes=off") as server:
        yield server


@pytest.fixture
def own_postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for one test, to be killed and started at will."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """The Redis server of all tests; one that is to be killed is `own_redis_server`."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def own_redis_server() -> Iterator[RedisServer]:
    """A Redis server for one test, to be killed and started at will."""
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
def _databases(postgres_server: PostgresServer, migrated: Callable[[str], str]) -> Databases:
    return Databases(postgres_server, migrated)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, _databases: Databases) -> Iterator[str]:
    """A fresh, migrated database on PostgreSQL."""
    name = _databases.take()
    yield postgres_server.url(name)
    _databases.give_back(name)


@pytest.fixture(scope="session")
def _sqlite_template(
    tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[str], str]
) -> Path:
    file = tmp_path_factory.mktemp("template") / "plusone.sqlite"
    migrated(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """A fresh, migrated database in a file of its own."""
    file = shutil.copy(_sqlite_template, tmp_path / "plusone.sqlite")
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database: the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh database, open: the test runs once on SQLite and once on PostgreSQL."""
    async with Database.open(database_url) as database:
        yield database
