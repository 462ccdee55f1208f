"""What processes cost, as the kernel counts it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """`pid` and all that descend from it."""
    found, seen = [pid], 0
    while seen < len(found):
        with suppress(FileNotFoundError):  # it has ended since
            for thread in Path(f"/proc/{found[seen]}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
        seen += 1
    return found


def cpu_s(*pids: int) -> float:
    """Processor time that these have used so far, all their threads together, in seconds."""
    return sum(_cpu_s(pid) for pid in pids)


def rss_kib(*pids: int) -> int:
    """Memory that these have in use now, in KiB."""
    return sum(_rss_kib(pid) for pid in pids)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _rss_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("the process is gone")
