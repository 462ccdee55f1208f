"""What is kept: whole segments, in order, whatever crashes and disks do."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from tests.faults.small_disk import SmallDisk
from tests.waiting import until
from video.stream.embedded import shelf as module
from video.stream.embedded.playlist import Part, Segment
from video.stream.embedded.shelf import WAITING, Kept, Recorder, Shelf

SHOW = "shw_01K6ZZZZZZZZZZZZZZZZZZZZZZ"
AT_MS = 1_790_000_000_000


class Told:
    """What the recorder says of the disk."""

    def __init__(self) -> None:
        self.all: list[bool] = []
        self._moved = asyncio.Event()

    def __call__(self, works: bool) -> None:
        self.all.append(works)
        self._moved.set()

    async def becomes(self, *works: bool) -> None:
        async with asyncio.timeout(30):
            while self.all != list(works):
                self._moved.clear()
                await self._moved.wait()


class Desk:
    """A recorder at work, and the packager's part."""

    def __init__(self, shelf: Shelf) -> None:
        self.told = Told()
        self.shelf = shelf
        self._number = shelf.resumed(SHOW) or 0
        self.recorder = Recorder(shelf, SHOW, self.told)
        self.begin()

    def begin(self) -> None:
        self._init = f"init{self._number}.mp4"
        self.recorder.begun(self._init, self._init.encode())

    def segment(self, *parts: bytes, fresh: bool = False) -> int:
        """One whole segment of these parts; returns its number."""
        number = self._number
        self._number += 1
        made = Segment(number, self._init, AT_MS + number * 1000, fresh)
        for data in parts or (b"segment %d." % number, b"end"):
            part = Part(f"seg{number}.{len(made.parts)}.m4s", 0.5, not made.parts)
            made.parts.append(part)
            self.recorder.packed(made, part, data)
        made.seconds, made.done = 1.0, True
        self.recorder.finished(made)
        return number

    @property
    def kept(self) -> list[int]:
        return [one.number for one in self.shelf.kept(SHOW)]


@contextlib.asynccontextmanager
async def recording(shelf: Shelf) -> AsyncIterator[Desk]:
    """Until the end of the block, and of what is still to be written."""
    desk = Desk(shelf)
    task = asyncio.create_task(desk.recorder.run())
    try:
        yield desk
        desk.recorder.end()
        async with asyncio.timeout(30):
            await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "media")


@pytest.fixture
def list_(shelf: Shelf) -> Path:
    return shelf.of(SHOW) / "list.jsonl"


def line(number: int) -> bytes:
    return msgspec.json.encode(Kept(number, "init1.mp4", AT_MS, 1.0, fresh=False)) + b"\n"


def names(shelf: Shelf) -> set[str]:
    return {file.name for file in shelf.of(SHOW).iterdir()}


async def test_segments_are_kept_whole_and_in_order(shelf: Shelf) -> None:
    async with recording(shelf) as desk:
        for _ in range(3):
            desk.segment()
    kept = shelf.kept(SHOW)
    assert [one.number for one in kept] == [0, 1, 2]
    assert [one.at_ms for one in kept] == [AT_MS, AT_MS + 1000, AT_MS + 2000]
    assert names(shelf) == {"init0.mp4", "list.jsonl", "seg0.m4s", "seg1.m4s", "seg2.m4s"}
    assert (shelf.of(SHOW) / "seg1.m4s").read_bytes() == b"segment 1.end"
    assert desk.told.all == []


async def test_each_segment_names_the_init_of_its_own_sender(shelf: Shelf) -> None:
    async with recording(shelf) as desk:
        desk.segment()
        desk.begin()
        desk.segment(fresh=True)
    assert [(one.init, one.fresh) for one in shelf.kept(SHOW)] == [
        ("init0.mp4", False),
        ("init1.mp4", True),
    ]
    assert (shelf.of(SHOW) / "init1.mp4").read_bytes() == b"init1.mp4"


async def test_what_waits_is_written_before_the_recorder_ends(shelf: Shelf) -> None:
    async with recording(shelf) as desk:
        for _ in range(WAITING - 1):
            desk.segment()
    assert len(shelf.kept(SHOW)) == WAITING - 1


async def test_what_is_left_out_at_the_end_is_a_break_too(shelf: Shelf) -> None:
    async with recording(shelf) as desk:
        for _ in range(WAITING):
            desk.segment()
    kept = shelf.kept(SHOW)
    assert [one.number for one in kept] == list(range(1, WAITING))
    assert kept[0].fresh


