"""Between the chat, which keeps what was said, and the bot, which answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import structlog
from aiohttp import web

from bot.assistant import Toolbox
from bot.planning.turn import turn_of
from bot.talk import Open, Said, Say, Talk
from bot.turns import Waiting
from chat import commands as c
from chat.routes import CHATS
from chat.state import Conversation, Line
from commerce_bridge.changes import person_of_customer
from core.errors import NotFound
from core.hours import Hours
from core.identity.model import Person
from core.locales import Locale
from core.rooms.broadcast import FanOut
from core.tools import Asker, Tool
from live.state import Show
from live.store import SHOW
from web.keys import CLOCK, DATABASE, SETTINGS
from web.rooms import ROOMS

OFFERED_MS = 15 * 60_000
"""How long a proposal may be confirmed: prices and stock are read anew when it is."""
REMEMBERED = 40
"""Messages of a round that the bot looks at."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _About:
    """What she was looking at: a product, and what that is called in the show."""

    product: str | None = None
    item: str | None = None


class BotTalk:
    """See `bot.turns.Conversations`."""

    def __init__(self, app: web.Application, fan_out: FanOut, tools: list[Tool]) -> None:
        self._app = app
        self._fan_out = fan_out
        self._tools = tools

    async def unanswered(self, limit: int, waited_ms: int) -> list[str]:
        return await self._app[CHATS].waiting_for_bot(limit, waited_ms)

    async def waiting(self, conversation: str) -> Waiting | None:
        state = await self._app[CHATS].state(conversation)
        if not _waits(state):
            return None
        person = await person_of_customer(self._app[DATABASE], state.customer)
        hours = await self._app[CHATS].look_at_the_clock()
        talk = self._talk(state, person, hours, await self._about(state))
        asker = Asker(person, turn_of(talk).locale, talk.now)
        return Waiting(talk, Toolbox(self._tools, asker), state.round, state.asked_upto)

    async def say(self, conversation: str, waiting: Waiting, say: Say) -> None:
        proposed = say.proposal is not None
        says = c.BotSays(
            round=waiting.round,
            upto=waiting.upto,
            text=say.text,
            intent=say.intent,
            locale=say.locale,
            sure=say.intent != "other",
            cards=say.cards,
            buttons=say.buttons,
            proposal=say.proposal,
            expires_at=self._app[CLOCK].now() + OFFERED_MS if proposed else None,
            confirm=say.confirm,
            handover=say.handover,
        )
        await self._app[CHATS].bot_says(conversation, says)

    async def leave(self, conversation: str, waiting: Waiting) -> None:
        await self._app[CHATS].bot_leaves(conversation, c.BotLeaves(waiting.round, "failed"))

    def tell(self, conversation: str, upto: int, words: str | None) -> None:
        """Words that will be a draft are for staff alone, and the customer hears what is told."""
        if words is not None and not self._app[CHATS].bot_answers(conversation, upto):
            return
        self._fan_out.pulse(conversation, "streaming", {"upto": upto, "text": words})

    # How

    def _talk(
        self, state: Conversation, person: Person, hours: Hours | None, about: _About
    ) -> Talk:
        settings, now = self._app[SETTINGS], self._app[CLOCK].now()
        staffed = hours is None or hours.is_open(now)
        proposal = state.proposal
        offered = proposal is not None and proposal.expires_at > now
        return Talk(
            locale=cast("Locale", state.locale or settings.locale),
            shop=settings.shop_name,
            currency=settings.currency,
            now=now,
            said=tuple(_said(state, line) for line in _of_round(state)),
            product=about.product,
            item=about.item,
            proposal=Open(proposal.offset, proposal.change) if proposal and offered else None,
            staffed=staffed,
            opens_at=None if hours is None or staffed else hours.next_opening(now),
            callback_at=state.callback_at,
            drafts=state.control != "bot",
            guest=person.kind == "guest",
        )

    async def _about(self, state: Conversation) -> _About:
        about = state.about
        if about is None or about.show is None:
            return _About(None if about is None else about.product)
        try:
            room = self._app[ROOMS].room(about.show, SHOW)
            await room.loaded()
        except NotFound:  # a customer may send any id
            return _About(about.product)
        show: Show = room.committed.state
        item = show.items.get(about.item or "")
        return _About(about.product) if item is None else _About(item.product, item.title)


def _waits(state: Conversation) -> bool:
    """Whether there is an answer to be given, or a draft to be made of one."""
    if state.waiting_since is None or state.asked_upto <= state.bot_upto:
        return False
    if state.control in ("human", "queued"):
        return state.draft is None or state.draft.upto < state.asked_upto
    return state.control == "bot"


def _of_round(state: Conversation) -> list[Line]:
    """The messages of this round, oldest first."""
    messages: list[Line] = []
    for line in reversed(state.lines):
        if line.kind == "opened" or len(messages) == REMEMBERED:
            break
        if line.kind == "message":
            messages.append(line)
    return messages[::-1]


def _said(state: Conversation, line: Line) -> Said:
    return Said(
        offset=line.offset,
        role=line.side or "customer",
        text=line.text or "",
        cards=line.cards,
        buttons=line.buttons,
        pressed=_means(state, line),
        intent=line.intent,
    )


def _means(state: Conversation, line: Line) -> str | None:
    if line.pressed is None:
        return None
    pressed = state.line(line.pressed.offset)
    buttons = () if pressed is None else pressed.buttons
    return next((one.means for one in buttons if one.key == line.pressed.key), None)
