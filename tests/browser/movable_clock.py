"""The system's clock, for the processes of one shop, that a test moves on."""

from __future__ import annotations

import os
import struct
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

from core.clock import Instant, SystemClock

AHEAD: Final = struct.Struct("<q")
FILE: Final = "PLUSONE_TEST_AHEAD"


class MovableClock(SystemClock):
    """Ahead by as many milliseconds as says the file that the environment names."""

    def __init__(self, uptime_zero: Instant | None = None) -> None:
        super().__init__(uptime_zero)
        with Path(os.environ[FILE]).open("rb") as file:
            self._ahead = mmap(file.fileno(), 0, access=ACCESS_READ)
        # Whoever told it the zero was ahead already.
        self._begun = 0 if uptime_zero is None else self._told

    @property
    def _told(self) -> int:
        return int(AHEAD.unpack_from(self._ahead)[0])

    def now(self) -> Instant:
        return super().now() + self._told - self._begun
