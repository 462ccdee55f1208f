"""The command `plusone`, as a person runs it."""

import asyncio
import io
import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
import structlog
from sqlalchemy import Connection, select, text

import migrations
import web.serving
from commerce_bridge.csv_import.service import Report
from core.db import Database, Unit
from core.identity.model import Role
from core.rooms import log
from core.rooms.tables import room
from core.settings import Settings
from tests.servers import PostgresServer
from tests.service import PASSWORD, serving, settings_for
from web.command_line import COMMANDS, main
from web.commands.import_ import told
from web.serving import GRACE_S, run_loop

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("PLUSONE_")]:
        monkeypatch.delenv(name)
    (tmp_path / "none.toml").touch()
    monkeypatch.setenv("PLUSONE_SETTINGS", str(tmp_path / "none.toml"))
    monkeypatch.setenv("PLUSONE_DATA_FOLDER", str(tmp_path / "data"))


def test_every_command_is_listed_without_being_loaded() -> None:
    script = (
        "import sys; from web.command_line import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "assert not any(name.startswith('web.commands') for name in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )
    for name in COMMANDS:
        assert name in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert "usage: plusone" in capsys.readouterr().out


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["frobnicate"])
    assert ended.value.code == 2
    assert "frobnicate" in capsys.readouterr().err


def test_settings_are_printed_with_secrets_masked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLUSONE_SECRET", "hunter2" * 6)
    monkeypatch.setenv("PLUSONE_SMTP_URL", "smtp://me:hunter2@mail.example.com")
    monkeypatch.setenv("PLUSONE_DATABASE_URL", "postgresql://me:hunter2@db.example.com/plusone")
    assert main(["settings"]) == 0
    printed = capsys.readouterr().out
    assert "hunter2" not in printed
    assert "PLUSONE_SECRET=(set)" in printed
    assert "PLUSONE_METRICS_TOKEN=\n" in printed
    assert "PLUSONE_DATABASE_URL=postgresql://me:***@db.example.com/plusone" in printed
    for name in Settings.model_fields:
        assert f"PLUSONE_{name.upper()}=" in printed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("SECRET", "hunter2"),
        ("CURRENCY", "XXX"),
        ("PUBLIC_URL", "live"),
        ("TIME_ZONE", "Mars/One"),
        ("TIME_ZONE", "Asia"),
        ("TIME_ZONE", "../../etc/hosts"),
        ("SMTP_URL", "hunter2"),
        ("SMTP_URL", "smtp://mail.example.com:hunter2"),
        ("DELIVERY", "home,pigeon"),
        ("DELIVERY", '["home"'),
        ("ALLOWED_ORIGINS", "https://a.example.com,hunter2"),
        ("ALLOWED_ORIGINS", '["ftp://a.example.com"]'),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "https://a.example.com/page"),
        ("ALLOWED_ORIGINS", "https://a.example.com:hunter2"),
        ("HOME_FEE", "80.05"),
        ("STORE_FEE", "0.001"),
        ("FREE_DELIVERY_FROM", "1e20"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite+aiosqlite:///plusone.db"),
        ("DATABASE_URL", "mysql://me:hunter2@db.example.com/plusone"),
        ("DATABASE_URL", "postgres://me:hunter2@db.example.com/plusone"),
        ("DATABASE_URL", "postgresql://me:hunter2@db.example.com:port/plusone"),
        ("DATABASE_URL", "postgresql://me:hunter2@db.example.com/plusone?sslmode=require"),
    ],
)
def test_a_setting_that_is_not_right_is_named_in_a_line_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    monkeypatch.setenv(f"PLUSONE_{name}", value)
    assert main(["settings"]) == 1
    complained = capsys.readouterr().err
    assert complained.startswith(f"plusone: The setting {name.lower()}")
    assert complained.count("\n") == 1
    assert value not in complained.replace("sqlite:///FILE", "")
    assert "hunter2" not in complained


