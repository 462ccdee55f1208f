"""Where pictures are sent to and watched, whoever carries them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.service import settings_for
from video.stream.engine import MediaEngine

SHOW = "shw_01K6ZZZZZZZZZZZZZZZZZZZZZZ"


def engine(**settings: Any) -> MediaEngine:
    return MediaEngine.of(settings_for("sqlite:///x.sqlite", Path("data"), **settings))


def test_the_embedded_engine_is_below_the_service_s_own_address() -> None:
    made = engine(media_engine="embedded", media_publish_url="https://elsewhere.example/{path}")
    assert made.at(made.publish, SHOW) == f"/media/{SHOW}/whip"
    assert made.at(made.whep, SHOW) == f"/media/{SHOW}/whep"
    assert made.at(made.hls, SHOW) == f"/media/{SHOW}/hls/low.m3u8"
    assert made.at(made.replay, SHOW) == f"/media/{SHOW}/hls/replay.m3u8"
    assert made.rtmp is None


def test_an_external_engine_is_where_the_settings_say_and_does_what_they_name() -> None:
    made = engine(
        media_engine="external",
        media_publish_url="https://media.example.com/{path}/whip",
        media_rtmp_url="rtmp://media.example.com/{path}?key={path}",
    )
    assert made.at(made.publish, SHOW) == f"https://media.example.com/{SHOW}/whip"
    assert made.at(made.rtmp, SHOW) == f"rtmp://media.example.com/{SHOW}?key={SHOW}"
    assert made.whep is made.hls is made.replay is None
    assert made.at(made.whep, SHOW) is None


@pytest.mark.parametrize("urls", [{}, {"media_hls_url": "https://media.example.com/{path}"}])
def test_without_an_engine_there_is_nothing(urls: dict[str, str]) -> None:
    assert engine(media_engine="none", **urls) == MediaEngine(None, None, None, None, None)
