"""Programs in C that lie beside this file, compiled when they are new."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from pathlib import Path

from tools.doctor import compiler

_HERE = Path(__file__).parent
_BUILT = _HERE.parent / ".make" / "benchmarks"


def compiled(name: str, *libraries: str) -> Path:
    """The program of `name`.c with `libraries` (`z` is `-lz`). SystemExit where none can be had."""
    source = _HERE / f"{name}.c"
    built = _BUILT / f"{name}-{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}"
    if built.exists():
        return built
    program = compiler()
    if program is None:
        raise SystemExit(
            "The load programs are written in C, and there is no C compiler here:"
            " `apt-get install gcc libc6-dev zlib1g-dev` brings one, and what they need."
        )
    _BUILT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_BUILT) as folder:
        new = Path(folder) / name
        done = subprocess.run(
            [program, "-O2", "-o", str(new), str(source), *(f"-l{one}" for one in libraries)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise SystemExit(
                f"{source.name} could not be compiled (it needs libc6-dev and zlib1g-dev):\n"
                f"{done.stderr}"
            )
        new.replace(built)
    return built
