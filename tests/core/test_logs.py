"""What the log looks like, for eyes and for machines."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

SCRIPT = """
import logging, structlog
from core import logs
from core.settings import Settings
logs.set_up(Settings(log_format="{format}", log_level="info"))
log = structlog.get_logger("core.example")
log.debug("hidden.away")
log.info("show.opened", show="shw_1", title="開賣")
logging.getLogger("aiohttp.access").info("GET /?token=hunter2")
logging.getLogger("some.library").warning("careful %s", "now")
for name in ("bm25s", "some.other"):  # as one does that is imported later
    logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger(name).debug("Building token=hunter2")
logging.getLogger("bm25s").info("Built")
try:
    password = "hunter2"
    raise RuntimeError("broken")
except RuntimeError:
    log.exception("show.failed", incident="inc_1")
"""


def logged(how: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("{format}", how)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_machines_get_one_object_a_line() -> None:
    entries = [json.loads(line) for line in logged("json")]
    assert [entry["event"] for entry in entries] == ["show.opened", "careful now", "show.failed"]
    opened, careful, failed = entries
    assert opened["show"] == "shw_1"
    assert opened["title"] == "開賣"
    assert opened["level"] == "info"
    assert opened["logger"] == "core.example"
    assert opened["timestamp"].endswith("Z")
    assert careful["logger"] == "some.library"
    assert failed["exception"][0]["exc_type"] == "RuntimeError"


def test_no_local_variable_and_no_query_reaches_the_log() -> None:
    for how in ("json", "text"):
        for line in logged(how):
            assert "token=hunter2" not in line
            assert "locals" not in line
    assert "hunter2" not in "".join(logged("json"))


def test_eyes_get_plain_lines_without_colours_where_there_is_no_terminal() -> None:
    lines = logged("text")
    assert "show.opened" in lines[0]
    assert "show=shw_1" in lines[0]
    assert "\x1b" not in "".join(lines)
    assert any(line.startswith("RuntimeError: broken") for line in lines)
