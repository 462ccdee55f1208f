"""All settings, in one typed class.

A value comes from the environment (`PLUSONE_DATABASE_URL=…`), else from `plusone.toml` in the
working folder (or the file that `PLUSONE_SETTINGS` names), else it is the default below.
`plusone settings` prints what is in force, secrets masked.
"""

from __future__ import annotations

import os
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, HttpUrl, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from core.money import Currency


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
        Path("data"), description="Where the embedded database and uploaded pictures are kept."
    )
    database_url: str = Field(
        "",
        description="`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`. Empty: SQLite in"
        " the data folder.",
    )
    database_pool: int = Field(
        8, ge=1, le=100, description="Connections for reading, and on PostgreSQL for writing too."
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8710, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: HttpUrl | None = Field(
        None,
        description="How browsers reach this service, such as `https://live.example.com`. Its"
        " origin is the one that may open sockets and send forms. Empty: the address listened on.",
    )
    allowed_origins: tuple[str, ...] = Field(
        (), description="Further origins that may open sockets and call the API."
    )
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="Reverse proxies in front whose `X-Forwarded-For` is believed."
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
        "zh-Hant", description="The language of those whose browser asks for none that we have."
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
    delivery: tuple[Literal["home", "store", "pickup"], ...] = Field(
        ("home", "store", "pickup"),
        description="How orders reach people: to their homes, to a convenience store, or fetched at"
        " the shop's own locations.",
    )
    home_fee: Decimal = Field(
        Decimal(80), ge=0, description="Fee for home delivery, in the currency (`80`, not cents)."
    )
    store_fee: Decimal = Field(
        Decimal(60), ge=0, description="Fee for delivery to a convenience store."
    )
    free_delivery_from: Decimal = Field(
        Decimal(999), ge=0, description="Orders of this much are delivered free; 0: none is."
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
    media_addresses: tuple[str, ...] = Field(
        (), description="Addresses that WebRTC is offered on. Empty: all that this machine has."
    )
    media_public_address: str = Field(
        "",
        max_length=60,
        description="The address that browsers are told instead, where this machine is behind an"
        " address translation.",
    )
    media_ice_servers: tuple[str, ...] = Field(
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
        description="What an external engine proves itself with, at least 24 characters. Empty:"
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
        730, ge=1, le=3650, description="Days until what people typed in an ended show is blanked."
    )

    log_format: Literal["text", "json"] = Field("text", description="Logs for eyes or machines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info")
    metrics_token: SecretStr = Field(
        SecretStr(""),
        description="Bearer token that `/metrics` asks for. Empty: only this machine may read it.",
    )

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and len(value.get_secret_value()) < 32:
            raise ValueError("the secret needs at least 32 characters")
        return value

    @model_validator(mode="after")
    def _fit_for_production(self) -> Settings:
        if self.environment == "production":
            if not self.secret.get_secret_value():
                raise ValueError("production needs PLUSONE_SECRET")
            if self.card_provider == "test":
                raise ValueError("card_provider=test is refused in production")
            if not self.smtp_url.get_secret_value():
                raise ValueError("production needs PLUSONE_SMTP_URL to send sign-in codes")
            if self.public_url is None:
                raise ValueError("production needs PLUSONE_PUBLIC_URL")
        return self

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
        file = Path(os.environ.get("PLUSONE_SETTINGS", "plusone.toml"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file)
