"""The installation's secret."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.secret import Secret
from core.settings import Settings


def test_it_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path / "data")
    first = Secret.of(settings).key("x")
    file = tmp_path / "data" / "secret"
    assert Secret.of(settings).key("x") == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [entry.name for entry in file.parent.iterdir()] == ["secret"]


def test_many_who_start_at_once_have_the_same(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path)
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(lambda _: Secret.of(settings).key("x"), range(32)))
    assert len(set(keys)) == 1


def test_the_settings_secret_comes_first(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path, secret=SecretStr("s" * 40))
    assert Secret.of(settings).key("x") == Secret(b"s" * 40).key("x")
    assert not list(tmp_path.iterdir())


def test_each_purpose_has_a_key_of_its_own() -> None:
    secret = Secret(b"s" * 32)
    assert secret.key("a") != secret.key("b")
    assert secret.fingerprint("a", "may") != secret.fingerprint("b", "may")


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        Secret(b"short")
