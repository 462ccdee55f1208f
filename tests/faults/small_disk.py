"""A disk that is soon full, and has room again when a test wants it."""

import resource
import subprocess
from pathlib import Path


class SmallDisk:
    """A file system of 2 MiB, or, where none may be mounted, files that may not grow beyond 1."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)],
            capture_output=True,
            check=False,
        )
        self._mounted = mounted.returncode == 0
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)
        if not self._mounted:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, self._before[1]))

    def grow(self) -> None:
        if self._mounted:
            grow = ["mount", "-o", "remount,size=32m", str(self.folder)]
            subprocess.run(grow, capture_output=True, check=True)
        else:
            resource.setrlimit(resource.RLIMIT_FSIZE, self._before)

    def remove(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)
        if self._mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], capture_output=True, check=True)