PRODUCTION = {
    "PLUSONE_ENVIRONMENT": "production",
    "PLUSONE_SECRET": "s" * 40,
    "PLUSONE_SMTP_URL": "smtp://127.0.0.1:1",
    "PLUSONE_PUBLIC_URL": "https://live.example.com",
    "PLUSONE_CARD_PROVIDER": "none",
}


def in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)


def test_production_runs_with_all_that_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_production(monkeypatch)
    assert main(["settings"]) == 0
    assert "PLUSONE_ENVIRONMENT=production\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PLUSONE_SECRET", ""),
        ("PLUSONE_SMTP_URL", ""),
        ("PLUSONE_PUBLIC_URL", ""),
        ("PLUSONE_CARD_PROVIDER", "test"),
        ("PLUSONE_CARD_PROVIDER", None),
    ],
)
@pytest.mark.parametrize("command", ["settings", "migrate", "serve"])
def test_production_is_refused_for_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    command: str,
    name: str,
    value: str | None,
) -> None:
    in_production(monkeypatch)
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    assert main([command]) == 1
    complained = capsys.readouterr().err
    assert name in complained
    assert not any(other in complained for other in PRODUCTION if other != name)
    assert complained.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_production_is_no_place_for_the_demo(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(web.serving, "serve", lambda *_: pytest.fail("the demo was opened"))
    in_production(monkeypatch)
    assert main(["demo"]) == 1
    assert "not in production" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_of_several_settings_that_are_not_right_each_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLUSONE_PORT", "eighty")
    monkeypatch.setenv("PLUSONE_CURRENCY", "XXX")
    assert main(["settings"]) == 1
    first, *others = capsys.readouterr().err.splitlines()
    assert first == "plusone: These settings are not right:"
    assert [line.partition(":")[0] for line in others] == ["  port", "  currency"]


@pytest.mark.parametrize(
    "written", [b"port = ", b"port 8710", b"\xff\xfe", b'shop_name = "hunter2']
)
def test_a_file_of_settings_that_is_no_toml_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    written: bytes,
) -> None:
    file = tmp_path / "plusone.toml"
    file.write_bytes(written)
    monkeypatch.setenv("PLUSONE_SETTINGS", str(file))
    assert main(["settings"]) == 1
    complained = capsys.readouterr().err
    assert complained.startswith(f"plusone: {file} is not TOML: ")
    assert complained.count("\n") == 1
    assert "hunter2" not in complained


@pytest.mark.parametrize("command", ["settings", "migrate", "serve", "demo"])
@pytest.mark.parametrize("name", ["gone.toml", "."])
def test_a_file_of_settings_that_is_named_has_to_be_there(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    command: str,
    name: str,
) -> None:
    file = tmp_path / name
    monkeypatch.setenv("PLUSONE_SETTINGS", str(file))
    assert main([command]) == 1
    assert capsys.readouterr().err == (
        f"plusone: PLUSONE_SETTINGS names {file}, and there is no such file.\n"
    )
    assert not (tmp_path / "data").exists()


