"""Where people go on: because she asked, is upset, was not understood, or something is broken."""

from __future__ import annotations

from typing import Final

from bot.planning.scene import Scene, Steps, choices
from bot.talk import Call, Say
from core.tools import Button
from core.tools import HandoverReason as Reason

MISSES = 2
"""So often in a row it asks back; then people are asked."""
FAILED: Final = "failed"
"""The button of an answer that something could not be looked up: known again by it."""
_ELSEWHERE: Final = frozenset({"weather", "politics", "homework", "fun", "elsewhere", "daily"})
"""What words are about that are none of a shop's business."""


def asked(scene: Scene) -> Steps:
    return (yield from hand_over(scene, "asked"))


def complaint(scene: Scene) -> Steps:
    return (yield from hand_over(scene, "feelings"))


def sensitive(scene: Scene) -> Steps:
    return (yield from hand_over(scene, "policy"))


def hand_over(scene: Scene, reason: Reason) -> Steps:
    """Says why, and honestly whether somebody is there."""
    yield Call("hand_over", {"reason": reason})
    return handed(scene, reason)


def handed(scene: Scene, reason: Reason) -> Say:
    talk = scene.talk
    if talk.callback_at is not None:
        then = scene.words("people.noted", when=scene.moment(talk.callback_at))
    elif talk.staffed:
        then = scene.words("people.now")
    elif talk.opens_at is not None:
        then = scene.words("people.later", when=scene.moment(talk.opens_at))
    else:
        then = scene.words("people.unknown")
    text = f"{scene.words(f'people.{reason}')}{scene.words('people.between')}{then}"
    return scene.say(text, tool="hand_over", handover=reason)


def other(scene: Scene) -> Steps:
    """Not understood, or not for a shop: kindly, with what it may have been. Then people."""
    if scene.meaning.about & _ELSEWHERE and not scene.meaning.named:
        text = scene.words("other.scope", shop=scene.talk.shop)
        return scene.say(text, intent="other", buttons=scene.menu())
    if _missed_before(scene) >= MISSES:
        return (yield from hand_over(scene, "missed"))
    offers = [
        (scene.words(f"choice.{intent}"), f"intent:{intent}") for intent in scene.meaning.choices
    ]
    for slug, _ in scene.articles.like(scene.meaning.text, 2):
        title = scene.articles.title(slug, scene.locale)
        if title:
            offers.insert(0, (title, f"article:{slug}"))
    buttons = choices(offers[:3]) if offers else scene.menu()
    return scene.say(scene.words("other.ask"), intent="other", buttons=buttons)


def guarded(scene: Scene) -> Steps:
    """Something that is never given: said so, without repeating a word of it."""
    if scene.meaning.guard == "prices":
        yield Call("benefits", {})
        text = scene.words("other.prices")
        return scene.say(text, intent="coupon", tool="benefits", buttons=scene.menu())
    key = f"other.{scene.meaning.guard}"
    return scene.say(scene.words(key, shop=scene.talk.shop), intent="other", buttons=scene.menu())


def failed(scene: Scene) -> Steps:
    """A tool could not say it. Once it is said so; the second time people are asked."""
    before = scene.turn.before
    if before is not None and any(button.key == FAILED for button in before.buttons):
        return (yield from hand_over(scene, "failed"))
    return scene.say(
        scene.words("other.failed"),
        buttons=(Button(FAILED, scene.words("choice.human"), "handover", "intent:human"),),
    )


def _missed_before(scene: Scene) -> int:
    said = [one.intent for one in scene.talk.said if one.role == "bot"][-MISSES:]
    return sum(intent == "other" for intent in said)
