"""A show's picture when its host, its engine, its disk or its service is lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from core.http import COOKIE
from core.rooms.history import read_events
from live.kind import ShowKind
from live.namespace import NAMESPACE
from tests.faults.small_disk import SmallDisk
from tests.servers import free_port
from tests.show_process import ROOT, Served, internet, open_show, people
from tests.video.stream import clip
from tests.video.stream.studio import Show, Studio, studio_at
from tests.video.stream.watcher import watching
from tests.viewers import Viewer
from tests.waiting import until
from video.stream.embedded.shelf import Shelf
from video.stream.rehearsal import Clip, sending
from web.keys import DATABASE

VIEWERS = 200
AT_ONCE = 5
WARM = 60
"""Viewers after whom the process has all that it keeps: imports, buffers, arenas."""

TIDY = """\
import gc, signal, sys
from video.stream.embedded import server

signal.signal(signal.SIGALRM, lambda *_: gc.collect())
signal.setitimer(signal.ITIMER_REAL, 0.5, 0.5)
sys.exit(server.main())
"""
"""The media process, but that no garbage waits in it.

A connection refers to itself, and Python leaves such garbage (200 kB a viewer) until it is a
quarter of all that lives: up to 20 MB, the more the busier the machine, and they look like a leak.
"""


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip.write(tmp_path_factory.mktemp("clip") / "clip.ts", seconds=2)


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioice.ice.get_host_addresses", lambda **_: ["127.0.0.1"])


class Host:
    """One who sends from a process of her own, which can be killed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


@contextlib.asynccontextmanager
async def mortal(film: Path, url: str, key: str) -> AsyncIterator[Host]:
    host = Host(
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "video.stream.rehearsal", str(film), url, "127.0.0.1"),
            cwd=ROOT,
            env=os.environ | {"PLUSONE_STREAM_KEY": key},
        )
    )
    try:
        yield host
    finally:
        await host.kill()


@contextlib.asynccontextmanager
async def on_air(studio: Studio, show: Show, film: Path) -> AsyncIterator[None]:
    """While the block lasts, the show is sent and seen."""
    clip_ = await asyncio.to_thread(Clip, film)
    async with sending(clip_, studio.service.address + show.whip, show.key):
        await studio.becomes(show.id, "on")
        await studio.playlist(show)
        yield


def names(playlist: str) -> list[str]:
    return re.findall(r"^seg\d+\.m4s$", playlist, re.MULTILINE)


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def held(pid: int) -> int:
    """Its own memory, in octets: without the files that it has mapped, which come and go."""
    resident, of_files = map(int, Path(f"/proc/{pid}/statm").read_text().split()[1:3])
    return (resident - of_files) * resource.getpagesize()


def handles(pid: int) -> int:
    """Open files and threads: what a connection that was not closed leaves behind."""
    return sum(len(list(Path(f"/proc/{pid}/{kind}").iterdir())) for kind in ("fd", "task"))


# The host


async def test_a_host_who_is_killed_is_waited_for_and_goes_on_in_the_same_show(
    sqlite_url: str, tmp_path: Path, film: Path
) -> None:
    async with studio_at(sqlite_url, tmp_path) as studio, contextlib.AsyncExitStack() as stack:
        show = await studio.show()
        url = studio.service.address + show.whip
        async with mortal(film, url, show.key) as host:
            await studio.playlist(show)
            watcher = await stack.enter_async_context(
                watching(studio.http, studio.service.address + show.whep)
            )
            await watcher.sees(1)
            await host.kill()
            await studio.becomes(show.id, "away")
        seen = watcher.frames["video"]
        before = await studio.playlist(show)
        assert names(before), "what came can still be played"

        async def later() -> str:
            return await studio.playlist(show)

        async with mortal(film, url, show.key):
            after = await until(later, lambda text: "#EXT-X-DISCONTINUITY\n" in text)
            await until(lambda: watcher.frames["video"], lambda frames: frames > seen + 30)
        assert names(before)[-1] in names(after), "it is the same show"
        first, second = after.split("#EXT-X-DISCONTINUITY\n")
        assert len({init(first), init(second)}) == 2
        await studio.ends(show)
        replay = await studio.playlist(show, "replay.m3u8")
        assert replay.count("#EXT-X-DISCONTINUITY\n") == 1
        assert set(names(before)) <= set(names(replay))


def init(playlist: str) -> str:
    """The init that its first segments need."""
    [found, *_] = re.findall(r'#EXT-X-MAP:URI="([^"]+)"', playlist)
    return str(found)