async def test_a_recorder_that_nothing_was_sent_to_keeps_nothing(shelf: Shelf) -> None:
    async with recording(shelf):
        pass
    assert not shelf.of(SHOW).exists()


async def test_numbers_go_on_after_what_was_kept(shelf: Shelf) -> None:
    for sender in range(3):
        async with recording(shelf) as desk:
            desk.segment(fresh=sender > 0)
            desk.segment()
    assert [one.number for one in shelf.kept(SHOW)] == list(range(6))
    assert [one.init for one in shelf.kept(SHOW)][::2] == ["init0.mp4", "init2.mp4", "init4.mp4"]
    assert shelf.resumed(SHOW) == 6


def test_of_a_show_that_was_not_kept_there_is_nothing(shelf: Shelf) -> None:
    assert shelf.kept(SHOW) == []
    assert shelf.resumed(SHOW) is None
    assert shelf.playlist(SHOW, segment_s=1.0) is None
    shelf.remove(SHOW)


@pytest.mark.parametrize("torn", [b"", b"{", line(2)[:-1], line(2)[:20]])
def test_a_line_that_was_cut_off_is_no_line(shelf: Shelf, list_: Path, torn: bytes) -> None:
    list_.parent.mkdir(parents=True)
    list_.write_bytes(line(0) + line(1) + torn)
    assert [one.number for one in shelf.kept(SHOW)] == [0, 1]
    text = shelf.playlist(SHOW, segment_s=1.0)
    assert text is not None
    assert "seg1.m4s" in text
    assert "seg2" not in text


@pytest.fixture(params=[0, 1, 2])
def before(request: pytest.FixtureRequest, list_: Path) -> int:
    """So many lines are whole, and one is not."""
    count: int = request.param
    list_.parent.mkdir(parents=True)
    list_.write_bytes(b"".join(map(line, range(count))) + line(count)[:-5])
    return count


async def test_after_a_cut_off_line_others_are_kept_as_ever(shelf: Shelf, before: int) -> None:
    async with recording(shelf) as desk:
        desk.segment()
        desk.segment()
    assert [one.number for one in shelf.kept(SHOW)] == list(range(before + 2))


def test_a_replay_lists_what_is_kept(shelf: Shelf, list_: Path) -> None:
    list_.parent.mkdir(parents=True)
    list_.write_bytes(line(0) + line(1))
    text = shelf.playlist(SHOW, segment_s=1.0)
    assert text is not None
    assert text.splitlines()[-1] == "#EXT-X-ENDLIST"
    assert [line for line in text.splitlines() if line.startswith("seg")] == [
        "seg0.m4s",
        "seg1.m4s",
    ]


async def test_what_was_kept_of_a_show_goes_and_nothing_else(shelf: Shelf) -> None:
    async with recording(shelf) as desk:
        desk.segment()
    other = shelf.of(SHOW[:-1] + "0")
    shutil.copytree(shelf.of(SHOW), other)
    shelf.remove(SHOW)
    shelf.remove(SHOW)
    assert not shelf.of(SHOW).exists()
    assert (other / "list.jsonl").exists()


@pytest.mark.parametrize(
    "show", ["", ".", "..", "../" + SHOW, SHOW + "/..", SHOW + "\n", SHOW.lower(), "shw_", "/etc"]
)
def test_only_what_a_show_is_called_is_a_folder(shelf: Shelf, show: str) -> None:
    for work in (shelf.of, shelf.kept, shelf.remove, shelf.resumed):
        with pytest.raises(ValueError, match="not a show"):
            work(show)


@pytest.mark.parametrize("name", ["init1.mp4", "seg0.m4s", "seg123456789.m4s"])
def test_names_of_files_are_inits_and_segments(shelf: Shelf, name: str) -> None:
    assert shelf.file(SHOW, name) == shelf.of(SHOW) / name


@pytest.mark.parametrize(
    "name",
    [
        "", "..", "list.jsonl", "seg0.1.m4s", "seg.m4s", "seg-1.m4s", "seg1234567890.m4s",
        "../seg0.m4s", "/seg0.m4s", "seg0.m4s/", "seg0.m4s\n", "seg0.m4s\0", "SEG0.m4s", "seg٣.m4s",
        "init1.mp4.gz",
    ],
)  # fmt: skip
def test_no_other_file_has_a_name(shelf: Shelf, name: str) -> None:
    assert shelf.file(SHOW, name) is None


