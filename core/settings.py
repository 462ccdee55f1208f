"""All settings, in one typed class.

A value comes from the environment (`PLUSONE_DATABASE_URL=…`), else from `plusone.toml` in the
working folder (or the file that `PLUSONE_SETTINGS` names, which then has to be there), else it is
the default below. What is more than one is written with commas in the environment, or as JSON.
`plusone settings` prints what is in force, secrets masked.

What is said of a wrong value never repeats it: it may be a secret that went to the wrong place.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from decimal import Decimal
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    BeforeValidator,
    Field,
    HttpUrl,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from yarl import URL

from core.errors import BadRequest
from core.money import Currency, exponent, step

Delivery = Literal["home", "store", "pickup"]

MOST_FEE = 10**9
"""In major units; no fee is as much in any currency."""

_FILE = Path("plusone.toml")
"""Read where it is there and no other file is named."""

_POSTGRESQL_OPTIONS = {"host", "port", "prepared_statement_cache_size", "ssl"}


def _listed(value: object) -> object:
    """The entries of a text with commas or a JSON list in it. Raises ValueError."""
    if not isinstance(value, str):
        return value
    if not value.lstrip().startswith("["):
        return tuple(entry.strip() for entry in value.split(",") if entry.strip())
    try:
        return tuple(json.loads(value))
    except json.JSONDecodeError:
        raise ValueError("neither entries with commas between them nor a JSON list") from None


def _named(value: object) -> object:
    """Proxies by their addresses. Raises ValueError, also for the number that this once was."""
    numbers = isinstance(value, int) or (
        isinstance(value, tuple) and any(str(entry).isdecimal() for entry in value)
    )
    if numbers:
        raise ValueError(
            "name the proxies instead of counting them, by their addresses or networks, such as"
            " 127.0.0.1,10.0.0.0/8"
        )
    return value


_Texts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
_Proxies = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_named), BeforeValidator(_listed)]
_Deliveries = Annotated[tuple[Delivery, ...], NoDecode, BeforeValidator(_listed)]


class Settings(BaseSettings):
    """What an operator may decide."""

    model_config = SettingsConfigDict(env_prefix="PLUSONE_", extra="forbid", frozen=True)

    environment: Literal["development", "production"] = Field(
        "development",
        description="`production` refuses test payment, demo sign-ins and a missing secret.",
    )
    secret: SecretStr = Field(
        SecretStr(""),
        description="Signs tokens and cookies; at least 32 characters. Made and kept in the data"
        " folder when empty outside production.",
    )
    data_folder: Path = Field(
        Path("data"),
        description="Where the embedded database, the secret, shows' recordings and the pictures of"
        " chats are kept.",
    )
    database_url: str = Field(
        "",
        description="`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`. Empty: SQLite in"
        " the data folder.",
    )
    database_pool: int = Field(
        8, ge=1, le=100, description="Connections for reading, and on PostgreSQL for writing too."
    )
    redis_url: SecretStr = Field(
        SecretStr(""),
        description="`redis://[USER:PASSWORD@]HOST[:PORT][/NUMBER]`, `rediss://…` or"
        " `unix:///SOCKET`: by it several processes tell each other at once what happens, and count"
        " limits together. Empty: there is one process.",
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8710, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: HttpUrl | None = Field(
        None,
        description="How browsers reach this service, such as `https://live.example.com`. Its"
        " origin is the one that may open sockets and send forms. Empty: the address listened on.",
    )
    allowed_origins: _Texts = Field(
        (), description="Further origins that may open sockets and call the API."
    )
    trusted_proxies: _Proxies = Field(
        (),
        description="Addresses and networks of the reverse proxies in front, such as"
        " `127.0.0.1,10.0.0.0/8`: of them alone `X-Forwarded-For` and `X-Forwarded-Proto` are"
        " believed.",
    )
    workers: int = Field(
        1,
        ge=1,
        le=64,
        description="Processes that `plusone serve` runs, each on a port of its own from `port` up."
        " More than one needs PostgreSQL and `redis_url`.",
    )
    worker_silent_s: int = Field(
        30,
        ge=2,
        le=600,
        description="Seconds without a sign of life after which a worker is killed, and another one"
        " started in its place.",
    )
    restart_spread_s: float = Field(
        5,
        ge=0,
        le=60,
        description="Seconds over which the browsers of a worker come back that is restarted in"
        " order.",
    )

    sockets_per_address: int = Field(
        500,
        ge=1,
        le=100_000,
        description="Sockets open at once from one network address; a mobile carrier's customers"
        " share few.",
    )

    events_per_s: int = Field(
        8,
        ge=1,
        le=1_000_000,
        description="What one socket may send in a second in the long run, and five times as much"
        " at once; a person types less, and a returning phone sends what it kept.",
    )

    shop_name: str = Field("阿禾醬坊", max_length=60, description="Shown in titles and receipts.")
    currency: Currency = Field("TWD", description="ISO 4217 code that the shop prices in.")
    locale: Literal["zh-Hant", "zh-Hant-HK", "zh-Hans", "en"] = Field(
        "zh-Hant",
        description="The language of letters (sign-in codes, receipts) to those whose browser asks"
        " for none that we have, and the Chinese of those whose browser does not say which. Pages"
        " ask the browser themselves, and fall back to `zh-Hant`.",
    )
    time_zone: str = Field("Asia/Taipei", description="IANA zone of the shop's opening hours.")

    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="`smtp://USER:PASSWORD@HOST:587` or `smtps://…`. Empty: mail is kept and shown"
        " on the notices page (not in production).",
    )
    mail_from: str = Field("plusone@localhost", description="Sender address of mail.")

    country: str = Field(
        "TW",
        pattern=r"^[A-Z]{2}$",
        description="ISO 3166 code of the country whose phone numbers need no prefix.",
    )
    delivery: _Deliveries = Field(
        ("home", "store", "pickup"),
        description="How orders reach people: to their homes, to a convenience store, or fetched at"
        " the shop's own locations.",
    )
    home_fee: Decimal = Field(
        Decimal(80),
        ge=0,
        le=MOST_FEE,
        description="Fee for home delivery, in the currency (`80`, not cents).",
    )
    store_fee: Decimal = Field(
        Decimal(60), ge=0, le=MOST_FEE, description="Fee for delivery to a convenience store."
    )
    free_delivery_from: Decimal = Field(
        Decimal(999),
        ge=0,
        le=MOST_FEE,
        description="Orders of this much are delivered free; 0: none is.",
    )

    card_provider: Literal["none", "test"] = Field(
        "test", description="Who takes card payments; `test` takes no money, not in production."
    )
    transfer_account: str = Field(
        "",
        max_length=200,
        description="What buyers who pay by bank transfer are told to pay to. Empty: no transfers.",
    )
    transfer_days: int = Field(3, ge=1, le=30, description="Days until an unpaid transfer lapses.")
    payment_minutes: int = Field(
        15, ge=5, le=120, description="Minutes a card payment may take before claims are released."
    )

    media_engine: Literal["embedded", "external", "none"] = Field(
        "embedded",
        description="Who carries the livestream's picture: a process of our own, another media"
        " server (`media_*_url`), or nobody.",
    )
    media_host: str = Field(
        "127.0.0.1", description="Address on which the embedded engine listens for HTTP."
    )
    media_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Its port, for a proxy that sends `/media/` there straight; 0 takes a free one,"
        " and the service passes `/media/` on by itself.",
    )
    media_addresses: _Texts = Field(
        (), description="Addresses that WebRTC is offered on. Empty: all that this machine has."
    )
    media_public_address: str = Field(
        "",
        max_length=60,
        description="The address that browsers are told instead, where this machine is behind an"
        " address translation.",
    )
    media_ice_servers: _Texts = Field(
        (), description="STUN servers (`stun:HOST:PORT`) for the engine and for browsers."
    )
    media_viewers: int = Field(
        20,
        ge=0,
        le=500,
        description="Viewers of all shows together who are served by WebRTC; the others get HLS.",
    )
    media_grace_s: int = Field(
        60,
        ge=5,
        le=3600,
        description="Seconds that a host whose line broke is waited for until the picture ends.",
    )
    media_token: SecretStr = Field(
        SecretStr(""),
        description="What an external engine proves itself with, at least 32 characters. Empty:"
        " only the embedded one is believed.",
    )
    media_publish_url: str = Field(
        "", description="External engine, WHIP: `https://media.example.com/{path}/whip`."
    )
    media_whep_url: str = Field("", description="External engine, WHEP.")
    media_hls_url: str = Field("", description="External engine, HLS playlist.")
    media_replay_url: str = Field("", description="External engine, the replay's HLS playlist.")
    media_rtmp_url: str = Field("", description="External engine, RTMP for OBS.")
    replay_days: int = Field(
        30, ge=0, le=3650, description="Days that a show's replay is kept; 0 keeps none."
    )

    session_days: int = Field(30, ge=1, le=365, description="Days a browser stays signed in.")
    room_idle_minutes: int = Field(
        15, ge=1, le=1440, description="Minutes until an unused room leaves memory."
    )
    retention_days: int = Field(
        730,
        ge=1,
        le=3650,
        description="Days until what people typed in an ended show, or a chat that is over, is"
        " blanked.",
    )
    chat_answer_minutes: int = Field(
        10,
        ge=1,
        le=1440,
        description="Open minutes a rep has for an answer; then somebody else may take it.",
    )
    chat_idle_hours: int = Field(
        48, ge=1, le=720, description="Hours after which a chat ends in which nobody says more."
    )

    chat_assign: bool = Field(
        True,
        description="Whether chats that wait are given to reps whose desks are open. Off: they wait"
        " until somebody takes them.",
    )

    consult_ring_s: int = Field(
        20, ge=5, le=120, description="Seconds that a video call rings at one rep."
    )
    consult_grace_s: int = Field(
        60,
        ge=5,
        le=600,
        description="Seconds that a customer who waits for a video call may be away, and half as"
        " much again for either side of a call.",
    )
    consult_invite_minutes: int = Field(
        5, ge=1, le=60, description="Minutes that a rep's invitation to a video call holds."
    )
    turn_urls: _Texts = Field(
        (),
        description="TURN servers for video calls, `turn:HOST:PORT?transport=udp` (or `tcp`) or"
        " `turns:HOST:PORT`, that share `turn_secret`. Empty: only those who reach each other"
        " directly can talk.",
    )
    turn_secret: SecretStr = Field(
        SecretStr(""),
        description="The secret of those servers (coturn's `static-auth-secret`), at least 32"
        " characters.",
    )
    turn_minutes: int = Field(
        60, ge=5, le=1440, description="Minutes that a credential for them holds."
    )
    stun_urls: _Texts = Field(
        (), description="STUN servers for video calls, `stun:HOST:PORT`, where TURN is elsewhere."
    )

    bot: bool = Field(
        True, description="Whether the assistant answers chats first. Off: people alone do."
    )
    bot_model: str = Field(
        "",
        max_length=200,
        description="A language model as `PROVIDER:MODEL`, such as `openai:gpt-4.1-mini`, that"
        " writes the assistant's answers. Empty: the built-in planner does, which also answers"
        " whenever the model does not.",
    )
    bot_model_url: HttpUrl | None = Field(
        None,
        description="Where that model is reached, such as `http://127.0.0.1:8080/v1`. Empty: at its"
        " provider's.",
    )
    bot_model_key: SecretStr = Field(
        SecretStr(""),
        description="The key of that model. Empty: without `bot_model_url` the provider's own"
        " variable, such as `OPENAI_API_KEY`; with it none.",
    )
    bot_timeout_s: float = Field(
        8,
        gt=0,
        le=60,
        description="Seconds that a model has for an answer; then the built-in planner gives it.",
    )
    bot_mask: Literal["hosted", "always", "never"] = Field(
        "hosted",
        description="From which models e-mail addresses, telephone and card numbers, identity"
        " numbers, names and addresses that people typed are kept: from all but those reached at"
        " this machine's loopback address, from all, or from none.",
    )

    log_format: Literal["text", "json"] = Field("text", description="Logs for eyes or machines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info",
        description="The least that is logged. `plusone demo` logs warnings unless this is set.",
    )
    metrics_token: SecretStr = Field(
        SecretStr(""),
        description="Bearer token that `/metrics` asks for. Empty: only this machine may read it.",
    )

    @field_validator("secret", "media_token", "turn_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and len(value.get_secret_value()) < 32:
            raise ValueError("a secret needs at least 32 characters")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        """A kind of database that we know; `sqlite://` alone would be one in memory."""
        if not value:
            return value
        try:
            url = make_url(value)
        except (ArgumentError, ValueError):
            url = None
        match url and url.drivername:
            case "sqlite" if url and not url.host and url.database not in (None, "", ":memory:"):
                return value
            case "postgresql" if url:
                if url.query.keys() <= _POSTGRESQL_OPTIONS:
                    return value
                known = ", ".join(sorted(_POSTGRESQL_OPTIONS))
                raise ValueError(f"what follows the ? may be: {known}")
        raise ValueError("neither sqlite:///FILE nor postgresql://USER:PASSWORD@HOST/NAME")

    @field_validator("public_url", "bot_model_url", mode="before")
    @classmethod
    def _none_if_empty(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("bot_model")
    @classmethod
    def _a_model(cls, value: str) -> str:
        if value and not re.fullmatch(r"[a-z][a-z0-9_]*:\S+", value):
            raise ValueError("a model is PROVIDER:MODEL, such as openai:gpt-4.1-mini")
        return value

    @field_validator("turn_urls", "stun_urls")
    @classmethod
    def _servers(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        kind = "turn" if info.field_name == "turn_urls" else "stun"
        if not all(_is_server(url, kind) for url in value):
            shown = f"{kind}:HOST:PORT or {kind}s:HOST:PORT"
            more = ", with or without ?transport=udp or tcp" if kind == "turn" else ""
            raise ValueError(f"a server is {shown}{more}")
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_is_origin, value)):
            raise ValueError("an origin is https://HOST or http://HOST, with or without a port")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            try:
                network = ip_network(entry)
            except ValueError:
                raise ValueError(
                    "a proxy is an address (192.0.2.1, 2001:db8::1) or a network (10.0.0.0/8)"
                ) from None
            if network.prefixlen == 0:
                raise ValueError("a network of all addresses would have everybody believed")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):  # of no name, of no zone, of a folder of zones
            raise ValueError("no time zone of this machine is called so") from None
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr) -> SecretStr:
        if url := value.get_secret_value():
            parts = _parts(url)
            if parts is None or parts.scheme not in ("smtp", "smtps") or not parts.hostname:
                raise ValueError("neither smtp://HOST nor smtps://HOST")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _is_redis(value.get_secret_value()):
            raise ValueError("neither redis://HOST, rediss://HOST nor unix:///SOCKET")
        return value

    @field_validator("home_fee", "store_fee", "free_delivery_from")
    @classmethod
    def _an_amount(cls, value: Decimal, info: ValidationInfo) -> Decimal:
        currency = info.data.get("currency")
        if currency is None:  # it was no currency, which is told
            return value
        if value.scaleb(exponent(currency)) % step(currency):
            raise ValueError(f"amounts in {currency} have fewer decimals")
        return Decimal(f"{value:f}")

    @model_validator(mode="after")
    def _turn_has_a_secret(self) -> Settings:
        if self.turn_urls and not self.turn_secret.get_secret_value():
            raise ValueError("PLUSONE_TURN_URLS needs PLUSONE_TURN_SECRET")
        return self

    @model_validator(mode="after")
    def _fit_for_production(self) -> Settings:
        lacks = {
            "PLUSONE_SECRET": not self.secret.get_secret_value(),
            "another PLUSONE_CARD_PROVIDER than test": self.card_provider == "test",
            "PLUSONE_SMTP_URL to send sign-in codes": not self.smtp_url.get_secret_value(),
            "PLUSONE_PUBLIC_URL": self.public_url is None,
        }
        if self.environment == "production" and any(lacks.values()):
            wanted = ", ".join(what for what, lacking in lacks.items() if lacking)
            raise ValueError(f"production needs {wanted}")
        return self

    @cached_property
    def media_origins(self) -> tuple[str, ...]:
        """Where an external media engine is, as browsers name it; none for the embedded one."""
        if self.media_engine != "external":
            return ()
        urls = (
            self.media_publish_url, self.media_whep_url, self.media_hls_url, self.media_replay_url
        )  # fmt: skip
        return tuple(sorted({str(URL(url).origin()) for url in urls if url}))

    @cached_property
    def database(self) -> str:
        """The database's URL, the default filled in."""
        return self.database_url or f"sqlite:///{self.data_folder / 'plusone.db'}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = Path(named) if (named := os.environ.get("PLUSONE_SETTINGS")) else _FILE
        if named and not file.is_file():  # it would be passed over, and the defaults be in force
            raise BadRequest(
                f"PLUSONE_SETTINGS names {file}, and there is no such file.", code="bad_settings"
            )
        try:
            written = TomlConfigSettingsSource(settings_cls, toml_file=file)
        except UnicodeDecodeError:
            raise BadRequest(f"{file} is not TOML: it is not UTF-8.", code="bad_settings") from None
        except tomllib.TOMLDecodeError as error:
            raise BadRequest(f"{file} is not TOML: {error}.", code="bad_settings") from None
        return init_settings, env_settings, written


