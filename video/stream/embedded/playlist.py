"""HLS playlists as text: live with and without low-latency parts, and the replay.

RFC 8216bis (draft-pantos-hls-rfc8216bis): 4.4.3.7 EXT-X-PART-INF, 4.4.3.8 EXT-X-SERVER-CONTROL,
4.4.4.9 EXT-X-PART, 4.4.5.3 EXT-X-PRELOAD-HINT.

`query` stands behind the name of every file: addresses that are relative inherit none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from core.clock import Instant

PARTS_SHOWN = 4
"""Segments at the live end of which the parts are listed."""


@dataclass(slots=True)
class Part:
    name: str
    seconds: float
    begins: bool
    """A player can begin here."""


@dataclass(slots=True)
class Segment:
    """A stretch that begins with a key frame. `at_ms`: when its first picture came."""

    number: int
    init: str
    at_ms: Instant
    fresh: bool
    """Nothing here follows from the one before: another sender, or another picture size."""
    parts: list[Part] = field(default_factory=list)
    seconds: float = 0.0
    done: bool = False

    @property
    def name(self) -> str:
        return f"seg{self.number}.m4s"


def live(
    segments: Sequence[Segment],
    *,
    gone: int,
    segment_s: float,
    part_s: float | None,
    query: str = "",
) -> str:
    """The live playlist; with `part_s` for low latency, else of whole segments alone.

    `gone`: fresh segments that have left it.
    """
    done = [one for one in segments if one.done]
    shown = done if part_s is None else list(segments)
    lines = [*_head(done, segment_s, version=7 if part_s is None else 9)]
    if part_s is not None:
        # What a part may last at most: one picture's time more than is aimed at.
        longest = part_s + 0.1
        lines += [
            f"#EXT-X-PART-INF:PART-TARGET={longest:.3f}",
            f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={3 * longest:.3f}",
        ]
    lines.append(f"#EXT-X-MEDIA-SEQUENCE:{shown[0].number if shown else 0}")
    lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{gone}")
    earlier = ""
    for place, one in enumerate(shown):
        near = part_s is not None and place >= len(shown) - PARTS_SHOWN
        lines += _entry(one, earlier, query, parts=near)
        earlier = one.init
    if part_s is not None and segments:
        last = segments[-1]
        number, part = (last.number + 1, 0) if last.done else (last.number, len(last.parts))
        lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="seg{number}.{part}.m4s{query}"')
    return "\n".join(lines) + "\n"


def replay(segments: Sequence[Segment], *, segment_s: float, query: str = "") -> str:
    """All that was kept, from the beginning to the end."""
    lines = [*_head(segments, segment_s, version=7), "#EXT-X-PLAYLIST-TYPE:VOD"]
    lines.append("#EXT-X-MEDIA-SEQUENCE:0")
    earlier = ""
    for one in segments:
        lines += _entry(one, earlier, query, parts=False)
        earlier = one.init
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def _head(done: Sequence[Segment], segment_s: float, *, version: int) -> Iterator[str]:
    longest = max((one.seconds for one in done), default=segment_s)
    yield "#EXTM3U"
    yield f"#EXT-X-VERSION:{version}"
    yield f"#EXT-X-TARGETDURATION:{max(math.ceil(segment_s), round(longest))}"
    yield "#EXT-X-INDEPENDENT-SEGMENTS"


def _entry(one: Segment, earlier: str, query: str, *, parts: bool) -> Iterator[str]:
    if one.fresh:
        yield "#EXT-X-DISCONTINUITY"
    if one.init != earlier:
        yield f'#EXT-X-MAP:URI="{one.init}{query}"'
    yield f"#EXT-X-PROGRAM-DATE-TIME:{_date(one.at_ms)}"
    if parts:
        for part in one.parts:
            independent = ",INDEPENDENT=YES" if part.begins else ""
            yield f'#EXT-X-PART:DURATION={part.seconds:.3f},URI="{part.name}{query}"{independent}'
    if one.done:
        yield f"#EXTINF:{one.seconds:.3f},"
        yield one.name + query


def _date(at_ms: Instant) -> str:
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
