"""A lock with a fault is found out, whatever the fault."""

import json
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tools.check_locks import asked_by, faults, lagging, npm_faults, parting, pins

SOUND = f"""\
aiohttp==3.14.5 \\
    --hash=sha256:{"0" * 64} \\
    --hash=sha256:{"1" * 64}
    # via
    #   -c requirements.txt
    #   plusone (pyproject.toml:dev)
uvloop==0.23.0 ; sys_platform != 'win32' \\
    --hash=sha256:{"2" * 64}
    # via plusone (pyproject.toml)
"""

PACKAGE: dict[str, Any] = {"dependencies": {"lit": "^3.3.3"}}
NPM_LOCK: dict[str, Any] = {
    "packages": {
        "": {"dependencies": {"lit": "^3.3.3"}},
        "node_modules/lit": {
            "version": "3.3.3",
            "integrity": "sha512-AAAA",
            "funding": {"url": "https://example.org/sponsor"},
        },
    }
}


def test_the_locks_of_this_project_have_no_fault(pytestconfig: pytest.Config) -> None:
    assert list(faults(pytestconfig.rootpath)) == []


def test_a_sound_lock_is_read_as_its_pins() -> None:
    assert pins(SOUND) == ({"aiohttp": "3.14.5", "uvloop": "0.23.0"}, [])


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://registry.example/simple",
        "--extra-index-url https://registry.example/simple",
        "--find-links /somewhere/wheels",
        "-f wheels",
        "-e .",
        "-r other.txt",
        "aiohttp==3.14.5",
        "aiohttp>=3.14 \\",
        "aiohttp @ https://registry.example/aiohttp.whl \\",
        "./wheels/aiohttp.whl",
        "file:///somewhere/aiohttp.whl",
        "    # from https://registry.example/simple",
        "    # via -r /somewhere/requirements.in",
        "    --hash=md5:00000000000000000000000000000000",
    ],
)
def test_a_line_that_is_no_pin_hash_or_remark_is_found(line: str) -> None:
    pinned, strange = pins(SOUND + line + "\n")
    assert len(strange) >= 1
    assert pinned.keys() == {"aiohttp", "uvloop"} or "no hash" in strange[-1]


def test_a_pin_without_a_hash_is_found() -> None:
    _, strange = pins("aiohttp==3.14.5 \\\n    # via plusone\n" + SOUND)
    assert strange != []


def test_a_requirement_that_the_lock_lacks_or_does_not_meet_is_found() -> None:
    pinned = {"aiohttp": "3.14.5", "python-ulid": "4.1.0"}
    assert list(lagging(["aiohttp>=3.14,<4", "python_ulid[x]>=4"], pinned)) == []
    assert list(lagging(["aiohttp>=4"], pinned)) == [
        "aiohttp is pinned at 3.14.5, asked for as >=4"
    ]
    assert list(lagging(["segno"], pinned)) == ["segno is asked for and not pinned"]


def test_a_version_that_the_tests_would_not_run_on_is_found() -> None:
    assert list(parting({"a": "1"}, {"a": "1", "b": "2"})) == []
    assert list(parting({"a": "1", "c": "1"}, {"a": "2"})) == [
        "a is 1 in one lock and 2 in the other",
        "c is 1 in one lock and None in the other",
    ]


def test_groups_are_asked_for_with_what_they_include() -> None:
    project = tomllib.loads(
        '[project]\ndependencies = ["a"]\n[dependency-groups]\nbuild = ["b"]\n'
        'dev = [{ include-group = "build" }, "c"]\n'
    )
    assert asked_by(project, "dev") == ["a", "b", "c"]


def test_an_npm_lock_may_name_people_and_no_registry() -> None:
    assert list(npm_faults(NPM_LOCK, PACKAGE)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"resolved": "https://registry.example/lit.tgz"}, "says where it came from"),
        ({"link": True}, "says where it came from"),
        ({"version": "file:../lit"}, "no version from a registry"),
        ({"version": "git+ssh://git@example.org/lit"}, "no version from a registry"),
        ({"integrity": None}, "has no hash"),
        ({"deprecated": "see https://registry.example/lit"}, "https://registry.example/lit"),
    ],
)
def test_a_fault_of_an_npm_lock_is_found(change: dict[str, Any], fault: str) -> None:
    lock = deepcopy(NPM_LOCK)
    entry = lock["packages"]["node_modules/lit"] | change
    lock["packages"]["node_modules/lit"] = {k: v for k, v in entry.items() if v is not None}
    assert any(fault in words for words in npm_faults(lock, PACKAGE))


def test_an_npm_lock_that_lags_behind_its_package_is_found() -> None:
    package = {"dependencies": {"lit": "^4.0.0"}}
    assert list(npm_faults(NPM_LOCK, package)) == ["dependencies are not those of package.json"]


def test_each_lock_is_named_with_its_fault(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    for name in ("pyproject.toml", "requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text((pytestconfig.rootpath / name).read_text())
    pages = tmp_path / "web" / "ui"
    pages.mkdir(parents=True)
    (pages / "package.json").write_text(json.dumps(PACKAGE))
    (pages / "package-lock.json").write_text(json.dumps({"packages": {"": {}}}))
    with (tmp_path / "requirements.txt").open("a") as lock:
        lock.write("--find-links wheels\n")
    found = list(faults(tmp_path))
    assert len(found) == 2
    assert found[0].startswith("requirements.txt: line ")
    assert found[1].startswith("web/ui/package-lock.json: dependencies")