async def test_a_host_who_is_killed_and_does_not_come_back_is_waited_for_only_so_long(
    sqlite_url: str, tmp_path: Path, film: Path
) -> None:
    async with studio_at(sqlite_url, tmp_path, grace_s=1) as studio:
        show = await studio.show()
        async with mortal(film, studio.service.address + show.whip, show.key) as host:
            await studio.playlist(show)
            await host.kill()
            await studio.becomes(show.id, "off")
        await studio.ends(show)
        await studio.playlist(show, "replay.m3u8")
        reply = await studio.ask("GET", show.hls("low.m3u8"))
        assert (reply.status, reply.code) == (404, "no_picture")


# The media process


class Room:
    """A show that is on, and what its room hears."""

    def __init__(self, studio: Studio, show: Show, viewer: Viewer) -> None:
        self.studio = studio
        self.show = show
        self.viewer = viewer
        self.heard: list[str] = []
        viewer.socket.on("frame", self._take, namespace=NAMESPACE)

    def _take(self, frame: dict[str, Any]) -> None:
        for event in frame["events"]:
            if event["type"] == "picture.changed":
                self.heard.append(event["data"]["state"])

    async def says(self, text: str) -> None:
        await self.viewer.do("comment", {"text": text}, "comment.posted")

    async def log(self) -> list[dict[str, Any]]:
        """All of the show's log."""
        log = await self.studio.service.app[DATABASE].read(
            lambda conn: read_events(conn, ShowKind(), self.show.id, after=0, limit=1_000)
        )
        assert [one.offset for one in log] == list(range(1, len(log) + 1))
        return [msgspec.json.decode(one.wire()) for one in log]


@contextlib.asynccontextmanager
async def room_in(studio: Studio) -> AsyncIterator[Room]:
    show = await studio.show()
    async with aiohttp.ClientSession() as one, aiohttp.ClientSession() as another:
        host = Viewer(studio.host, one)
        page = await studio.service.browser()
        await page.become_guest()
        viewer = Viewer(page, another)
        room = Room(studio, show, viewer)
        for who in (host, viewer):
            await who.connect()
            assert (await who.ask("join", {"show": show.id}))["ok"]
        await host.do("run", {"do": {"type": "show.go_live"}}, "show.live")
        yield room
        for who in (host, viewer):
            await who.socket.disconnect()


async def test_a_media_process_that_is_killed_is_started_again_and_the_show_goes_on(
    sqlite_url: str, tmp_path: Path, film: Path
) -> None:
    async with studio_at(sqlite_url, tmp_path) as studio, room_in(studio) as room:
        show = room.show
        async with on_air(studio, show, film):
            await until(lambda: room.heard, ["on"].__eq__)
            # What is seen is kept a moment later.
            await until(lambda: Shelf(tmp_path / "media").kept(show.id))
            before = await studio.playlist(show)
            killed = studio.pid
            os.kill(killed, signal.SIGKILL)
            await until(lambda: room.heard, ["on", "away"].__eq__)
            await room.says("看不到了")
            assert (await studio.sent(show.id))["state"] == "away"
        await studio.started()
        assert studio.pid != killed
        studio.service.clock.advance(5_000)
        async with on_air(studio, show, film):
            await until(lambda: room.heard, ["on", "away", "on"].__eq__)
            await room.says("又看到了")
            after = await studio.playlist(show)
            assert set(names(after)).isdisjoint(names(before)), "caches keep the ones before"
        await studio.runs(show.id, type="show.end")
        replay = names(await studio.playlist(show, "replay.m3u8"))
        assert set(names(after)) <= set(replay)
        assert set(names(before)) & set(replay), "what was kept before it died is there"
        log = [event.get("data", {}).get("state", event["type"]) for event in await room.log()]
        told = [what for what in log if what in ("on", "away", "comment.posted")]
        assert told[:5] == ["on", "away", "comment.posted", "on", "comment.posted"]


@pytest.fixture
def tidy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tidy_media_process.py").write_text(TIDY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr("video.stream.process.PROGRAM", "tidy_media_process")


async def test_viewers_who_come_and_go_leave_no_memory_behind(
    tidy: None, sqlite_url: str, tmp_path: Path
) -> None:
    # Key frames come often, so that each is seen at once.
    film = clip.write(tmp_path / "clip.ts", seconds=2, key_every=3)
    async with studio_at(sqlite_url, tmp_path, media_viewers=100) as studio:
        show = await studio.show()
        async with on_air(studio, show, film):
            # Straight, as by a proxy in front: the service gives a busy machine ten seconds.
            url = f"{studio.process.address}{show.whep}"
            await _crowd(studio, url, WARM)
            before, open_before = held(studio.pid), handles(studio.pid)
            await _crowd(studio, url, VIEWERS)
            # A tenth is 45 kB a viewer.
            await until(lambda: held(studio.pid), lambda after: after < before * 1.1)
            await until(lambda: handles(studio.pid), lambda after: after < open_before + 10)
            async with watching(studio.http, url) as watcher:
                await watcher.sees(1)


