"""What always holds in a show, whatever people do in whichever order."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Connection, create_engine

from commerce_bridge import claims as cart
from core import outbox
from core.db import metadata
from core.errors import PlusOneError
from core.rooms.events import PUBLIC, Reader
from live import commands as c
from live import store, stored
from live.evolve import evolve
from tests.live import laws
from tests.live.shows import (
    ANNA,
    BEN,
    COUPON,
    HOST,
    KIND,
    MINUTE,
    NO_CONNECTION,
    SHOW,
    Stage,
    guest,
    reader,
    variant,
    viewer,
)

CARA = guest("Cara")
ERIN = viewer("Erin", CARA)
"""A customer who was here as the guest Cara before she signed in."""
VIEWERS = (ANNA, BEN, CARA, ERIN)
VIEWERS_IDS = {one.id: one.ids for one in VIEWERS}
READERS = {
    "public": PUBLIC,
    "a guest": reader(ANNA),
    "a customer with two ids": reader(ERIN),
    "staff": Reader(HOST.ids, staff=True),
}
COMMENTS = (
    "+1", "A01+1", "A01+2", "a01 三個", "A01", "B02紅+1", "紅+2 白+1", "B02+1", "B02全色+1",
    "候補A01+2", "A01取消", "A01-1", "B02取消", "取消", "好可愛", "A01還有嗎", "Z99+1",
    "A01+1 B02白+1 C03+2", "C03+3", "C03取消", "bad w0rd",
)  # fmt: skip

who = st.sampled_from(VIEWERS)
some = st.integers(0, 50)
pieces = st.integers(1, 4)


class ShowMachine(RuleBasedStateMachine):
    """A show with three items of few pieces, its viewers, and time."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = create_engine("sqlite://")
        self.connection: Connection = self.engine.connect()
        metadata.create_all(
            self.connection, [cart.cart_claim, store.show_table, outbox.outbox_message]
        )

    def teardown(self) -> None:
        self.connection.close()
        self.engine.dispose()

    @initialize(
        limit=st.sampled_from((None, 1, 3)),
        listed=st.booleans(),
        repeat=st.sampled_from(("add", "replace")),
    )
    def begin(self, limit: int | None, listed: bool, repeat: str) -> None:
        self.stage = Stage(repeat=repeat)
        self.stage.club.ranks |= {ANNA.id: 2, ERIN.id: 1}
        self.seen = 0
        self.laws = laws.Laws({CARA.id})
        self.earlier: list[dict[str, dict[str, Any]]] = []
        self.orders: dict[str, tuple[str, ...]] = {}
        self.views = {name: self.stage.sees(who) for name, who in READERS.items()}
        self.items = [
            self.stage.adds("A01", pieces=2, limit=limit, hold_s=60),
            self.stage.adds("B02", variant("紅", 2), variant("白", 1), hold_s=120),
            self.stage.adds("C03", pieces=3, waiting_list=listed, limit=limit, countdown_s=600),
        ]
        for item in self.items:
            self.stage.opens(item)

    def act(self, by: c.Actor, do: Any) -> None:
        """Let somebody do something; being refused is part of life."""
        before, gates = laws.taken(self.stage.show, by), self._gates()
        try:
            happened = self.stage.does(by, do)
        except PlusOneError:
            return
        laws.check_limits(self.stage.show, by, before)
        laws.check_members(happened, gates, self.stage.club.tiers_of(NO_CONNECTION, VIEWERS_IDS, 0))

    def _gates(self) -> dict[str, str]:
        """The tiers that items take now, as the run-down and the clock say."""
        now, found = self.stage.now, {}
        for item in self.stage.show.items.values():
            begun = item.opened_at or 0
            if item.tier and (item.early_s is None or now - begun < item.early_s * 1000):
                found[item.id] = item.tier
        return found

    def item(self, number: int) -> str:
        return self.items[number % len(self.items)]

    def slot(self, number: int) -> tuple[str, str | None]:
        slots = [(i, one.key) for i in self.items for one in self.stage.show.items[i].variants]
        return slots[number % len(slots)]

    @rule(by=who, text=st.sampled_from(COMMENTS))
    def says(self, by: c.Actor, text: str) -> None:
        self.act(by, c.Read(c.Comment(text=text)))

    @rule(by=who, number=some, quantity=pieces, wait=st.booleans())
    def presses(self, by: c.Actor, number: int, quantity: int, wait: bool) -> None:
        item, key = self.slot(number)
        action: Any = "wait" if wait else "add"
        self.act(by, c.Claim(item=item, variant=key, quantity=quantity, action=action))

    @rule(crowd=st.lists(st.tuples(who, some, pieces), min_size=2, max_size=6))
    def several_press(self, crowd: list[tuple[c.Actor, int, int]]) -> None:
        for by, number, quantity in crowd:
            self.presses(by, number, quantity, wait=False)

    @rule(by=who, number=some, quantity=st.none() | pieces)
    def gives_back(self, by: c.Actor, number: int, quantity: int | None) -> None:
        show = self.stage.show
        if held := sorted((*show.claims, *show.waits)):
            one = held[number % len(held)]
            given = c.GiveBack(claim=one, quantity=quantity)
            if one in show.waits:
                given = c.GiveBack(wait=one, quantity=quantity)
            self.act(by, given)

    @rule(by=who, number=some, order=st.sampled_from(("ord_1", "ord_2", "ord_3")))
    def begins_to_pay(self, by: c.Actor, number: int, order: str) -> None:
        mine = [one.id for one in self.stage.show.claims.values() if one.by in by.ids]
        chosen = tuple(sorted(mine)[: 1 + number % 3])
        if chosen and order not in self.orders:
            self.orders[order] = chosen
            self.act(by, c.BeginPayment(order, chosen, self.stage.now + 15 * MINUTE))

    @rule(number=some, fate=st.sampled_from(("placed", "failed", "lapsed", "cancelled")))
    def the_shop_tells(self, number: int, fate: Any) -> None:
        if not self.orders:
            return
        order = sorted(self.orders)[number % len(self.orders)]
        claims = self.orders[order]
        if fate == "placed":
            self.act(c.SYSTEM, c.OrderPlaced(order, claims))
        elif fate == "cancelled":
            self.act(c.SYSTEM, c.OrderCancelled(order, claims))
        else:
            self.act(c.SYSTEM, c.OrderReleased(order, claims, fate))
        if fate != "placed":
            self.orders.pop(order, None)

    @rule(ms=st.sampled_from((1, 20_000, MINUTE, 3 * MINUTE, 11 * MINUTE)))
    def time_passes(self, ms: int) -> None:
        self.stage.passes(ms)

    @rule(number=some, allotment=st.integers(0, 6), granted=st.integers(0, 4))
    def the_host_allots(self, number: int, allotment: int, granted: int) -> None:
        item, key = self.slot(number)
        one = next(v for v in self.stage.show.items[item].variants if v.key == key)
        if allotment > one.allotment and self.stage.show.status == "live":
            self.stage.fills(item, {key: allotment}, granted)
        else:
            self.act(HOST, c.Allot(type="item.allot", item=item, variant=key, allotment=allotment))

    @rule(
        number=some, other=some, price=st.sampled_from((10_000, 28_800)), limit=st.none() | pieces
    )
    def the_host_arranges(self, number: int, other: int, price: int, limit: int | None) -> None:
        item, there = self.item(number), self.item(other) if other % 4 else None
        acts: tuple[Any, ...] = (
            c.ChangeItem(type="item.change", item=item, price=price, limit=limit),
            c.MoveItem(type="item.move", item=item, before=there),
            c.PinItem(type="item.pin", item=there),
            c.Countdown(type="item.countdown", item=item, until=self.stage.now + price),
            c.ChangeShow(type="show.change", title=f"夜場 {price}"),
            c.SampleViewers(price // 100),
        )
        self.act(HOST, acts[other % len(acts)])

    @rule(number=some)
    def the_host_closes_or_opens(self, number: int) -> None:
        item = self.item(number)
        if self.stage.show.items[item].status == "open":
            self.act(HOST, c.CloseItem(type="item.close", item=item))
        else:
            self.act(HOST, c.OpenItem(type="item.open", item=item))

    @rule(
        number=some,
        tier=st.sampled_from((None, "silver", "gold")),
        early_s=st.none() | st.sampled_from((20, 600)),
    )
    def the_host_serves_members(self, number: int, tier: str | None, early_s: int | None) -> None:
        item = self.item(number)
        do = {"type": "item.change", "item": item, "tier": tier, "early_s": tier and early_s}
        self.act(HOST, c.ChangeItem.model_validate(do))

    @rule(tier=st.sampled_from(("", "", "silver", "gold")))
    def the_host_shuts_the_door(self, tier: Any) -> None:
        self.act(HOST, c.ChangeShow(type="show.change", tier=tier))

    @rule(keyword=st.sampled_from(("好可愛", "Bad W0rd")), most=pieces, guests=st.booleans())
    def the_host_gives_away(self, keyword: str, most: int, guests: bool) -> None:
        do = c.OpenGift(type="gift.open", keyword=keyword, coupon=COUPON, most=most, guests=guests)
        self.act(HOST, do)

    @rule()
    def the_host_keeps_the_rest(self) -> None:
        self.act(HOST, c.CloseGift(type="gift.close"))

    @rule(person=who, what=some, seconds=st.none() | st.sampled_from((30, 300)))
    def a_moderator_judges(self, person: c.Actor, what: int, seconds: int | None) -> None:
        acts: tuple[Any, ...] = (
            c.Block(type="person.block", person=person.id),
            c.Unblock(type="person.unblock", person=person.id),
            c.Mute(type="person.mute", person=person.id, seconds=seconds),
            c.Unmute(type="person.unmute", person=person.id),
            c.SlowMode(type="slow_mode.set", seconds=seconds or 0),
            c.SetWords(type="words.set", words=["word"] if seconds else []),
            c.Announce(type="announce", text="滿千免運" if seconds else None),
        )
        self.act(HOST, acts[what % len(acts)])

    @rule(number=some, what=st.sampled_from(("hide", "restore", "hide", "pin")))
    def a_moderator_reads(self, number: int, what: str) -> None:
        acts: dict[str, Any] = {
            "hide": c.HideComment, "restore": c.RestoreComment, "pin": c.PinComment
        }  # fmt: skip
        if comments := self.stage.show.latest_comments():
            offset = comments[-1 - number % min(6, len(comments))].offset
            self.act(HOST, acts[what](type=f"comment.{what}", comment=offset))

    @rule(person=who, number=some, quantity=pieces)
    def a_moderator_adds(self, person: c.Actor, number: int, quantity: int) -> None:
        item, key = self.slot(number)
        do = c.AddClaim(
            type="claim.add", person=person.id, item=item, variant=key, quantity=quantity
        )
        self.act(HOST, do)

    @rule(number=some, quantity=st.integers(0, 4))
    def a_moderator_mends(self, number: int, quantity: int) -> None:
        show = self.stage.show
        if held := sorted((*show.claims, *show.waits)):
            one = held[number % len(held)]
            if one in show.waits:
                self.act(HOST, c.CancelWait(type="wait.cancel", wait=one))
            elif quantity:
                do = c.ChangeClaim(type="claim.change", claim=one, quantity=quantity)
                self.act(HOST, do)
            else:
                self.act(HOST, c.CancelClaim(type="claim.cancel", claim=one))

    @rule()
    def a_guest_turns_out_to_be_a_customer(self) -> None:
        self.act(c.SYSTEM, c.Merge(CARA.id, ERIN.id))

    @rule(really=st.integers(0, 29))
    def the_show_ends(self, really: int) -> None:
        if really == 29:
            self.act(HOST, c.End(type="show.end"))

    # What holds after each of these

    @invariant()
    def the_log_is_right(self) -> None:
        if not hasattr(self, "stage"):
            return
        fresh = self.stage.sent[self.seen :]
        for logged in fresh:
            self.laws.hear(logged.event)
        if fresh:
            store.project(self.connection, SHOW, fresh, self.stage.show, self.stage.club)
        self._check_views()
        self.seen = len(self.stage.sent)
        self.laws.check(self.stage.show)
        self.laws.check_gifts(self.stage.show, self.stage.club.granted)
        rows = cart.of(self.connection, {one.id for one in VIEWERS})
        laws.check_carts(self.stage.show, rows)

    def _check_views(self) -> None:
        for name, reads in READERS.items():
            now = self.stage.sees(reads)
            laws.check_view(self.views[name], self.stage.told(reads, self.seen), now)
            self.views[name] = now
        if self.stage.sent[self.seen :]:
            self.earlier.append(dict(self.views))

    @rule(number=some)
    def somebody_comes_back(self, number: int) -> None:
        """One who was away is sent what may still be read, and sees the same."""
        if not self.earlier:
            return
        then = self.earlier[-1 - number % len(self.earlier)]
        for name, reads in READERS.items():
            events = self.stage.told(reads, then[name]["offset"], late=True)
            laws.check_view(then[name], events, self.stage.sees(reads))

    @rule()
    def a_process_starts_anew(self) -> None:
        """The log, and a stored state, make the same show."""
        kept = stored.dump(self.stage.show)
        assert stored.dump(stored.load(kept)) == kept
        show = KIND.initial(SHOW)
        for logged in self.stage.log:
            show = evolve(show, logged)
        assert stored.dump(show) == kept
        self.stage.show = stored.load(kept) if len(self.stage.log) % 2 else show


ShowMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_what_always_holds = pytest.mark.timeout(600)(ShowMachine.TestCase)
