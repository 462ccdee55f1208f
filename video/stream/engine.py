"""A media engine, as everything else knows it: addresses, by templates.

`{path}` stands for a show's id. Another server than the embedded one takes over by settings alone:
it asks `POST /api/media/authorise` whether somebody may publish or read, and reports
`POST /api/media/events`; both are told apart from strangers by a token.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.settings import Settings
from video.stream.tickets import TICKET

EMBEDDED_PUBLISH = "/media/{path}/whip"
EMBEDDED_WHEP = "/media/{path}/whep"
EMBEDDED_HLS = "/media/{path}/hls/low.m3u8"
EMBEDDED_REPLAY = "/media/{path}/hls/replay.m3u8"


@dataclass(frozen=True, slots=True)
class MediaEngine:
    """Where shows' pictures are sent to and watched; None for what the engine does not do."""

    publish: str | None
    whep: str | None
    hls: str | None
    replay: str | None
    rtmp: str | None

    @classmethod
    def of(cls, settings: Settings) -> MediaEngine:
        if settings.media_engine == "embedded":
            return cls(EMBEDDED_PUBLISH, EMBEDDED_WHEP, EMBEDDED_HLS, EMBEDDED_REPLAY, None)
        if settings.media_engine == "none":
            return cls(None, None, None, None, None)
        return cls(
            settings.media_publish_url or None,
            settings.media_whep_url or None,
            settings.media_hls_url or None,
            settings.media_replay_url or None,
            settings.media_rtmp_url or None,
        )

    def at(self, template: str | None, show: str, ticket: str | None = None) -> str | None:
        """The address for one show, with what lets a member in where it is for members."""
        if template is None:
            return None
        address = template.replace("{path}", show)
        if ticket is None:
            return address
        return f"{address}{'&' if '?' in address else '?'}{TICKET}={ticket}"
