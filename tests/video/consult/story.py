"""Calls that have everything in them: each kind of event, seen by customer and rep."""

from __future__ import annotations

from core.rooms.events import Reader
from tests.video.consult.talk import (
    ANNA,
    JI,
    MINUTE,
    OIL,
    PACE,
    SECOND,
    SOAP,
    WEN,
    Talk,
    customer,
    reader,
)
from video.consult import commands as c
from video.consult.events import About

ERIN = customer("Erin", ANNA)
"""Who she turned out to be."""
READERS: dict[str, Reader] = {"customer": reader(ERIN), "staff": reader(JI)}


class Story(Talk):
    """Notes where each scene ended, and what each reader saw there."""

    def __init__(self) -> None:
        super().__init__()
        self.scenes: list[int] = []
        self.snapshots: dict[int, dict[str, dict[str, object]]] = {}

    def scene(self) -> None:
        self.scenes.append(len(self.log))
        self.snapshots[len(self.log)] = {name: self.sees(who) for name, who in READERS.items()}


def stories() -> dict[str, Story]:
    """Each, told to its end. The first scene of each is where a page comes in."""
    return {
        "talked": _talked(),
        "booked": _booked(),
        "invited": _invited(),
        "declined": _declined(),
        "callback": _callback(),
        "left": _left(),
    }


def _talked() -> Story:
    s = Story()
    s.does(
        ANNA,
        c.Ask(
            ANNA.id,
            "zh-Hant-HK",
            about=About(show="shw_" + "0" * 26, item="i3"),
            topic="護膚",
            text="想看看質地",
        ),
    )
    s.scene()
    s.sits(ANNA)
    s.rings(WEN)
    s.sits(WEN)
    s.passes(PACE.ring_ms)
    s.rings(JI)
    s.scene()
    s.acts(JI, "decline")
    s.rings(WEN)
    s.system(c.Passed(WEN.id, "gone"))
    s.rings(JI)
    s.sits(JI)
    s.scene()
    s.answers(JI)
    s.acts(JI, "say", text="您好，看得到嗎？")
    s.acts(ANNA, "say", text="看得到")
    s.does(JI, c.Shown(SOAP))
    s.does(ANNA, c.Shown(OIL))
    s.acts(JI, "note", text="乾性肌")
    s.scene()
    s.does(JI, c.Shown(SOAP))
    jars = s.changes(JI)
    s.system(c.Became(jars, undone=False))
    hers = s.changes(ANNA)
    s.system(c.Became(hers, undone=False, code="out_of_stock"))
    s.acts(ANNA, "undo", offset=jars)
    s.scene()
    s.system(c.Became(jars, undone=True))
    s.acts(JI, "hide")
    s.scene()
    s.goes(ANNA)
    s.passes(5 * SECOND)
    s.scene()
    s.sits(ANNA, "anna-page-2")
    s.goes(ANNA, "anna-page-1")
    s.sits(JI)
    s.scene()
    s.system(c.Merge(ANNA.id, ERIN.id))
    s.scene()
    again = s.changes(JI)
    s.system(c.Became(again, undone=False))
    s.acts(ERIN, "undo", offset=again)
    s.system(c.Became(again, undone=True, code="too_late"))
    s.acts(JI, "note", text="乾性肌，喜歡無香")
    s.scene()
    s.system(c.Ordered("ord_" + "0" * 26, "P-1007", 1_280, "TWD"))
    s.system(c.Ordered("ord_" + "0" * 25 + "1", "P-1008", 320, "TWD"))
    s.does(JI, c.Shown(OIL))
    s.acts(JI, "hang_up")
    s.acts(ERIN, "rate", score=5, text="很仔細")
    s.scene()
    s.system(c.EraseTalk(ANNA.id))
    s.scene()
    s.acts(ERIN, "rate", score=4)
    s.scene()
    return s


def _booked() -> Story:
    """The booked rep picks it from the queue; then her line is cut for good."""
    s = Story()
    s.asks(wanted=JI.id, booking="bkg_" + "0" * 26, text=None)
    s.scene()
    s.goes(ANNA)
    s.answers(JI)
    s.scene()
    s.sits(ANNA)
    s.sits(JI)
    s.goes(JI)
    s.scene()
    s.passes(PACE.talk_grace_ms)
    s.scene()
    return s


def _invited() -> Story:
    s = Story()
    s.invites(JI, about=About(product=SOAP))
    s.scene()
    s.sits(ANNA)
    s.acts(ANNA, "accept")
    s.sits(JI)
    s.scene()
    s.acts(ANNA, "hang_up")
    s.scene()
    return s


def _declined() -> Story:
    s = Story()
    s.invites(JI)
    s.scene()
    s.acts(ANNA, "decline")
    s.scene()
    return s


def _callback() -> Story:
    s = Story()
    s.asks(text="膚況")
    s.scene()
    s.rings(JI)
    s.acts(ANNA, "callback", text="晚上七點後")
    s.scene()
    s.acts(JI, "called_back")
    s.scene()
    return s


def _left() -> Story:
    """The customer's page goes while it rings, and does not come back."""
    s = Story()
    s.asks()
    s.rings(JI)
    s.scene()
    s.goes(ANNA)
    s.passes(2 * MINUTE)
    s.scene()
    return s
