"""The show's rules alone, without a database: deciding and folding, and what a newcomer is sent.

python -m benchmarks.show
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import msgspec

from benchmarks.figures import Figure, at_most, report
from core.rooms.events import PUBLIC, Reader
from core.rooms.kind import Command, Turn
from live import commands as c
from live import comments
from live.events import Granted, Rules
from live.kind import ShowKind
from live.state import Show
from web.serving import calm_collector

ROUNDS = 5
AT_ONCE = 100
GUESTS = 3_000
CLAIMS = 5_000

_KIND = ShowKind()
_SHOW = "shw_" + "0" * 26
_HOST = c.Actor("stf_" + "0" * 26, "Host", "host", frozenset({"stf_" + "0" * 26}))


class _Stage:
    """A live show of eight items, and a crowd that speaks in turn."""

    def __init__(self) -> None:
        self.show: Show = _KIND.initial(_SHOW)
        self.offset = 1
        self.now = 1_790_000_000_000
        self._guests = [_guest(number) for number in range(GUESTS)]
        self._turn = 0
        self.does(_HOST, c.Create("Night", "TWD", "Host", None, None, Rules()))
        self.does(_HOST, c.GoLive(type="show.go_live"))
        for number in range(1, 9):
            self._sell(f"A{number:02}")

    def _sell(self, code: str) -> None:
        variant = c.NewVariant(variant_id="var_" + "0" * 26, allotment=1_000_000)
        add = c.AddItem(
            type="item.add", product="prd_" + "0" * 26, code=code, price=28_800, variants=[variant]
        )
        item = f"i{self.offset}"
        self.does(_HOST, c.NewItem(add, code, None, ("",)))
        self.does(_HOST, c.Ask(item, {None: 1_000_000}))
        granted = Granted(variant=None, quantity=1_000_000, place="alt")
        self.does(c.SYSTEM, c.Place(item, ((0, granted),)))
        self.does(_HOST, c.OpenItem(type="item.open", item=item))

    def does(self, by: c.Actor, do: object) -> None:
        command = Command(by.id, "request", c.Act(by, do))
        turn = Turn(_KIND, _SHOW, self.show, now=self.now, next_offset=self.offset)
        _KIND.decide(turn, command)
        self.show, self.offset = turn.state, turn.next_offset

    def speakers(self) -> Iterator[c.Actor]:
        while True:
            self._turn += 1
            yield self._guests[self._turn % GUESTS]


def _guest(number: int) -> c.Actor:
    own = f"cus_{number:026}"
    return c.Actor(own, f"Guest {number}", ids=frozenset({own}))


def _each(what: Callable[[], object], times: int) -> float:
    """Microseconds that one call takes in the quietest of many short spells."""
    spells = []
    for _ in range(max(1, times // AT_ONCE)):
        begun = time.perf_counter()
        for _ in range(AT_ONCE):
            what()
        spells.append(time.perf_counter() - begun)
    return min(spells) * 1e6 / AT_ONCE


def _comments(stage: _Stage, texts: Sequence[str]) -> float:
    speakers = stage.speakers()
    turns = iter(range(10**9))

    def speak() -> None:
        text = texts[next(turns) % len(texts)]
        stage.does(next(speakers), comments.read(stage.show, c.Comment.model_construct(text=text)))

    return _each(speak, CLAIMS)


def _round() -> tuple[float, float, float, float]:
    """Microseconds of a comment with one claim, of chatter; milliseconds of two snapshots."""
    stage = _Stage()
    calm_collector()
    claim = _comments(stage, [f"A{number:02}+1" for number in range(1, 9)])
    chatter = _comments(stage, ["好可愛", "主播早安", "hello from Penang"])
    staff = Reader(_HOST.ids, staff=True)

    def snapshot(reader: Reader) -> None:
        msgspec.json.encode(_KIND.public(stage.show))
        msgspec.json.encode(_KIND.snapshot(stage.show, reader))

    public = _each(lambda: snapshot(PUBLIC), AT_ONCE) / 1000
    studio = _each(lambda: snapshot(staff), AT_ONCE) / 1000
    return claim, chatter, public, studio


def main() -> None:
    claims, chatter, public, studio = zip(*(_round() for _ in range(ROUNDS)), strict=True)
    report(
        [
            Figure("show_claim_us", "µs", claims, target=at_most(40)),
            Figure("show_chatter_us", "µs", chatter),
            Figure("show_snapshot_5k_ms", "ms", public),
            Figure("show_studio_5k_ms", "ms", studio),
        ]
    )


if __name__ == "__main__":
    main()
