"""Talking face to face by video: now, after a while, or at a time that is booked."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from bot.planning import articles
from bot.planning.scene import Scene, Steps
from bot.talk import Call

_TERMS: Final = re.compile(
    r"钱|费(?!劲|心|神)|录|下载|软件|软体|程序|安装|取消|改|连结|链接"
    r"|\b(?:costs?|fees?|charge|paid|pay|price|record(?:ed|ing)?|apps?|install|links?|cancel"
    r"|reschedule|move|shift)\b"
)
"""What an article says of consultations, and no tool does."""
_LENGTH: Final = re.compile(r"多久|多长|几分钟|多少分钟|\bhow (?:long|many minutes)\b")
_WAIT: Final = re.compile(r"[等排]|\b(?:wait|queue|line)\b")
_FREE: Final = re.compile(r"\bfree\b")
_WHEN: Final = re.compile(
    r"\b(?:slots?|times?|dates?|days?|when|now|today|tonight|tomorrow|week|next|any(?:one|body)?"
    r"|some(?:one|body)?)\b"
)
"""With these words, somebody is free, or a time; without, it is asked what it costs."""


def consult(scene: Scene) -> Steps:
    """Whether somebody is free, or when; what it costs, and what else is written, as written."""
    if scene.meaning.article is not None:
        return (yield from articles.article(scene))
    if asks_terms(scene.meaning.text):
        written = yield from articles.article(scene)
        if written.tool != "articles":
            return written
        found = yield Call("consultation", {})
        return msgspec.structs.replace(written, cards=(*written.cards, *found.cards))
    found = yield Call("consultation", {})
    if not found.cards:  # neither anybody nor a time
        return (yield from articles.article(scene))
    return scene.say(
        scene.words("people.between").join(_told(scene, found.data)),
        tool="consultation",
        cards=found.cards,
        buttons=articles.more(scene, scene.articles.about("consult"), but=""),
    )


def asks_terms(folded: str) -> bool:
    """Whether it is about what a consultation costs, how long it takes, and the like."""
    if _TERMS.search(folded):
        return True
    if _LENGTH.search(folded) and not _WAIT.search(folded):
        return True
    return bool(_FREE.search(folded)) and not _WHEN.search(folded)


def _told(scene: Scene, data: dict[str, Any]) -> list[str]:
    """A sentence on now, and one on what may be booked."""
    least, most = data["least_minutes"], data["most_minutes"]
    if data["free"]:
        told = [scene.words("consult.free")]
    elif most is None and data["opens_at"]:
        told = [scene.words("consult.closed_until", opens=scene.moment(data["opens_at"]))]
    elif most is None:
        told = [scene.words("consult.nobody")]
    elif least:
        told = [scene.words("consult.wait", least=least, most=most)]
    else:
        told = [scene.words("consult.wait_most", most=most)]
    if data["starts_at"]:
        key = "consult.or_book" if data["free"] or most is not None else "consult.book"
        told.append(scene.words(key, times=scene.listed(scene.moments(data["starts_at"]))))
    return told
