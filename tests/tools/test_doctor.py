"""The doctor tells what is lacking, and installs only where it may."""

import subprocess
from collections.abc import Sequence
from typing import Any

import pytest

from tools import doctor
from tools.doctor import Finding, Need, apt_line, main, postgresql_programs


class Apt:
    """Stands for apt-get: notes what it is asked, and what is then found."""

    def __init__(self, *, helps: bool) -> None:
        self.asked: list[Sequence[str]] = []
        self.helps = helps
        self.installed = False

    def run(self, command: Sequence[str], **_: Any) -> subprocess.CompletedProcess[str]:
        self.asked.append(command)
        self.installed = self.helps and "install" in command
        return subprocess.CompletedProcess(command, 0)

    def look(self) -> Finding:
        return Finding(self.installed, "there" if self.installed else "missing")


@pytest.fixture
def apt(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Apt:
    apt = Apt(helps=getattr(request, "param", True))
    monkeypatch.setattr(doctor, "FOR_TESTS", (Need("Flute", apt.look, "flute"),))
    monkeypatch.setattr(doctor, "FOR_BENCHMARKS", (Need("Drum", apt.look, "drum"),))
    monkeypatch.setattr("tools.doctor.subprocess.run", apt.run)
    monkeypatch.setattr("tools.doctor.shutil.which", lambda name: f"/usr/bin/{name}")
    return apt


PROVIDING = pytest.mark.parametrize(
    ("option", "package"),
    [("--provide-for-tests", "flute"), ("--provide-for-benchmarks", "drum")],
)


@PROVIDING
def test_root_installs_what_is_lacking(
    apt: Apt, monkeypatch: pytest.MonkeyPatch, option: str, package: str
) -> None:
    monkeypatch.setattr("tools.doctor.os.geteuid", lambda: 0)
    assert main([option]) == 0
    assert apt.asked[0][-1] == "update"
    assert apt.asked[1][-1] == package
    assert main([option]) == 0
    assert len(apt.asked) == 2


@PROVIDING
def test_nobody_else_installs_but_is_told_the_line(
    apt: Apt,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    option: str,
    package: str,
) -> None:
    monkeypatch.setattr("tools.doctor.os.geteuid", lambda: 1000)
    assert main([option]) == 1
    assert apt.asked == []
    said = capsys.readouterr().out
    assert f"The {option.removeprefix('--provide-for-')} need more of this system" in said
    assert f"  apt-get install --no-install-recommends {package}\n" in said


@PROVIDING
@pytest.mark.parametrize("apt", [False], indirect=True)
def test_an_installation_that_did_not_help_is_a_failure(
    apt: Apt, monkeypatch: pytest.MonkeyPatch, option: str, package: str
) -> None:
    monkeypatch.setattr("tools.doctor.os.geteuid", lambda: 0)
    assert main([option]) == 1
    assert apt.asked[1][-1] == package


@pytest.mark.parametrize(
    ("there", "packages"),
    [
        (set(), ["gcc", "libc6-dev", "zlib1g-dev"]),
        ({"cc"}, ["libc6-dev", "zlib1g-dev"]),
        ({"cc", "stdio.h"}, ["zlib1g-dev"]),
        ({"cc", "stdio.h", "zlib.h"}, []),
    ],
)
def test_benchmarks_need_a_compiler_and_what_it_reads(
    monkeypatch: pytest.MonkeyPatch, there: set[str], packages: list[str]
) -> None:
    def said_by(*command: str) -> str | None:
        header = command[command.index("-include") + 1]
        return "" if header in there else None

    found = "/usr/bin/cc" if "cc" in there else None
    monkeypatch.setattr("tools.doctor.shutil.which", lambda name: found if name == "cc" else None)
    monkeypatch.setattr(doctor, "_said_by", said_by)
    assert [need.package for need in doctor.lacking(doctor.FOR_BENCHMARKS)] == packages


def test_a_python_that_is_too_old_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tools.doctor.sys.version_info", (3, 9, 2))
    assert main(["--python"]) == 1
    assert "3.9.2; 3.11 or newer is needed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("said", "fine"), [("v20.20.2", True), ("v24.0.0", True), ("v18.19.0", False), (None, False)]
)
def test_node_is_fine_from_twenty_on(
    monkeypatch: pytest.MonkeyPatch, said: str | None, fine: bool
) -> None:
    monkeypatch.setattr(doctor, "_said_by", lambda *_: said)
    assert doctor._node().fine is fine


def test_what_no_package_provides_has_no_apt_line() -> None:
    assert apt_line([Need("Node", lambda: Finding(False, "missing"))]) is None


def test_the_programs_of_postgresql_are_found_where_the_tests_need_them() -> None:
    folder = postgresql_programs()
    assert folder is not None
    assert {"initdb", "postgres", "psql"} <= {program.name for program in folder.iterdir()}
