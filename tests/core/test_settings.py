"""The settings: where a value comes from, and which values are taken."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any, get_origin

import pytest
from pydantic import SecretStr, ValidationError

from core.settings import Settings

LISTS = [
    name for name, field in Settings.model_fields.items() if get_origin(field.annotation) is tuple
]
EXAMPLES = {
    "delivery": ("home", "pickup"),
    "trusted_proxies": ("127.0.0.1", "2001:db8::/32"),
    "allowed_origins": ("https://a.example.com", "http://b.example.com:8080"),
    "media_addresses": ("192.0.2.1", "2001:db8::1"),
    "media_ice_servers": ("stun:a.example.com:3478", "stun:b.example.com"),
    "turn_urls": ("turn:a.example.com:3478?transport=udp", "turns:[2001:db8::1]:5349"),
    "stun_urls": ("stun:a.example.com:3478", "stuns:b.example.com"),
}


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("PLUSONE_")]:
        monkeypatch.delenv(name)
    (tmp_path / "plusone.toml").touch()
    monkeypatch.setenv("PLUSONE_SETTINGS", str(tmp_path / "plusone.toml"))


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("form", ["{0},{1}", " {0} , {1}, ", '["{0}", "{1}"]'])
def test_a_list_is_taken_with_commas_and_as_json(
    monkeypatch: pytest.MonkeyPatch, name: str, form: str
) -> None:
    monkeypatch.setenv("PLUSONE_TURN_SECRET", "s" * 32)
    monkeypatch.setenv(f"PLUSONE_{name.upper()}", form.format(*EXAMPLES[name]))
    assert getattr(Settings(), name) == EXAMPLES[name]


@pytest.mark.parametrize("form", ["", " ", "[]"])
def test_a_list_may_be_empty(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setenv("PLUSONE_ALLOWED_ORIGINS", form)
    assert Settings().allowed_origins == ()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///plusone.db",
        "sqlite:////var/lib/plusone/plusone.db",
        "postgresql://me:secret@db.example.com:5432/plusone",
        "postgresql://me@/plusone?host=/run/postgresql",
        "postgresql://me:secret@db.example.com/plusone?ssl=require",
    ],
)
def test_both_kinds_of_database_are_taken(url: str) -> None:
    assert Settings(database_url=url).database == url


@pytest.mark.parametrize("given", ["1", 2, 0, "127.0.0.1,2", "[1]"])
def test_proxies_are_named_and_no_longer_counted(given: Any) -> None:
    with pytest.raises(ValidationError, match=r"name the proxies .* 127\.0\.0\.1,10\.0\.0\.0/8"):
        Settings(trusted_proxies=given)


@pytest.mark.parametrize("given", ["proxy.example.com", "10.0.0.1/8", "10.0.0.0/33", "::/0", ":1"])
def test_a_proxy_is_an_address_or_a_network(given: str) -> None:
    with pytest.raises(ValidationError, match=r"a proxy is an address|everybody believed"):
        Settings(trusted_proxies=given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("currency", "fee", "fine"),
    [
        ("TWD", "80", True),
        ("TWD", "80.00", True),
        ("TWD", "80.50", False),
        ("USD", "4.99", True),
        ("USD", "4.999", False),
        ("JPY", "500", True),
        ("JPY", "500.5", False),
        ("KWD", "1.250", True),
        ("KWD", "1.2505", False),
    ],
)
def test_a_fee_has_no_more_decimals_than_the_currency(
    monkeypatch: pytest.MonkeyPatch, currency: str, fee: str, fine: bool
) -> None:
    monkeypatch.setenv("PLUSONE_CURRENCY", currency)
    monkeypatch.setenv("PLUSONE_HOME_FEE", fee)
    if fine:
        assert Settings().home_fee == Decimal(fee)
        return
    with pytest.raises(ValidationError) as refused:
        Settings()
    [fault] = refused.value.errors()
    assert fault["loc"] == ("home_fee",)


def test_a_fee_in_scientific_writing_is_an_amount_like_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PLUSONE_HOME_FEE", "1E+2")
    assert str(Settings().home_fee) == "100"


def test_every_setting_says_what_it_is() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name


def test_a_value_of_the_file_is_taken_and_the_environments_comes_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "plusone.toml").write_text(
        'port = 9000\nhost = "192.0.2.1"\ndelivery = ["home"]\nhome_fee = 120\n'
        'allowed_origins = ["https://a.example.com"]\n'
    )
    monkeypatch.setenv("PLUSONE_PORT", "9001")
    settings = Settings()
    assert (settings.port, settings.host) == (9001, "192.0.2.1")
    assert (settings.delivery, settings.home_fee) == (("home",), Decimal(120))
    assert settings.allowed_origins == ("https://a.example.com",)
    assert Settings(port=9002).port == 9002


def test_the_file_is_looked_for_where_one_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "plusone.toml").write_text("port = 9000\n")
    monkeypatch.delenv("PLUSONE_SETTINGS")
    monkeypatch.chdir(tmp_path)
    assert Settings().port == 9000


@pytest.mark.parametrize("named", [None, ""])
def test_no_file_has_to_be_there_where_none_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: str | None
) -> None:
    (tmp_path / "plusone.toml").unlink()
    monkeypatch.chdir(tmp_path)
    if named is None:
        monkeypatch.delenv("PLUSONE_SETTINGS")
    else:
        monkeypatch.setenv("PLUSONE_SETTINGS", named)
    assert Settings().port == 8710


def test_an_external_media_engine_may_be_reached_by_pages_and_no_other_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PLUSONE_MEDIA_WHEP_URL", "https://media.example.com:8889/{path}/whep")
    monkeypatch.setenv("PLUSONE_MEDIA_HLS_URL", "https://cdn.example.com/{path}/index.m3u8")
    assert Settings().media_origins == ()
    assert Settings(media_engine="external").media_origins == (
        "https://cdn.example.com",
        "https://media.example.com:8889",
    )


def test_what_an_engine_proves_itself_with_is_long() -> None:
    with pytest.raises(ValidationError):
        Settings(media_token=SecretStr("short"))


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("turn_urls", "turn.example.com:3478"),
        ("turn_urls", "stun:turn.example.com:3478"),
        ("turn_urls", "turn://turn.example.com"),
        ("turn_urls", "turn:turn.example.com?transport=sctp"),
        ("turn_urls", "turn:turn.example.com:0"),
        ("turn_urls", "turn:turn.example.com:70000"),
        ("turn_urls", "turn:me:secret@turn.example.com"),
        ("turn_urls", "turn:turn.example.com:3478\n"),
        ("stun_urls", "turn:turn.example.com"),
        ("stun_urls", "stun:turn.example.com?transport=udp"),
        ("stun_urls", "stun:"),
    ],
)
def test_what_is_no_server_of_calls_is_refused(name: str, url: str) -> None:
    given: dict[str, Any] = {name: (url,), "turn_secret": SecretStr("s" * 32)}
    with pytest.raises(ValidationError) as refused:
        Settings(**given)
    [fault] = refused.value.errors()
    assert fault["loc"] == (name,)


def test_turn_needs_a_secret_and_a_long_one() -> None:
    with pytest.raises(ValidationError, match="PLUSONE_TURN_SECRET"):
        Settings(turn_urls=("turn:turn.example.com",))
    with pytest.raises(ValidationError, match="32 characters"):
        Settings(turn_urls=("turn:turn.example.com",), turn_secret=SecretStr("short"))


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1",
        "redis://cache.example.com:6380/3",
        "redis://:p%40ss@[2001:db8::1]:6379/",
        "rediss://plusone:secret@cache.example.com",
        "unix:///run/redis/redis.sock",
    ],
)
def test_a_redis_is_named_by_a_url(url: str) -> None:
    assert Settings(redis_url=SecretStr(url)).redis_url.get_secret_value() == url


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:6379",
        "http://127.0.0.1",
        "redis://",
        "redis://a.example.com/zero",
        "redis://a.example.com:port",
        "redis://a.example.com?socket_timeout=0",
        "unix://run/redis.sock",
        "unix://",
    ],
)
def test_what_names_no_redis_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="neither redis://HOST"):
        Settings(redis_url=SecretStr(url))