# Disks that refuse


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that refused is tried again at once."""
    monkeypatch.setattr(module, "TRIED_AGAIN_S", 0.01)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "small"
    folder.mkdir()
    disk = SmallDisk(folder)
    yield disk
    disk.remove()


@pytest.mark.usefixtures("soon")
async def test_a_full_disk_is_told_once_and_again_when_there_is_room(
    full_disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(full_disk.folder)
    async with recording(shelf) as desk:
        tried = _tried(desk.recorder, monkeypatch)
        desk.segment(b"x" * 600_000)
        await until(lambda: desk.kept, [0].__eq__)
        for _ in range(5):
            refused = desk.segment(b"x" * 1_900_000)
        await desk.told.becomes(False)
        await until(lambda: refused in tried)  # the last of them, none is left out after it
        assert desk.told.all == [False]
        assert names(shelf) == {"init0.mp4", "list.jsonl", "seg0.m4s"}, "nothing half is left"

        full_disk.grow()
        after = desk.segment()
        await desk.told.becomes(False, True)
        desk.segment()
    kept = shelf.kept(SHOW)
    assert [one.number for one in kept] == [0, after, after + 1]
    assert refused not in [one.number for one in kept]
    assert [one.fresh for one in kept] == [False, True, False], "what is missing is a break"
    assert (shelf.of(SHOW) / f"seg{after}.m4s").exists()


def _tried(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the segments whose writing has come to its end, one way or the other."""
    tried: list[int] = []
    write = recorder._write

    def noted(kept: Kept, init: bytes, data: bytes) -> None:
        try:
            write(kept, init, data)
        finally:
            tried.append(kept.number)

    monkeypatch.setattr(recorder, "_write", noted)
    return tried


@pytest.mark.usefixtures("soon")
async def test_half_a_line_on_a_full_disk_does_not_spoil_the_next_one(
    full_disk: SmallDisk,
) -> None:
    """A disk is full within a line where the line crosses the border of its block."""
    shelf = Shelf(full_disk.folder)
    (folder := shelf.of(SHOW)).mkdir()
    border = 1 << 20  # of a disk's block, and of what a file may grow to where none is mounted
    kept = line(0)[:-2] + b" " * (border - len(line(0)) - 20) + line(0)[-2:]
    (folder / "list.jsonl").write_bytes(kept)
    async with recording(shelf) as desk:
        _fill(full_disk.folder, leaving=2)
        desk.segment(b"small")
        await desk.told.becomes(False)
        assert (folder / "list.jsonl").read_bytes() == kept
        full_disk.grow()
        after = desk.segment()
        await desk.told.becomes(False, True)
    assert [one.number for one in shelf.kept(SHOW)] == [0, after]


def _fill(folder: Path, *, leaving: int) -> None:
    """Leave so many blocks of the disk: for an init and a segment, and the list has its own."""
    with (folder / "filler").open("wb", buffering=0) as filler:
        with contextlib.suppress(OSError):
            while filler.write(b"x" * 4_096) == 4_096:
                pass
        filler.truncate(filler.tell() // 4_096 * 4_096 - leaving * 4_096)


@pytest.mark.usefixtures("soon")
async def test_a_recorder_ends_while_the_disk_refuses(shelf: Shelf) -> None:
    async with recording(shelf) as desk:
        shelf.of(SHOW).parent.mkdir()
        shelf.of(SHOW).write_bytes(b"a file where a folder should be")
        for _ in range(20):
            desk.segment()
    assert desk.told.all == [False]


async def test_a_disk_that_is_too_slow_leaves_something_out_and_says_so(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = asyncio.Event()

    async def slow(work: Callable[..., None], *arguments: object) -> None:
        await go_on.wait()
        work(*arguments)

    monkeypatch.setattr(asyncio, "to_thread", slow)
    async with recording(shelf) as desk:
        desk.segment()
        await asyncio.sleep(0)
        for _ in range(WAITING + 1):
            desk.segment()
        assert desk.told.all == [False]
        go_on.set()
        await desk.told.becomes(False, True)
        last = desk.segment()
    numbers = [one.number for one in shelf.kept(SHOW)]
    assert len(numbers) == last
    assert last in numbers
