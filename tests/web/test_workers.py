"""Several workers: what they need, what is told of one that does not start, how one leaves."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import web
from pydantic import SecretStr

from core.errors import BadRequest
from core.settings import Settings
from tests.servers import free_port
from tests.service import serving, settings_for
from tests.waiting import until
from web.app import build_app
from web.command_line import main
from web.keys import WORKER, Worker
from web.workers import supervisor, worker
from web.workers.supervisor import Child, NotStarted, Supervisor, check

POSTGRESQL = "postgresql://plusone@127.0.0.1:1/plusone"
REDIS = SecretStr("redis://127.0.0.1:1")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {"database_url": "sqlite:///shop.db"},
            "SQLite is one process's: use PLUSONE_DATABASE_URL=postgresql://…",
        ),
        ({"redis_url": SecretStr("")}, "set PLUSONE_REDIS_URL=redis://…"),
        ({"port": 0}, "set PLUSONE_PORT"),
        ({"port": 65_534}, "no ports up to 65536"),
        ({"media_port": 8_712}, "PLUSONE_MEDIA_PORT is one of the workers' own ports"),
    ],
)
def test_what_several_workers_cannot_go_by_is_refused(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    given = {"redis_url": REDIS, "port": 8_710, "workers": 3, "media_port": 8_713}
    check(settings_for(POSTGRESQL, tmp_path, **given))
    with pytest.raises(BadRequest, match=why):
        check(settings_for(POSTGRESQL, tmp_path, **given).model_copy(update=changes))


def test_the_refusal_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLUSONE_DATA_FOLDER", str(tmp_path / "data"))
    assert main(["serve", "--workers", "2"]) == 1
    assert capsys.readouterr().err == (
        "plusone: SQLite is one process's: use PLUSONE_DATABASE_URL=postgresql://…\n"
    )
    assert main(["serve", "--workers", "0"]) == 1
    assert "workers" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


class Tries:
    """Stands for processes: each try ends as the test says."""

    def __init__(self) -> None:
        self.why = "the reason"
        self.made = 0

    async def start(self, _supervisor: Supervisor, _number: int, _socket: socket.socket) -> Child:
        self.made += 1
        raise NotStarted(self.why)


async def test_one_that_cannot_start_is_told_once_however_often_it_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = Tries()
    monkeypatch.setattr(supervisor, "PAUSES_S", (0.001,))
    monkeypatch.setattr(Supervisor, "start", lambda *given: tries.start(*given))
    settings = settings_for(
        POSTGRESQL, tmp_path, port=free_port(), workers=2, media_engine="none", redis_url=REDIS
    )
    with structlog.testing.capture_logs() as logs:
        running = asyncio.create_task(Supervisor(settings).run())
        await until(lambda: tries.made > 20)
        tries.why = "another"
        made = tries.made
        await until(lambda: tries.made > made + 20)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    told = [entry["why"] for entry in logs if entry["event"] == "worker.not_started"]
    assert told == ["the reason", "another"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "it ended without a word"),
        (b"hello\n", "it said something else"),
        (b'{"type":"failed","why":"no currency"}\n', "no currency"),
    ],
)
async def test_a_worker_says_why_it_does_not_serve(answer: bytes, why: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *("printf", "%s", answer.decode()), stdout=asyncio.subprocess.PIPE
    )
    with pytest.raises(NotStarted, match=why):
        await Child(process, 1).serves()
    await process.wait()


async def test_a_port_that_somebody_has_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = settings_for(POSTGRESQL, tmp_path, port=port, workers=2, redis_url=REDIS)
        with pytest.raises(OSError, match=f"Port {port} cannot be had"):
            await Supervisor(settings).run()


async def test_a_worker_says_which_it_is_and_when_it_leaves(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever keeps a connection to one that leaves makes the next request elsewhere."""

    def as_worker(*given: Any, **named: Any) -> web.Application:
        app = build_app(*given, **named)
        app[WORKER] = Worker(2)
        app.on_response_prepare.append(worker.last_on_its_connection)
        return app

    monkeypatch.setattr("tests.service.build_app", as_worker)
    async with serving(settings_for(sqlite_url, tmp_path)) as service:
        browser = await service.browser()
        before = await browser.get("/readyz")
        assert (before.status, before.json) == (200, {"status": "ready", "worker": 2})
        assert "Connection" not in before.headers
        service.app[WORKER].leaving = True
        after = await browser.get("/readyz")
        assert (after.status, after.json) == (503, {"status": "leaving", "worker": 2})
        assert after.headers["Connection"] == "close"
        assert (await browser.get("/healthz")).status == 200


def test_signs_of_life_suit_a_supervisor_that_read_another_setting_than_its_worker() -> None:
    """A successor reads the file of settings anew; the supervisor kills by what it said before."""
    limits = Settings.model_fields["worker_silent_s"].metadata
    [shortest_s] = (one.ge for one in limits if hasattr(one, "ge"))
    assert shortest_s > 4 * worker.BEAT_S