def _is_server(url: str, kind: str) -> bool:
    """As RFC 7064 §3.1 and RFC 7065 §3.1 write them; `kind` is `turn` or `stun`."""
    host = r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)"
    transport = r"(?:\?transport=(?:udp|tcp))?" if kind == "turn" else ""
    found = re.fullmatch(rf"{kind}s?:{host}(?::([0-9]{{1,5}}))?{transport}", url)
    return found is not None and (found[1] is None or 0 < int(found[1]) <= 65535)


def _is_redis(url: str) -> bool:
    """With a database's number at most, and no options: those are ours to choose."""
    parts = _parts(url)
    if parts is None or parts.query or parts.fragment:
        return False
    if parts.scheme == "unix":
        return not parts.hostname and len(parts.path) > 1
    number = re.fullmatch(r"/?|/[0-9]{1,3}", parts.path)
    return parts.scheme in ("redis", "rediss") and bool(parts.hostname) and number is not None


def _is_origin(text: str) -> bool:
    parts = _parts(text)
    return (
        parts is not None
        and parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and parts.path in ("", "/")
        and not parts.query + parts.fragment
    )


def _parts(url: str) -> SplitResult | None:
    """None where it is no URL."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read only now: ValueError for what is no number
    except ValueError:
        return None
    return parts
