"""Playlists, line by line as RFC 8216bis has them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from video.stream.embedded.playlist import PARTS_SHOWN, Part, Segment, live, replay

AT_MS = 1_790_000_000_000
DATE = "2026-09-21T14:13:20.000Z"


def segments(
    count: int,
    *,
    first: int = 0,
    init: str = "init1.mp4",
    fresh: Sequence[int] = (),
    seconds: float = 1.0,
    open_parts: int | None = None,
) -> list[Segment]:
    """So many in a row; with `open_parts` the last one is not whole yet and has so many."""
    found = []
    for number in range(first, first + count):
        parts = [Part(f"seg{number}.{part}.m4s", seconds / 5, part == 0) for part in range(5)]
        at_ms = AT_MS + round((number - first) * seconds * 1000)
        one = Segment(number, init, at_ms, number in fresh, parts, seconds, done=True)
        found.append(one)
    if open_parts is not None:
        last = found[-1]
        last.parts, last.seconds, last.done = last.parts[:open_parts], 0.0, False
    return found


def lines(text: str, tag: str) -> list[str]:
    """What follows `tag` in each line that has it."""
    assert text.startswith("#EXTM3U\n")
    assert text.endswith("\n")
    found = [line for line in text.splitlines() if line.split(":")[0] == f"#{tag}"]
    return [line.partition(":")[2] for line in found]


def names(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def attributes(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split(","))


def test_a_live_playlist_without_parts_lists_what_is_whole() -> None:
    text = live(segments(3, first=7, open_parts=2), gone=0, segment_s=1.0, part_s=None)
    assert text.splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-TARGETDURATION:1",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        "#EXT-X-MEDIA-SEQUENCE:7",
        "#EXT-X-DISCONTINUITY-SEQUENCE:0",
        '#EXT-X-MAP:URI="init1.mp4"',
        f"#EXT-X-PROGRAM-DATE-TIME:{DATE}",
        "#EXTINF:1.000,",
        "seg7.m4s",
        "#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:21.000Z",
        "#EXTINF:1.000,",
        "seg8.m4s",
    ]


def test_what_a_playlist_was_asked_for_with_stands_behind_every_file() -> None:
    query = "?ticket=1.x"
    both = segments(2, open_parts=2)
    for text in (
        live(both, gone=0, segment_s=1.0, part_s=0.2, query=query),
        live(both, gone=0, segment_s=1.0, part_s=None, query=query),
        replay(segments(2), segment_s=1.0, query=query),
    ):
        files = [*names(text), *re.findall('URI="([^"]+)"', text)]
        assert files[:1] == [f"seg0.m4s{query}"]
        assert f"init1.mp4{query}" in files
        assert all(file.endswith(query) for file in files)
        assert text.count(query) == len(re.findall(r"\.m(?:p4|4s)", text))


def test_a_live_playlist_with_parts_lists_those_of_the_open_segment_too() -> None:
    text = live(segments(2, open_parts=2), gone=0, segment_s=1.0, part_s=0.2)
    assert text.splitlines()[-5:] == [
        "seg0.m4s",
        "#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:21.000Z",
        '#EXT-X-PART:DURATION=0.200,URI="seg1.0.m4s",INDEPENDENT=YES',
        '#EXT-X-PART:DURATION=0.200,URI="seg1.1.m4s"',
        '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="seg1.2.m4s"',
    ]
    assert names(text) == ["seg0.m4s"]


def test_a_player_is_told_how_long_parts_are_and_that_it_may_wait_for_them() -> None:
    text = live(segments(2), gone=0, segment_s=1.0, part_s=0.2)
    [info], [control] = lines(text, "EXT-X-PART-INF"), lines(text, "EXT-X-SERVER-CONTROL")
    target = float(attributes(info)["PART-TARGET"])
    assert target >= 0.2
    told = attributes(control)
    assert told["CAN-BLOCK-RELOAD"] == "YES"
    assert float(told["PART-HOLD-BACK"]) >= 3 * target  # 4.4.3.8: at least three
    assert lines(text, "EXT-X-VERSION") == ["9"]


def test_parts_are_listed_for_the_newest_segments_alone() -> None:
    text = live(segments(8), gone=0, segment_s=1.0, part_s=0.2)
    listed = [attributes(part)["URI"].strip('"') for part in lines(text, "EXT-X-PART")]
    newest = range(8 - PARTS_SHOWN, 8)
    assert listed == [f"seg{n}.{part}.m4s" for n, part in itertools.product(newest, range(5))]
    assert names(text) == [f"seg{n}.m4s" for n in range(8)]


def test_after_a_whole_segment_the_first_part_of_the_next_one_is_hinted_at() -> None:
    text = live(segments(2, first=3), gone=0, segment_s=1.0, part_s=0.2)
    assert lines(text, "EXT-X-PRELOAD-HINT") == ['TYPE=PART,URI="seg5.0.m4s"']


def test_a_new_beginning_is_a_discontinuity_with_an_init_of_its_own() -> None:
    kept = [*segments(2), *segments(2, first=2, init="init2.mp4", fresh=[2])]
    for text in (
        live(kept, gone=0, segment_s=1.0, part_s=None),
        live(kept, gone=0, segment_s=1.0, part_s=0.2),
        replay(kept, segment_s=1.0),
    ):
        assert lines(text, "EXT-X-MAP") == ['URI="init1.mp4"', 'URI="init2.mp4"']
        at = text.splitlines().index("#EXT-X-DISCONTINUITY")
        assert text.splitlines()[at + 1] == '#EXT-X-MAP:URI="init2.mp4"'
        assert text.splitlines()[at - 1] == "seg1.m4s"
        assert text.count("#EXT-X-DISCONTINUITY\n") == 1


def test_discontinuities_that_have_left_are_counted() -> None:
    kept = segments(3, first=20, fresh=[21])
    text = live(kept, gone=4, segment_s=1.0, part_s=0.2)
    assert lines(text, "EXT-X-DISCONTINUITY-SEQUENCE") == ["4"]
    assert lines(text, "EXT-X-MEDIA-SEQUENCE") == ["20"]


def test_the_target_is_no_shorter_than_any_segment_when_rounded() -> None:
    kept = segments(3)
    kept[1].seconds = 2.6
    for text in (
        live(kept, gone=0, segment_s=1.0, part_s=None),
        live(kept, gone=0, segment_s=1.0, part_s=0.2),
        replay(kept, segment_s=1.0),
    ):
        assert lines(text, "EXT-X-TARGETDURATION") == ["3"]
    kept[1].seconds = 0.2
    assert "#EXT-X-TARGETDURATION:1\n" in live(kept, gone=0, segment_s=1.0, part_s=None)


def test_every_segment_has_its_time_in_milliseconds() -> None:
    kept = segments(2)
    kept[1].at_ms = AT_MS + 1_037
    for text in (live(kept, gone=0, segment_s=1.0, part_s=0.2), replay(kept, segment_s=1.0)):
        assert lines(text, "EXT-X-PROGRAM-DATE-TIME") == [DATE, "2026-09-21T14:13:21.037Z"]


def test_a_playlist_of_nothing_is_still_one() -> None:
    assert names(live([], gone=0, segment_s=1.0, part_s=0.2)) == []
    first = live(segments(1, open_parts=1), gone=0, segment_s=1.0, part_s=None)
    assert names(first) == []
    assert lines(first, "EXT-X-MEDIA-SEQUENCE") == ["0"]


def test_a_replay_is_all_of_it_from_the_beginning_to_the_end() -> None:
    text = replay(segments(12, first=5, open_parts=None), segment_s=1.0)
    assert names(text) == [f"seg{n}.m4s" for n in range(5, 17)]
    assert lines(text, "EXT-X-PLAYLIST-TYPE") == ["VOD"]
    assert lines(text, "EXT-X-MEDIA-SEQUENCE") == ["0"]
    assert lines(text, "EXT-X-PART") == lines(text, "EXT-X-PRELOAD-HINT") == []
    assert text.splitlines()[-1] == "#EXT-X-ENDLIST"
