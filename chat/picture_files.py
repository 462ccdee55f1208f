"""Pictures as files in one folder: `pic_….webp` and `pic_…-small.webp`.

All of it works on files, off the loop, and raises OSError.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from collections.abc import Collection, Iterator
from pathlib import Path

_FILE = re.compile(r"(pic_[0-9A-Z]{26})(?:-small)?\.webp(?:\.part)?")


class PictureFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, id: str, *, small: bool = False) -> Path:
        return self._folder / (f"{id}-small.webp" if small else f"{id}.webp")

    def write(self, id: str, large: bytes, small: bytes) -> None:
        """Have both on disk, whatever happens next; where that fails, neither is left."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _whole(self.path(id, small=True), small)
            _whole(self.path(id), large)
            _settled(self._folder)
        except OSError:
            self.remove([id])
            raise

    def read(self, id: str, small: bool) -> bytes | None:
        try:
            return self.path(id, small=small).read_bytes()
        except FileNotFoundError:
            return None

    def copy(self, id: str, folder: Path) -> bool:
        """Copy the larger one there; False where it is gone."""
        try:
            shutil.copyfile(self.path(id), folder / self.path(id).name)
        except FileNotFoundError:
            return False
        return True

    def remove(self, ids: Collection[str]) -> None:
        for id in ids:
            for path in (self.path(id), self.path(id, small=True)):
                path.unlink(missing_ok=True)
                _part(path).unlink(missing_ok=True)

    def free(self) -> int:
        """Octets that the disk has left."""
        folder = self._folder
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free

    def ids(self, older_s: int) -> set[str]:
        """Pictures of which there is any file that was written so many seconds ago."""
        return set(self._aged(time.time() - older_s))

    def _aged(self, before: float) -> Iterator[str]:
        with contextlib.suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            for entry in entries:
                named = _FILE.fullmatch(entry.name)
                # Gone meanwhile: another process tidies as well.
                with contextlib.suppress(FileNotFoundError):
                    if named is not None and entry.stat().st_mtime < before:
                        yield named[1]


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _whole(path: Path, data: bytes) -> None:
    part = _part(path)
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _settled(folder: Path) -> None:
    """Be sure of the names of the files too."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