def test_a_service_that_does_not_start_here_leaves_the_log_to_the_next_test(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir or Madam, " * 100)
    monkeypatch.setenv("PLUSONE_DATABASE_URL", f"sqlite:///{file}")
    before = logging.getLogger().handlers[:], structlog.get_config()["logger_factory"]
    assert main(["serve"]) == 1
    assert (logging.getLogger().handlers, structlog.get_config()["logger_factory"]) == before


def test_a_setting_of_the_file_that_nobody_knows_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "plusone.toml"
    file.write_text('shop_nme = "hunter2"')
    monkeypatch.setenv("PLUSONE_SETTINGS", str(file))
    assert main(["settings"]) == 1
    complained = capsys.readouterr().err
    assert complained.startswith("plusone: The setting shop_nme")
    assert "hunter2" not in complained


@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_file_that_is_no_database_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    command: str,
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir or Madam, " * 100)
    monkeypatch.setenv("PLUSONE_DATABASE_URL", f"sqlite:///{file}")
    assert main([command]) == 1
    assert capsys.readouterr().err == (
        "plusone: The database that database_url names cannot be opened: file is not a database\n"
    )


def test_a_folder_is_no_database_either(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PLUSONE_DATABASE_URL", f"sqlite:///{tmp_path}")
    assert main(["migrate"]) == 1
    complained = capsys.readouterr().err
    assert "database_url" in complained
    assert complained.count("\n") == 1


def test_a_database_that_the_server_does_not_have_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    postgres_server: PostgresServer,
) -> None:
    monkeypatch.setenv("PLUSONE_DATABASE_URL", postgres_server.url("nowhere"))
    assert main(["migrate"]) == 1
    complained = capsys.readouterr().err
    assert "database_url" in complained
    assert complained.count("\n") == 1


def test_a_database_that_is_not_there_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLUSONE_DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:1/plusone")
    assert main(["migrate"]) == 1
    complained = capsys.readouterr().err
    assert complained.startswith("plusone: The database that database_url names cannot be opened: ")
    assert complained.count("\n") == 1
    assert "hunter2" not in complained


def test_migrating_twice_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0
    assert migrations.head() in capsys.readouterr().out


@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_database_of_a_newer_version_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    database_url: str,
    command: str,
) -> None:
    monkeypatch.setenv("PLUSONE_DATABASE_URL", database_url)

    async def revision(written: str = "") -> str:
        def unit(connection: Connection) -> str:
            if written:
                connection.execute(
                    text("UPDATE alembic_version SET version_num = :number"), {"number": written}
                )
            found = connection.execute(text("SELECT version_num FROM alembic_version"))
            return str(found.scalar_one())

        async with Database.open(database_url, pool=1) as database:
            return await database.write(unit)

    run_loop(revision("9001"))
    try:
        assert main([command]) == 1
        assert run_loop(revision()) == "9001", "nothing was done to it"
    finally:
        run_loop(revision(migrations.head()))  # the next test has the same database, emptied
    complained = capsys.readouterr().err
    assert complained.startswith(
        "plusone: The database is at revision 9001, of a newer version of plusone than this one: "
    )
    assert complained.count("\n") == 1
    assert "run that version, or restore a backup from before it." in complained


