"""A clip that is sent over and over, as a camera would send it."""

from __future__ import annotations

import itertools

import pytest

from tests.video.stream import clip
from video.stream.embedded.h264 import AccessUnit
from video.stream.rehearsal import Clip


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return Clip(clip.write(tmp_path_factory.mktemp("clip") / "clip.ts", seconds=2))


def test_a_clip_is_as_long_as_its_picture(film: Clip) -> None:
    assert film.seconds == pytest.approx(2.0, abs=0.02)


@pytest.mark.parametrize(("kind", "a_second"), [("video", clip.RATE), ("audio", clip.SOUNDS)])
def test_its_times_only_grow_however_often_it_is_shown(
    film: Clip, kind: str, a_second: int
) -> None:
    times = [at for at, _ in itertools.islice(film.frames(kind), 7 * a_second)]
    assert times[0] == pytest.approx(0.0, abs=0.1)
    assert all(later > earlier for earlier, later in itertools.pairwise(times))
    assert times[-1] == pytest.approx(7.0, abs=0.2)


def test_each_showing_begins_with_a_key_frame(film: Clip) -> None:
    pictures = [data for _, data in itertools.islice(film.frames("video"), 4 * clip.RATE)]
    assert AccessUnit.of(pictures[0]).begins
    assert pictures[0] == pictures[2 * clip.RATE]