async def _crowd(studio: Studio, url: str, viewers: int) -> None:
    """So many in turn, a few at a time; every other one goes without a word."""
    places = asyncio.Semaphore(AT_ONCE)

    async def comes_and_goes(number: int) -> None:
        says_goodbye = number % 2 == 0
        async with places, watching(studio.http, url, says_goodbye=says_goodbye) as watcher:
            await watcher.sees(1)

    async with asyncio.TaskGroup() as group:
        for number in range(viewers):
            group.create_task(comes_and_goes(number))


# The disk


async def test_a_full_disk_stops_the_keeping_and_the_host_is_told(
    sqlite_url: str, small_disk: SmallDisk, film: Path
) -> None:
    async with studio_at(sqlite_url, small_disk.folder) as studio:
        show = await studio.show()
        async with on_air(studio, show, film):
            assert (await studio.sent(show.id))["keeps"]
            _fill(small_disk.folder, studio.pid)

            async def sent() -> dict[str, Any]:
                return await studio.sent(show.id)

            await until(sent, lambda sent: not sent["keeps"])
            before = await studio.playlist(show)

            async def playlist() -> str:
                return await studio.playlist(show)

            await until(playlist, lambda text: len(set(names(text)) - set(names(before))) > 1)
            assert (await sent())["state"] == "on"
            shelf = Shelf(small_disk.folder / "media")
            kept = [f"seg{one.number}.m4s" for one in shelf.kept(show.id)]
            assert kept
            assert not set(names(await playlist())) <= set(kept)
            os.kill(studio.pid, signal.SIGKILL)  # at its end it would wait for the disk


def _fill(folder: Path, pid: int) -> None:
    """Leave no room; where no small disk may be mounted, not for this process."""
    if not folder.is_mount():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        return
    with (folder / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(b"x" * 4_096) == 4_096:
            pass


# The service


@contextlib.contextmanager
def served(url: str, folder: Path) -> Iterator[Served]:
    """The service with its media process, as an operator runs it."""
    settings = {
        "DATABASE_URL": url,
        "DATA_FOLDER": str(folder),
        "PORT": str(port := free_port()),
        "SECRET": "s" * 40,
        "MEDIA_ADDRESSES": "127.0.0.1",
        "LOG_LEVEL": "error",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.races.serve"],
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        env=os.environ | {f"PLUSONE_{name}": value for name, value in settings.items()},
    )
    served = Served(f"http://127.0.0.1:{port}", process)
    try:
        yield served
    finally:
        served.kill()


def media_process(of: int) -> int | None:
    """The media process among a process's children."""
    for child in Path(f"/proc/{of}/task/{of}/children").read_text().split():
        with contextlib.suppress(OSError):
            if b"embedded.server" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
    return None


async def test_a_media_process_ends_with_its_service_and_keeps_what_it_has(
    sqlite_url: str, tmp_path: Path, film: Path
) -> None:
    everybody = await people(sqlite_url, 0)
    async with internet() as http:
        with served(sqlite_url, tmp_path) as process:
            address = await process.ready(http)
            show = await open_show(http, address, everybody, pieces=1)
            pid = await until(lambda: media_process(process.process.pid))
            assert pid is not None

            async def picture() -> dict[str, Any]:
                headers = {"Cookie": f"{COOKIE}={everybody.host}"}
                path = f"{address}/api/staff/shows/{show}/picture"
                async with http.get(path, headers=headers) as response:
                    found: dict[str, Any] = await response.json()
                    return found

            async def taken() -> int:
                async with http.options(f"{address}/media/{show}/whip") as response:
                    return response.status

            await until(taken, (204).__eq__)
            clip_ = await asyncio.to_thread(Clip, film)
            async with sending(clip_, f"{address}/media/{show}/whip", (await picture())["key"]):
                await until(picture, lambda told: told["state"] == "on")
                shelf = Shelf(tmp_path / "media")
                await until(lambda: shelf.kept(show))
                process.kill()
                await until(partial(alive, pid), lambda is_alive: not is_alive)
        kept = shelf.kept(show)
        for one in kept:
            assert (shelf.of(show) / f"seg{one.number}.m4s").stat().st_size > 0
        assert (tmp_path / "media" / show / "list.jsonl").read_bytes().endswith(b"\n")
