"""What is in `deploy/` and in the operators' guides fits the program that it is for."""

from __future__ import annotations

import argparse
import configparser
import re
import shlex
import shutil
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pydantic import ValidationError

from core.settings import Settings
from web.commands import serve
from web.workers.supervisor import check

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
WRITTEN = [
    *(file for file in sorted(DEPLOY.rglob("*")) if file.is_file()),
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "README.md",
]
NO_SETTINGS = {"SETTINGS"}
"""The variable that names the settings' file."""
CHANGED = {"PLUSONE_SECRET": "s" * 64}
"""What an operator has to change of the unit's settings before anything is served."""


def names(text: str) -> set[str]:
    return set(re.findall(r"\bPLUSONE_([A-Z0-9_]*[A-Z0-9])\b(?!\*)", text))


def listed(file: Path) -> dict[str, str]:
    """The variables of a file as systemd and Docker read them."""
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = msgspec.yaml.decode((DEPLOY / "compose" / "compose.yaml").read_bytes())
    return found


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_setting_that_is_written_about_is_one(file: Path) -> None:
    known = {name.upper() for name in Settings.model_fields} | NO_SETTINGS
    assert names(file.read_text(errors="replace")) - known == set()


def in_force(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: dict[str, str]) -> Settings:
    (tmp_path / "none.toml").touch()
    monkeypatch.setenv("PLUSONE_SETTINGS", str(tmp_path / "none.toml"))
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return Settings()


def test_the_unit_s_settings_are_taken_by_several_workers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "systemd" / "plusone.service")
    service = unit["Service"]
    parser = argparse.ArgumentParser()
    serve.configure(parser)
    program, command, *arguments = shlex.split(service["ExecStart"])
    workers: int = parser.parse_args(arguments).workers
    assert (Path(program).name, command) == ("plusone", "serve")
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert service["KillMode"] == "mixed", "the supervisor ends the others in order"

    given = listed(DEPLOY / "systemd" / "plusone.env") | CHANGED
    settings = in_force(monkeypatch, tmp_path, given)
    check(settings.model_copy(update={"workers": workers}))
    assert str(settings.data_folder) == f"/var/lib/{service['StateDirectory']}"

    guide = (ROOT / "docs" / "operators" / "backup.md").read_text()
    assert f"\nPATH={Path(program).parent}:$PATH\n" in guide, "root would not find it"

    nginx = (DEPLOY / "nginx" / "plusone.conf").read_text()
    ports = [int(port) for port in re.findall(r"server 127\.0\.0\.1:(\d+)", nginx)]
    assert ports == list(range(settings.port, settings.port + workers))
    assert f"proxy_pass http://127.0.0.1:{settings.media_port};" in nginx


def test_nginx_keeps_pictures_in_a_folder_that_it_can_make() -> None:
    """It makes one folder and none above it: with /var/cache/nginx Debian's did not start."""
    nginx = (DEPLOY / "nginx" / "plusone.conf").read_text()
    [folder] = re.findall(r"^proxy_cache_path (\S+)", nginx, re.MULTILINE)
    assert Path(folder).parent == Path("/var/cache")


def test_nothing_is_served_by_a_secret_that_everybody_can_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ValidationError, match="at least 32 characters"):
        in_force(monkeypatch, tmp_path, listed(DEPLOY / "systemd" / "plusone.env"))


def test_the_compose_file_s_settings_are_taken_by_several_workers(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written = {
        name: re.sub(r"\$\{(\w+)[^}]*\}", r"\1", value)
        for name, value in compose["services"]["plusone"]["environment"].items()
    }
    given = listed(DEPLOY / "systemd" / "plusone.env") | CHANGED | written
    settings = in_force(monkeypatch, tmp_path, given)
    assert settings.workers > 1
    check(settings)
    assert set(compose["services"]) == {"plusone", "nginx", "postgres", "redis"}
    address = compose["services"]["nginx"]["networks"]["inside"]["ipv4_address"]
    assert settings.trusted_proxies == (address,), "Docker's gateway is in the network too"
    subnet = compose["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert ip_address(address) in ip_network(subnet)


def test_nginx_in_a_container_looks_where_the_workers_are(compose: dict[str, Any]) -> None:
    """And keeps what it keeps in the volume, and has connections for a crowd."""
    service, (_, _, script) = compose["services"]["nginx"], compose["services"]["nginx"]["command"]
    [found] = re.findall(r"sed '(s/\S+/)' \S+/plusone.conf", script)
    text = (DEPLOY / "nginx" / "plusone.conf").read_text()
    done = subprocess.run(["sed", found], input=text, capture_output=True, text=True, check=True)
    written = [line for line in done.stdout.splitlines() if not line.lstrip().startswith("#")]
    assert not [line for line in written if "127.0.0.1" in line]
    assert len([line for line in written if "plusone:87" in line]) == 3
    [folder] = re.findall(r"^proxy_cache_path (\S+)", text, re.MULTILINE)
    assert f"cache:{folder}" in service["volumes"]
    assert "worker_connections 20000;" in script


def test_an_image_has_nothing_that_one_installation_alone_knows() -> None:
    kept = (ROOT / ".gitignore").read_text().partition("alone knows\n")[2].split()
    left_out = (ROOT / ".dockerignore").read_text().splitlines()
    assert {entry.strip("/") for entry in kept} <= {one.removeprefix("**/") for one in left_out}


def has_compose() -> bool:
    docker = shutil.which("docker")
    if docker is None:
        return False
    asked = subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    return asked.returncode == 0


def test_docker_reads_the_compose_file_where_it_is(
    compose: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Elsewhere it is at least what the tests above have read, with all that it refers to."""
    folder = Path(shutil.copytree(DEPLOY, tmp_path / "deploy")) / "compose"
    shutil.copy(DEPLOY / "systemd" / "plusone.env", folder / "plusone.env")
    if has_compose():
        monkeypatch.setenv("POSTGRES_PASSWORD", "x")
        asked = ["docker", "compose", "--file", str(folder / "compose.yaml"), "config", "--quiet"]
        subprocess.run(asked, check=True, timeout=60)
    services = compose["services"]
    volumes = {
        volume.split(":")[0] for one in services.values() for volume in one.get("volumes", ())
    }
    files = {volume for volume in volumes if volume.startswith(".")}
    assert all((folder / file).exists() for file in files)
    assert volumes - files == set(compose["volumes"])
    assert {name for one in services.values() for name in one["networks"]} == {"inside"}
    assert {name for one in services.values() for name in one.get("depends_on", ())} <= set(
        services
    )
    assert (folder / services["plusone"]["build"]["context"]).resolve() == tmp_path
    assert (tmp_path / services["plusone"]["build"]["dockerfile"]).exists()
