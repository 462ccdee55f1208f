"""Greetings, thanks, yes and no."""

from __future__ import annotations

from bot.planning.scene import Scene, Steps


def greet(scene: Scene) -> Steps:
    yield from ()
    key = "talking.greet" if scene.turn.first else "talking.greet_again"
    return scene.say(scene.words(key, shop=scene.talk.shop), buttons=scene.menu(), introduces=True)


def thanks(scene: Scene) -> Steps:
    yield from ()
    return scene.say(scene.words("talking.thanks"))


def bye(scene: Scene) -> Steps:
    yield from ()
    return scene.say(scene.words("talking.bye"))


def about_bot(scene: Scene) -> Steps:
    yield from ()
    text = scene.words("talking.about_bot", shop=scene.talk.shop)
    return scene.say(text, buttons=scene.menu(), introduces=True)


def yes(scene: Scene) -> Steps:
    """To what is open, which code then carries out; else it is asked what she means."""
    yield from ()
    if scene.talk.proposal is not None:
        if scene.meaning.plain:
            return scene.say(scene.words("talking.confirmed"), confirm=True)
        change = scene.talk.proposal.change
        return scene.proposes(scene.words("talking.confirm", title=change.title), change, None)
    return scene.say(scene.words("talking.yes_to_what"), buttons=scene.menu())


def no(scene: Scene) -> Steps:
    yield from ()
    key = "talking.declined" if scene.talk.proposal is not None else "talking.no"
    return scene.say(scene.words(key))
