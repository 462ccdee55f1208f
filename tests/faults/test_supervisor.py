"""Several workers under one supervisor: killed, followed by successors, and ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio

from live.namespace import NAMESPACE
from tests.servers import PostgresServer, RedisServer
from tests.supervised import Supervised, supervised
from tests.waiting import until

SHOW = "shw_01K6ZZZZZZZZZZZZZZZZZZZZZA"
DATABASE = "supervised"


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_server: PostgresServer,
    redis_server: RedisServer,
) -> Iterator[Supervised]:
    """Two workers and the media process; those who are told to come back have a second.

    They are started once, since that takes seconds, and tests leave them as they found them.
    """
    postgres_server.sql(f"CREATE DATABASE {DATABASE}")
    folder = tmp_path_factory.mktemp("supervised")
    url = postgres_server.url(DATABASE)
    pace: dict[str, Any] = {"PLUSONE_RESTART_SPREAD_S": "1", "PLUSONE_WORKER_SILENT_S": "6"}
    with supervised(folder, url, redis_server, **pace) as house:
        yield house
    postgres_server.sql(f"DROP DATABASE {DATABASE} WITH (FORCE)")


@pytest.fixture
async def workers(running: Supervised) -> dict[int, int]:
    """Their processes by number, and a log in which nothing stands yet."""
    found, _ = await running.serves()
    running.listen()
    return found


async def status(address: str, path: str = "/readyz") -> int | None:
    """What it answers; None where nobody does. Asked by a connection of its own."""
    with contextlib.suppress(aiohttp.ClientError):
        async with aiohttp.ClientSession() as http, http.get(address + path) as response:
            return response.status
    return None


async def gone(*pids: int) -> None:
    """Wait until none of these processes lives."""

    def alive(pid: int) -> bool:
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        return False

    await until(lambda: [pid for pid in pids if alive(pid)], lambda left: not left)


async def test_a_worker_that_is_killed_comes_back_and_the_picture_moves_on(
    running: Supervised, workers: dict[int, int], postgres_server: PostgresServer
) -> None:
    first, other = running.addresses
    columns = "show_id, key_version, state, since, keeps"
    values = f"'{SHOW}', 1, 'on', 1, true"
    postgres_server.sql(f"INSERT INTO picture ({columns}) VALUES ({values})", DATABASE)  # noqa: S608

    os.kill(workers[1], signal.SIGKILL)
    assert (await running.says("worker.died", worker=1))["code"] == -signal.SIGKILL
    assert await status(other) == 200
    workers[1] = (await running.says("worker.started", worker=1))["pid"]
    assert await status(first) == 200

    # It reaches the media process, which asks whichever worker lives.
    assert await status(first, f"/media/{SHOW}/hls/low.m3u8") == 403
    assert not running.said("media.ended")
    assert not running.said("serving", worker=2), "nobody else was touched"
    assert postgres_server.sql("SELECT state FROM picture", DATABASE) == "on"


async def test_a_worker_that_hangs_is_followed_by_another(
    running: Supervised, workers: dict[int, int]
) -> None:
    os.kill(workers[2], signal.SIGSTOP)
    await running.says("worker.killed", worker=2)
    assert (await running.says("worker.died", worker=2))["code"] == -signal.SIGKILL
    workers[2] = (await running.says("worker.started", worker=2))["pid"]
    assert await status(running.addresses[1]) == 200
    assert not running.said("worker.died", worker=1)


async def test_successors_take_over_one_by_one_and_nobody_is_refused(
    running: Supervised, workers: dict[int, int]
) -> None:
    answers: Counter[int | None] = Counter()
    rolled = asyncio.Event()

    async def ask(address: str, http: aiohttp.ClientSession | None) -> None:
        """Again and again, by one connection as a proxy keeps it, or by a new one each time."""
        while not rolled.is_set():
            if http is None:
                answers[await status(address, "/healthz")] += 1
                continue
            async with http.get(f"{address}/healthz") as response:
                answers[response.status] += 1

    told: list[int] = []
    closed = asyncio.Event()
    viewer = socketio.AsyncClient(reconnection=False, handle_sigint=False)
    viewer.on("come_back", lambda data: told.append(data["within_ms"]), namespace=NAMESPACE)
    viewer.on("disconnect", lambda *_: closed.set(), namespace=NAMESPACE)
    await viewer.connect(
        running.addresses[0], namespaces=[NAMESPACE], transports=["websocket"], wait_timeout=20
    )

    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as asking:
        for address in running.addresses:
            asking.create_task(ask(address, http))
            asking.create_task(ask(address, None))
        running.send(signal.SIGHUP)
        await running.says("roll.done")
        rolled.set()
    assert set(answers) == {200}
    assert answers[200] > 20

    # She who was told and stayed is closed when her time is over, for her page to come back.
    async with asyncio.timeout(10):
        await closed.wait()
    assert told == [1_000]
    assert [line["worker"] for line in running.said("leaving")] == [1, 2]
    assert not running.said("worker.died")
    await gone(*workers.values())
    for number in workers:
        successor = await running.says("worker.started", worker=number)
        assert successor["pid"] not in workers.values()


async def test_those_who_serve_stay_when_a_successor_cannot_start(
    running: Supervised, workers: dict[int, int]
) -> None:
    running.set("retention_days = 0\n")
    running.send(signal.SIGHUP)
    stopped = await running.says("roll.stopped")
    running.set("")
    assert "retention_days" in stopped["why"]
    assert [await status(address) for address in running.addresses] == [200, 200]
    assert not running.said("leaving")


async def test_all_end_with_the_supervisor(running: Supervised) -> None:
    """In order where it can; where it was killed they notice by themselves."""
    for number, exit_status in ((signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)):
        if number != signal.SIGTERM:
            running.start()
        workers, media = await running.serves()
        running.listen()
        running.send(number)
        assert await running.ended() == exit_status
        await gone(*workers.values())
        assert [await status(address) for address in running.addresses] == [None, None]
        assert len(running.said("leaving")) == 2
        assert not running.said("worker.killed")
        # Who killed it has not waited for the media process, which may be the last to notice.
        await until(partial(status, media), lambda found: found is None)
