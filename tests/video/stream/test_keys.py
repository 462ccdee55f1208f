"""Stream keys: each opens one show, until it is changed."""

from __future__ import annotations

import re

import pytest

from video.stream.keys import Keys

SHOW, OTHER = "shw_01K6ZZZZZZZZZZZZZZZZZZZZZZ", "shw_01K6ZZZZZZZZZZZZZZZZZZZZZY"


@pytest.fixture
def keys() -> Keys:
    return Keys(b"a secret")


def test_a_key_opens_its_show(keys: Keys) -> None:
    assert keys.opens(keys.of(SHOW, 1), SHOW, 1)


def test_a_key_is_the_same_each_time_and_easily_copied(keys: Keys) -> None:
    key = keys.of(SHOW, 1)
    assert key == Keys(b"a secret").of(SHOW, 1)
    assert re.fullmatch(r"live_[A-Za-z0-9_-]{32}", key)


@pytest.mark.parametrize(("show", "version"), [(OTHER, 1), (SHOW, 2), (SHOW, 11)])
def test_a_key_opens_no_other_show_and_no_other_version(
    keys: Keys, show: str, version: int
) -> None:
    assert not keys.opens(keys.of(SHOW, 1), show, version)


def test_where_one_name_ends_and_a_number_begins_is_part_of_the_key(keys: Keys) -> None:
    assert keys.of("shw_1", 11) != keys.of("shw_11", 1)
    assert keys.of("shw.1", 1) != keys.of("shw", 11)


def test_another_installation_has_other_keys(keys: Keys) -> None:
    assert not keys.opens(Keys(b"another secret").of(SHOW, 1), SHOW, 1)


@pytest.mark.parametrize("key", ["", "live_", "x" * 10_000, "钥匙", "live_\0", "\udcff"])
def test_what_is_no_key_opens_nothing(keys: Keys, key: str) -> None:
    assert not keys.opens(key, SHOW, 1)