def test_a_restored_database_begins_other_histories(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    monkeypatch.setenv("PLUSONE_DATABASE_URL", database_url)

    def create(connection: Connection) -> list[str]:
        return [log.create(connection, "show", room_id=id, now=1) for id in ("shw_1", "shw_2")]

    def epochs(connection: Connection) -> list[str]:
        return list(connection.execute(select(room.c.epoch).order_by(room.c.id)).scalars())

    async def done(unit: Unit[list[str]]) -> list[str]:
        async with Database.open(database_url, pool=1) as database:
            return await database.write(unit)

    before = run_loop(done(create))
    assert main(["migrate"]) == 0
    assert run_loop(done(epochs)) == before
    capsys.readouterr()
    assert main(["migrate", "--restored"]) == 0
    assert migrations.head() in capsys.readouterr().out
    after = run_loop(done(epochs))
    assert len({*before, *after}) == 4


def staff(monkeypatch: pytest.MonkeyPatch, *words: str, typed: str = "") -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return main(["staff", *words])


def test_staff_are_added_changed_listed_and_removed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add = ["add", "H@example.com", "--name", "阿禾", "--role", "host", "--role", "operator"]
    assert staff(monkeypatch, *add, "--password-stdin", typed=f"{PASSWORD}\n") == 0
    assert "h@example.com is host, operator." in capsys.readouterr().out
    assert staff(monkeypatch, "list") == 0
    assert capsys.readouterr().out == "h@example.com\t阿禾\thost operator\n"
    assert staff(monkeypatch, "roles", "h@example.com", "--role", "rep") == 0
    assert staff(monkeypatch, "password", "h@example.com", "--password-stdin", typed="short\n") == 1
    assert "10 to 256" in capsys.readouterr().err
    assert staff(monkeypatch, "remove", "h@example.com") == 0
    assert staff(monkeypatch, "remove", "h@example.com") == 1
    capsys.readouterr()
    assert staff(monkeypatch, "list") == 0
    assert capsys.readouterr().out == ""


def test_a_password_is_not_taken_from_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add = ["add", "h@example.com", "--name", "阿禾", "--role", "host"]
    assert staff(monkeypatch, *add, typed="") == 1
    assert "--password-stdin" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        staff(monkeypatch, *add, "--password", PASSWORD)


@pytest.mark.parametrize("cases", [1, 5_000])
def test_parsing_for_a_reader_who_has_seen_enough_ends_quietly(tmp_path: Path, cases: int) -> None:
    """As for `| head`: few lines are written at the end, many before it."""
    items, lines = tmp_path / "items.json", tmp_path / "cases.jsonl"
    items.write_text('{"set": [{"code": "A01", "open": true}]}')
    lines.write_text('{"id": "1", "items": "set", "text": "A01+1"}\n' * cases)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "web.command_line", "parse", lines, "--items", items],
            stdout=writing,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (Report("locations", True, locations=1), "Imported 1 location.\n"),
        (Report("locations", True, locations=0), "Imported 0 locations.\n"),
        (
            Report("products", True, products=1, variants=1, counts=1),
            "Imported 1 product with 1 variant; 1 count of stock differed.\n",
        ),
        (
            Report("products", False, products=2, variants=3, counts=0),
            "Nothing was written. Would import 2 products with 3 variants;"
            " 0 counts of stock differed.\n",
        ),
    ],
)
def test_one_is_told_of_in_the_singular(report: Report, said: str) -> None:
    assert told(report) == said


async def test_staff_changed_from_the_command_line_are_changed_in_the_service(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUSONE_DATABASE_URL", database_url)
    monkeypatch.setenv("PLUSONE_SECRET", "s" * 40)

    async def plusone(*words: str, typed: str = "") -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "web.command_line",
            *words,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        await process.communicate(typed.encode())
        assert process.returncode == 0

    async with serving(settings_for(database_url, tmp_path)) as service:
        browser = await service.browser()
        add = ("staff", "add", "h@example.com", "--name", "阿禾", "--role", Role.HOST)
        await plusone(*add, "--password-stdin", typed=PASSWORD)
        await browser.become_staff("h@example.com")
        await plusone("staff", "remove", "h@example.com")
        service.clock.advance(2_000)
        assert (await browser.get("/api/session")).json["person"]["kind"] == "nobody"


async def test_the_service_starts_on_an_empty_folder_and_ends_in_order(tmp_path: Path) -> None:
    environment = {**os.environ, "PLUSONE_PORT": "0", "PLUSONE_LOG_FORMAT": "json"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "web.command_line",
        "serve",
        env=environment | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        address = await address_of(process)
        async with asyncio.timeout(20):
            async with aiohttp.ClientSession(address) as client:
                async with client.get("/readyz") as response:
                    assert await response.json() == {"status": "ready"}
                socket = await client.ws_connect("/socket.io/?EIO=4&transport=websocket")
                await socket.receive()
                process.send_signal(signal.SIGTERM)
                assert (await socket.receive()).type in (
                    aiohttp.WSMsgType.CLOSE,
                    aiohttp.WSMsgType.CLOSING,
                    aiohttp.WSMsgType.CLOSED,
                )
        async with asyncio.timeout(GRACE_S - 1):  # nothing was under way that it could wait for
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert {file.name for file in (tmp_path / "data").iterdir()} >= {"secret", "plusone.db"}


async def address_of(process: asyncio.subprocess.Process) -> str:
    """Where the service says that it listens."""
    assert process.stderr is not None
    async with asyncio.timeout(60):
        async for line in process.stderr:
            entry = json.loads(line)
            if entry["event"] == "serving":
                return str(entry["address"])
    raise AssertionError("it never listened")
