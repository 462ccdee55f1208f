"""A comment's way: read by the grammar, shown to all, and each claim in it decided. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from core.errors import BadRequest, Conflict, Forbidden, RateLimited
from core.rooms.events import Content
from live import claims, gifts, plus_one
from live import events as e
from live.claims import ShowTurn
from live.commands import Actor, Claim, Comment, GiveBack, Read
from live.events import Item, Rejected, Suggestion, Variant
from live.state import Show, rules_of, variant_of


class Readings:
    """Comments as the grammar reads them, and caches of it: it is a pure function.

    A crowd that claims types the same few words, so what a short text meant is kept, menu by menu.
    """

    MENUS = 64
    TEXTS = 1_000
    _SHORT = 40

    def __init__(self) -> None:
        # By identity: hashing a whole menu for each comment would cost more than reading it.
        self._by_menu: dict[int, tuple[tuple[plus_one.Item, ...], plus_one.Vocabulary]] = {}
        self._by_text: dict[
            tuple[int, plus_one.Rules, str], tuple[plus_one.Vocabulary, plus_one.Parsed]
        ] = {}

    def vocabulary(self, menu: tuple[plus_one.Item, ...]) -> plus_one.Vocabulary:
        """What the grammar prepares for `menu`; the same object as long as it is the same menu."""
        known = self._by_menu.get(id(menu))
        if known is not None and known[0] is menu:
            return known[1]
        if len(self._by_menu) >= self.MENUS:
            self._by_menu.clear()
        vocabulary = plus_one.Vocabulary.of(menu)
        self._by_menu[id(menu)] = (menu, vocabulary)
        return vocabulary

    def parsed(
        self, text: str, vocabulary: plus_one.Vocabulary, rules: plus_one.Rules
    ) -> plus_one.Parsed:
        if len(text) > self._SHORT:
            return plus_one.parse(text, vocabulary, rules)
        key = (id(vocabulary), rules, text)
        known = self._by_text.get(key)
        if known is not None and known[0] is vocabulary:
            return known[1]
        if len(self._by_text) >= self.TEXTS:
            self._by_text.clear()
        parsed = plus_one.parse(text, vocabulary, rules)
        self._by_text[key] = (vocabulary, parsed)
        return parsed

    @property
    def size(self) -> int:
        """How many menus and texts are kept."""
        return len(self._by_menu) + len(self._by_text)


_readings = Readings()


def read(show: Show, comment: Comment) -> Read:
    """What the grammar makes of `comment` as the show stands; may be asked before its turn."""
    return Read(comment, _readings.vocabulary(show.menu), _parsed(show, comment.text))


def _parsed(show: Show, text: str) -> plus_one.Parsed:
    return _readings.parsed(text, _readings.vocabulary(show.menu), rules_of(show))


def post(turn: ShowTurn, by: Actor, before: Read) -> None:
    """Show the comment to all and decide each claim in it.

    Mutes, slow mode and blocked words stop chatter, never a claim or a give-away's keyword: that
    then goes through without its comment being shown. A block stops both. Raises Forbidden
    (`blocked`, `muted`), RateLimited (`slow_mode`), BadRequest (`blocked_words`), Conflict
    (`show_ended`).
    """
    show = turn.state
    if show.status == "ended":
        raise Conflict("The show has ended.", code="show_ended")
    if claims.is_blocked(show, by):
        raise Forbidden("A moderator has blocked you in this show.", code="blocked")
    text = before.comment.text
    if by.is_staff:
        _say(turn, by, text)
        return
    parsed = before.parsed
    if parsed is None or before.vocabulary is not _readings.vocabulary(show.menu):
        # Not read yet, or an item has opened or closed since.
        parsed = _parsed(show, text)
    comment: int | None = None
    given = gifts.answer(show, by, text)
    if parsed.claims or parsed.rejections or given is not None:
        if _why_not(turn, by, text) is None:
            comment = _say(turn, by, text)
    else:
        if (error := _why_not(turn, by, text)) is not None:
            raise error
        comment = _say(turn, by, text)
    if given is not None:
        given(turn, by)
    if parsed.chatter and parsed.quiet_chip is None:
        return
    for one in parsed.claims:
        # The state as it is by then: an earlier claim of the same comment has changed it.
        _decide(turn, by, _of_code(turn.state, one.code), one, comment)
    quiet = _of_code(show, parsed.quiet_chip).id if parsed.quiet_chip else None
    if parsed.rejections or quiet:
        items = {item.code: item for item in show.run_down()}
        unread = e.CommentUnread(
            by=by.id,
            comment=comment,
            rejections=tuple(_rejected(items, one) for one in parsed.rejections),
            quiet=quiet,
        )
        pieces = [" ".join(one.text.split()) for one in parsed.rejections]
        turn.append(unread, to=by.id, content=Content(by.id, by.name, "\n".join(pieces) or None))


def press(turn: ShowTurn, by: Actor, pressed: Claim) -> None:
    """The +1 button, or a chip: the same claim without a comment. Raises BadRequest."""
    item, variant = item_and_variant(turn.state, pressed.item, pressed.variant)
    most = turn.state.rules.max_quantity
    if pressed.quantity > most:
        raise BadRequest("Too many at once.", code="quantity_out_of_range", most=most)
    _take(turn, by, item, variant, pressed.quantity, None, wait_only=pressed.action == "wait")


def hand_back(turn: ShowTurn, by: Actor, given: GiveBack) -> None:
    """Cancel by button: her own only. Raises NotFound, Conflict, BadRequest."""
    show = turn.state
    if given.claim is not None and given.wait is None:
        claim = show.claims.get(given.claim)
        mine = claim is not None and claim.by in by.ids
        claims.give_back(turn, given.claim if mine else "", given.quantity, "cancelled")
    elif given.wait is not None and given.claim is None:
        wait = show.waits.get(given.wait)
        mine = wait is not None and wait.by in by.ids
        claims.stop_waiting(turn, given.wait if mine else "", given.quantity, "cancelled")
    else:
        raise BadRequest("Name either a claim or a place in the waiting list.")


def item_and_variant(show: Show, item_id: str, key: str | None) -> tuple[Item, Variant]:
    """The item and the variant of it that `key` names. Raises BadRequest."""
    item = show.items.get(item_id)
    if item is None:
        raise BadRequest("There is no such item.", code="unknown_item")
    variant = variant_of(item, key)
    if variant is None:
        raise BadRequest("The item has no such variant.", code="unknown_variant")
    return item, variant


def _of_code(show: Show, code: str) -> Item:
    return next(item for item in show.run_down() if item.code == code)


def _say(turn: ShowTurn, by: Actor, text: str) -> int:
    posted = e.CommentPosted(by=by.id, role=by.role)
    return turn.append(posted, content=Content(by.id, by.name, text))


def _why_not(turn: ShowTurn, by: Actor, text: str) -> Forbidden | RateLimited | BadRequest | None:
    """Why this may not be shown, if so."""
    show = turn.state
    for one in by.ids:
        standing = show.standings.get(one)
        until = standing.muted_until if standing else 0
        if until is None or until > turn.now:
            return Forbidden("A moderator has muted you.", code="muted", until=until)
    if show.slow_mode_s:
        last = max((show.spoke.get(one, 0) for one in by.ids), default=0)
        wait_ms = last + show.slow_mode_s * 1000 - turn.now
        if wait_ms > 0:
            return RateLimited("Slow mode is on.", code="slow_mode", retry_after_ms=wait_ms)
    if show.words and has_blocked_word(text, show.words):
        return BadRequest("The comment has a blocked word.", code="blocked_words")
    return None


def _decide(
    turn: ShowTurn, by: Actor, item: Item, one: plus_one.Claim, comment: int | None
) -> None:
    variant = variant_of(item, one.variant)
    if one.action == "cancel":
        claims.give_back_item(turn, by, item, variant, one.quantity, comment)
        return
    if variant is None:
        return  # the grammar names none that the show did not name to it
    wait_only = one.action == "wait"
    _take(turn, by, item, variant, one.quantity or 1, comment, wait_only=wait_only)


def _take(
    turn: ShowTurn,
    by: Actor,
    item: Item,
    variant: Variant,
    quantity: int,
    comment: int | None,
    *,
    wait_only: bool,
) -> None:
    if turn.state.rules.repeat == "replace":
        slot = (item.id, variant.key)
        has = claims.pieces(turn.state, by.ids, slot)
        if has >= quantity:
            if has > quantity:
                claims.give_back_item(turn, by, item, variant, has - quantity, comment)
            return
        quantity -= has
    claims.claim(turn, by, item, variant, quantity, comment=comment, wait_only=wait_only)


def _rejected(items: dict[str, Item], one: plus_one.Rejection) -> Rejected:
    """The rejection with what might be meant as items and variants of this show."""
    item = items.get(one.code) if one.code is not None else None
    nearest: list[Suggestion] = []
    for name in one.nearest:
        if one.reason in ("needs_variant", "unknown_variant") and item is not None:
            nearest.append(Suggestion(item=item.id, code=item.code, variant=name))
        elif (near := items.get(name)) is not None:
            nearest.append(Suggestion(item=near.id, code=near.code))
    return Rejected(
        reason=one.reason,
        item=item.id if item else None,
        code=one.code,
        quantity=one.quantity,
        nearest=tuple(nearest),
    )


_LOOKALIKES = str.maketrans("013457@$!|", "oieastasil")
_BETWEEN = re.compile(r"[\W_]+")


def has_blocked_word(text: str, words: tuple[str, ...]) -> bool:
    """Whether `text` has one of `words`, simple evasions folded.

    Folded are width and case, accents, signs and spaces between letters, and digits that stand for
    letters (`b@d w0rd`).
    """
    plain = folded(text)
    return any(word in plain for word in _folded(words))


@lru_cache(maxsize=64)
def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(filter(None, map(folded, words)))


def folded(text: str) -> str:
    """`text` as it is compared with blocked words."""
    spread = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(c for c in spread if not unicodedata.combining(c))
    return _BETWEEN.sub("", letters.translate(_LOOKALIKES))
